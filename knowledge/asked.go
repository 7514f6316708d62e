package knowledge

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
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
)

// Pack is asked/<source>.yaml: what people would ask, by the path of the page within the source.
type Pack map[string]PackPage

// PackPage is the lines of one page.
type PackPage struct {
	// Hash is PageHash of the file that the lines were written for. When the file has changed since,
	// the lines are kept and marked for another look.
	Hash     string              `yaml:"hash"`
	Asked    []string            `yaml:"asked"`
	Sections map[string][]string `yaml:"sections"` // lines that one heading answers, by its text
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
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// PageHash names one version of a page's file, for PackPage.Hash: 16 hex digits of its SHA-256.
func PageHash(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:8])
}

// readPacks fills packs: what ships, and over it what the folder holds, for the sources that it reads.
func (b *Base) readPacks(folder fs.FS) {
	b.packs = map[string]Pack{}
	for _, s := range b.walked {
		name := packName(s.Name)
		file := path.Join(askedFolder, name+".yaml")
		pack := Pack{}
		if b.Root != "" && s.Name != "" {
			b.addPack(pack, shipped, file)
		}
		b.addPack(pack, folder, file)
		if len(pack) > 0 {
			b.packs[name] = pack
		}
	}
}

func packName(source string) string {
	if source == "" {
		return ownPack
	}
	return source
}

// addPack puts the pages of a pack's file into pack. A file that is not there is no mistake.
func (b *Base) addPack(pack Pack, folder fs.FS, file string) {
	data, err := readSmall(folder, file)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err != nil {
		b.note(file, 0, true, "cannot be read: %v", err)
		return
	}
	parts := b.parts(file, data, "pages")
	pages := parts["pages"]
	if pages == nil || pages.Tag == "!!null" {
		return
	}
	if pages.Kind != yaml.MappingNode {
		b.note(file, pages.Line, true, "should hold the paths of pages here, each with its lines")
		return
	}
	for i := 0; i+1 < len(pages.Content); i += 2 {
		var page PackPage
		if key := pages.Content[i]; b.decode(file, pages.Content[i+1], &page) && b.goodLines(file, key, page) {
			pack[key.Value] = page
		}
	}
}

// goodLines notes lines that cannot be what a person would ask; one of them leaves its page's lines out.
func (b *Base) goodLines(file string, key *yaml.Node, page PackPage) bool {
	for _, line := range page.Lines() {
		if strings.TrimSpace(line) == "" || utf8.RuneCountInString(line) > maxAsked || strings.ContainsFunc(line, isControl) {
			b.note(file, key.Line, true, "a line for %s is empty, longer than %d characters or holds control characters: correct it", key.Value, maxAsked)
			return false
		}
	}
	return true
}

// asked returns the pack's lines for a file.
func (b *Base) asked(f File) (PackPage, bool) {
	page, ok := b.packs[packName(f.Source)][f.within]
	return page, ok
}

// askedKey is what of the pack decides the document of a file, for its digest.
func (b *Base) askedKey(f File) string {
	page, ok := b.asked(f)
	if !ok {
		return ""
	}
	return fmt.Sprintf("%q %q", page.Hash, page.Lines())
}

// addAsked gives a document, whose passages are read, the lines of its pack.
func (r *reading) addAsked(d *Document, data []byte) {
	page, ok := r.base.asked(r.file)
	if !ok {
		return
	}
	if page.Hash != PageHash(data) {
		r.header.note(0, "has changed since what people ask for it was written down: read its lines in %s/%s.yaml again", askedFolder, packName(r.file.Source))
	}
	d.AskedAs = append(d.AskedAs, page.Asked...)
	for _, heading := range sortedKeys(page.Sections) {
		if i := d.section(heading); i >= 0 {
			d.Passages[i].AskedAs = append(d.Passages[i].AskedAs, page.Sections[heading]...)
			continue
		}
		d.AskedAs = append(d.AskedAs, page.Sections[heading]...)
	}
}

// section returns the index of the first passage below a heading of that text, or -1.
func (d *Document) section(heading string) int {
	wanted := headingKey(heading)
	return slices.IndexFunc(d.Passages, func(p Passage) bool {
		return len(p.Headings) > 0 && headingKey(p.Headings[len(p.Headings)-1]) == wanted
	})
}

// headingKey is what is left of a heading when its marks and quotes are typed another way.
func headingKey(heading string) string {
	heading = strings.NewReplacer("’", "'", "‘", "'", "“", `"`, "”", `"`, "`", "", "*", "", "#", "").Replace(heading)
	return strings.ToLower(strings.Join(strings.Fields(heading), " "))
}

// AskedPage is a page with what people would ask for it, for checking and drafting packs.
type AskedPage struct {
	File    File
	Within  string // the path inside its source, the key in the pack
	Hash    string // PageHash of the file as it is now
	Lines   PackPage
	InPack  bool
	Changed bool // the lines were written for another version
}

// AskedPage returns what the pack of a file holds for it, and whether the file has changed since.
func (b *Base) AskedPage(f File) (AskedPage, error) {
	data, reason := b.load(f)
	if reason != "" {
		return AskedPage{}, fmt.Errorf("%s: %s: %w", f.Path, reason, ErrSkipped)
	}
	page := AskedPage{File: f, Within: f.within, Hash: PageHash(data)}
	page.Lines, page.InPack = b.asked(f)
	page.Changed = page.InPack && page.Lines.Hash != page.Hash
	return page, nil
}
