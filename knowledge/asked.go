package knowledge

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// People with a problem do not know a page's terms. Asked-as lines say what they would ask when they
// need the page, in their words: short questions, complaints, fragments. They help to find the page and
// are never shown as if they were guidance. They come from the page's own front matter (asked_as) and
// from a pack: asked/<source>.yaml, in the knowledge folder or among what ships, keyed by the path
// within the source. Lines of the folder's own pack stand instead of those that ship for the same page.

const (
	askedFolder = "asked"
	ownPack     = "guidance" // the pack of the folder's own guidance, which has no source
	maxAsked    = 300        // characters; a longer line is no question that a person would type
	maxLines    = 150        // lines of one page; the longest that ship have 119
)

// Pack is asked/<source>.yaml: what people would ask, by the path of the page within the source.
type Pack map[string]PackPage

// PackPage is the lines of one page.
type PackPage struct {
	// Hash is PageHash of the file that the lines were written for. When the file has changed since,
	// the lines are kept and marked for another look.
	Hash     string
	Asked    []string
	Sections map[string][]string // lines that one heading answers, by its text

	line  int  // where the entry starts in its file
	ships bool // it is of a pack that ships
}

// Lines returns all lines of the page, those of its sections last, in order of heading.
func (p PackPage) Lines() []string {
	lines := slices.Clone(p.Asked)
	for _, heading := range sortedKeys(p.Sections) {
		lines = append(lines, p.Sections[heading]...)
	}
	return lines
}

func sortedKeys[V any](m map[string]V) []string {
	return slices.Sorted(maps.Keys(m))
}

// PageHash names one version of a page's file, for PackPage.Hash: 16 hex digits of its SHA-256.
func PageHash(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:8])
}

// readPacks fills packs: what ships, and over it what the folder holds, for the sources that it reads.
func (b *Base) readPacks(folder fs.FS) {
	b.packs, b.drafts = map[string]Pack{}, map[string]Pack{}
	for _, s := range b.walked {
		pack, drafts := Pack{}, Pack{}
		file := packFile(s.Name)
		if b.Root != "" && s.Name != "" {
			b.addPack(pack, drafts, shipped, file, true)
			clear(drafts)
		}
		b.addPack(pack, drafts, folder, file, b.Root == "")
		b.packs[s.Name], b.drafts[s.Name] = pack, drafts
	}
}

// packFile returns where the pack of a source lies, seen from the knowledge folder.
func packFile(source string) string { return path.Join(askedFolder, packName(source)+".yaml") }

func packName(source string) string {
	if source == "" {
		return ownPack
	}
	return source
}

// addPack puts the pages of a pack's file into pack, and those that wait to be read into drafts. A file
// that is not there is no mistake.
func (b *Base) addPack(pack, drafts Pack, folder fs.FS, file string, ships bool) {
	data, err := readSmall(folder, file)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err != nil {
		b.note(file, 0, true, "cannot be read: %v", err)
		return
	}
	b.addPackText(pack, drafts, file, data, ships)
}

// addPackText is addPack of a file that is read.
func (b *Base) addPackText(pack, drafts Pack, file string, data []byte, ships bool) {
	pages := b.parts(file, data, "pages")["pages"]
	if pages == nil || pages.Tag == "!!null" {
		return
	}
	if pages.Kind != yaml.MappingNode {
		b.note(file, pages.Line, true, "should hold the paths of pages here, each with its lines")
		return
	}
	seen := make(map[string]bool, len(pages.Content)/2)
	for i := 0; i+1 < len(pages.Content); i += 2 {
		key, entry := pages.Content[i], pages.Content[i+1]
		if seen[key.Value] {
			b.note(file, key.Line, true, "has %q twice: put its lines together", key.Value)
			continue
		}
		seen[key.Value] = true
		b.addPage(pack, drafts, file, key, entry, ships)
	}
}

// addPage puts one page of a pack's file where it belongs. While a draft waits to be read, the lines
// from before it are in use.
func (b *Base) addPage(pack, drafts Pack, file string, key, entry *yaml.Node, ships bool) {
	var raw rawPackPage
	if !b.decode(file, entry, &raw) {
		return
	}
	page := b.packPage(file, key, raw, ships)
	if !raw.Draft {
		pack[key.Value] = page
		return
	}
	drafts[key.Value] = page
	if raw.Before.Kind == 0 {
		return
	}
	var before rawPackPage
	if b.decode(file, &raw.Before, &before) {
		pack[key.Value] = b.packPage(file, key, before, ships)
	}
}

// rawPackPage is the lines of one page as people write them.
type rawPackPage struct {
	Hash     string              `yaml:"hash"`
	Asked    rawLines            `yaml:"asked"`
	Sections map[string]rawLines `yaml:"sections"`
	Draft    bool                `yaml:"draft"`  // nobody has read the lines yet: they are not used
	Before   yaml.Node           `yaml:"before"` // the entry that a draft is to replace, in use until then
}

// rawLines are lines with their places in the file.
type rawLines []*yaml.Node

// UnmarshalYAML keeps the lines as they are, and says what is wrong with what is no line.
func (l *rawLines) UnmarshalYAML(list *yaml.Node) error {
	if list.Kind == yaml.ScalarNode && list.Tag == "!!null" {
		return nil
	}
	if list.Kind != yaml.SequenceNode {
		return fmt.Errorf("line %d: the lines should be a list: start every line with a hyphen", list.Line)
	}
	for _, line := range list.Content {
		if line.Kind != yaml.ScalarNode {
			return fmt.Errorf("line %d: a line is not plain words: put quotation marks round it", line.Line)
		}
	}
	*l = list.Content
	return nil
}

// packPage checks the lines of a page. A line that cannot be what a person would ask is noted and left out.
func (b *Base) packPage(file string, key *yaml.Node, raw rawPackPage, ships bool) PackPage {
	page := PackPage{Hash: raw.Hash, Asked: b.goodLines(file, raw.Asked), line: key.Line, ships: ships}
	for _, heading := range sortedKeys(raw.Sections) {
		if lines := b.goodLines(file, raw.Sections[heading]); len(lines) > 0 {
			if page.Sections == nil {
				page.Sections = map[string][]string{}
			}
			page.Sections[heading] = lines
		}
	}
	if n := len(page.Lines()); n > maxLines {
		b.note(file, key.Line, true, "has %d lines for %s: keep the best %d at most", n, key.Value, maxLines)
		page.Asked, page.Sections = nil, nil
	}
	return page
}

func (b *Base) goodLines(file string, lines []*yaml.Node) []string {
	var good []string
	for _, line := range lines {
		switch text := tidy(line.Value); {
		case text == "" || line.Tag == "!!null":
			b.note(file, line.Line, true, "a line is empty: write it, or take its hyphen away")
		case utf8.RuneCountInString(text) > maxAsked:
			b.note(file, line.Line, true, "a line is longer than %d characters: write what a person would type", maxAsked)
		default:
			good = append(good, text)
		}
	}
	return good
}

// asked returns the pack's lines for a file.
func (b *Base) asked(f File) (PackPage, bool) {
	page, ok := b.packs[f.Source][f.within]
	return page, ok
}

// askedKey is what of the pack decides the document of a file, for its digest.
func (b *Base) askedKey(f File) string {
	page, ok := b.asked(f)
	if !ok {
		return ""
	}
	return fmt.Sprintf("%q %q %q", page.Hash, page.Asked, page.Sections) // maps print in order of their keys
}

// addAsked gives a document, whose passages are read, the lines of its pack.
func (r *reading) addAsked(d *Document, data []byte) {
	page, ok := r.base.asked(r.file)
	if !ok {
		return
	}
	if page.Hash != PageHash(data) {
		r.header.note(0, "has changed since what people would ask for it was written down, in %s: read those lines again", packFile(r.file.Source))
	}
	d.AskedAs = append(d.AskedAs, page.Asked...)
	for _, heading := range sortedKeys(page.Sections) {
		lines := page.Sections[heading]
		if i := d.section(heading); i >= 0 {
			d.Passages[i].AskedAs = append(d.Passages[i].AskedAs, lines...)
		} else {
			d.AskedAs = append(d.AskedAs, lines...)
		}
	}
}

// headingSteps part a heading from those above it, which may be named to tell it from others of its text.
const headingSteps = " › "

// section returns the index of the first passage right below a heading of that text; without one, of the
// first below a smaller heading under it; or -1.
func (d *Document) section(heading string) int {
	var wanted []string
	for _, step := range strings.Split(heading, headingSteps) {
		wanted = append(wanted, headingKey(step))
	}
	within := -1
	for i, p := range d.Passages {
		var keys []string
		for _, h := range p.Headings {
			keys = append(keys, headingKey(h))
		}
		if n := len(keys) - len(wanted); n >= 0 && slices.Equal(keys[n:], wanted) {
			return i
		}
		for n := len(wanted); within < 0 && n <= len(keys); n++ {
			if slices.Equal(keys[n-len(wanted):n], wanted) {
				within = i
			}
		}
	}
	return within
}

// headingMarks are what of a heading may be typed another way, or not at all.
var headingMarks = strings.NewReplacer("’", "'", "‘", "'", "“", `"`, "”", `"`, "–", "-", "—", "-", "`", "", "*", "", "#", "", "\\", "")

// headingKey is what is left of a heading when its marks and quotes are typed another way.
func headingKey(heading string) string {
	return strings.ToLower(tidy(headingMarks.Replace(heading)))
}
