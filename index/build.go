package index

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/gofrs/flock" // one builder at a time, also between processes
	"golang.org/x/sync/errgroup"

	"liaison/bot/access"
	"liaison/knowledge"
)

// ErrBuilding means that somebody else is building the same index now.
var ErrBuilding = errors.New("another reindex of this knowledge folder is running; wait for it to end, then try again")

// Options of a Build. The zero value builds what changed.
type Options struct {
	Folder   string // identity of the knowledge folder, for the manifest
	Fresh    bool   // read every file again
	Progress func(done, total int)
	Now      func() time.Time // nil means time.Now
}

// Receipt says what a Build did.
type Receipt struct {
	Generation string
	Documents  int
	Passages   int
	Sources    []SourceCount
	Added      []string // paths of files, sorted
	Changed    []string
	Removed    []string
	Unchanged  int
	Since      time.Time           // when the index was made that was there before; zero when there was none
	Problems   []knowledge.Problem // Skipped ones were left out, the others are notes
	Damage     []error             // what was wrong with the index that was there before
	Took       time.Duration
}

// SourceCount is what one source gave in one visibility.
type SourceCount struct {
	Source     string
	Visibility access.Visibility
	Documents  int
	Passages   int
}

// Grave returns the problems of whole sources, and of the files that all else rests on.
func (r Receipt) Grave() []knowledge.Problem {
	return slices.DeleteFunc(slices.Clone(r.Problems), func(p knowledge.Problem) bool { return !p.Grave })
}

// Skipped returns the problems of single files, or entries, that were left out and should not have to be.
func (r Receipt) Skipped() []knowledge.Problem {
	return slices.DeleteFunc(slices.Clone(r.Problems), func(p knowledge.Problem) bool { return p.Grave || !p.Skipped || p.Meant })
}

// Meant returns the files that were left out because they say so themselves.
func (r Receipt) Meant() []knowledge.Problem {
	return slices.DeleteFunc(slices.Clone(r.Problems), func(p knowledge.Problem) bool { return !p.Meant })
}

// Notes returns the problems of files that were indexed all the same.
func (r Receipt) Notes() []knowledge.Problem {
	return slices.DeleteFunc(slices.Clone(r.Problems), func(p knowledge.Problem) bool { return p.Grave || p.Skipped })
}

// Build brings the index in dir (see Dir) up to date with base: it reads what changed, writes a new
// generation beside the one that serves, checks it, and publishes it at once. When it fails, or is
// killed, the old one goes on serving. What a source gave that cannot be opened now stays as it was last
// read, unless who may see it may have changed. Only one Build of a dir runs at a time: see ErrBuilding.
func Build(ctx context.Context, base Source, dir string, opts Options) (Receipt, error) {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return Receipt{}, fmt.Errorf("make room for the index: %w", err)
	}
	lock := flock.New(filepath.Join(dir, lockFile))
	if held, err := lock.TryLock(); err != nil {
		return Receipt{}, fmt.Errorf("lock the index: %w", err)
	} else if !held {
		return Receipt{}, ErrBuilding
	}
	defer lock.Unlock() //nolint:errcheck // the lock ends with the process at the latest
	b := &builder{base: base, dir: dir, opts: opts, started: opts.Now(), writers: map[access.Visibility]*writer{}}
	defer b.close()
	receipt, err := b.build(ctx)
	receipt.Took = opts.Now().Sub(b.started)
	return receipt, err
}

// builder is one run of Build.
type builder struct {
	base    Source
	dir     string
	opts    Options
	started time.Time
	old     *generation // nil when there is none to build on
	words   vocabulary
	lexicon *lexicon
	receipt Receipt
	digests map[string]string
	said    []problem
	anew    bool            // every file is read again: of old, only what absent sources gave stays
	stays   map[string]bool // files of absent sources that stay as they were last read

	target  string // folder of the new generation
	writers map[access.Visibility]*writer

	mu   sync.Mutex // guards said and done while files are read
	done int
}

func (b *builder) close() {
	for _, w := range b.writers {
		w.abandon()
	}
	if b.old != nil {
		b.old.release() //nolint:errcheck // it was only read
	}
}

func (b *builder) build(ctx context.Context) (Receipt, error) {
	if err := b.sweep(); err != nil {
		return b.receipt, err
	}
	old, damage, err := latestSound(ctx, b.dir)
	if ctx.Err() != nil {
		return b.receipt, ctx.Err()
	}
	if err != nil && len(damage) == 0 && !errors.Is(err, ErrNone) {
		return b.receipt, err
	}
	b.old, b.receipt.Damage = old, damage // what cannot be opened is built anew
	if old != nil {
		b.receipt.Since = old.manifest.Built
	}
	b.words = vocabulary{b.base.Spellings(), b.base.Protected(), b.base.Terms(), b.base.Organisations()}
	b.lexicon = b.words.lexicon()
	files, problems, err := b.base.Files(ctx)
	if err != nil {
		return b.receipt, fmt.Errorf("list the knowledge: %w", err)
	}
	for _, p := range problems {
		b.said = append(b.said, problem{p, ""})
	}
	changed := b.compare(files)
	if b.old != nil && len(changed)+len(b.receipt.Removed) == 0 && b.old.manifest.Vocabulary == b.words.digest() &&
		slices.Equal(b.said, b.old.manifest.Problems) && maps.Equal(b.settings(), b.old.manifest.Settings) && len(damage) == 0 {
		return b.nothingNew(), nil
	}
	err = b.write(ctx, changed)
	return b.receipt, err
}

// sweep removes what killed builds and long-replaced generations left: everything but the current
// generation and the one before it, and the newest that was put aside as damaged.
func (b *builder) sweep() error {
	current, err := currentName(b.dir)
	if err != nil {
		return fmt.Errorf("find the index: %w", err)
	}
	names, err := generations(b.dir)
	if err != nil {
		return fmt.Errorf("find the index: %w", err)
	}
	published := slices.DeleteFunc(slices.Clone(names), func(n string) bool { return n > current })
	keep := published[max(0, len(published)-2):]
	for _, name := range names {
		if !slices.Contains(keep, name) {
			if err := os.RemoveAll(filepath.Join(b.dir, name)); err != nil {
				return fmt.Errorf("clear away an old index: %w", err)
			}
		}
	}
	aside, err := filepath.Glob(filepath.Join(b.dir, "*"+damagedSuffix))
	if err != nil {
		return err
	}
	for _, path := range aside[:max(0, len(aside)-1)] {
		if err := os.RemoveAll(path); err != nil {
			return fmt.Errorf("clear away a damaged index: %w", err)
		}
	}
	return nil
}

// compare fills the receipt with what changed since the old generation and returns the files to read.
func (b *builder) compare(files []File) []File {
	before := map[string]string{}
	b.digests = make(map[string]string, len(files))
	b.stay(files)
	b.anew = b.opts.Fresh || b.old != nil && b.old.manifest.Vocabulary != b.words.digest()
	if b.old != nil && !b.anew {
		before = b.old.manifest.Digests
	} else if b.old != nil && len(b.stays) == 0 {
		b.old.release() //nolint:errcheck // it was only read
		b.old = nil
	}
	for path := range b.stays {
		b.digests[path] = b.old.manifest.Digests[path]
	}
	b.receipt.Unchanged = len(b.stays)
	var changed []File
	for _, file := range files {
		digest, known := before[file.Path]
		b.digests[file.Path] = file.Digest
		switch {
		case !known:
			b.receipt.Added = append(b.receipt.Added, file.Path)
		case digest != file.Digest:
			b.receipt.Changed = append(b.receipt.Changed, file.Path)
		default:
			b.receipt.Unchanged++
			continue
		}
		changed = append(changed, file)
	}
	for path := range before {
		if _, still := b.digests[path]; !still {
			b.receipt.Removed = append(b.receipt.Removed, path)
		}
	}
	slices.Sort(b.receipt.Added)
	slices.Sort(b.receipt.Changed)
	slices.Sort(b.receipt.Removed)
	b.keepProblems()
	return changed
}

// keepProblems tells again what was wrong with files that did not change.
func (b *builder) keepProblems() {
	if b.old == nil {
		return
	}
	for _, p := range b.old.manifest.Problems {
		if p.File != "" && b.unchanged(p.File, b.old.manifest.Digests[p.File]) {
			b.said = append(b.said, p)
		}
	}
	sortProblems(b.said)
}

func sortProblems(problems []problem) {
	slices.SortFunc(problems, func(x, y problem) int {
		return cmp.Or(cmp.Compare(x.Path, y.Path), cmp.Compare(x.Line, y.Line), cmp.Compare(x.Reason, y.Reason))
	})
}

func (b *builder) nothingNew() Receipt {
	b.receipt.Generation = b.old.name
	b.count(b.old.manifest)
	return b.receipt
}

func (b *builder) count(m manifest) {
	b.receipt.Sources = m.Sources
	for _, p := range m.Partitions {
		b.receipt.Documents += p.Documents
		b.receipt.Passages += p.Passages
	}
	for _, p := range m.Problems {
		b.receipt.Problems = append(b.receipt.Problems, p.Problem)
	}
}

// write makes the next generation, checks it, publishes it and counts it.
func (b *builder) write(ctx context.Context, changed []File) error {
	name, err := b.nextName()
	if err != nil {
		return err
	}
	b.target = filepath.Join(b.dir, name)
	published := false
	defer func() {
		if !published {
			os.RemoveAll(b.target) //nolint:errcheck // the next build clears it away
		}
	}()
	if err := os.MkdirAll(b.target, 0o700); err != nil {
		return fmt.Errorf("make room for the index: %w", err)
	}
	if err := b.readAll(ctx, changed); err != nil {
		return err
	}
	m, err := b.finish(ctx)
	if err != nil {
		return err
	}
	check, err := loadGeneration(ctx, b.target)
	if err != nil {
		return fmt.Errorf("check the new index: %w", err)
	}
	check.release() //nolint:errcheck // it was only read
	if err := publish(b.dir, name); err != nil {
		return fmt.Errorf("publish the new index: %w", err)
	}
	published = true
	b.receipt.Generation = name
	b.count(m)
	return b.sweep()
}

// readAll reads and analyses the changed files on all cores and hands them, one by one, to the one
// goroutine that writes: only what is between the two is in memory.
func (b *builder) readAll(ctx context.Context, files []File) error {
	group, ctx := errgroup.WithContext(ctx)
	next, read := make(chan File), make(chan analysed, 4)
	group.Go(func() error {
		defer close(next)
		for _, file := range files {
			select {
			case next <- file:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	var readers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		readers.Add(1)
		group.Go(func() error {
			defer readers.Done()
			words := b.lexicon.reader()
			for file := range next {
				if err := b.readOne(ctx, words, file, read, len(files)); err != nil {
					return err
				}
			}
			return nil
		})
	}
	group.Go(func() error {
		readers.Wait()
		close(read)
		return nil
	})
	group.Go(func() error {
		for doc := range read {
			if err := b.writer(doc.record.Document.Visibility).add(doc); err != nil {
				return fmt.Errorf("index %s: %w", doc.record.Document.Path, err)
			}
		}
		return ctx.Err()
	})
	return group.Wait()
}

func (b *builder) readOne(ctx context.Context, words *reader, file File, into chan<- analysed, total int) error {
	doc, problems, ok, err := b.base.Read(ctx, file)
	if err != nil {
		return fmt.Errorf("read %s: %w", file.Path, err)
	}
	if _, err := access.ParseVisibility(string(doc.Visibility)); ok && err != nil {
		problems = append(problems, knowledge.Problem{Path: file.Path, Reason: err.Error(), Skipped: true})
		ok = false // SECURITY: what is unclear is never widened
	}
	if ok {
		select {
		case into <- words.analyse(doc, file.Path, file.Digest):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, p := range problems {
		b.said = append(b.said, problem{p, file.Path})
	}
	if b.done++; b.opts.Progress != nil {
		b.opts.Progress(b.done, total)
	}
	return nil
}

// finish completes every partition, new and old, and seals the generation.
func (b *builder) finish(ctx context.Context) (manifest, error) {
	sortProblems(b.said)
	m := manifest{Schema: schema, Folder: b.opts.Folder, Built: b.opts.Now().UTC(), Vocabulary: b.words.digest(), Digests: b.digests, Settings: b.settings(), Problems: b.said}
	if err := writeJSON(filepath.Join(b.target, vocabularyFile), b.words); err != nil {
		return m, err
	}
	if b.old != nil {
		for _, p := range b.old.partitions {
			b.writer(p.visibility)
		}
	}
	for _, v := range slices.Sorted(maps.Keys(b.writers)) {
		docs, err := b.writers[v].finish(ctx)
		if err != nil {
			return m, fmt.Errorf("index what is %s: %w", v, err)
		}
		m.add(v, docs)
	}
	if err := seal(b.target, m); err != nil {
		return m, fmt.Errorf("finish the index: %w", err)
	}
	return m, nil
}

// nextName returns a name greater than that of any generation there ever was.
func (b *builder) nextName() (string, error) {
	entries, err := os.ReadDir(b.dir)
	if err != nil {
		return "", err
	}
	last := 0
	for _, entry := range entries {
		if n, err := strconv.Atoi(filepath.Base(entry.Name()[:min(8, len(entry.Name()))])); err == nil {
			last = max(last, n)
		}
	}
	return fmt.Sprintf("%08d", last+1), nil
}

func (m *manifest) add(v access.Visibility, docs []record) {
	if len(docs) == 0 {
		return
	}
	total := partitionCount{Visibility: v, Documents: len(docs)}
	bySource := map[string]*SourceCount{}
	for _, doc := range docs {
		total.Passages += doc.Passages
		count := bySource[doc.Document.Source]
		if count == nil {
			count = &SourceCount{Source: doc.Document.Source, Visibility: v}
			bySource[doc.Document.Source] = count
		}
		count.Documents++
		count.Passages += doc.Passages
	}
	m.Partitions = append(m.Partitions, total)
	for _, count := range bySource {
		m.Sources = append(m.Sources, *count)
	}
	slices.SortFunc(m.Sources, func(x, y SourceCount) int {
		return cmp.Or(cmp.Compare(x.Source, y.Source), cmp.Compare(x.Visibility, y.Visibility))
	})
}
