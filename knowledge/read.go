package knowledge

import (
	"bytes"
	"context"
	"path"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// Read reads a file. It is safe for concurrent use and never panics. A file that is left out gives
// [ErrSkipped], and problems say why; other errors are ctx's. Remarks about a page that was read are in
// problems too.
func (b *Base) Read(ctx context.Context, f File) (d Document, problems []Problem, err error) {
	if err := ctx.Err(); err != nil {
		return Document{}, nil, err
	}
	skipped := func(p Problem) (Document, []Problem, error) { //nolint:unparam // what Read returns
		p.Path, p.Skipped = f.Path, true
		return Document{}, []Problem{p}, ErrSkipped
	}
	defer func() { // one file never stops the rest
		if broken := recover(); broken != nil {
			d, problems, err = skipped(Problem{Reason: "cannot be read: our own mistake; please report the file"})
		}
	}()
	data, reason := b.load(f)
	if reason != "" {
		return skipped(Problem{Reason: reason})
	}
	text, problem := decode(data)
	if problem != nil {
		return skipped(*problem)
	}
	r := reading{base: b, file: f}
	d, problem = r.read(text)
	if problem != nil {
		return skipped(*problem)
	}
	r.addAsked(&d, data)
	d.Hash = f.digest(data, b.askedKey(f))
	for _, note := range r.header.notes {
		note.Path = f.Path
		problems = append(problems, note)
	}
	return d, problems, nil
}

// decode returns the bytes of a file as text with plain line ends and no hidden characters; a problem when they are no text.
func decode(data []byte) (string, *Problem) {
	if bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
		return "", &Problem{Line: 1, Reason: "is written in UTF-16: save it as UTF-8"}
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if i := bytes.IndexByte(data, 0); i >= 0 {
		return "", &Problem{Line: 1 + bytes.Count(data[:i], []byte("\n")), Reason: "is not text: it holds zero bytes"}
	}
	if !utf8.Valid(data) {
		i := 0
		for i < len(data) {
			r, size := utf8.DecodeRune(data[i:])
			if r == utf8.RuneError && size <= 1 {
				break
			}
			i += size
		}
		return "", &Problem{Line: 1 + bytes.Count(data[:i], []byte("\n")), Reason: "is not UTF-8 text: save it as UTF-8"}
	}
	text := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(string(data))
	if strings.IndexFunc(text, isControl) >= 0 {
		text = visible(text)
	}
	return text, nil
}

// reading is one file while it is read.
type reading struct {
	base   *Base
	file   File
	header header
	retold bool // the page is told in its own words from the public source that it links to
}

// read reads the header and the text of a page. A problem is returned when it must be left out.
func (r *reading) read(text string) (d Document, skip *Problem) {
	form := formOf(path.Base(r.file.within))
	if form == formYAML {
		return r.readYAML(text)
	}
	var body string
	var line int
	if r.header, body, line, skip = parseHeader(text); skip != nil {
		return d, skip
	}
	if d, skip = r.about(); skip != nil {
		return d, skip
	}
	title, pieces := r.pieces(form, body, line)
	if len(pieces) > maxPieces {
		return d, &Problem{Line: pieces[maxPieces].line, Reason: "holds more than 50,000 headings, paragraphs, list items and rows: split it"}
	}
	r.finish(&d, title, pieces)
	return d, nil
}

// maxPieces is the most pieces of a page; what has more is no page that people wrote.
const maxPieces = 50_000

// pieces reads the body of a page, which starts on line of its file. The title is the one of a whole
// HTML page, else "".
func (r *reading) pieces(form form, body string, line int) (title string, pieces []piece) {
	name := strings.ToLower(path.Base(r.file.within))
	tags := templates{erb: strings.Contains(name, ".erb"), mdx: strings.HasSuffix(name, ".mdx"), markdown: form == formMarkdown, values: r.value}
	switch form {
	case formText:
		return "", textPieces(body, line)
	case formHTML:
		return readPage(tags.strip(body), line)
	default:
		body, before := withTableHead(body)
		pieces = readMarkdown(tags.strip(body), line+before)
		for i := range pieces {
			pieces[i].line = max(pieces[i].line, line)
		}
		return "", pieces
	}
}

// value returns a single value of the header, for the tags that print it.
func (r *reading) value(key string) string {
	node := r.header.values[key]
	if node == nil || len(node.Content) > 0 || node.Tag == "!!null" {
		return ""
	}
	return tidy(node.Value)
}

// finish gives the document its title and its passages.
func (r *reading) finish(d *Document, title string, pieces []piece) {
	if d.Title == "" {
		d.Title = title
	}
	if d.Title == "" {
		for _, p := range pieces {
			if p.kind == heading {
				d.Title = p.text
				break
			}
		}
	}
	if d.Title == "" {
		d.Title = nameTitle(r.file.within)
		if folder := path.Base(path.Dir(r.file.within)); isPartial(r.file.within) && folder != "." && len(r.header.values) == 0 {
			d.Title = nameTitle(folder) + ": " + d.Title // the name of a piece alone says too little
		}
	}
	anchors := &slugger{rule: slugRuleOf(d.URL, r.file.within)}
	for _, s := range sections(pieces, d.Title, anchors) {
		if r.retold { // its headings are not those of the source, which the link leads to
			s.anchor = ""
			if s.namesSource() {
				continue
			}
		}
		d.Passages = append(d.Passages, s.passages(d.URL)...)
	}
	if len(d.Passages) == 0 {
		d.Passages = r.summary(d.URL)
	}
	if len(d.Passages) == 0 {
		r.header.note(0, "holds no text of its own, only navigation, settings or what other files fill in")
	}
}

// summary is the passage of a page whose text lies elsewhere, in a file to download or behind a link:
// what its header says of it, which is what lists of such pages show.
func (r *reading) summary(url string) []Passage {
	for _, key := range []string{"summary", "description", "promo_description", "lead", "excerpt"} {
		node := r.header.values[key]
		if node == nil || node.Kind != yaml.ScalarNode || !isSentence(node.Value) {
			continue
		}
		text := r.plain(node.Value)
		if parts := cut(text, MaxPassage); text != "" {
			return []Passage{{URL: url, Line: node.Line, Text: parts[0]}}
		}
	}
	return nil
}

// plain returns a short text of the header, which may hold Markdown, as one line without markup.
func (r *reading) plain(text string) string {
	if !strings.ContainsAny(text, "*_`[<{&\\~") {
		return strings.TrimPrefix(tidy(text), "# ")
	}
	tags := templates{values: func(string) string { return "" }}
	pieces := readMarkdown(tags.strip(tidy(text)), 1)
	if len(pieces) == 0 {
		return ""
	}
	return tidy(pieces[0].text)
}

// textPieces reads plain text: paragraphs part at blank lines.
func textPieces(body string, line int) []piece {
	var found []piece
	var lines []string
	start := line
	end := func() {
		if text := strings.Join(lines, "\n"); strings.TrimSpace(text) != "" {
			found = append(found, piece{kind: paragraph, text: text, line: start})
		}
		lines = nil
	}
	for text := range strings.Lines(body) {
		if text = tidy(text); text == "" {
			end()
		} else {
			if lines == nil {
				start = line
			}
			lines = append(lines, text)
		}
		line++
		if len(found) > maxPieces {
			break
		}
	}
	end()
	return found
}

var (
	datedName = regexp.MustCompile(`^(\d{4}-\d\d-\d\d)-(.+)$`)
	wordGaps  = strings.NewReplacer("-", " ", "_", " ")
)

// nameTitle makes a title of a file's name; of an index, of its folder's.
func nameTitle(within string) string {
	name := bareName(within)
	if name == "index" || name == "readme" {
		if parent := path.Base(path.Dir(within)); parent != "." {
			name = parent
		}
	}
	if m := datedName.FindStringSubmatch(name); m != nil {
		name = m[2]
	}
	name = tidy(wordGaps.Replace(name))
	if name == "" {
		return path.Base(within)
	}
	_, size := utf8.DecodeRuneInString(name)
	return strings.ToUpper(name[:size]) + name[size:]
}

// bareName returns the name of a file in small letters, without any extension.
func bareName(within string) string {
	name := strings.ToLower(path.Base(within))
	if i := strings.IndexByte(name[min(1, len(name)):], '.'); i >= 0 {
		name = name[:i+1]
	}
	return name
}

// about reads what the header and the source say of the page.
func (r *reading) about() (d Document, skip *Problem) {
	h, s, within := &r.header, r.file.source, r.file.within
	d = Document{
		Path: r.file.Path, Source: s.Name, Organisation: s.Organisation, Owner: s.Owner, Licence: s.Licence, Archived: s.Archived,
	}
	if d.Visibility, skip = h.visibility(s.Visibility); skip != nil {
		return d, skip
	}
	if id := d.Visibility.Organisation(); id != "" && !r.base.organisation(id) {
		line := 0 // as the folder says
		if own := h.values["visibility"]; own != nil {
			line = own.Line
		}
		return d, unclear(line, "teams.yaml holds no organisation %q: correct the id, or add it there", id)
	}
	if h.values["published"] != nil && h.text("published") == "false" {
		return d, &Problem{Line: h.values["published"].Line, Meant: true, Reason: "says published: false"}
	}
	if skip = r.organisation(&d); skip != nil {
		return d, skip
	}
	r.titles(&d)
	r.dates(&d)
	r.people(&d)
	own := h.text("permalink")
	if own == "" {
		own = h.text("url")
	}
	if facts := safeLink(h.text("source")); facts != "" && (own == "" || own == facts) {
		own, r.retold = facts, true
	}
	if strings.Contains(own, "{") || strings.HasSuffix(own, "false") { // a pattern, or Eleventy's "no page"
		own = ""
	}
	d.URL = s.pageURL(within, own)
	d.Tags = append(h.list("tags", true), h.list("keywords", true)...)
	d.AppliesTo, d.AskedAs, d.Lang = h.list("applies_to", false), h.list("asked_as", false), h.text("lang")
	if licence := h.text("licence"); licence != "" {
		d.Licence = licence
	}
	switch status := h.text("status"); status {
	case "":
	case "archived":
		d.Archived = true
	default:
		h.note(h.values["status"].Line, "status: %q is not known (only archived is); it was ignored", status)
	}
	if strings.Contains(h.text("layout"), "archived") { // GOV.UK Design System's pages that say where theirs has moved
		d.Archived = true
	}
	if audience := h.values["audience"]; audience != nil && len(audience.Content) > 0 {
		h.note(audience.Line, "audience is not used: say whom the page binds with applies_to")
	}
	return d, nil
}

// organisation finds whose page it is: the folder's below guidance/, or what the header says.
func (r *reading) organisation(d *Document) *Problem {
	if d.Source == "" {
		if folder, _, nested := strings.Cut(r.file.within, "/"); nested {
			d.Organisation = folder
		}
	}
	own := r.header.text("organisation")
	if own != "" {
		d.Organisation = own
	}
	if d.Organisation == "" {
		return &Problem{Reason: "does not say whose page it is: put it into guidance/<organisation>/"}
	}
	switch known := r.base.organisation(d.Organisation); {
	case !known && own != "":
		r.header.note(r.header.values["organisation"].Line, "organisation: teams.yaml holds no %q: correct this line, or add it there", own)
	case !known && d.Source != "":
		r.header.note(0, "is a page of %q, which teams.yaml does not hold: add it there, or correct the source's organisation", d.Organisation)
	case !known:
		r.header.note(0, "is a page of %q, which teams.yaml does not hold: add it there, or correct the folder's name", d.Organisation)
	}
	return nil
}

// titles takes the title from the header. Sites call it title, or heading.
func (r *reading) titles(d *Document) {
	for _, key := range []string{"title", "heading", "name"} {
		text := r.header.text(key)
		if text == "" {
			continue
		}
		if d.Title = r.plain("# " + text); d.Title != "" {
			return
		}
	}
}

// dates takes the days on which the page was published and checked.
func (r *reading) dates(d *Document) {
	h := &r.header
	d.Published = h.date("date")
	if d.Published.IsZero() && h.text("published") != "true" {
		d.Published = h.date("published")
	}
	if m := datedName.FindStringSubmatch(bareName(r.file.within)); m != nil && d.Published.IsZero() {
		d.Published, _ = time.Parse(time.DateOnly, m[1])
	}
	d.Reviewed = h.date("last_reviewed_on")
	d.ReviewDue = h.after(d.Reviewed, "review_in")
}

// people takes who wrote the page, who answers for it, and where to ask.
func (r *reading) people(d *Document) {
	h := &r.header
	d.Authors = append(h.list("authors", false), h.list("author", false)...)
	if owner := h.text("owner"); owner != "" {
		d.Owner = owner
	}
	d.Contacts = h.contacts("contact")
	for _, c := range h.contacts("questions") {
		if c.URL == "" && slackChannel.MatchString(c.Text) { // the handbook names channels without their mark
			c.Text = "#" + c.Text
		}
		d.Contacts = append(d.Contacts, c)
	}
	if channel := h.text("owner_slack"); channel != "" {
		d.Contacts = append(d.Contacts, Contact{Text: "#" + strings.TrimPrefix(channel, "#")})
	}
	if len(d.Contacts) == 0 {
		d.Contacts = r.file.source.Contacts
	}
}
