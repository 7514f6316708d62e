package knowledge

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// shipped holds the files that ship with the program.
//
//go:embed asked guidance people *.yaml
var shipped embed.FS

// Base is a knowledge folder that was opened: its vocabulary is read, its pages are read one by one
// with Files and Read. It does not change, and is safe for concurrent use. Open it again to see edits.
type Base struct {
	Root          string // the folder as an absolute path; "" for the copy in the program
	Organisations []Organisation
	Terms         []Term
	Protected     []string    // words that are never expanded nor folded
	Spellings     [][2]string // the same word in UK and in US spelling
	People        []Person
	Calendars     []Calendar // days off
	Questions     []Question
	Sources       []Source
	Problems      []Problem // what was wrong with the files above, in order of path and line

	packs     map[string]Pack // by name of source
	lentTerms bool            // the glossary is the one that ships
	walked    []Source        // what Files walks: the folder's own guidance, then Sources
}

// Open reads the vocabulary of the knowledge folder dir; "" is the copy in the program. Mistakes
// inside its files are in Base.Problems; an error means that there is no knowledge to be had there,
// and says what to do.
func Open(dir string) (*Base, error) {
	if dir == "" {
		return open("", shipped)
	}
	absolute, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("open the knowledge folder %q: %w", dir, err)
	}
	info, err := os.Stat(absolute)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("there is no knowledge folder %q: create it, name another with KNOWLEDGE_DIR or --knowledge, or leave both out to use the knowledge that ships", dir)
	case err != nil:
		return nil, fmt.Errorf("open the knowledge folder %q: %w", dir, err)
	case !info.IsDir():
		return nil, fmt.Errorf("the knowledge folder %q is a file: name the folder that holds it", dir)
	}
	root, err := os.OpenRoot(absolute)
	if err != nil {
		return nil, fmt.Errorf("open the knowledge folder %q: %w: check that it may be read", dir, err)
	}
	defer root.Close()
	return open(absolute, root.FS())
}

// open reads the vocabulary from folder, which lies at root on disk, or in the program when root is "".
func open(root string, folder fs.FS) (*Base, error) {
	b := &Base{Root: root}
	b.readSources(folder)
	b.readHolidays(folder)
	b.readTeams(folder)
	b.readGlossary(folder)
	b.readPeople(folder)
	b.readQuestions(folder)
	b.readPacks(folder)
	b.checkReferences()
	if len(b.walked) == 0 && len(b.Problems) == 0 {
		return nil, fmt.Errorf("the knowledge folder %q holds nothing to read: put pages into guidance/<organisation>/, or name folders in sources.yaml", root)
	}
	slices.SortStableFunc(b.Problems, byPlace)
	return b, nil
}

// note keeps a problem found while opening.
func (b *Base) note(path string, line int, skipped bool, format string, args ...any) {
	b.Problems = append(b.Problems, Problem{Path: path, Line: line, Skipped: skipped, Reason: fmt.Sprintf(format, args...)})
}

// organisation reports whether teams.yaml knows the id. Without any team, every id is as good as another.
func (b *Base) organisation(id string) bool {
	return len(b.Organisations) == 0 || slices.ContainsFunc(b.Organisations, func(o Organisation) bool { return o.ID == id })
}
