package terminal

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"liaison/bot/chat"
)

// Look says how a reply is laid out. The zero Look is plain text with no line breaks of its own and
// no letters, as a command prints it into a file.
type Look struct {
	Width   int            // columns; 0 breaks no line
	Bold    bool           // headings and what matters in bold
	Zone    *time.Location // in which times are shown; nil shows them as the reply says them
	Letters bool           // what can be pressed has a letter; otherwise it is left out
	Used    int            // how many letters are in use already

	asking bool // the fields of a form are asked one after another, so they are not listed
}

// Offer is something that typing its Key presses.
type Offer struct {
	Key    string // "a" to "z", then "a2" and so on
	Action chat.Action
	Value  string // of a Choice's option; "" for a button
}

// Render writes the whole of a reply, ending with a newline, and returns what can be pressed. A
// reply that says nothing writes nothing. A form is shown as the list of its fields.
func Render(w io.Writer, r chat.Reply, look Look) ([]Offer, error) {
	p := &page{Look: look}
	if len(r.Blocks) > 0 && r.Private {
		p.private()
	}
	for _, b := range r.Blocks {
		p.add(p.block(b))
	}
	if r.Form != nil && !look.asking {
		p.add(p.form(*r.Form))
	}
	p.add(p.problems(r))
	if p.empty() {
		return nil, nil
	}
	_, err := io.WriteString(w, finish(strings.Join(p.parts, "\n\n"), look.Bold)+"\n")
	return p.offers, err
}

// page is one reply being laid out.
type page struct {
	Look
	parts  []string // separated by an empty line
	own    int      // how many of them the reply did not ask for
	offers []Offer
}

func (p *page) private() {
	p.add("Only you can see this.")
	p.own = 1
}

func (p *page) empty() bool { return len(p.parts) <= p.own }

func (p *page) add(part string) {
	if strings.TrimSpace(part) != "" {
		p.parts = append(p.parts, part)
	}
}

func (p *page) wrapped(text string) string { return wrap(text, "", "", p.Width) }

func (p *page) block(b chat.Block) string {
	switch b := b.(type) {
	case chat.Text:
		return p.paragraphs(b.Paragraphs)
	case chat.Sources:
		return p.sources(b.Sources)
	case chat.People:
		return strings.Join(each(b.People, p.person), "\n\n")
	case chat.Items:
		return p.list(b.Title, "", each(b.Items, p.item))
	case chat.Facts:
		return p.list(b.Title, "", each(b.Facts, p.fact))
	case chat.Notice:
		return p.notice(b)
	case chat.Choice:
		return p.choice(b)
	case chat.Actions:
		return p.actions(b.Actions, "")
	}
	return ""
}

// each renders a list, leaving out what says nothing.
func each[T any](list []T, render func(T) string) []string {
	var lines []string
	for _, one := range list {
		if line := render(one); strings.TrimSpace(line) != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

func (p *page) list(title, indent string, lines []string) string {
	for i, line := range lines {
		lines[i] = indented(line, indent)
	}
	if title = oneLine(title); title != "" {
		lines = append([]string{p.wrapped(strong(title))}, lines...)
	}
	return strings.Join(lines, "\n")
}

// --- text

func (p *page) paragraphs(list []chat.Paragraph) string {
	var out strings.Builder
	var before chat.Paragraph
	for i := 0; i < len(list); {
		size := 1
		for list[i].Kind == chat.Row && i+size < len(list) && list[i+size].Kind == chat.Row && !list[i+size].Header {
			size++
		}
		text := p.paragraph(list[i])
		if list[i].Kind == chat.Row {
			text = p.table(list[i : i+size])
		}
		if strings.TrimSpace(text) != "" {
			out.WriteString(gap(out.Len() == 0, before, list[i]) + text)
			before = list[i]
		}
		i += size
	}
	return out.String()
}

// gap is what stands between two paragraphs: an empty line, but none within a list or below a heading.
func gap(first bool, before, now chat.Paragraph) string {
	listed := func(p chat.Paragraph) bool { return p.Kind == chat.Bullet || p.Kind == chat.Number }
	switch {
	case first:
		return ""
	case before.Kind == chat.Heading && now.Kind != chat.Heading:
		return "\n"
	case listed(before) && listed(now) && (before.Kind == now.Kind || before.Level != now.Level):
		return "\n"
	}
	return "\n\n"
}

func (p *page) paragraph(para chat.Paragraph) string {
	text := p.inlines(para.Inlines)
	if strings.TrimSpace(text) == "" {
		return ""
	}
	indent := ""
	if para.Quoted {
		indent = "  "
	}
	deep := indent + strings.Repeat("  ", max(0, min(para.Level, 10)))
	switch para.Kind {
	case chat.Heading:
		return wrap(strong(text), indent, indent, p.Width)
	case chat.Bullet:
		return wrap(text, deep+"- ", deep+"  ", p.Width)
	case chat.Number:
		number := fmt.Sprintf("%d. ", para.Number)
		return wrap(text, deep+number, deep+strings.Repeat(" ", len(number)), p.Width)
	case chat.Code:
		return indented(text, indent+"    ")
	default:
		return wrap(text, indent, indent, p.Width)
	}
}

func (p *page) inlines(list []chat.Inline) string {
	var out strings.Builder
	for _, i := range list {
		out.WriteString(p.inline(i))
	}
	return out.String()
}

// inline says the words, and after them where they lead.
func (p *page) inline(i chat.Inline) string {
	text, address := clean(i.Text), clean(chat.Address(i.URL))
	if !i.Time.IsZero() && p.Zone != nil {
		text = p.time(i.Time)
	}
	words := text
	if i.Strong || i.Mark {
		words = strong(text)
	}
	switch {
	case address == "" || address == text:
		return words
	case strings.TrimSpace(text) == "":
		return address
	}
	return words + " (" + address + ")"
}

// time says a moment in the reader's own zone, with the zone: "Mon 16 Mar 2026 at 14:30 GMT".
func (p *page) time(t time.Time) string {
	if p.Zone == nil {
		return t.UTC().Format("Mon 2 Jan 2006 at 15:04 UTC")
	}
	return t.In(p.Zone).Format("Mon 2 Jan 2006 at 15:04 MST")
}

// table lines the columns up where they fit; otherwise each cell is said after its column's name.
func (p *page) table(rows []chat.Paragraph) string {
	cells := make([][]string, len(rows))
	var widths []int
	for i, row := range rows {
		for j, cell := range row.Cells {
			text := strings.Join(strings.Fields(p.inlines(cell)), " ")
			if row.Header {
				text = strong(text)
			}
			cells[i] = append(cells[i], text)
			if j == len(widths) {
				widths = append(widths, 0)
			}
			widths[j] = max(widths[j], columns(text))
		}
	}
	indent := ""
	if rows[0].Quoted {
		indent = "  "
	}
	total := len(indent) + 3*(len(widths)-1)
	for _, w := range widths {
		total += w
	}
	switch {
	case p.Width == 0:
		return joinRows(cells, nil, indent)
	case total <= p.Width:
		return joinRows(cells, widths, indent)
	}
	return p.sayRows(cells, rows[0].Header, indent)
}

// joinRows writes a line a row, padded to widths unless nil. Rows whose cells are all empty go.
func joinRows(cells [][]string, widths []int, indent string) string {
	var lines []string
	for _, row := range cells {
		if strings.TrimSpace(strings.Join(row, "")) == "" {
			continue
		}
		padded := slices.Clone(row)
		for j := range padded {
			if widths != nil {
				padded[j] += strings.Repeat(" ", widths[j]-columns(padded[j]))
			}
		}
		lines = append(lines, indent+strings.Join(padded, " | "))
	}
	return strings.Join(lines, "\n")
}

func (p *page) sayRows(cells [][]string, header bool, indent string) string {
	var names []string
	if header {
		names, cells = cells[0], cells[1:]
	}
	var lines []string
	for _, row := range cells {
		var said []string
		for j, cell := range row {
			switch {
			case strings.TrimSpace(cell) == "":
			case j < len(names) && names[j] != "":
				said = append(said, names[j]+": "+cell)
			default:
				said = append(said, cell)
			}
		}
		if len(said) > 0 {
			lines = append(lines, wrap(strings.Join(said, "; "), indent+"- ", indent+"  ", p.Width))
		}
	}
	if len(lines) == 0 { // a header alone
		return wrap(strings.Join(names, " | "), indent, indent, p.Width)
	}
	return strings.Join(lines, "\n")
}

func (p *page) notice(n chat.Notice) string {
	text := p.inlines(n.Text.Inlines)
	if strings.TrimSpace(text) == "" {
		return ""
	}
	switch n.Kind {
	case chat.Warning:
		text = strong("Please note:") + " " + text
	case chat.Failure:
		text = strong("Problem:") + " " + text
	case chat.Info: // its words are enough
	}
	return p.wrapped(text)
}

// --- lists

func (p *page) sources(list []chat.Source) string {
	lines := each(list, p.source)
	if len(lines) == 0 {
		return ""
	}
	return p.list("Sources", "", lines)
}

func (p *page) source(s chat.Source) string {
	title := strings.Join(said(s.Title, s.Heading), " › ")
	details := strings.Join(said(s.Organisation, s.Stamp, after("binding on ", s.Binds), s.Age, after("owner ", s.Owner)), ", ")
	address := clean(chat.Address(s.URL))
	licence := oneLine(s.Licence)
	if title+details+address+licence == "" {
		return ""
	}
	number := fmt.Sprintf("[%d] ", s.Number)
	rest := strings.Repeat(" ", len(number))
	lines := []string{wrap(title, number, rest, p.Width)}
	for _, line := range kept(details, licence, address) {
		lines = append(lines, wrap(line, rest, rest, p.Width))
	}
	return strings.Join(lines, "\n")
}

func (p *page) person(one chat.Person) string {
	lines := []string{p.wrapped(strings.Join(kept(strong(oneLine(one.Name)), oneLine(one.Role), oneLine(one.Organisation)), ", "))}
	for _, reason := range one.Reasons {
		if text := p.inlines(reason.Inlines); strings.TrimSpace(text) != "" {
			lines = append(lines, wrap(text, "  - ", "    ", p.Width))
		}
	}
	for _, time := range said(one.Times) {
		lines = append(lines, wrap(time, "  ", "  ", p.Width))
	}
	if one.Contact != nil {
		for _, contact := range kept(p.inline(*one.Contact)) {
			lines = append(lines, wrap("Contact: "+contact, "  ", "  ", p.Width))
		}
	}
	if actions := p.actions(one.Actions, "  "); actions != "" {
		lines = append(lines, actions)
	}
	return strings.TrimPrefix(strings.Join(lines, "\n"), "\n")
}

func (p *page) item(i chat.Item) string {
	moment := ""
	if !i.Time.IsZero() {
		moment = p.time(i.Time)
	}
	text := strings.Join(kept(oneLine(i.Title), strings.Join(kept(oneLine(i.Detail), moment), ", ")), " – ")
	address := clean(chat.Address(i.URL))
	if text == "" && address == "" && len(i.Actions) == 0 {
		return ""
	}
	lines := []string{wrap(text, "- ", "  ", p.Width)}
	if address != "" {
		lines = append(lines, "  "+address)
	}
	if actions := p.actions(i.Actions, "  "); actions != "" {
		lines = append(lines, actions)
	}
	return strings.Join(lines, "\n")
}

func (p *page) fact(f chat.Fact) string {
	return wrap(strings.Join(kept(oneLine(f.Label), p.inline(f.Value)), ": "), "", "  ", p.Width)
}

// --- what can be pressed

// actions says all buttons in one line, each with its letter; those that open a page say which. Only
// the first of a reply says what letters are for.
func (p *page) actions(list []chat.Action, indent string) string {
	var buttons, lines []string
	how := ""
	if len(p.offers) == 0 {
		how = "Type a letter: "
	}
	for _, a := range list {
		label := strings.ReplaceAll(oneLine(a.Label), " ", hold)
		switch {
		case a.URL != "":
			lines = append(lines, wrap(strings.Join(kept(label, clean(chat.Address(a.URL))), ": "), indent, indent, p.Width))
		case p.Letters && label != "":
			buttons = append(buttons, p.offer(Offer{Action: a})+")"+hold+label)
		}
	}
	if len(buttons) > 0 {
		lines = append([]string{wrap(how+strings.Join(buttons, ", "), indent, indent, p.Width)}, lines...)
	}
	return strings.Join(lines, "\n")
}

func (p *page) choice(c chat.Choice) string {
	prompt := c.Prompt
	if p.Letters && len(c.Options) > 0 {
		prompt += " Type a letter:"
	}
	return p.list(prompt, "  ", each(c.Options, func(o chat.Option) string {
		text := strings.Join(said(o.Label, o.Hint), ": ")
		if !p.Letters {
			return wrap(text, "- ", "  ", p.narrower(2))
		}
		key := p.offer(Offer{Action: chat.Action{ID: c.Action, Label: o.Label}, Value: o.Value}) + ") "
		return wrap(text, key, strings.Repeat(" ", len(key)), p.narrower(2))
	}))
}

// narrower returns the width less some columns; 0, which means no limit, stays.
func (p *page) narrower(by int) int {
	if p.Width == 0 {
		return 0
	}
	return max(p.Width-by, 1)
}

// offer gives it the next letter and returns the letter.
func (p *page) offer(o Offer) string {
	o.Key = letter(p.Used + len(p.offers))
	p.offers = append(p.offers, o)
	return o.Key
}

// letter returns "a" to "z" for 0 to 25, then "a2" to "z2" and so on, which are no words of their own.
func letter(n int) string {
	key := string(rune('a' + n%26))
	if round := n/26 + 1; round > 1 {
		key += fmt.Sprint(round)
	}
	return key
}

// form lists what a form asks for.
func (p *page) form(f chat.Form) string {
	lines := kept(p.wrapped(strings.Join(said(f.Intro), "")))
	for _, field := range f.Fields {
		text := labelled(field.Label, field.Hint) + after(" Now: ", oneLine(field.Value))
		lines = append(lines, wrap(text, "- ", "  ", p.Width))
		for _, o := range field.Options {
			lines = append(lines, wrap(strings.Join(said(o.Label, o.Hint), ": "), "  - ", "    ", p.Width))
		}
	}
	return p.list(f.Title, "", lines)
}

// problems says what is wrong with a form, in the order of its fields.
func (p *page) problems(r chat.Reply) string {
	var lines []string
	found := map[string]bool{}
	line := func(label, problem string) {
		if problem = oneLine(problem); problem != "" {
			lines = append(lines, wrap(labelled(label, problem), "- ", "  ", p.Width))
		}
	}
	if r.Form != nil {
		for _, f := range r.Form.Fields {
			line(f.Label, r.Problems[f.ID])
			found[f.ID] = true
		}
	}
	for _, id := range slices.Sorted(maps.Keys(r.Problems)) {
		if !found[id] {
			line("", r.Problems[id])
		}
	}
	if len(lines) == 0 {
		return ""
	}
	return p.list("This needs another look:", "", lines)
}

// labelled puts a label in front of a text: after a colon, unless the label is a sentence of its own.
func labelled(label, text string) string {
	parts := said(label, text)
	if len(parts) == 2 && strings.ContainsAny(parts[0][len(parts[0])-1:], "?!.:") {
		return parts[0] + " " + parts[1]
	}
	return strings.Join(parts, ": ")
}

// oneLine cleans a text that must not begin a line of its own, such as a title: in it, what looks
// like another part of the reply could be made up.
func oneLine(text string) string { return strings.Join(strings.Fields(clean(text)), " ") }

// said cleans texts of one line and returns those that say something.
func said(texts ...string) []string { return each(texts, oneLine) }

// kept returns the texts, clean already, that say something.
func kept(texts ...string) []string {
	return each(texts, func(text string) string { return text })
}

func after(prefix, text string) string {
	if strings.TrimSpace(text) == "" {
		return ""
	}
	return prefix + text
}
