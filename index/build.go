package index

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/blevesearch/bleve/v2/index/scorch"
	api "github.com/blevesearch/bleve_index_api"
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

// Skipped returns the problems of files that were left out.
func (r Receipt) Skipped() []knowledge.Problem {
	return slices.DeleteFunc(slices.Clone(r.Problems), func(p knowledge.Problem) bool { return !p.Skipped })
}

// Notes returns the problems of files that were indexed all the same.
func (r Receipt) Notes() []knowledge.Problem {
	return slices.DeleteFunc(slices.Clone(r.Problems), func(p knowledge.Problem) bool { return p.Skipped })
}

// Build brings the index in dir (see Dir) up to date with base: it reads what changed, writes a new
// generation beside the one that serves, checks it, and publishes it at once. When it fails, or is
// killed, the old one goes on serving. Only one Build of a dir runs at a time: see ErrBuilding.
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
	defer lock.Unlock()
	b := &builder{base: base, dir: dir, opts: opts, started: opts.Now()}
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

	mu   sync.Mutex
	done int
}

func (b *builder) close() {
	if b.old != nil {
		b.old.release()
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
	if err != nil && !errors.Is(err, ErrNone) && !errors.Is(err, ErrDamaged) {
		return b.receipt, err
	}
	b.old, b.receipt.Damage = old, damage
	b.words = vocabulary{b.base.Spellings(), b.base.Protected(), b.base.Terms(), b.base.Organisations()}
	b.lexicon = newLexicon(b.words.Spellings, b.words.Protected)
	files, problems, err := b.base.Files(ctx)
	if err != nil {
		return b.receipt, fmt.Errorf("list the knowledge: %w", err)
	}
	for _, p := range problems {
		b.said = append(b.said, problem{p, ""})
	}
	changed := b.compare(files)
	if b.old != nil && len(changed)+len(b.receipt.Removed) == 0 && b.old.manifest.Vocabulary == b.words.digest() &&
		slices.Equal(b.said, b.old.manifest.Problems) && len(damage) == 0 {
		return b.nothingNew(), nil
	}
	fresh, err := b.readAll(ctx, changed)
	if err != nil {
		return b.receipt, err
	}
	return b.receipt, b.write(ctx, fresh)
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
	if b.old != nil && !b.opts.Fresh && b.old.manifest.Vocabulary == b.words.digest() {
		before = b.old.manifest.Digests
	} else if b.old != nil {
		b.old.release()
		b.old = nil
	}
	b.digests = make(map[string]string, len(files))
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
		if p.File != "" && b.digests[p.File] != "" && b.digests[p.File] == b.old.manifest.Digests[p.File] {
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

// readAll reads and analyses the changed files on all cores, and returns them by visibility.
func (b *builder) readAll(ctx context.Context, files []File) (map[access.Visibility][]analysed, error) {
	group, ctx := errgroup.WithContext(ctx)
	next := make(chan File)
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
	fresh := map[access.Visibility][]analysed{}
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() error {
			words := b.lexicon.reader()
			for file := range next {
				if err := b.readOne(ctx, words, file, fresh, len(files)); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return fresh, group.Wait()
}

func (b *builder) readOne(ctx context.Context, words *reader, file File, into map[access.Visibility][]analysed, total int) error {
	doc, problems, ok, err := b.base.Read(ctx, file)
	if err != nil {
		return fmt.Errorf("read %s: %w", file.Path, err)
	}
	if _, err := access.ParseVisibility(string(doc.Visibility)); ok && err != nil {
		problems = append(problems, knowledge.Problem{Path: file.Path, Reason: err.Error(), Skipped: true})
		ok = false // SECURITY: what is unclear is never widened
	}
	var entry analysed
	if ok {
		entry = words.analyse(doc, file.Path, file.Digest)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, p := range problems {
		b.said = append(b.said, problem{p, file.Path})
	}
	if ok {
		into[doc.Visibility] = append(into[doc.Visibility], entry)
	}
	if b.done++; b.opts.Progress != nil {
		b.opts.Progress(b.done, total)
	}
	return nil
}

// write makes the next generation, checks it, publishes it and counts it.
func (b *builder) write(ctx context.Context, fresh map[access.Visibility][]analysed) error {
	name, err := b.nextName()
	if err != nil {
		return err
	}
	dir := filepath.Join(b.dir, name)
	published := false
	defer func() {
		if !published {
			os.RemoveAll(dir)
		}
	}()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make room for the index: %w", err)
	}
	sortProblems(b.said)
	m := manifest{Schema: schema, Folder: b.opts.Folder, Built: b.opts.Now().UTC(), Vocabulary: b.words.digest(), Digests: b.digests, Problems: b.said}
	if err := writeJSON(filepath.Join(dir, vocabularyFile), b.words); err != nil {
		return err
	}
	for _, v := range b.visibilities(fresh) {
		docs, err := b.writePartition(ctx, filepath.Join(dir, partitionDir(v)), v, fresh[v])
		if err != nil {
			return fmt.Errorf("index what is %s: %w", v, err)
		}
		m.add(v, docs)
	}
	if err := seal(dir, m); err != nil {
		return fmt.Errorf("finish the index: %w", err)
	}
	check, err := loadGeneration(ctx, dir)
	if err != nil {
		return fmt.Errorf("check the new index: %w", err)
	}
	check.release()
	if err := publish(b.dir, name); err != nil {
		return fmt.Errorf("publish the new index: %w", err)
	}
	published = true
	b.receipt.Generation = name
	b.count(m)
	return b.sweep()
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

// visibilities lists those that old and new documents have, sorted.
func (b *builder) visibilities(fresh map[access.Visibility][]analysed) []access.Visibility {
	var all []access.Visibility
	for v := range fresh {
		all = append(all, v)
	}
	if b.old != nil {
		for _, p := range b.old.partitions {
			all = append(all, p.visibility)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// staleShare is the share of a partition's documents whose change makes it worth building the partition
// anew; below it, a copy of the last generation takes the changes. maxSegments bounds how many such
// copies pile up: each segment costs a look-up per term and field.
const (
	staleShare  = .1
	maxSegments = 8
)

// writePartition writes one visibility into dir and returns its documents.
func (b *builder) writePartition(ctx context.Context, dir string, v access.Visibility, fresh []analysed) ([]record, error) {
	old := b.oldPartition(v)
	kept, gone := b.keep(old)
	docs := slices.Clone(kept)
	for _, doc := range fresh {
		docs = append(docs, doc.record)
	}
	if len(docs) == 0 {
		return nil, nil
	}
	words := filepath.Join(dir, indexFolder)
	if err := os.MkdirAll(words, 0o700); err != nil {
		return nil, err
	}
	small := old != nil && float64(len(fresh)+len(gone)) < staleShare*float64(len(old.docs)) && len(old.segments) < maxSegments
	var err error
	switch {
	case small && len(fresh)+len(gone) == 0:
		err = copyIndex(filepath.Join(old.dir, indexFolder), words)
	case small:
		err = cmp.Or(copyIndex(filepath.Join(old.dir, indexFolder), words), applyChanges(words, fresh, gone))
	default:
		err = b.writeWhole(ctx, words, old, kept, fresh)
	}
	if err != nil {
		return nil, err
	}
	return docs, writeDocuments(dir, docs)
}

func (b *builder) oldPartition(v access.Visibility) *partition {
	if b.old == nil {
		return nil
	}
	for _, p := range b.old.partitions {
		if p.visibility == v {
			return p
		}
	}
	return nil
}

// keep parts the old documents into those whose file is as it was, and the others.
func (b *builder) keep(old *partition) (kept, gone []record) {
	if old == nil {
		return nil, nil
	}
	for _, doc := range old.docs {
		if b.digests[doc.File] == doc.Digest && doc.Digest != "" {
			kept = append(kept, doc)
		} else {
			gone = append(gone, doc)
		}
	}
	return kept, gone
}

// copyIndex starts a partition from the last generation's. Segments are never written again, so they
// are linked, not copied, where the file system can; Bleve's own list of them is copied.
func copyIndex(from, to string) error {
	entries, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		source, target := filepath.Join(from, entry.Name()), filepath.Join(to, entry.Name())
		if filepath.Ext(entry.Name()) == ".zap" && os.Link(source, target) == nil {
			continue
		}
		data, err := os.ReadFile(source)
		if err != nil {
			return err
		}
		if err := os.WriteFile(target, data, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// applyChanges takes documents out of a copied partition and puts others in, in one batch.
func applyChanges(dir string, fresh []analysed, gone []record) error {
	index, err := openScorch(dir, false)
	if err != nil {
		return err
	}
	batch := api.NewBatch()
	for _, doc := range gone {
		for i := range doc.Passages {
			batch.Delete(passageID(doc.Document.Path, i))
		}
		for i := range doc.Lines {
			batch.Delete(lineID(doc.Document.Path, i))
		}
	}
	for _, doc := range fresh {
		for _, entry := range doc.entries {
			batch.Update(entry)
		}
	}
	return cmp.Or(index.Batch(batch), index.Close())
}

// batchSize is how many passages go into one segment before segments are merged: larger ones are
// faster to write and cost memory.
const batchSize = 2000

// writeWhole writes a partition from nothing into a single segment. Documents that did not change are
// read from the old partition, not from their files.
func (b *builder) writeWhole(ctx context.Context, dir string, old *partition, kept []record, fresh []analysed) error {
	out, err := scorch.NewBuilder(map[string]any{"path": dir, "buildPathPrefix": filepath.Dir(dir), "batchSize": batchSize})
	if err != nil {
		return err
	}
	add := func(doc analysed) error {
		for _, entry := range doc.entries {
			if err := out.Index(entry); err != nil {
				return err
			}
		}
		return ctx.Err()
	}
	if len(kept) > 0 {
		wanted := map[string]record{}
		for _, doc := range kept {
			wanted[doc.Document.Path] = doc
		}
		passages, err := old.allPassages(func(path string) bool { _, ok := wanted[path]; return ok })
		if err != nil {
			return err
		}
		words := b.lexicon.reader()
		for _, doc := range kept {
			whole := doc.Document
			whole.Passages = passages[whole.Path]
			if err := add(words.analyse(whole, doc.File, doc.Digest)); err != nil {
				return err
			}
		}
	}
	for _, doc := range fresh {
		if err := add(doc); err != nil {
			return err
		}
	}
	return out.Close()
}
