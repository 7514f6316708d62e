package knowledge

import (
	"bytes"
	"fmt"
	html5 "html"
	"regexp"
	"sort"
	"strconv"
	"strings"

	// Markdown as CommonMark and GitHub define it, with tables, footnotes and definition lists.
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

const (
	// maxWhole is the most bytes of Markdown parsed at once: more than any real page has. Longer pages are
	// parsed in parts of about maxPart bytes, cut at blank lines, which bounds what a hostile page costs.
	maxWhole  = 96 << 10
	maxPart   = 32 << 10
	maxLine   = 32 << 10 // longer lines are text without markup
	maxNested = 24       // containers (quotes, lists) a line may open; more are taken off
	lineMark  = "data-line"
	// maxColumns is the most columns of a table; wider ones are text. A row of two bytes is filled up to the
	// width of its table, at some hundred bytes a cell: maxCells and maxAllCells are the most rows and cells
	// that the tables of one part and of a whole text may have. The rows behind are text.
	maxColumns  = 50
	maxCells    = 20_000
	maxAllCells = 400_000
	// spareCells is how many more cells than bytes a text may have; only rows that are filled up need any.
	spareCells = 1000
	// maxReferences is the most definitions of link targets in a long page; each costs those before it.
	maxReferences = 2000
)

// readMarkdown returns the pieces of a Markdown text, of which the first line is line first of its file.
func readMarkdown(source string, first int) []piece {
	var found []piece
	for _, part := range parts(source) {
		found = append(found, readHTML(markdownToHTML(part, first), first)...)
		first += strings.Count(part, "\n")
		if len(found) > maxPieces {
			break // the page will be left out
		}
	}
	return found
}

// markdownToHTML renders Markdown as HTML whose elements carry their line in data-line. Markdown and
// HTML mix freely in the real pages, so both are read as one tree of HTML.
func markdownToHTML(source string, first int) string {
	lines := &lineTable{first: first}
	lines.index(source)
	m := goldmark.New(
		goldmark.WithExtensions(extension.Table, extension.Strikethrough, extension.TaskList, extension.Footnote, extension.DefinitionList),
		goldmark.WithParserOptions(parser.WithASTTransformers(util.Prioritized(lines, 1000))),
		goldmark.WithRendererOptions(html.WithUnsafe(), renderer.WithNodeRenderers(util.Prioritized(lines, 1))),
	)
	var rendered bytes.Buffer
	if err := m.Convert([]byte(source), &rendered); err != nil {
		return html5.EscapeString(source) // writing to memory does not fail
	}
	return rendered.String()
}

// parts cuts a long source at blank lines outside code into parts of about maxPart, and tames lines
// that only a machine or an enemy writes.
func parts(source string) []string {
	if len(source) <= maxWhole && !isWild(source) {
		return []string{source}
	}
	var found []string
	var piece strings.Builder
	fenced, references := "", 0
	var cells tableCells
	cellsLeft := min(maxAllCells, len(source)+spareCells)
	for line := range strings.Lines(source) {
		if reference.MatchString(line) {
			if references++; references > maxReferences {
				line = "\n"
			}
		}
		if m := fence.FindStringSubmatch(line); m != nil && (fenced == "" || strings.HasPrefix(m[1], fenced)) {
			if fenced == "" {
				fenced = m[1]
			} else {
				fenced = ""
			}
		}
		blank := strings.TrimSpace(line) == ""
		line = tameLine(line)
		if cellsLeft < 0 && columns(line) > 0 {
			line = "\n" // without it there is no table
		}
		cells.add(line)
		if piece.Len() > maxPart && (blank && fenced == "" || piece.Len() > maxPart*3/2) || cells.sum > max(0, min(maxCells, cellsLeft)) {
			found = append(found, piece.String())
			piece.Reset()
			cellsLeft -= cells.sum
			fenced, cells = "", tableCells{}
		}
		piece.WriteString(line)
	}
	return append(found, piece.String())
}

var reference = regexp.MustCompile(`^ {0,3}\[[^\]\n]+\]:`)

var wildMarks = regexp.MustCompile(`^(?:[ \t]*(?:>|[-*+][ \t]|\d{1,9}[.)][ \t])){` + strconv.Itoa(maxNested) + `,}`)

// isWild reports whether a text costs more than its length says.
func isWild(source string) bool {
	var cells tableCells
	for line := range strings.Lines(source) {
		tame := tameLine(line)
		cells.add(tame)
		if len(tame) != len(line) || cells.sum > min(maxCells, len(source)+spareCells) {
			return true
		}
	}
	return false
}

// tameLine returns a line that costs no more than it should.
func tameLine(line string) string {
	if len(line) > maxLine {
		line = plainMarks.Replace(line)
	}
	if marks := wildMarks.FindString(line); marks != "" {
		line = line[len(marks):]
	}
	if columns(line) > maxColumns {
		return "\n" // without it there is no table
	}
	return line
}

// tableCells counts the rows and cells that tables make of lines.
type tableCells struct {
	columns, sum int
}

// add takes the next line. A table goes on to the next blank line; to be sure, as wide as its widest delimiter row.
func (t *tableCells) add(line string) {
	if strings.Trim(line, " \t\n") == "" {
		t.columns = 0
		return
	}
	t.columns = max(t.columns, columns(line))
	if t.columns > 0 {
		t.sum += t.columns + 1
	}
}

// columns returns how many columns a table has whose delimiter row is line; 0 when it is no delimiter row.
// What may stand before the row, such as the mark of a quote, does not matter.
func columns(line string) int {
	row := strings.TrimSpace(line[len(strings.TrimRight(line, "-:| \t\n\v\f\r")):])
	if !strings.Contains(row, "-") || !strings.ContainsAny(row, ":|") {
		return 0
	}
	return 1 + strings.Count(strings.TrimSuffix(strings.TrimPrefix(row, "|"), "|"), "|")
}

// plainMarks takes out what would be markup within a line.
var plainMarks = strings.NewReplacer("[", "", "]", "", "*", "", "_", "", "`", "", "<", "", "|", " ", "~", "", "!", "")

// lineTable tells on which line of its file a place of a piece lies, and marks elements with it.
type lineTable struct {
	html.Config
	first  int
	starts []int // where each line starts
}

func (l *lineTable) index(piece string) {
	l.starts = []int{0}
	for i := range len(piece) {
		if piece[i] == '\n' {
			l.starts = append(l.starts, i+1)
		}
	}
}

func (l *lineTable) of(offset int) int {
	return l.first + sort.SearchInts(l.starts, offset+1) - 1
}

// Transform marks headings, paragraphs, list items and tables with their line.
func (l *lineTable) Transform(document *ast.Document, _ text.Reader, _ parser.Context) {
	_ = ast.Walk(document, func(node ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering || node.Type() == ast.TypeInline {
			return ast.WalkContinue, nil
		}
		if line := l.line(node); line > 0 {
			node.SetAttributeString(lineMark, []byte(strconv.Itoa(line)))
		}
		if node.Type() == ast.TypeBlock && node.FirstChild() != nil && node.FirstChild().Type() == ast.TypeInline {
			return ast.WalkSkipChildren, nil
		}
		return ast.WalkContinue, nil
	}) // fails only when the function does
}

// line returns the line on which a block starts; 0 when it does not know.
func (l *lineTable) line(node ast.Node) int {
	for ; node != nil; node = node.FirstChild() {
		if node.Type() == ast.TypeInline {
			return 0
		}
		if node.Lines() != nil && node.Lines().Len() > 0 {
			return l.of(node.Lines().At(0).Start)
		}
	}
	return 0
}

// RegisterFuncs takes over what goldmark's own renderer would write without a line, or unsafely.
func (l *lineTable) RegisterFuncs(register renderer.NodeRendererFuncRegisterer) {
	register.Register(ast.KindCodeBlock, l.renderCode)
	register.Register(ast.KindFencedCodeBlock, l.renderCode)
	register.Register(ast.KindHTMLBlock, l.renderHTML)
	register.Register(ast.KindRawHTML, l.renderInline)
}

var markupLine = regexp.MustCompile(`(?i)^\s*</?(?:div|p|section|ul|ol|li|a|table|thead|tbody|tr|td|th|h[1-6]|figure|figcaption|span|img|br|button|blockquote|article|main|dl|dt|dd|strong|em)\b[^<>]*>`)

// renderCode writes a block of code; indented HTML, which site generators pass through, stays HTML.
func (l *lineTable) renderCode(w util.BufWriter, source []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkSkipChildren, nil
	}
	var code bytes.Buffer
	for i := range node.Lines().Len() {
		segment := node.Lines().At(i)
		code.Write(segment.Value(source))
	}
	if node.Kind() == ast.KindCodeBlock && markupLine.Match(code.Bytes()) {
		fmt.Fprintf(w, "<!--%s=%d-->%s", lineMark, l.line(node), code.Bytes())
		return ast.WalkSkipChildren, nil
	}
	fmt.Fprintf(w, "<pre %s=\"%d\"><code>%s</code></pre>\n", lineMark, l.line(node), util.EscapeHTML(code.Bytes()))
	return ast.WalkSkipChildren, nil
}

// renderHTML writes a block of HTML as it is, behind a comment that says its line.
func (l *lineTable) renderHTML(w util.BufWriter, source []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	block := node.(*ast.HTMLBlock)
	if !entering {
		if block.HasClosure() {
			w.Write(block.ClosureLine.Value(source))
		}
		return ast.WalkContinue, nil
	}
	fmt.Fprintf(w, "<!--%s=%d-->", lineMark, l.line(node))
	for i := range node.Lines().Len() {
		segment := node.Lines().At(i)
		w.Write(segment.Value(source))
	}
	return ast.WalkContinue, nil
}

// swallowing are elements that would take the rest of a page for their own text when they are not closed.
var swallowing = regexp.MustCompile(`(?i)^</?(?:title|textarea|style|script|xmp|iframe|noembed|noframes|noscript|plaintext|template|select|frameset|html|head|body)\b`)

// renderInline writes a tag within a line, but those that swallow text.
func (l *lineTable) renderInline(w util.BufWriter, source []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkSkipChildren, nil
	}
	segments := node.(*ast.RawHTML).Segments
	var tag bytes.Buffer
	for i := range segments.Len() {
		segment := segments.At(i)
		tag.Write(segment.Value(source))
	}
	if !swallowing.Match(tag.Bytes()) {
		w.Write(tag.Bytes())
	}
	return ast.WalkSkipChildren, nil
}
