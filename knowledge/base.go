package knowledge

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// shipped holds the files that ship with the program.
//
//go:embed asked guidance people *.yaml
var shipped embed.FS

//go:embed questions.yaml
var shippedQuestions []byte

// ShippedQuestions returns the judged questions about the knowledge that ships: a questions.yaml.
func ShippedQuestions() []byte { return shippedQuestions }

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

	broken []Problem         // why one of the vital files cannot be understood at all
	texts  map[string][]byte // the vital files as they are, by name
	stands Vital             // what stands in for those that cannot be understood

	packs     map[string]Pack // what people would ask, by name of source; "" is the folder's own guidance
	drafts    map[string]Pack // the same, of drafts that nobody has read yet
	lentTerms bool            // the glossary is the one that ships
	walked    []Source        // what Files walks: the folder's own guidance, then Sources
}

// ErrNoFolder says that what should be the knowledge folder is none.
var ErrNoFolder = errors.New("there is no knowledge folder")

// BrokenError says that teams.yaml, glossary.yaml or sources.yaml cannot be understood: a slip of the
// finger there must not pass for a file that holds nothing.
type BrokenError struct {
	Root     string // the knowledge folder; "" for the copy in the program
	Problems []Problem
}

// Error is a sentence for each problem, a line each.
func (e *BrokenError) Error() string {
	var lines []string
	for _, p := range e.Problems {
		place := filepath.Join(e.Root, p.Path)
		if p.Line > 0 {
			place = fmt.Sprintf("%s:%d", place, p.Line)
		}
		lines = append(lines, fmt.Sprintf("%s: %s. Correct it, and reindex", place, p.Reason))
	}
	return strings.Join(lines, "\n")
}

// Open reads the vocabulary of the knowledge folder dir; "" is the copy in the program. Mistakes in
// entries of its files are in Base.Problems; an error means that there is no knowledge to be had there,
// or (a *BrokenError) that one of the files cannot be understood, and says what to do.
func Open(dir string) (*Base, error) { return OpenOver(dir, nil) }

// OpenOver is Open that lets what vital files held before stand in for those that cannot be understood
// now, as far as that is safe: see [Vital]. The problems that Base.Problems then holds are grave.
func OpenOver(dir string, last Vital) (*Base, error) {
	if dir == "" {
		return open("", shipped, nil)
	}
	absolute, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("open the knowledge folder %q: %w", dir, err)
	}
	info, err := os.Stat(absolute)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%w %q: create it, name another with KNOWLEDGE_DIR or --knowledge, or leave both out to use the knowledge that ships", ErrNoFolder, dir)
	case err != nil:
		return nil, fmt.Errorf("open the knowledge folder %q: %w", dir, err)
	case !info.IsDir():
		return nil, fmt.Errorf("%w %q, which is a file: name the folder that holds it", ErrNoFolder, dir)
	}
	root, err := os.OpenRoot(absolute)
	if err != nil {
		return nil, fmt.Errorf("open the knowledge folder %q: %w: check that it may be read", dir, err)
	}
	defer root.Close()
	return open(absolute, root.FS(), last)
}

// open reads the vocabulary from folder, which lies at root on disk, or in the program when root is "".
func open(root string, folder fs.FS, last Vital) (*Base, error) {
	b := readBase(root, folder, nil)
	if len(b.broken) > 0 {
		broken := &BrokenError{Root: root, Problems: b.broken}
		if b = b.over(folder, last); b == nil {
			return nil, broken
		}
	}
	b.checkReferences()
	if len(b.walked) == 0 && len(b.Problems) == 0 {
		return nil, fmt.Errorf("the knowledge folder %q holds nothing to read: put pages into guidance/<organisation>/, or name folders in sources.yaml", root)
	}
	slices.SortStableFunc(b.Problems, byPlace)
	return b, nil
}

// readBase reads every file of the vocabulary; stands is read in place of the files that it names.
func readBase(root string, folder fs.FS, stands Vital) *Base {
	b := &Base{Root: root, texts: map[string][]byte{}, stands: stands}
	b.readSources(folder)
	b.readHolidays(folder)
	b.readTeams(folder)
	b.readGlossary(folder)
	b.readPeople(folder)
	b.readQuestions(folder)
	b.readPacks(folder)
	slices.SortStableFunc(b.broken, byPlace)
	return b
}

// note keeps a problem found while opening. An entry of sources.yaml that is left out takes all its pages along.
func (b *Base) note(path string, line int, skipped bool, format string, args ...any) {
	b.Problems = append(b.Problems, Problem{
		Path: path, Line: line, Skipped: skipped, Grave: skipped && path == sourcesFile, Reason: fmt.Sprintf(format, args...),
	})
}

// organisation reports whether teams.yaml knows the id. Without any team, every id is as good as another.
func (b *Base) organisation(id string) bool {
	return len(b.Organisations) == 0 || slices.ContainsFunc(b.Organisations, func(o Organisation) bool { return o.ID == id })
}
