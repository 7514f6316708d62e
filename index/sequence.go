package index

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"math"
	"math/bits"
	"os"
	"path/filepath"
	"slices"

	// The format of Bleve's own dictionaries: small on disk, and what finds words a few slips away walks it.
	"github.com/blevesearch/vellum"
)

// What the second look reads, and what mending looks words up in, is kept beside Bleve's postings: the
// words of each passage in order, as numbers, and all forms of words with how many passages hold them.
// Reading texts and cutting them into words again took most of the time of a question nobody had asked
// before; as a field of Bleve the forms took a sixth of its size and of the time to write it.

// sequencesFile holds, in this order: the numbers of forms and passages and the length of the dictionary;
// the dictionary, form → number; for each form in how many passages it stands, and the hash of its term;
// for each passage the length of its sequence; and the sequences, in the order of documents.jsonl.gz.
const sequencesFile = "sequences.bin"

// Numbers that part a sequence: title, headings, text, and last the second readings of compounds, which
// have no place. Forms have the numbers from 1.
const gap = 0

// forms are words as written. Each has a number, from 1; slices by number hold an unused 0.
type forms struct {
	numbers *vellum.FST
	count   []uint32 // in how many passages it stands
	stems   []uint32 // hash of its term
	byTerm  formTable
	byPiece formTable // of gramLength letters
}

// formTable finds the forms that something hashed belongs to. Entries whose hashes end alike lie in one bucket.
type formTable struct {
	first   []uint32 // of each bucket; one more than there are, and they are a power of two
	entries []formEntry
}

type formEntry struct{ hash, form uint32 }

// newFormTable makes the table of what list tells, which it is asked for three times.
func newFormTable(list func(tell func(hash, form uint32)) error) (formTable, error) {
	n := 0
	if err := list(func(uint32, uint32) { n++ }); err != nil {
		return formTable{}, err
	}
	buckets := 1 << bits.Len(uint(n/4))
	t := formTable{make([]uint32, buckets+1), make([]formEntry, n)}
	mask := uint32(buckets - 1)
	if err := list(func(hash, _ uint32) { t.first[hash&mask+1]++ }); err != nil {
		return t, err
	}
	for i := range buckets {
		t.first[i+1] += t.first[i]
	}
	next := slices.Clone(t.first)
	return t, list(func(hash, form uint32) {
		t.entries[next[hash&mask]] = formEntry{hash, form}
		next[hash&mask]++
	})
}

// each tells of every form that a hash belongs to.
func (t formTable) each(hash uint32, tell func(form uint32)) {
	bucket := hash & uint32(len(t.first)-2)
	for _, e := range t.entries[t.first[bucket]:t.first[bucket+1]] {
		if e.hash == hash {
			tell(e.form)
		}
	}
}

// sequences are the words of the passages of a partition.
type sequences struct {
	forms
	passages []int // where each begins in data; one more than there are
	data     []byte
}

// formsIn are the words of an encoded sequence, in order: the part each stands in (0 is the title, 1 headings, 2 the text, 3
// second readings) and the number of its form.
func formsIn(sequence []byte) iter.Seq2[int, uint32] {
	return func(yield func(int, uint32) bool) {
		for part := 0; len(sequence) > 0; {
			number, n := binary.Uvarint(sequence)
			sequence = sequence[n:]
			if number == gap {
				part++
			} else if !yield(part, uint32(number)) {
				return
			}
		}
	}
}

// of returns the sequence of a passage, encoded, by its number in the order of documents.jsonl.gz.
func (s *sequences) of(passage int) []byte { return s.data[s.passages[passage]:s.passages[passage+1]] }

// standsIn returns in how many passages a form stands.
func (f *forms) standsIn(form string) (int, error) {
	number, ok, err := f.numbers.Get([]byte(form))
	if err != nil || !ok {
		return 0, err
	}
	return int(f.count[number]), nil
}

// each calls do for every form, by form.
func (f *forms) each(do func(form []byte, number uint32) error) error {
	it, err := f.numbers.Iterator(nil, nil)
	for err == nil {
		form, number := it.Current()
		if number == gap || number >= uint64(len(f.count)) {
			return fmt.Errorf("form %d of %d", number, len(f.count)-1)
		}
		if err := do(form, uint32(number)); err != nil {
			return err
		}
		err = it.Next()
	}
	if errors.Is(err, vellum.ErrIteratorDone) {
		return nil
	}
	return err
}

// sort fills in the tables.
func (f *forms) sort() (err error) {
	f.byTerm, _ = newFormTable(func(tell func(hash, form uint32)) error {
		for form, stem := range f.stems[1:] {
			tell(stem, uint32(form+1))
		}
		return nil
	})
	var grams []uint32
	f.byPiece, err = newFormTable(func(tell func(hash, form uint32)) error {
		return f.each(func(form []byte, number uint32) error {
			grams = appendGrams(grams[:0], form)
			for _, g := range grams {
				tell(g, number)
			}
			return nil
		})
	})
	return err
}

var errSequences = errors.New("sequences.bin is not as it was written")

// readSequences reads the sequences of a partition with some number of passages.
func readSequences(dir string, passages int) (*sequences, error) {
	data, err := os.ReadFile(filepath.Join(dir, sequencesFile))
	if err != nil {
		return nil, err
	}
	r := numberReader{data: data}
	known, has, size := r.next(), r.next(), r.next()
	if r.failed || has != passages || known > len(data) || size > len(r.data) {
		return nil, errSequences
	}
	s := &sequences{passages: make([]int, has+1)}
	if s.numbers, err = vellum.Load(r.data[:size]); err != nil {
		return nil, fmt.Errorf("read %s: %w", sequencesFile, err)
	}
	r.data = r.data[size:]
	s.count, s.stems = make([]uint32, known+1), make([]uint32, known+1)
	for i := range known {
		s.count[i+1] = uint32(r.next())
	}
	if len(r.data) < 4*known {
		return nil, errSequences
	}
	for i := range known {
		s.stems[i+1] = binary.LittleEndian.Uint32(r.data[4*i:])
	}
	r.data = r.data[4*known:]
	for i := range has {
		s.passages[i+1] = s.passages[i] + r.next()
	}
	if s.data = r.data; r.failed || s.passages[has] != len(s.data) {
		return nil, errSequences
	}
	if err := s.sort(); err != nil {
		return nil, fmt.Errorf("%w: %w", errSequences, err)
	}
	return s, s.check()
}

// check makes sure that no sequence holds a number that is no form's, so that searches need not look.
func (s *sequences) check() error {
	for i := range len(s.passages) - 1 {
		for rest := s.of(i); len(rest) > 0; {
			number, n := binary.Uvarint(rest)
			if n <= 0 || number >= uint64(len(s.count)) {
				return errSequences
			}
			rest = rest[n:]
		}
	}
	return nil
}

// numberReader reads numbers off data until one fails.
type numberReader struct {
	data   []byte
	failed bool
}

func (r *numberReader) next() int {
	x, n := binary.Uvarint(r.data)
	if n <= 0 || x > math.MaxInt32 {
		r.failed = true
		return 0
	}
	r.data = r.data[n:]
	return int(x)
}

// sequenceWriter gathers the sequences of a partition that is being written.
type sequenceWriter struct {
	old     *sequences // whose forms keep their numbers; nil when there are none
	fresh   map[string]uint32
	names   []string // of fresh, by number after those of old
	count   []uint32
	stems   []uint32
	passage map[string][][]byte // by path
	last    []int               // by form: the last passage it was counted for
	seen    int                 // passages counted
}

func newSequenceWriter(old *sequences) *sequenceWriter {
	w := &sequenceWriter{old: old, fresh: map[string]uint32{}, passage: map[string][][]byte{}}
	w.count, w.stems = []uint32{0}, []uint32{0}
	if old != nil {
		w.count, w.stems = slices.Clone(old.count), slices.Clone(old.stems)
	}
	w.last = make([]int, len(w.count))
	return w
}

func (w *sequenceWriter) number(form, term string) (uint32, error) {
	if number, ok := w.fresh[form]; ok {
		return number, nil
	}
	if w.old != nil {
		if number, ok, err := w.old.numbers.Get([]byte(form)); ok || err != nil {
			return uint32(number), err
		}
	}
	number := uint32(len(w.count))
	w.fresh[form] = number
	w.names, w.count, w.stems, w.last = append(w.names, form), append(w.count, 0), append(w.stems, hash32(term)), append(w.last, 0)
	return number, nil
}

// add takes the passages of a document.
func (w *sequenceWriter) add(doc analysed) error {
	for _, words := range doc.words {
		sequence, err := w.encode(words)
		if err != nil {
			return err
		}
		w.passage[doc.record.Document.Path] = append(w.passage[doc.record.Document.Path], sequence)
	}
	return nil
}

// encode makes the sequence of a passage: title, headings and text.
func (w *sequenceWriter) encode(words [3][]word) ([]byte, error) {
	w.seen++
	var out, extra []byte
	for _, part := range words {
		for _, word := range part {
			number, err := w.number(word.form, word.term)
			if err != nil {
				return nil, err
			}
			if w.last[number] != w.seen {
				w.last[number] = w.seen
				w.count[number]++
			}
			if word.extra {
				extra = binary.AppendUvarint(extra, uint64(number))
			} else {
				out = binary.AppendUvarint(out, uint64(number))
			}
		}
		out = append(out, gap)
	}
	return slices.Concat(out, extra), nil
}

// keep takes the passages of a document as they are in old, from its first one on; drop takes what they
// count for from the forms.
func (w *sequenceWriter) keep(path string, first, passages int) {
	for i := range passages {
		w.passage[path] = append(w.passage[path], w.old.of(first+i))
	}
}

func (w *sequenceWriter) drop(first, passages int) {
	for i := range passages {
		w.seen++
		for rest := w.old.of(first + i); len(rest) > 0; {
			number, n := binary.Uvarint(rest)
			rest = rest[n:]
			if number != gap && w.last[number] != w.seen {
				w.last[number] = w.seen
				w.count[number]--
			}
		}
	}
}

// write writes the file. docs are in the order of documents.jsonl.gz.
func (w *sequenceWriter) write(dir string, docs []record) error {
	dictionary, err := w.dictionary()
	if err != nil {
		return err
	}
	var lengths, data []byte
	passages := 0
	for _, doc := range docs {
		for _, one := range w.passage[doc.Document.Path] {
			lengths, data = binary.AppendUvarint(lengths, uint64(len(one))), append(data, one...)
			passages++
		}
	}
	var head []byte
	for _, n := range []int{len(w.count) - 1, passages, len(dictionary)} {
		head = binary.AppendUvarint(head, uint64(n))
	}
	head = append(head, dictionary...)
	for _, n := range w.count[1:] {
		head = binary.AppendUvarint(head, uint64(n))
	}
	for _, stem := range w.stems[1:] {
		head = binary.LittleEndian.AppendUint32(head, stem)
	}
	return os.WriteFile(filepath.Join(dir, sequencesFile), slices.Concat(head, lengths, data), 0o600)
}

// dictionary makes the dictionary of all forms, old and fresh.
func (w *sequenceWriter) dictionary() ([]byte, error) {
	var out bytes.Buffer
	builder, err := vellum.New(&out, nil)
	if err != nil {
		return nil, err
	}
	slices.Sort(w.names)
	rest := w.names
	insertUntil := func(form []byte) error { // the fresh ones before it
		for len(rest) > 0 && (form == nil || rest[0] < string(form)) {
			if err := builder.Insert([]byte(rest[0]), uint64(w.fresh[rest[0]])); err != nil {
				return err
			}
			rest = rest[1:]
		}
		return nil
	}
	if w.old != nil {
		err := w.old.each(func(form []byte, number uint32) error {
			if err := insertUntil(form); err != nil {
				return err
			}
			return builder.Insert(form, uint64(number))
		})
		if err != nil {
			return nil, err
		}
	}
	if err := insertUntil(nil); err != nil {
		return nil, err
	}
	if err := builder.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
