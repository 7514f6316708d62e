package index

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/renameio/v2" // replaces CURRENT by rename, with fsync

	"liaison/bot/access"
	"liaison/knowledge"
)

// schema is the form of what is on disk and of how words are read. An index of another schema is built
// anew; raise it with every change of fields or of reading.
const schema = 11

const (
	manifestFile   = "manifest.json"
	manifestSum    = "manifest.sha256" // of the manifest itself
	vocabularyFile = "vocabulary.json"
	currentFile    = "CURRENT"
	lockFile       = "LOCK"
	damagedSuffix  = ".damaged"
)

// ErrNone means that the folder holds no index that can be served: build one.
var ErrNone = errors.New("there is no index yet")

// ErrDamaged means that an index was found damaged. It has been put aside; build it anew.
var ErrDamaged = errors.New("the index is damaged")

// manifest says what a generation must hold. It is written last and checked first.
type manifest struct {
	Schema     int               `json:"schema"`
	Folder     string            `json:"folder"` // the knowledge folder it was built from
	Built      time.Time         `json:"built"`
	Vocabulary string            `json:"vocabulary"` // digest of vocabulary.json: how words are read and expanded
	Partitions []partitionCount  `json:"partitions"`
	Sources    []SourceCount     `json:"sources"`
	Digests    map[string]string `json:"digests"` // source file → digest it was read at
	// Settings are those of every source, by its name, under which its documents were read.
	Settings map[string]string `json:"settings,omitempty"`
	Problems []problem         `json:"problems"`
	Files    map[string]string `json:"files"` // file of the generation → SHA-256
}

type partitionCount struct {
	Visibility access.Visibility `json:"visibility"`
	Documents  int               `json:"documents"`
	Passages   int               `json:"passages"`
}

// problem is a knowledge.Problem with the digest of its file, so that it is told again while the file stays.
type problem struct {
	knowledge.Problem
	File string
}

// vocabulary is what a generation took from teams and glossary.
type vocabulary struct {
	Spellings [][2]string
	Protected []string
	Terms     []knowledge.Term
	Names     []knowledge.Organisation
}

func (v vocabulary) digest() string {
	encoded, err := json.Marshal(v)
	if err != nil {
		panic(err) // plain data always encodes
	}
	return hashBytes(encoded)
}

func hashBytes(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// Dir returns where the index of a knowledge folder is kept within dir, so that trying another folder
// overwrites nothing. folder is its absolute path, or any name that tells it from others.
func Dir(dir, folder string) string {
	return filepath.Join(dir, hashBytes([]byte(folder))[:16])
}

// generation is an index that is complete and never changes. Searches hold it while they run.
type generation struct {
	name       string
	dir        string
	manifest   manifest
	partitions []*partition // by visibility
	lexicon    *lexicon
	expander   expander
	users      atomic.Int64 // searches that run, and one for being the current

	viewMu    sync.Mutex
	views     map[string]*view // by the visibilities in them
	viewsMade int
	impacts   impactCache
}

func (g *generation) acquire() bool {
	for {
		n := g.users.Load()
		if n == 0 {
			return false
		}
		if g.users.CompareAndSwap(n, n+1) {
			return true
		}
	}
}

// release lets go of the generation; the last one closes it.
func (g *generation) release() error {
	if g.users.Add(-1) > 0 {
		return nil
	}
	var errs []error
	for _, p := range g.partitions {
		errs = append(errs, p.close())
	}
	return errors.Join(errs...)
}

// permitted returns the partitions an audience may see, by visibility.
//
// SECURITY: the only place where a search chooses what it reads.
func (g *generation) permitted(who access.Audience) []*partition {
	var out []*partition
	for _, p := range g.partitions {
		if who.May(p.visibility) {
			out = append(out, p)
		}
	}
	return out
}

// loadGeneration checks a published generation byte by byte and opens it. It is ErrDamaged only when the
// files are not as they were written: a process out of files or memory must not lose a sound index.
func loadGeneration(ctx context.Context, dir string) (*generation, error) {
	g := &generation{name: filepath.Base(dir), dir: dir}
	g.users.Store(1)
	if err := g.load(ctx); err != nil {
		g.release() //nolint:errcheck // it was only read
		return nil, err
	}
	return g, nil
}

func (g *generation) load(ctx context.Context) (err error) {
	defer func() {
		if caught := recover(); caught != nil {
			err = fmt.Errorf("open %s: a panic of kind %T", g.dir, caught) // its value may hold text
		}
	}()
	if g.manifest, err = checkManifest(ctx, g.dir); err != nil {
		return err
	}
	var words vocabulary
	if err := readJSON(filepath.Join(g.dir, vocabularyFile), &words); err != nil {
		return err
	}
	g.lexicon = words.lexicon()
	passages := 0
	for _, count := range g.manifest.Partitions {
		p, err := openPartition(filepath.Join(g.dir, partitionDir(count.Visibility)), count.Visibility)
		if err != nil {
			return err
		}
		g.partitions = append(g.partitions, p)
		passages += p.passages
		if p.passages != count.Passages || len(p.docs) != count.Documents {
			return fmt.Errorf("%s holds %d passages, not %d: %w", p.dir, p.passages, count.Passages, ErrDamaged)
		}
	}
	g.impacts.most = impactBound(passages)
	g.expander = newExpander(g.lexicon, words)
	return nil
}

// checkManifest reads the manifest and compares every file with it.
func checkManifest(ctx context.Context, dir string) (manifest, error) {
	var m manifest
	sum, err := hashFile(filepath.Join(dir, manifestFile))
	if err != nil {
		return m, err
	}
	if want, err := os.ReadFile(filepath.Join(dir, manifestSum)); err != nil || strings.TrimSpace(string(want)) != sum {
		return m, fmt.Errorf("%s in %s is not as it was written: %w", manifestFile, dir, ErrDamaged)
	}
	if err := readJSON(filepath.Join(dir, manifestFile), &m); err != nil {
		return m, fmt.Errorf("%w: %w", err, ErrDamaged)
	}
	if m.Schema != schema {
		return m, fmt.Errorf("%s was built by another version of Liaison: %w", dir, ErrNone)
	}
	for _, name := range slices.Sorted(maps.Keys(m.Files)) {
		if err := ctx.Err(); err != nil {
			return m, err
		}
		sum, err := hashFile(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil {
			return m, err
		}
		if sum != m.Files[name] {
			return m, fmt.Errorf("%s in %s is not as it was written: %w", name, dir, ErrDamaged)
		}
	}
	return m, nil
}

func hashFile(path string) (string, error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("%w: %w", err, ErrDamaged)
	}
	if err != nil {
		return "", err
	}
	defer file.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return "", fmt.Errorf("read %s: %w: %w", path, err, ErrDamaged)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

func readJSON(path string, into any) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	return nil
}

func writeJSON(path string, from any) error {
	data, err := json.MarshalIndent(from, "", " ")
	if err != nil {
		return err
	}
	return renameio.WriteFile(path, append(data, '\n'), 0o600, renameio.WithTempDir(filepath.Dir(path)))
}

// seal hashes every file of a new generation into its manifest, writes everything through to the disk,
// and makes it read-only by convention: nothing writes below it again.
func seal(dir string, m manifest) error {
	m.Files = map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if err := syncPath(path); err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		m.Files[filepath.ToSlash(name)], err = hashFile(path)
		return err
	})
	if err != nil {
		return err
	}
	if err := writeJSON(filepath.Join(dir, manifestFile), m); err != nil {
		return err
	}
	sum, err := hashFile(filepath.Join(dir, manifestFile))
	if err != nil {
		return err
	}
	return cmp.Or(renameio.WriteFile(filepath.Join(dir, manifestSum), []byte(sum+"\n"), 0o600, renameio.WithTempDir(dir)), syncPath(dir))
}

func syncPath(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	return cmp.Or(file.Sync(), file.Close())
}

// currentName returns the name of the generation that serves, or "" when there is none.
func currentName(dir string) (string, error) {
	data, err := os.ReadFile(filepath.Join(dir, currentFile))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return strings.TrimSpace(string(data)), err
}

// publish makes a sealed generation the one that serves.
func publish(dir, name string) error {
	return renameio.WriteFile(filepath.Join(dir, currentFile), []byte(name+"\n"), 0o600, renameio.WithTempDir(dir))
}

// generations lists the complete-looking generations in dir, oldest first: numbered folders that were
// not put aside.
func generations(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var names []string
	for _, entry := range entries {
		if entry.IsDir() && isGeneration(entry.Name()) {
			names = append(names, entry.Name())
		}
	}
	return names, err
}

func isGeneration(name string) bool {
	return len(name) == 8 && !strings.ContainsFunc(name, func(c rune) bool { return c < '0' || c > '9' })
}

// quarantine puts a damaged generation aside under another name, so that nothing opens that path again
// in this process (a store that panicked keeps its lock) and a person can look at it.
func quarantine(dir, name string) error {
	aside := filepath.Join(dir, name+damagedSuffix)
	if err := os.RemoveAll(aside); err != nil {
		return err
	}
	return os.Rename(filepath.Join(dir, name), aside)
}

// latestSound opens the newest generation that can be served, trying the current one first and then the
// ones before it. Damaged ones are put aside; their errors come back beside the generation.
func latestSound(ctx context.Context, dir string) (*generation, []error, error) {
	var damage []error
	for {
		current, err := currentName(dir)
		if err != nil {
			return nil, nil, fmt.Errorf("find the index: %w", err)
		}
		names, err := generations(dir)
		if err != nil {
			return nil, nil, fmt.Errorf("find the index: %w", err)
		}
		names = slices.DeleteFunc(names, func(n string) bool { return n > current }) // never published
		if len(names) == 0 {
			return nil, damage, nothingSound(damage)
		}
		name := names[len(names)-1]
		g, err := loadGeneration(ctx, filepath.Join(dir, name))
		if err == nil {
			return g, damage, nil
		}
		if ctx.Err() != nil {
			return nil, damage, ctx.Err()
		}
		if later, _ := currentName(dir); later != current {
			continue // it was replaced, and cleared away, while it was read
		}
		damage = append(damage, err)
		if !errors.Is(err, ErrDamaged) {
			return nil, damage, nothingSound(damage)
		}
		if err := quarantine(dir, name); err != nil {
			damage = append(damage, err)
			return nil, damage, nothingSound(damage)
		}
	}
}

// nothingSound says why nothing serves: damage, or what kept a sound index from being opened.
func nothingSound(damage []error) error {
	why := errors.Join(damage...)
	if why == nil || errors.Is(why, ErrNone) && !errors.Is(why, ErrDamaged) {
		return ErrNone
	}
	return why
}
