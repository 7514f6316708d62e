package knowledge

import (
	"errors"
	"io/fs"
	"slices"
	"strings"
	"time"
	// Zones of people and organisations are checked and used on machines that have no zone files.
	_ "time/tzdata"

	"go.yaml.in/yaml/v3"

	"liaison/bot/access"
)

const (
	teamsFile    = "teams.yaml"
	glossaryFile = "glossary.yaml"
)

type rawOrganisation struct {
	ID        string      `yaml:"id"`
	Name      string      `yaml:"name"`
	Short     string      `yaml:"short"`
	Aliases   []string    `yaml:"aliases"`
	Kind      string      `yaml:"kind"`
	Country   string      `yaml:"country"`
	Zone      string      `yaml:"zone"`
	Holidays  string      `yaml:"holidays"`
	Parent    string      `yaml:"parent"`
	About     string      `yaml:"about"`
	Covers    []string    `yaml:"covers"`
	Contacts  rawContacts `yaml:"contacts"`
	Founded   string      `yaml:"founded"`
	Renamed   []rawRename `yaml:"renamed"`
	Successor string      `yaml:"successor"`
	Until     string      `yaml:"until"`
	Source    string      `yaml:"source"`
}

type rawRename struct {
	Name  string `yaml:"name"`
	Until string `yaml:"until"`
}

// readWithDefault returns the file of folder, or the one that ships when there is none.
func (b *Base) readWithDefault(folder fs.FS, name string) []byte {
	data, err := b.vitalText(folder, name)
	if errors.Is(err, fs.ErrNotExist) {
		data, err = readSmall(shipped, name)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		b.texts[name] = data
	}
	if err != nil {
		b.fault(name, 0, "cannot be read: %v", err)
	}
	return data
}

// readTeams fills Organisations from teams.yaml.
func (b *Base) readTeams(folder fs.FS) {
	parts := b.parts(teamsFile, b.readWithDefault(folder, teamsFile), "organisations")
	entries(b, teamsFile, parts["organisations"], func(node *yaml.Node, raw rawOrganisation) {
		if reason := b.organisationReason(raw); reason != "" {
			b.note(teamsFile, node.Line, true, "%s", reason)
			return
		}
		o := Organisation{
			ID: raw.ID, Name: raw.Name, Short: raw.Short, Aliases: raw.Aliases, Kind: raw.Kind, Country: strings.ToLower(raw.Country),
			Zone: raw.Zone, Holidays: raw.Holidays, Parent: raw.Parent, About: tidy(raw.About), Covers: raw.Covers,
			Contacts: raw.Contacts, Successor: raw.Successor, Source: raw.Source,
		}
		if o.Kind == "" {
			o.Kind = "organisation"
		}
		o.Founded = b.day(teamsFile, node, "founded", raw.Founded)
		o.Until = b.day(teamsFile, node, "until", raw.Until)
		for _, renamed := range raw.Renamed {
			o.Renamed = append(o.Renamed, Renaming{Name: renamed.Name, Until: b.day(teamsFile, node, "renamed", renamed.Until)})
		}
		b.Organisations = append(b.Organisations, o)
	})
}

// organisationReason says why an organisation cannot be used; "" when it can.
func (b *Base) organisationReason(raw rawOrganisation) string {
	if _, err := access.ParseVisibility("org:" + raw.ID); err != nil {
		return "the organisation needs an id of small letters, digits and hyphens"
	}
	if slices.ContainsFunc(b.Organisations, func(o Organisation) bool { return o.ID == raw.ID }) {
		return "there are two organisations with the id " + raw.ID + ": give one another id"
	}
	if raw.Name == "" {
		return "organisation " + raw.ID + " needs a name"
	}
	if !slices.Contains([]string{"", "organisation", "team", "community"}, raw.Kind) {
		return "organisation " + raw.ID + ": kind is organisation, team or community"
	}
	if raw.Zone != "" && !knownZone(raw.Zone) {
		return "organisation " + raw.ID + ": zone " + raw.Zone + " is not known: use a name such as Europe/London"
	}
	return ""
}

// knownZone reports whether zone is an IANA time zone.
func knownZone(zone string) bool {
	_, err := time.LoadLocation(zone)
	return err == nil && zone != "Local"
}

// day reads a date of an entry; one that cannot be understood is noted and left unknown.
func (b *Base) day(file string, node *yaml.Node, key, value string) time.Time {
	t, ok := parseDate(value, true)
	if !ok && value != "" {
		b.note(file, lineOf(node, key), false, "%s: %q is not a date: write it as 2025-03-01", key, value)
	}
	return t
}

// lineOf returns the line of a key in a mapping, or of the mapping.
func lineOf(node *yaml.Node, key string) int {
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == key {
			return node.Content[i].Line
		}
	}
	return node.Line
}

type rawTerm struct {
	Term       string       `yaml:"term"`
	Aliases    []string     `yaml:"aliases"`
	Meaning    string       `yaml:"meaning"`
	Meanings   []rawMeaning `yaml:"meanings"`
	Nearest    []rawNearest `yaml:"nearest"`
	Source     string       `yaml:"source"`
	Visibility yaml.Node    `yaml:"visibility"`
}

type rawMeaning struct {
	Organisation string `yaml:"organisation"`
	Text         string `yaml:"text"`
}

type rawNearest struct {
	Term string `yaml:"term"`
	Note string `yaml:"note"`
}

// readGlossary fills Terms, Protected and Spellings from glossary.yaml.
func (b *Base) readGlossary(folder fs.FS) {
	_, err := fs.Stat(folder, glossaryFile)
	b.lentTerms = err != nil
	parts := b.parts(glossaryFile, b.readWithDefault(folder, glossaryFile), "terms", "protected", "spellings")
	entries(b, glossaryFile, parts["terms"], func(node *yaml.Node, raw rawTerm) {
		term, reason := b.term(raw)
		if reason != "" {
			b.note(glossaryFile, node.Line, true, "%s", reason)
			return
		}
		b.Terms = append(b.Terms, term)
	})
	entries(b, glossaryFile, parts["protected"], func(node *yaml.Node, word string) {
		b.Protected = append(b.Protected, word)
	})
	entries(b, glossaryFile, parts["spellings"], func(node *yaml.Node, pair []string) {
		if len(pair) != 2 || pair[0] == "" || pair[1] == "" {
			b.note(glossaryFile, node.Line, true, "a spelling is a pair, first UK and then US: [organise, organize]")
			return
		}
		b.Spellings = append(b.Spellings, [2]string(pair))
	})
}

// term checks a glossary entry; reason is "" when it can be used.
func (b *Base) term(raw rawTerm) (t Term, reason string) {
	t = Term{Term: tidy(raw.Term), Aliases: raw.Aliases, Source: raw.Source, Visibility: access.Public}
	if t.Term == "" {
		return t, "the entry needs a term"
	}
	if raw.Visibility.Kind != 0 {
		v, err := access.ParseVisibility(raw.Visibility.Value)
		if err != nil || raw.Visibility.Kind != yaml.ScalarNode {
			return t, t.Term + ": who may see it is unclear: use visibility: public, staff or org:<id>"
		}
		t.Visibility = v
	}
	same := func(o Term) bool { return strings.EqualFold(o.Term, t.Term) && o.Visibility == t.Visibility }
	if slices.ContainsFunc(b.Terms, same) {
		return t, t.Term + " is there twice: put the meanings together in one entry"
	}
	if raw.Meaning != "" {
		t.Meanings = append(t.Meanings, Meaning{Text: tidy(raw.Meaning)})
	}
	for _, m := range raw.Meanings {
		t.Meanings = append(t.Meanings, Meaning{Organisation: m.Organisation, Text: tidy(m.Text)})
	}
	if len(t.Meanings) == 0 || slices.ContainsFunc(t.Meanings, func(m Meaning) bool { return m.Text == "" }) {
		return t, t.Term + " needs a meaning: or, for each organisation, meanings: with organisation and text"
	}
	for _, n := range raw.Nearest {
		t.Nearest = append(t.Nearest, Equivalent{Term: tidy(n.Term), Note: tidy(n.Note)})
	}
	return t, ""
}

// checkReferences notes ids of organisations that teams.yaml does not hold.
func (b *Base) checkReferences() {
	check := func(file, what, id string) {
		if id != "" && !b.organisation(id) {
			b.note(file, 0, false, "%s names the organisation %q, which teams.yaml does not hold: add it there, or correct the id", what, id)
		}
	}
	calendar := func(file, what, id string) {
		if id != "" && !b.calendar(id) {
			b.note(file, 0, false, "%s names the calendar %q, which holidays.yaml does not hold: add it there, or correct the id; until then only weekends are free", what, id)
		}
	}
	for _, o := range b.Organisations {
		check(teamsFile, o.ID, o.Parent)
		check(teamsFile, o.ID, o.Successor)
		calendar(teamsFile, o.ID, o.Holidays)
	}
	for _, t := range b.Terms {
		if b.lentTerms { // it may well speak of organisations that this folder does not have
			break
		}
		for _, m := range t.Meanings {
			check(glossaryFile, t.Term, m.Organisation)
		}
	}
	for _, s := range b.Sources {
		check(sourcesFile, "source "+s.Name, s.Organisation)
	}
	for _, p := range b.People {
		check(p.Path, p.Name, p.Organisation)
		calendar(p.Path, p.Name, p.Holidays)
	}
}
