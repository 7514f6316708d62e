package knowledge

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"liaison/bot/access"
)

const peopleFolder = "people"

// personKeys are what the front matter of a person may hold.
var personKeys = []string{"name", "organisation", "role", "skills", "helps_with", "zone", "holidays", "office_hours", "ask_budget", "writes_as", "left", "contact", "consent", "reach", "example"}

// readPeople fills People from people/*.md.
func (b *Base) readPeople(folder fs.FS) {
	found, err := fs.ReadDir(folder, peopleFolder)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err != nil {
		b.note(peopleFolder, 0, true, "cannot be read: %v", plain(err))
	}
	for _, entry := range found {
		name := entry.Name()
		if entry.IsDir() || strings.HasPrefix(name, ".") || strings.EqualFold(name, "README.md") || formOf(name) != formMarkdown {
			continue
		}
		place := path.Join(peopleFolder, name)
		data, err := readSmall(folder, place)
		if err != nil {
			b.note(place, 0, true, "cannot be read: %v", plain(err))
			continue
		}
		b.readPerson(place, data)
	}
}

// readPerson adds one person, unless the file is unclear about who may see them.
func (b *Base) readPerson(place string, data []byte) {
	text, skip := decode(data)
	var h header
	var body string
	var line int
	if skip == nil {
		h, body, line, skip = parseHeader(text)
	}
	if skip == nil && h.values == nil {
		skip = &Problem{Line: 1, Reason: "needs front matter with at least name: and organisation:"}
	}
	if skip != nil {
		b.note(place, skip.Line, true, "%s", skip.Reason)
		return
	}
	p, skip := h.person()
	p.Path = place
	for key, node := range h.values {
		if !slices.Contains(personKeys, key) {
			h.note(node.Line, "does not know the key %q: use one of %s", key, strings.Join(personKeys, ", "))
		}
	}
	for _, note := range h.notes {
		b.note(place, note.Line, false, "%s", note.Reason)
	}
	if skip != nil {
		b.note(place, skip.Line, true, "%s", skip.Reason)
		return
	}
	tags := templates{markdown: true, values: func(string) string { return "" }}
	p.Text = textOfPieces(readMarkdown(tags.strip(body), line))
	b.People = append(b.People, p)
}

// person reads the header of a person's file; a problem says why the person cannot be listed.
//
// SECURITY: without reach a person is seen by their own organisation alone; an unclear one is nobody's.
func (h *header) person() (p Person, skip *Problem) {
	p = Person{
		Name: h.text("name"), Organisation: h.text("organisation"), Role: h.text("role"), Skills: h.list("skills", true),
		HelpsWith: h.list("helps_with", true), Zone: h.text("zone"), Contact: h.text("contact"), Consent: h.text("consent"),
		Holidays: h.text("holidays"), WritesAs: h.list("writes_as", true), Left: h.date("left"),
	}
	switch h.text("example") {
	case "", "false":
	case "true":
		p.Example = true
	default:
		h.note(h.values["example"].Line, "example is true or false; it was ignored")
	}
	if p.Name == "" || p.Organisation == "" {
		return p, &Problem{Line: h.line, Reason: "needs name: and organisation:"}
	}
	if p.Consent == "false" || p.Consent == "no" || p.Consent == "none" {
		p.Consent = ""
	}
	if p.Zone != "" && !knownZone(p.Zone) {
		h.note(h.values["zone"].Line, "zone %q is not known: use a name such as Europe/London; it was ignored", p.Zone)
		p.Zone = ""
	}
	if h.text("left") != "" && p.Left.IsZero() {
		return p, &Problem{Line: h.values["left"].Line, Reason: "left: says that they have gone, but not when: write it as 2025-03-01"}
	}
	if skip := h.availability(&p); skip != nil {
		return p, skip
	}
	p.Reach = access.Organisation(p.Organisation)
	if h.values["reach"] != nil {
		reach, err := access.ParseVisibility(h.text("reach"))
		if err != nil {
			return p, &Problem{Line: h.values["reach"].Line, Reason: "who may see them is unclear: use reach: public, staff or org:<id>"}
		}
		p.Reach = reach
	}
	return p, nil
}

// availability reads when and how often a person may be asked. A person who set a limit that cannot be
// understood is not listed: asking them more than they wish is worse.
func (h *header) availability(p *Person) *Problem {
	if text := h.text("office_hours"); text != "" {
		hours, err := ParseHours(text)
		if err != nil {
			return &Problem{Line: h.values["office_hours"].Line, Reason: err.Error()}
		}
		p.OfficeHours = hours
	}
	if text := h.text("ask_budget"); text != "" {
		budget, err := strconv.Atoi(text)
		if err != nil || budget < 0 {
			return &Problem{Line: h.values["ask_budget"].Line, Reason: "ask_budget is how many questions a week they are glad to get: a whole number, such as 2, or 0 for none"}
		}
		p.AskBudget = &budget
	}
	return nil
}
