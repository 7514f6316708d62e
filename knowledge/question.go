package knowledge

import (
	"errors"
	"io/fs"

	"go.yaml.in/yaml/v3"
)

const questionsFile = "questions.yaml"

type rawQuestion struct {
	ID           string     `yaml:"id"`
	Text         string     `yaml:"text"`
	Relevant     []string   `yaml:"relevant"`
	Unanswerable bool       `yaml:"unanswerable"`
	AnswerQuote  string     `yaml:"answer_quote"`
	Style        stringList `yaml:"style"`
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
