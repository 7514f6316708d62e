package index

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3" // questions.yaml
)

// judged is a question with its judgments, as files hold it.
type judged struct {
	ID           string    `json:"_id" yaml:"id"`
	OtherID      string    `json:"id" yaml:"-"`
	Text         string    `json:"text" yaml:"text"`
	Scenario     string    `json:"scenario" yaml:"-"` // what the asker tells of themselves with it, as in OR-ShARC
	Relevant     oneOrMore `json:"relevant" yaml:"relevant"`
	Unanswerable any       `json:"unanswerable" yaml:"unanswerable"`
	AnswerQuote  string    `json:"answer_quote" yaml:"answer_quote"`
	Style        oneOrMore `json:"style" yaml:"style"`
	line         int       // of its file
}

func (j judged) id() string { return cmp.Or(j.ID, j.OtherID) }

// asked returns all that is said with the question.
func (j judged) asked() string { return strings.TrimSpace(j.Text + " " + j.Scenario) }

// answerable reports whether the knowledge can answer: the mark may be a reason or just true.
func (j judged) answerable() bool {
	switch mark := j.Unanswerable.(type) {
	case bool:
		return !mark
	case string:
		return mark == "" || mark == "false"
	}
	return true
}

// textless says what is wrong with a question whose text is missing, as when its key is misspelt.
func (j judged) textless() error {
	if strings.TrimSpace(j.Text) == "" {
		return errors.New(`the question has no text: what is asked belongs under "text"`)
	}
	return nil
}

// oneOrMore is a list of texts, or a text alone.
type oneOrMore []string

// UnmarshalJSON implements json.Unmarshaler.
func (o *oneOrMore) UnmarshalJSON(data []byte) error {
	var alone string
	if json.Unmarshal(data, &alone) == nil && alone != "" {
		*o = oneOrMore{alone}
		return nil
	}
	if json.Unmarshal(data, (*[]string)(o)) != nil {
		return errors.New(`"relevant" and "style" are texts: a list of them, or one alone`)
	}
	return nil
}

// UnmarshalYAML implements yaml.Unmarshaler.
func (o *oneOrMore) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode {
		*o = oneOrMore{node.Value}
		return nil
	}
	return node.Decode((*[]string)(o))
}

func (e *evaluation) readQuestions() (err error) {
	e.name = filepath.Base(e.Questions)
	read := readJudged
	if ext := filepath.Ext(e.Questions); ext == ".yaml" || ext == ".yml" {
		read = readYAML
	}
	if e.queries, err = read(e.Questions); err != nil {
		return err
	}
	e.qrels = map[string]map[string]float64{}
	for _, q := range e.queries {
		e.qrels[q.id()] = map[string]float64{}
		for _, path := range q.Relevant {
			e.qrels[q.id()][path] = 1
		}
	}
	return nil
}

// readJudged reads questions in JSON lines.
func readJudged(path string) ([]judged, error) {
	var out []judged
	err := eachLine(path, func(n int, line []byte) error {
		q := judged{line: n}
		if err := json.Unmarshal(line, &q); err != nil {
			return err
		}
		out = append(out, q)
		return q.textless()
	})
	return out, err
}

// readYAML reads questions.yaml.
func readYAML(path string) ([]judged, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fileError(path, err)
	}
	questions, err := decodeQuestions(data)
	if err != nil {
		return nil, fmt.Errorf("%s %w", path, err)
	}
	return questions, nil
}

// decodeQuestions reads a list of questions, alone or under the key questions. Errors begin with the line.
func decodeQuestions(data []byte) ([]judged, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(data, &document); err != nil {
		return nil, errors.New(strings.TrimPrefix(err.Error(), "yaml: "))
	}
	list, err := questionList(&document)
	if err != nil {
		return nil, err
	}
	var out []judged
	for _, node := range list {
		q := judged{line: node.Line}
		if err := decodeQuestion(node, &q); err != nil {
			return nil, err
		}
		out = append(out, q)
	}
	return out, nil
}

func questionList(document *yaml.Node) ([]*yaml.Node, error) {
	if len(document.Content) == 0 {
		return nil, nil
	}
	list := document.Content[0]
	if list.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(list.Content); i += 2 {
			if list.Content[i].Value == "questions" {
				list = list.Content[i+1]
				break
			}
		}
	}
	if list.Kind != yaml.SequenceNode && list.Tag != "!!null" {
		return nil, fmt.Errorf("line %d: expected a list of questions, alone or under the key questions", list.Line)
	}
	return list.Content, nil
}

func decodeQuestion(node *yaml.Node, q *judged) error {
	var kind *yaml.TypeError
	switch err := node.Decode(q); {
	case node.Kind != yaml.MappingNode:
		return fmt.Errorf("line %d: expected a question: id, text and relevant", node.Line)
	case errors.As(err, &kind):
		if line, _, misplaced := strings.Cut(kind.Errors[0], ": cannot unmarshal"); misplaced {
			return errors.New(line + ": expected a text here (relevant and style may be lists of texts)")
		}
		return errors.New(kind.Errors[0])
	case err != nil:
		return fmt.Errorf("line %d: %w", node.Line, err)
	}
	if err := q.textless(); err != nil {
		return fmt.Errorf("line %d: %w", node.Line, err)
	}
	return nil
}

// readQrels reads judgments: a header, then query id, corpus id and grade, parted by tabs.
func readQrels(path string) (map[string]map[string]float64, error) {
	out := map[string]map[string]float64{}
	first := true
	err := EachLine(path, func(line []byte) error {
		header := first
		first = false
		cells := strings.Split(strings.TrimRight(string(line), "\r"), "\t")
		last := len(cells) - 1
		grade, err := strconv.ParseFloat(cells[last], 64)
		switch {
		case (last < 2 || err != nil) && header:
			return nil
		case last < 2 || err != nil:
			return errors.New("expected query id, corpus id and grade, parted by tabs")
		case math.IsNaN(grade) || math.IsInf(grade, 0):
			return fmt.Errorf("%s is no grade: write 0 for a page that does not answer, 1 or more for one that does", cells[last])
		}
		if out[cells[0]] == nil {
			out[cells[0]] = map[string]float64{}
		}
		out[cells[0]][cells[last-1]] = max(grade, 0) // some collections grade junk below what is merely wrong
		return nil
	})
	return out, err
}

// readAnswers reads right sentences by question id, and the ids in order.
func readAnswers(path string) (right map[string]string, ids []string, err error) {
	right, seen := map[string]string{}, lineOf{}
	err = eachLine(path, func(n int, line []byte) error {
		var q judged
		if err := json.Unmarshal(line, &q); err != nil {
			return err
		}
		sentence := cmp.Or(q.AnswerQuote, q.Text)
		if strings.TrimSpace(sentence) == "" {
			return errors.New(`the right sentence is missing: it belongs under "text" or "answer_quote"`)
		}
		right[q.id()] = sentence
		ids = append(ids, q.id())
		return seen.add(q.id(), n)
	})
	return right, ids, err
}

// followUp is a question with turns before it.
type followUp struct {
	judged
	turns []Turn
	doc   string
}

// readFollowUps reads the turns of conversations that follow another turn.
func readFollowUps(path string) ([]followUp, error) {
	var out []followUp
	seen := lineOf{}
	err := eachLine(path, func(n int, line []byte) error {
		var c struct {
			ID      string   `json:"_id"`
			History []string `json:"history_latest_first"` // the question itself first; "user:…" or "agent:…"
			Doc     string   `json:"doc"`
		}
		if err := json.Unmarshal(line, &c); err != nil {
			return err
		}
		turns, err := turnsOf(c.History)
		if err != nil {
			return err
		}
		if last := len(turns) - 1; last > 0 { // a first turn follows nothing
			out = append(out, followUp{judged{ID: c.ID, Text: turns[last].Text, line: n}, turns[:last], c.Doc})
		}
		return seen.add(c.ID, n)
	})
	return out, err
}

// turnsOf returns what was said in a conversation, the question last.
func turnsOf(history []string) ([]Turn, error) {
	if len(history) == 0 {
		return nil, errors.New(`the turn says nothing: what was said belongs under "history_latest_first"`)
	}
	var turns []Turn
	for _, said := range slices.Backward(history) {
		who, text, ok := strings.Cut(said, ":")
		if !ok {
			return nil, errors.New(`every entry of "history_latest_first" begins with who said it: "user:…" or "agent:…"`)
		}
		turns = append(turns, Turn{ByUser: who == "user", Text: text})
	}
	return turns, nil
}

// lineOf holds the ids of a file, and the line of each.
type lineOf map[string]int

// add says what is wrong with an id that is missing for the second time, or is there already. (A lone question needs none.)
func (l lineOf) add(id string, line int) error {
	before, known := l[id]
	if !known {
		l[id] = line
		return nil
	}
	if id == "" {
		return fmt.Errorf("there is no id, as in line %d: give each an id of its own", before)
	}
	return fmt.Errorf("the id %q is that of line %d, too: give each an id of its own", id, before)
}

// maxLine is the most bytes a line may have.
const maxLine = 64 << 20

// EachLine calls do for every line of a file that is not empty. An error names the file and the line.
func EachLine(path string, do func(line []byte) error) error {
	return eachLine(path, func(_ int, line []byte) error { return do(line) })
}

// eachLine is EachLine with the number of the line.
func eachLine(path string, do func(n int, line []byte) error) error {
	file, err := os.Open(path)
	if err != nil {
		return fileError(path, err)
	}
	defer file.Close()
	var at *fs.PathError
	switch n, err := scanLines(file, do); {
	case errors.As(err, &at):
		return fileError(path, err)
	case err != nil:
		return fmt.Errorf("%s line %d: %w", path, n, inWords(err))
	}
	return nil
}

// scanLines returns the number of the line that an error is about. A byte order mark, which some editors write, is no text.
func scanLines(r io.Reader, do func(n int, line []byte) error) (n int, err error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLine)
	for n = 1; lines.Scan(); n++ {
		line := lines.Bytes()
		if n == 1 {
			line = bytes.TrimPrefix(line, []byte("\ufeff"))
		}
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		if err := do(n, line); err != nil {
			return n, err
		}
	}
	if errors.Is(lines.Err(), bufio.ErrTooLong) {
		return n, fmt.Errorf("it is longer than %d MB: part it into several", maxLine>>20)
	}
	return n, lines.Err()
}

// fileError says why a file cannot be read.
func fileError(path string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no file %s: check its name", path)
	}
	if at := (*fs.PathError)(nil); errors.As(err, &at) {
		err = at.Err
	}
	return fmt.Errorf("read %s: %w", path, err)
}

// inWords says what the JSON reader found wrong without its words for Go types; other errors it leaves alone.
func inWords(err error) error {
	var kind *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &syntax):
		return fmt.Errorf(`this is no JSON (%w): expected an object a line, such as {"_id": "q1", "text": "…"}`, err)
	case errors.As(err, &kind) && kind.Field == "":
		return fmt.Errorf(`this is no object (%s): expected one a line, such as {"_id": "q1", "text": "…"}`, kind.Value)
	case errors.As(err, &kind) && kind.Type.Kind() == reflect.String:
		return fmt.Errorf("%q is a %s: expected a text, in quotes", kind.Field, kind.Value)
	case errors.As(err, &kind):
		return fmt.Errorf("%q is a %s, which is not expected there", kind.Field, kind.Value)
	}
	return err
}
