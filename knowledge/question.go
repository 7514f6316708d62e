package knowledge

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"
)

const questionsFile = "questions.yaml"

type rawQuestion struct {
	ID           string     `yaml:"id" json:"id"`
	Text         string     `yaml:"text" json:"text"`
	Relevant     []string   `yaml:"relevant" json:"relevant"`
	Unanswerable bool       `yaml:"unanswerable" json:"unanswerable"`
	AnswerQuote  string     `yaml:"answer_quote" json:"answer_quote"`
	Style        stringList `yaml:"style" json:"style"`
}

// stringList is a list of words, or one word.
type stringList []string

func (l *stringList) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode {
		*l = stringList{node.Value}
		return nil
	}
	return node.Decode((*[]string)(l))
}

// readQuestions fills Questions from questions.yaml.
func (b *Base) readQuestions(folder fs.FS) {
	data, err := readSmall(folder, questionsFile)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err != nil {
		b.note(questionsFile, 0, true, "cannot be read: %v", err)
		return
	}
	b.addQuestions(questionsFile, data)
}

// addQuestions adds the questions of a file of YAML.
func (b *Base) addQuestions(file string, data []byte) {
	seen := map[string]bool{}
	parts := b.parts(file, data, "questions")
	entries(b, file, parts["questions"], func(node *yaml.Node, raw rawQuestion) {
		reason := ""
		switch {
		case raw.Text == "":
			reason = "the question needs a text"
		case raw.ID == "" || seen[raw.ID]:
			reason = "the question needs an id of its own"
		case len(raw.Relevant) == 0 && !raw.Unanswerable:
			reason = "question " + raw.ID + " needs relevant: with the paths of the pages that answer it, or unanswerable: true"
		case len(raw.Relevant) > 0 && raw.Unanswerable:
			reason = "question " + raw.ID + " names relevant pages and is unanswerable: leave one of the two out"
		}
		if reason != "" {
			b.note(file, node.Line, true, "%s", reason)
			return
		}
		seen[raw.ID] = true
		b.Questions = append(b.Questions, raw.question())
	})
}

func (raw rawQuestion) question() Question {
	return Question{ID: raw.ID, Text: raw.Text, Relevant: raw.Relevant, Unanswerable: raw.Unanswerable, AnswerQuote: raw.AnswerQuote, Style: raw.Style}
}

// ReadQuestions reads judged questions from a file of the form of questions.yaml or, when its name ends
// in .jsonl, of one JSON object a line with the same keys. Every mistake is an error, because a question
// left out would change the figures.
func ReadQuestions(file string) ([]Question, error) {
	data, err := readSmall(os.DirFS(filepath.Dir(file)), filepath.Base(file))
	if err != nil {
		return nil, fmt.Errorf("read questions from %s: %w", file, plain(err))
	}
	if !strings.HasSuffix(file, ".jsonl") {
		return questionsFromYAML(file, data)
	}
	var found []Question
	for i, line := range bytes.Split(data, []byte("\n")) {
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		var raw rawQuestion
		if err := json.Unmarshal(line, &raw); err != nil {
			return nil, fmt.Errorf("read questions from %s: line %d: %w", file, i+1, err)
		}
		if raw.Text == "" {
			return nil, fmt.Errorf("read questions from %s: line %d: the question needs a text", file, i+1)
		}
		found = append(found, raw.question())
	}
	return found, nil
}

func questionsFromYAML(file string, data []byte) ([]Question, error) {
	b := &Base{}
	b.addQuestions(filepath.Base(file), data)
	if len(b.Problems) > 0 {
		p := b.Problems[0]
		return nil, fmt.Errorf("read questions from %s: line %d: %s", file, p.Line, p.Reason)
	}
	return b.Questions, nil
}
