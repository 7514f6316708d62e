package knowledge

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	// HTML as browsers read it, whatever is wrong with it.
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// piece is one stretch of a page in reading order: what passages are put together from.
type piece struct {
	kind  pieceKind
	text  string
	line  int
	level int    // of a heading: 1 to 6; of a list item: how deep, from 0
	mark  string // of a list item: "-" or "1."
	id    string // of a heading: the anchor that the page gives it
	group int    // list items and rows of one list or table share it
	top   bool   // of a row: it names the columns
}

type pieceKind int

const (
	heading pieceKind = iota
	paragraph
	item
	row
	code
)

// maxTags is the most tags of which a tree is made; a text with more is read without its structure.
const maxTags = 60_000

// readHTML returns the pieces of an HTML text that starts on a line of its file. Further lines are taken
// from data-line, as markdownToHTML and markLines set it.
func readHTML(source string, line int) []piece {
	document := parseHTML(source)
	if document == nil {
		return []piece{{kind: paragraph, text: bareText(source), line: line}}
	}
	r := &htmlReader{last: line}
	r.block(document)
	r.flush()
	return r.pieces
}

// readPage returns the title and the pieces of a file of HTML. Of a whole page only the main part is
// read, when it names one.
func readPage(source string, line int) (title string, pieces []piece) {
	document := parseHTML(markLines(source, line))
	if document == nil {
		return "", readHTML(source, line)
	}
	r := &htmlReader{last: line, whole: wholePage.MatchString(source)}
	if r.whole {
		if node := find(document, atom.Title); node != nil && node.FirstChild != nil {
			title = tidy(node.FirstChild.Data)
		}
		if main := find(document, atom.Main); main != nil {
			document, r.whole = main, false
		}
	}
	r.block(document)
	r.flush()
	return title, r.pieces
}

var wholePage = regexp.MustCompile(`(?i)<(?:html|body)\b`)

// parseHTML returns the tree of a text; nil when it is too deep or too large for one.
func parseHTML(source string) *html.Node {
	if strings.Count(source, "<") > maxTags {
		return nil
	}
	document, err := html.ParseWithOptions(strings.NewReader(source), html.ParseOptionEnableScripting(false))
	if err != nil {
		return nil
	}
	return document
}

// markLines puts a comment with its line before every element that stands apart.
func markLines(source string, line int) string {
	var out strings.Builder
	for tokens := html.NewTokenizer(strings.NewReader(source)); ; {
		kind := tokens.Next()
		if kind == html.ErrorToken {
			return out.String()
		}
		raw := string(tokens.Raw())
		if kind == html.StartTagToken {
			name, _ := tokens.TagName()
			if element := atom.Lookup(name); element == atom.Tr || slices.Contains(apart, element) && element != atom.Html && element != atom.Body {
				fmt.Fprintf(&out, "<!--%s=%d-->", lineMark, line)
			}
		}
		out.WriteString(raw)
		line += strings.Count(raw, "\n")
	}
}

// bareText returns the text between the tags, for HTML that cannot be parsed.
func bareText(source string) string {
	var out strings.Builder
	for tokens := html.NewTokenizer(strings.NewReader(source)); ; {
		switch tokens.Next() {
		case html.ErrorToken:
			return tidy(out.String())
		case html.TextToken:
			out.Write(tokens.Text())
			out.WriteByte(' ')
		}
	}
}

// find returns the first element of a kind.
func find(node *html.Node, kind atom.Atom) *html.Node {
	for child := range node.Descendants() {
		if child.Type == html.ElementNode && child.DataAtom == kind {
			return child
		}
	}
	return nil
}

// silent are elements whose text is not the page's own: scripts, forms, navigation, pictures.
var silent = []atom.Atom{
	atom.Head, atom.Script, atom.Style, atom.Nav, atom.Form, atom.Input, atom.Select, atom.Textarea, atom.Option, atom.Button, atom.Label,
	atom.Svg, atom.Math, atom.Iframe, atom.Noscript, atom.Template, atom.Object, atom.Audio, atom.Video, atom.Canvas, atom.Fieldset, atom.Dialog,
	atom.Datalist, atom.Frameset, atom.Noframes, atom.Noembed, atom.Xmp, atom.Plaintext,
}

// apart are elements that end the paragraph before them.
var apart = []atom.Atom{
	atom.Html, atom.Body, atom.Address, atom.Article, atom.Aside, atom.Blockquote, atom.Center, atom.Details, atom.Summary, atom.Div, atom.Dl, atom.Dd, atom.Dt,
	atom.Fieldset, atom.Figcaption, atom.Figure, atom.Footer, atom.Header, atom.Hgroup, atom.Hr, atom.Li, atom.Main, atom.Ol, atom.P, atom.Section,
	atom.Table, atom.Caption, atom.Ul, atom.Pre, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Menu, atom.Legend,
}

// htmlReader walks a tree of HTML and collects pieces.
type htmlReader struct {
	pieces []piece
	whole  bool // a whole page: headers and footers are the site's, not the page's

	inline   strings.Builder // the paragraph being read
	link     span            // of the link in it, while it holds one alone
	links    int             // how many it holds
	line     int             // where it started
	last     int             // the last line seen
	depth    int             // of lists
	mark     string          // of the list item being read, until its first text
	inItem   bool
	group    int
	anchor   string // an anchor that stands before a heading
	cellOnly bool   // within a table cell everything is one line
	named    bool   // emoji stay names: the anchor of a heading is made of them
}

// span is a part of a text: its first byte, and the one behind its last.
type span struct{ from, to int }

func (r *htmlReader) children(node *html.Node) {
	for child := node.FirstChild; child != nil; child = child.NextSibling {
		r.block(child)
	}
}

// block reads one node.
func (r *htmlReader) block(node *html.Node) {
	switch node.Type {
	case html.TextNode:
		r.text(node.Data)
		return
	case html.CommentNode:
		if line, ok := strings.CutPrefix(node.Data, lineMark+"="); ok {
			r.last, _ = strconv.Atoi(line)
		}
		return
	case html.DocumentNode:
		r.children(node)
		return
	case html.ElementNode:
	default:
		return
	}
	if line, _ := strconv.Atoi(value(node, lineMark)); line > 0 {
		r.last = line
	}
	if slices.Contains(silent, node.DataAtom) || node.Namespace != "" || hidden(node) || r.ofSite(node) {
		return
	}
	if slices.Contains(apart, node.DataAtom) {
		r.flush()
		r.blockElement(node)
		r.flush()
		return
	}
	r.inlineElement(node)
}

// hidden reports whether an element is not for reading.
func hidden(node *html.Node) bool {
	class := value(node, "class")
	return value(node, "aria-hidden") == "true" || has(node, "hidden") || value(node, "role") == "navigation" ||
		class == "footnote-ref" || class == "footnote-backref" || strings.Contains(class, "breadcrumb") || strings.Contains(class, "skip-link")
}

// ofSite reports whether an element is the frame of a whole page.
func (r *htmlReader) ofSite(node *html.Node) bool {
	return r.whole && (node.DataAtom == atom.Header || node.DataAtom == atom.Footer) && node.Parent != nil && node.Parent.DataAtom == atom.Body
}

func (r *htmlReader) blockElement(node *html.Node) {
	switch node.DataAtom {
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		r.heading(node)
	case atom.Pre:
		r.code(node)
	case atom.Table:
		r.table(node)
	case atom.Ul, atom.Ol, atom.Menu:
		r.list(node)
	case atom.Dl:
		r.definitions(node)
	case atom.Li: // outside a list
		r.item(node, "-")
	default:
		r.children(node)
	}
}

func (r *htmlReader) inlineElement(node *html.Node) {
	switch node.DataAtom {
	case atom.Br:
		r.inline.WriteByte('\v') // a line end that stays
	case atom.Img:
		r.text(alternative([]string{tidy(value(node, "alt"))}))
	case atom.Code, atom.Kbd, atom.Samp, atom.Tt:
		r.inlineCode(node)
	case atom.A:
		if id := value(node, "id") + value(node, "name"); id != "" && strings.TrimSpace(textOf(node)) == "" {
			r.anchor = id
			return
		}
		from := r.inline.Len()
		r.children(node)
		r.links++
		r.link = span{}
		if href := value(node, "href"); r.links == 1 && from < r.inline.Len() && has(node, "href") && !strings.Contains(href, ":") && !strings.HasPrefix(href, "//") {
			r.link = span{from, r.inline.Len()}
		}
	case atom.Tr, atom.Tbody, atom.Thead: // outside a table
		r.children(node)
	case atom.Td, atom.Th:
		r.children(node)
		r.text(" ")
	default:
		r.children(node)
	}
}

var (
	// templateMark is what must never stand in a text: a tag that no rule recognised.
	templateMark = regexp.MustCompile(`\{\{|\}\}|\{%|%\}|<%|%>`)
	codeBounds   = strings.NewReplacer(string(codeStart), "", string(codeEnd), "")
)

var (
	rawLink   = regexp.MustCompile(`!?\[([^\[\]]*)\]\([^()\s]*\)`)
	brokenTag = regexp.MustCompile(`</?(?:a|img|div|p|span|iframe|td|tr|table|script|style)\s[^<>]*=[^<>]*>`) // a quotation mark is missing
	rawStrong = regexp.MustCompile(`\*\*(\S(?:[^*]*\S)?)\*\*`)
)

// text adds to the paragraph being read.
func (r *htmlReader) text(s string) {
	if s == "" {
		return
	}
	if strings.IndexFunc(s, isControl) >= 0 { // an entity may spell one
		s = visible(s)
	}
	if strings.Contains(s, "](") { // Markdown within HTML, which only some generators read
		s = rawLink.ReplaceAllString(s, "$1")
	}
	if strings.Contains(s, "**") {
		s = rawStrong.ReplaceAllString(s, "$1")
	}
	if strings.Contains(s, "=") {
		s = brokenTag.ReplaceAllString(s, "")
	}
	if strings.Contains(s, ":") && !r.named {
		s = withSigns(s)
	}
	r.add(s)
}

func (r *htmlReader) add(s string) {
	if r.line == 0 && strings.TrimSpace(s) != "" {
		r.line = r.last
	}
	r.inline.WriteString(s)
}

// Code within a line stands between these two while its paragraph is read: characters for private use,
// which decode takes out of every file.
const (
	codeStart = '\ue000'
	codeEnd   = '\ue001'
)

// inlineCode keeps every character of code within a line.
func (r *htmlReader) inlineCode(node *html.Node) {
	r.add(string(codeStart) + visible(textOf(node)) + string(codeEnd))
}

// withoutMarks takes what is left of template tags out of a paragraph, but not out of code in it.
func withoutMarks(s string) string {
	if !strings.ContainsAny(s, "{%") {
		return codeBounds.Replace(s)
	}
	var out strings.Builder
	for s != "" {
		prose, rest, _ := strings.Cut(s, string(codeStart))
		for templateMark.MatchString(prose) { // taking one out may make another
			prose = templateMark.ReplaceAllString(prose, "")
		}
		code, after, _ := strings.Cut(rest, string(codeEnd))
		out.WriteString(prose + code)
		s = after
	}
	return out.String()
}

// Lines that lead to the page before, the page after or the place they came from are buttons of the site, not text of
// the page: "Back to Slack page", "Next to Booking travel >", "Previous: discovery". "Next steps", or "Return to work after
// leave", may be anything.
var (
	toNeighbour = regexp.MustCompile(`(?i)^\W*(?:(?:back|return) to (?:\S+ ){0,5}(?:page|home|top|contents|list|start|index|overview|menu)\W*$|(?:back|return|next) to [^>›→»]+[>›→»]\W*$` +
		`|(?:next|previous)(?: (?:up|page|phase|step|section|chapter|part|post|article|topic))?:|(?:next|previous)(?: page| section)?\W*$)`)
	besideLink = regexp.MustCompile(`(?i)^\W*(?:next|previous)?\W*$`)
)

// leadsAway reports whether the paragraph being read is nothing but one link, within the site, to a neighbouring page.
func (r *htmlReader) leadsAway() bool {
	if r.cellOnly || r.links != 1 || r.link.to == 0 {
		return false
	}
	raw := r.inline.String()
	return besideLink.MatchString(raw[:r.link.from]) && besideLink.MatchString(raw[r.link.to:]) && toNeighbour.MatchString(raw)
}

// bareRows returns the rows of a table that the paragraph being read is, each a line between two bars; nil when it is
// none. Site generators make a table of such lines where Markdown makes none: without a delimiter row, with one that is
// too narrow, and right below a tag.
func (r *htmlReader) bareRows() (rows []piece) {
	raw := r.inline.String()
	if r.cellOnly || !strings.Contains(raw, "|\n") {
		return nil
	}
	line := max(r.line, 1)
	for part := range strings.Lines(strings.TrimSpace(raw)) {
		part = tidy(withoutMarks(part))
		cells, opens := strings.CutPrefix(part, "|")
		cells, closes := strings.CutSuffix(cells, "|")
		if !opens || !closes || strings.Count(cells, "|") >= maxColumns {
			return nil
		}
		switch {
		case columns(part) == 0:
			rows = append(rows, piece{kind: row, text: rowOf(cells), line: line, group: r.group + 1})
		case len(rows) == 1:
			rows[0].top = true
		}
		line++
	}
	rows = slices.DeleteFunc(rows, func(p piece) bool { return !saysSomething(p.text) })
	if len(rows) < 2 {
		return nil
	}
	r.group++
	return rows
}

// rowOf returns cells that bars part as the text of a row, without the empty ones at its end.
func rowOf(cells string) string {
	texts := strings.Split(cells, "|")
	for i := range texts {
		texts[i] = tidy(texts[i])
	}
	for len(texts) > 0 && texts[len(texts)-1] == "" {
		texts = texts[:len(texts)-1]
	}
	return strings.Join(texts, " | ")
}

// taken returns the paragraph read so far as tidy text, and starts the next.
func (r *htmlReader) taken() (text string, line int) {
	raw := r.inline.String()
	r.inline.Reset()
	line, r.line, r.links, r.link = r.line, 0, 0, span{}
	var lines []string
	for part := range strings.SplitSeq(raw, "\v") {
		if part = tidy(withoutMarks(part)); part != "" {
			lines = append(lines, part)
		}
	}
	glue := "\n"
	if r.cellOnly {
		glue = " "
	}
	return strings.Join(lines, glue), max(line, 1)
}

// saysSomething reports whether a text holds more than marks: a letter, a digit or a sign such as an emoji.
func saysSomething(text string) bool {
	return strings.IndexFunc(text, func(r rune) bool {
		return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsSymbol(r) && !strings.ContainsRune("|<>=+~^`$", r)
	}) >= 0
}

// flush ends the paragraph being read.
func (r *htmlReader) flush() {
	away, rows := r.leadsAway(), r.bareRows()
	if rows != nil {
		r.taken()
		r.pieces = append(r.pieces, rows...)
		return
	}
	text, line := r.taken()
	if text == "" || away || !r.cellOnly && !saysSomething(text) {
		return
	}
	if !r.cellOnly {
		r.anchor = ""
	}
	if !r.inItem {
		r.pieces = append(r.pieces, piece{kind: paragraph, text: text, line: line})
		return
	}
	r.pieces = append(r.pieces, piece{kind: item, text: text, line: line, level: r.depth - 1, mark: r.mark, group: r.group})
	r.mark = "" // what follows in the same item has no mark of its own
}

// heading reads a heading; within a list item it is a line of the item.
func (r *htmlReader) heading(node *html.Node) {
	for child := range node.Descendants() {
		if child.DataAtom == atom.Button { // accordions have their headings on buttons
			child.DataAtom, child.Data = atom.Span, "span"
		}
	}
	text, id := (&htmlReader{last: r.last, cellOnly: true, named: true}).all(node)
	if explicit := value(node, "id"); explicit != "" {
		id = explicit
	}
	if id == "" {
		id = r.anchor
	}
	r.anchor = ""
	switch {
	case text == "":
	case r.inItem:
		r.add(text)
		r.flush()
	default:
		r.pieces = append(r.pieces, piece{kind: heading, text: text, line: max(r.last, 1), level: int(node.Data[1] - '0'), id: id})
	}
}

// all returns all that stands in an element as one line, and the last empty anchor in it. The reader is for it alone.
func (r *htmlReader) all(node *html.Node) (text, anchor string) {
	r.children(node)
	r.flush()
	if r.pieces == nil {
		return "", r.anchor
	}
	var parts []string
	for _, p := range r.pieces {
		parts = append(parts, strings.ReplaceAll(p.text, "\n", " "))
	}
	return strings.Join(parts, "; "), r.anchor
}

func (r *htmlReader) code(node *html.Node) {
	text := strings.Trim(visible(strings.ReplaceAll(textOf(node), "\r", "")), "\n")
	if strings.TrimSpace(text) == "" {
		return
	}
	text = strings.ReplaceAll(strings.TrimRight(text, " \t\n"), "```", "'''")
	r.pieces = append(r.pieces, piece{kind: code, text: text, line: max(r.last, 1), level: r.depth})
}

func (r *htmlReader) list(node *html.Node) {
	if r.depth == 0 && isContents(node) && r.contentsFit() {
		return
	}
	outer := *r
	if r.depth == 0 {
		r.group++
	}
	number, _ := strconv.Atoi(value(node, "start"))
	number = max(number, 1)
	r.depth++
	for child := node.FirstChild; child != nil; child = child.NextSibling {
		if child.Type == html.ElementNode && child.DataAtom == atom.Li {
			mark := "-"
			if node.DataAtom == atom.Ol {
				mark = strconv.Itoa(number) + "."
				number++
			}
			r.item(child, mark)
		} else {
			r.block(child)
		}
	}
	r.flush()
	r.depth, r.mark, r.inItem = outer.depth, outer.mark, outer.inItem
}

// isContents reports whether every item of a list is a link within the page and nothing else.
func isContents(list *html.Node) bool {
	items := 0
	for child := range list.Descendants() {
		if child.Type == html.TextNode && strings.TrimSpace(child.Data) != "" {
			link := nearest(child, atom.A)
			if link == nil || !strings.HasPrefix(value(link, "href"), "#") {
				return false
			}
			items++
		}
	}
	return items > 1
}

var contentsLead = regexp.MustCompile(`(?i)^(?:on this page|in this (?:page|guide|section)|(?:table of )?contents|jump to|quick links)\W*$`)

// contentsFit reports whether a table of contents may stand here: at the start of the page, right below a
// heading, or below a line that says so, which goes with it. Elsewhere a list of links belongs to its text.
func (r *htmlReader) contentsFit() bool {
	if len(r.pieces) == 0 {
		return true
	}
	last := r.pieces[len(r.pieces)-1]
	if last.kind == paragraph && contentsLead.MatchString(last.text) {
		r.pieces = r.pieces[:len(r.pieces)-1]
		return true
	}
	return last.kind == heading
}

func (r *htmlReader) item(node *html.Node, mark string) {
	r.flush()
	if line, _ := strconv.Atoi(value(node, lineMark)); line > 0 {
		r.last = line
	}
	inItem, depth := r.inItem, r.depth
	r.inItem, r.mark, r.depth = true, mark, max(r.depth, 1)
	r.children(node)
	r.flush()
	r.inItem, r.depth = inItem, depth
}

// definitions reads a list of terms: each is an item, its meaning behind a colon.
func (r *htmlReader) definitions(node *html.Node) {
	r.group++
	term := ""
	var read func(*html.Node)
	read = func(parent *html.Node) {
		for child := parent.FirstChild; child != nil; child = child.NextSibling {
			switch child.DataAtom {
			case atom.Dt:
				if term != "" {
					r.definition(term, nil)
				}
				term = strings.TrimSuffix(tidy(textOf(child)), ":")
			case atom.Dd:
				r.definition(term, child)
				term = ""
			case atom.Div:
				read(child)
			}
		}
	}
	read(node)
	if term != "" {
		r.definition(term, nil)
	}
}

func (r *htmlReader) definition(term string, meaning *html.Node) {
	inItem, depth := r.inItem, r.depth
	r.inItem, r.mark, r.depth = true, "-", r.depth+1
	if term != "" {
		r.add(term)
		if meaning != nil {
			r.add(": ")
			for meaning.FirstChild != nil && meaning.FirstChild == meaning.LastChild && meaning.FirstChild.DataAtom == atom.P {
				meaning = meaning.FirstChild
			}
		}
	}
	if meaning != nil {
		r.children(meaning)
	}
	r.flush()
	r.inItem, r.depth = inItem, depth
}

// table reads a table, a row a line.
func (r *htmlReader) table(node *html.Node) {
	r.group++
	if caption := find(node, atom.Caption); caption != nil {
		r.children(caption)
		r.flush()
	}
	first := true
	for tr := range node.Descendants() {
		if tr.DataAtom != atom.Tr || nearest(tr, atom.Table) != node {
			continue
		}
		if line, _ := strconv.Atoi(value(tr, lineMark)); line > 0 {
			r.last = line
		}
		cells, top := r.cells(tr)
		if !saysSomething(strings.Join(cells, "")) {
			continue
		}
		top = first && (top || nearest(tr, atom.Thead) != nil)
		first = false
		r.pieces = append(r.pieces, piece{kind: row, text: strings.Join(cells, " | "), line: max(r.last, 1), group: r.group, top: top})
	}
}

// cells returns the texts of a row's cells; top says that all of them are headers.
func (r *htmlReader) cells(tr *html.Node) (texts []string, top bool) {
	top = true
	for cell := tr.FirstChild; cell != nil; cell = cell.NextSibling {
		if cell.DataAtom != atom.Td && cell.DataAtom != atom.Th || hidden(cell) {
			continue
		}
		text, _ := (&htmlReader{last: r.last, cellOnly: true}).all(cell)
		text = strings.TrimPrefix(text, "# ") // how GOV.UK's technical documentation marks the header of a row
		texts = append(texts, strings.ReplaceAll(text, " | ", " / "))
		top = top && cell.DataAtom == atom.Th
	}
	for len(texts) > 0 && texts[len(texts)-1] == "" {
		texts = texts[:len(texts)-1]
	}
	return texts, top && len(texts) > 1
}

// nearest returns the closest element of a kind above node.
func nearest(node *html.Node, kind atom.Atom) *html.Node {
	for parent := node.Parent; parent != nil; parent = parent.Parent {
		if parent.DataAtom == kind {
			return parent
		}
	}
	return nil
}

var lineBreak = regexp.MustCompile(`(?i)^br$`)

// textOf returns all text beneath node, with a line end for each br.
func textOf(node *html.Node) string {
	var out strings.Builder
	for child := range node.Descendants() {
		switch {
		case child.Type == html.TextNode:
			out.WriteString(child.Data)
		case child.Type == html.ElementNode && lineBreak.MatchString(child.Data):
			out.WriteByte('\n')
		}
	}
	return out.String()
}

// value returns an attribute; "" when it is not there.
func value(node *html.Node, key string) string {
	for _, a := range node.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func has(node *html.Node, key string) bool {
	return slices.ContainsFunc(node.Attr, func(a html.Attribute) bool { return a.Key == key })
}
