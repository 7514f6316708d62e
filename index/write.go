package index

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync/atomic"

	"github.com/blevesearch/bleve/v2/document"
	"github.com/blevesearch/bleve/v2/index/scorch"
	api "github.com/blevesearch/bleve_index_api"
	"golang.org/x/sync/errgroup"

	"liaison/bot/access"
)

// A small change goes into a copy of the last generation's partition as one batch; a larger one makes
// the partition worth writing anew. maxSegments bounds how many such batches pile up: each segment
// costs a look-up per term and field.
const (
	staleShare  = .1
	maxChanges  = 100 // files; a batch is in memory as a whole
	maxSegments = 8
)

// batchSize is how many passages go into one segment before segments are merged. 2,000 instead of 500
// writes a tenth faster and takes 100 MB more. mergeAtOnce segments become one: with Bleve's 10 most
// postings are written three times.
const (
	batchSize   = 500
	mergeAtOnce = 64
)

// shardFrom is from how many passages and lines on a partition written anew is worth another Bleve index,
// up to one for each core: making segments and merging them takes one core each, and is most of the work.
var shardFrom = 4000 // a test lowers it

// maxShards bounds the look-ups that a word costs.
const maxShards = 4

// writer writes one visibility of a new generation. One goroutine uses it.
type writer struct {
	dir     string
	lexicon *lexicon
	old     *partition // nil when there is none
	small   bool       // changes go into a copy of old
	kept    []record   // documents of old that stay as they are
	gone    []record   // and those that do not
	fresh   []record
	batch   *api.Batch // of a small change

	// Of a partition written anew: the documents of a page go to whichever shard is idle.
	out     chan []*document.Document
	shards  errgroup.Group
	started int
	entries int
	failed  atomic.Bool

	sequences *sequenceWriter
}

// writer returns the writer of a visibility, making it when there is none yet.
func (b *builder) writer(v access.Visibility) *writer {
	if w := b.writers[v]; w != nil {
		return w
	}
	w := &writer{dir: filepath.Join(b.target, partitionDir(v)), lexicon: b.lexicon, batch: api.NewBatch()}
	if b.old != nil {
		at := slices.IndexFunc(b.old.partitions, func(p *partition) bool { return p.visibility == v })
		if at >= 0 {
			w.old = b.old.partitions[at]
			w.sort(b.unchanged)
			changes := len(b.receipt.Added) + len(b.receipt.Changed) + len(w.gone)
			w.small = !b.anew && changes < maxChanges && float64(changes) < staleShare*float64(len(w.old.docs)) && len(w.old.segments) < maxSegments+len(w.old.indexes)-1
		}
	}
	if w.sequences = newSequenceWriter(nil); w.small {
		w.keepSequences()
	}
	b.writers[v] = w
	return w
}

// keepSequences starts from the sequences of the old partition.
func (w *writer) keepSequences() {
	w.sequences = newSequenceWriter(w.old.sequences)
	kept := map[string]bool{}
	for _, doc := range w.kept {
		kept[doc.Document.Path] = true
	}
	for i, doc := range w.old.docs {
		if kept[doc.Document.Path] {
			w.sequences.keep(doc.Document.Path, w.old.first[i], doc.Passages)
		} else {
			w.sequences.drop(w.old.first[i], doc.Passages)
		}
	}
}

// sort parts the old documents into those whose file is as it was, and the others.
func (w *writer) sort(unchanged func(file, digest string) bool) {
	for _, doc := range w.old.docs {
		if unchanged(doc.File, doc.Digest) {
			w.kept = append(w.kept, doc)
		} else {
			w.gone = append(w.gone, doc)
		}
	}
}

// add takes a document.
func (w *writer) add(doc analysed) error {
	w.fresh = append(w.fresh, doc.record)
	if w.small {
		for _, entry := range doc.entries {
			w.batch.Update(entry)
		}
		return w.sequences.add(doc)
	}
	return w.put(doc)
}

// put writes a document into a partition that is written anew.
func (w *writer) put(doc analysed) error {
	if w.started <= w.entries/shardFrom && w.started < min(runtime.GOMAXPROCS(0), maxShards) {
		w.startShard()
	}
	if w.failed.Load() {
		return w.close()
	}
	w.entries += len(doc.entries)
	w.out <- doc.entries
	return w.sequences.add(doc)
}

// startShard starts another Bleve index.
func (w *writer) startShard() {
	words := filepath.Join(w.dir, indexFolder)
	if w.out == nil {
		w.out = make(chan []*document.Document)
	} else {
		words += fmt.Sprintf("-%d", w.started)
	}
	w.started++
	w.shards.Go(func() error { return w.runShard(words) })
}

// runShard writes what comes into a Bleve index, of a single segment in the end. After a failure it goes
// on taking, so that nobody waits for it.
func (w *writer) runShard(words string) error {
	var builder *scorch.Builder
	var err error
	for entries := range w.out {
		if builder == nil && err == nil {
			builder, err = newBuilder(words)
		}
		for _, entry := range entries {
			if err == nil {
				err = builder.Index(entry)
			}
		}
		if err != nil {
			w.failed.Store(true)
		}
	}
	if err != nil || builder == nil || w.failed.Load() {
		return err
	}
	return builder.Close()
}

func newBuilder(words string) (*scorch.Builder, error) {
	if err := os.MkdirAll(words, 0o700); err != nil {
		return nil, err
	}
	return scorch.NewBuilder(map[string]any{
		"path": words, "buildPathPrefix": filepath.Dir(words), "batchSize": batchSize, "mergeMax": mergeAtOnce,
	})
}

// close ends the shards, and returns what went wrong in one of them.
func (w *writer) close() error {
	if w.out == nil {
		return nil
	}
	close(w.out)
	w.out = nil
	return w.shards.Wait()
}

// abandon ends them without an index.
func (w *writer) abandon() {
	w.failed.Store(true)
	w.close() //nolint:errcheck // it is open only when something else failed, which is told
}

// finish completes the partition and returns its documents; with none, nothing is written.
func (w *writer) finish(ctx context.Context) ([]record, error) {
	docs := slices.Concat(w.kept, w.fresh)
	if len(docs) == 0 {
		return nil, nil
	}
	var err error
	if w.small {
		err = w.change()
	} else {
		err = w.whole(ctx)
	}
	if err != nil {
		return nil, err
	}
	if err := writeDocuments(w.dir, docs); err != nil {
		return nil, err
	}
	return docs, w.sequences.write(w.dir, docs)
}

// change applies the batch to a copy of the old partition.
func (w *writer) change() error {
	folders, err := indexFolders(w.old.dir)
	if err != nil {
		return err
	}
	for _, folder := range folders {
		if err := copyIndex(filepath.Join(w.old.dir, folder), filepath.Join(w.dir, folder)); err != nil {
			return err
		}
	}
	if len(w.fresh)+len(w.gone) == 0 {
		return nil
	}
	for _, doc := range w.gone {
		for i := range doc.Passages {
			w.delete(passageID(doc.Document.Path, i))
		}
		for i := range doc.Lines {
			w.delete(lineID(doc.Document.Path, i))
		}
	}
	for i, folder := range folders {
		batch := w.batch // fresh documents go into the first index; the others only lose what is gone
		if i > 0 {
			batch = api.NewBatch()
			for id := range w.batch.IndexOps {
				batch.Delete(id)
			}
		}
		index, err := openScorch(filepath.Join(w.dir, folder), false)
		if err != nil {
			return err
		}
		if err := cmp.Or(index.Batch(batch), index.Close()); err != nil {
			return err
		}
	}
	return nil
}

// delete takes an entry out, unless the batch puts another in its place.
func (w *writer) delete(id string) {
	if w.batch.IndexOps[id] == nil {
		w.batch.Delete(id)
	}
}

// whole adds the documents that did not change, read from the old partition and not from their files.
func (w *writer) whole(ctx context.Context) error {
	if len(w.kept) > 0 {
		wanted := map[string]bool{}
		for _, doc := range w.kept {
			wanted[doc.Document.Path] = true
		}
		passages, err := w.old.allPassages(func(path string) bool { return wanted[path] })
		if err != nil {
			return err
		}
		words := w.lexicon.reader()
		for _, doc := range w.kept {
			whole := doc.Document
			whole.Passages = passages[whole.Path]
			if err := cmp.Or(w.put(words.analyse(whole, doc.File, doc.Digest)), ctx.Err()); err != nil {
				return err
			}
		}
	}
	return w.close()
}

// copyIndex starts a partition from the last generation's. Segments are never written again, so they
// are linked, not copied, where the file system can; Bleve's own list of them is copied.
func copyIndex(from, to string) error {
	if err := os.MkdirAll(to, 0o700); err != nil {
		return err
	}
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
