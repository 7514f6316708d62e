package knowledge

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// maxYAML is the most bytes of a page in YAML; its tree takes many times as much memory.
const maxYAML = 512 << 10

// readYAML reads a file of YAML as a page: the texts in it, under the names that lead to them. A file
// that only sets options has no texts, and gives a document without passages.
func (r *reading) readYAML(text string) (d Document, skip *Problem) {
	if len(text) > maxYAML {
		return d, &Problem{Reason: "is YAML larger than 512 KiB: split it"}
	}
	text = strings.TrimPrefix(text, "---\n")
	var document yaml.Node
	if err := yaml.Unmarshal([]byte(text), &document); err != nil {
		return d, &Problem{Line: yamlLine(err), Reason: "is YAML that cannot be understood: " + yamlReason(err)}
	}
	r.header.line = 1
	var top *yaml.Node
	if len(document.Content) > 0 {
		top = document.Content[0]
	}
	if top != nil && top.Kind == yaml.MappingNode {
		skip = r.header.take(top, text)
	} else {
		skip = strayVisibility(text, 1)
	}
	if skip != nil {
		return d, skip
	}
	if d, skip = r.about(); skip != nil {
		return d, skip
	}
	y := yamlReader{}
	if top != nil {
		y.read(top, 1)
	}
	r.finish(&d, "", y.pieces)
	return d, nil
}

// naming are keys whose value names what stands beside them.
var naming = []string{"title", "name", "heading", "question", "q", "topic", "term", "label"}

type yamlReader struct {
	pieces []piece
}

// read reads a value; level is that of the headings in it.
func (y *yamlReader) read(node *yaml.Node, level int) {
	switch node.Kind {
	case yaml.ScalarNode:
		y.scalar(node)
	case yaml.SequenceNode:
		for _, child := range node.Content {
			y.read(child, level)
		}
	case yaml.MappingNode:
		y.mapping(node, level)
	}
}

func (y *yamlReader) mapping(node *yaml.Node, level int) {
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		if slices.Contains(naming, key.Value) && value.Kind == yaml.ScalarNode {
			y.heading(value.Value, key.Line, level)
			level++
			break
		}
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		if slices.Contains(naming, key.Value) && value.Kind == yaml.ScalarNode {
			continue
		}
		if value.Kind != yaml.ScalarNode {
			y.heading(wordGaps.Replace(key.Value), key.Line, level)
			y.read(value, level+1)
			continue
		}
		y.scalar(value)
	}
}

func (y *yamlReader) heading(text string, line, level int) {
	if text = tidy(text); text != "" {
		y.pieces = append(y.pieces, piece{kind: heading, text: text, line: line, level: min(level, 100)})
	}
}

// scalar reads a text when it is prose, as Markdown, which such texts usually are.
func (y *yamlReader) scalar(node *yaml.Node) {
	if !isSentence(node.Value) {
		return
	}
	tags := templates{markdown: true, values: func(string) string { return "" }}
	for _, p := range readMarkdown(tags.strip(node.Value), node.Line) {
		if p.kind != heading {
			p.line = node.Line
			y.pieces = append(y.pieces, p)
		}
	}
}
