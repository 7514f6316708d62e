package index

import (
	"bufio"
	"cmp"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/blevesearch/bleve/v2/document"
	"github.com/blevesearch/bleve/v2/index/scorch" // Bleve's index on disk; its own scoring is not BM25
	api "github.com/blevesearch/bleve_index_api"   // the interfaces of it
	segment "github.com/blevesearch/scorch_segment_api/v2"

	"liaison/bot/access"
	"liaison/knowledge"
)

// A partition is all that has one visibility: Bleve indexes of the passages, one for each core that wrote
// them, and a file that lists the documents. Nothing of another visibility is in it, so whoever may not see it never touches it.
type partition struct {
	visibility access.Visibility
	dir        string
	docs       []record // by path
	indexes    []api.Index
	snapshots  []*scorch.IndexSnapshot
	segments   []span
	first      []int    // by document: its first passage, where all are counted by document and in order
	firstLine  []int    // by document: its first asked line
	places     []uint32 // by document number in the indexes: which passage it is, or which line
	passageAt  []uint32 // by passage: its document number
	lineAt     []uint32 // by line
	passages   int
	lines      int
	lengths    lengths // of all documents together
	sequences  *sequences
	lineWords  pieceCache
}

// record is what is kept of a document besides its passages.
type record struct {
	Document knowledge.Document
	File     string // the file it was read from
	Digest   string // of that file
	Passages int
	Lines    int // of AskedAs, each a document of its own in the index
	// LinesOf holds the first passage of every line that was written for a section, by the line's number.
	LinesOf  map[int]int `json:",omitempty"`
	Lengths  lengths
	Acronyms []acronym `json:",omitempty"`
	post     bool      // see datedPost
}

// datedPost is the path of a page that tells what happened on a day, not what to do.
var datedPost = regexp.MustCompile(`(^|/)\d{4}-\d{2}-\d{2}-[^/]*$`)

// lengths are numbers of terms, by field. They are integers so that sums do not depend on their order.
type lengths map[string]uint64

func (l lengths) add(other lengths) {
	for field, n := range other {
		l[field] += n
	}
}

// span is a segment of the Bleve index and the first of its document numbers.
type span struct {
	segment segment.Segment
	except  *scorch.SegmentSnapshot
	first   uint64
}

const (
	indexFolder   = "words" // and words-1, words-2, …
	documentsFile = "documents.jsonl.gz"
)

// partitionDir returns the folder name of a visibility within a generation.
func partitionDir(v access.Visibility) string { return strings.ReplaceAll(string(v), ":", "-") }

// pathKey stands for a document's path in the ids of its passages and lines: Bleve keeps every id twice, and
// paths are as long as a sentence.
type pathKey [9]byte

func keyOf(path string) pathKey {
	sum := sha256.Sum256([]byte(path))
	return pathKey(sum[:9])
}

func passageID(path string, ordinal int) string { return idOf(path, kindPassage, ordinal) }
func lineID(path string, ordinal int) string    { return idOf(path, kindLine, ordinal) }

// Kinds of what is indexed, as ids name them.
const (
	kindPassage = 'p'
	kindLine    = 'l'
)

func idOf(path string, kind byte, ordinal int) string {
	key := keyOf(path)
	return base64.RawStdEncoding.EncodeToString(key[:]) + string(kind) + strconv.Itoa(ordinal)
}

// parseID undoes passageID and lineID.
func parseID(id []byte) (key pathKey, kind byte, ordinal int, err error) {
	const encoded = 12
	if len(id) < encoded+2 {
		return key, 0, 0, fmt.Errorf("id %q is not one of ours", id)
	}
	if _, err := base64.RawStdEncoding.Decode(key[:], id[:encoded]); err != nil {
		return key, 0, 0, fmt.Errorf("id %q is not one of ours: %w", id, err)
	}
	ordinal, err = strconv.Atoi(string(id[encoded+1:]))
	return key, id[encoded], ordinal, err
}

// field is a list of terms of one passage, ready counted, as Bleve takes it.
type field struct {
	name    string
	options api.FieldIndexingOptions
	value   []byte
	length  int
	counts  api.TokenFrequencies
}

func (f *field) Name() string                                   { return f.name }
func (f *field) ArrayPositions() []uint64                       { return nil }
func (f *field) Options() api.FieldIndexingOptions              { return f.options }
func (f *field) Analyze()                                       {}
func (f *field) Value() []byte                                  { return f.value }
func (f *field) NumPlainTextBytes() uint64                      { return uint64(len(f.value)) }
func (f *field) Size() int                                      { return len(f.value) + 64*len(f.counts) }
func (f *field) EncodedFieldType() byte                         { return 't' }
func (f *field) AnalyzedLength() int                            { return f.length }
func (f *field) AnalyzedTokenFrequencies() api.TokenFrequencies { return f.counts }

// maxLength is how many words of one field are indexed at most.
const maxLength = 1<<16 - 1

func termField(name string, terms []string) *field {
	terms = terms[:min(len(terms), maxLength)]
	counts := make(api.TokenFrequencies, len(terms))
	all := make([]api.TokenFreq, 0, len(terms)) // one allocation for all: there are millions of them
	for _, term := range terms {
		if tf := counts[term]; tf != nil {
			tf.SetFrequency(tf.Frequency() + 1)
			continue
		}
		all = append(all, api.TokenFreq{Term: []byte(term)})
		tf := &all[len(all)-1]
		tf.SetFrequency(1)
		counts[term] = tf
	}
	return &field{name: name, options: api.IndexField, length: len(terms), counts: counts}
}

func storedField(name, value string) *field {
	return &field{name: name, options: api.StoreField, value: []byte(value)}
}

// headingBreak parts headings where they are stored; it occurs in no text.
const headingBreak = "\x1f"

// analysed is a document ready to be written: its record and its documents for Bleve.
type analysed struct {
	record  record
	entries []*document.Document
	words   [][3][]word // of each passage: title, headings, text
}

// analyse reads all words of a document.
func (r *reader) analyse(doc knowledge.Document, file, digest string) analysed {
	out := analysed{record: record{Document: doc, File: file, Digest: digest, Passages: len(doc.Passages), Lengths: lengths{}}}
	out.record.Document.Passages = nil
	out.record.Acronyms = mineAcronyms(doc.Passages)
	title, slug := r.read(doc.Title), terms(r.read(slugText(doc.Path)))
	for i, passage := range doc.Passages {
		entry := document.NewDocument(passageID(doc.Path, i))
		words := [3][]word{title, r.read(strings.Join(passage.Headings, "\n")), r.read(passage.Text)}
		out.words = append(out.words, words)
		for _, f := range passageFields(words, slug) {
			out.record.Lengths[f.name] += uint64(f.length)
			entry.AddField(f)
		}
		entry.AddField(storedField("text", passage.Text))
		entry.AddField(storedField("headings", strings.Join(passage.Headings, headingBreak)))
		entry.AddField(storedField("url", shortURL(passage.URL, doc.URL)))
		entry.AddField(storedField("at", strconv.Itoa(passage.Line))) // no name of an indexed field: a merge may drop what is stored by one
		out.entries = append(out.entries, entry)
	}
	for _, asked := range doc.AskedAs {
		r.addLine(&out, asked)
	}
	for i, passage := range doc.Passages {
		for _, asked := range passage.AskedAs {
			if out.record.LinesOf == nil {
				out.record.LinesOf = map[int]int{}
			}
			out.record.LinesOf[out.record.Lines] = i
			r.addLine(&out, asked)
		}
	}
	return out
}

// sameURL stands, where the address of a passage is stored, for that of its document.
const sameURL = "\x1f"

func shortURL(passage, document string) string {
	if rest, ok := strings.CutPrefix(passage, document); ok && document != "" {
		return sameURL + rest
	}
	return passage
}

// addLine adds a line of what people would ask.
func (r *reader) addLine(to *analysed, asked string) {
	entry, words := document.NewDocument(lineID(to.record.Document.Path, to.record.Lines)), r.read(asked)
	for _, f := range []*field{termField(fieldLine, terms(words)), termField(fieldLPair, pairs(words))} {
		to.record.Lengths[f.name] += uint64(f.length)
		entry.AddField(f)
	}
	entry.AddField(storedField("text", asked))
	to.entries = append(to.entries, entry)
	to.record.Lines++
}

func passageFields(words [3][]word, slug []string) []*field {
	title, head, body := words[0], words[1], words[2]
	return []*field{
		termField(fieldTitle, terms(title)), termField(fieldHead, terms(head)), termField(fieldBody, terms(body)), termField(fieldSlug, slug),
	}
}

// slugText returns the last two parts of a path, without the endings of the file name and without
// "index": what its author called the page. An identifier that is no path says nothing: in judged
// collections it may even be the question.
func slugText(path string) string {
	if !strings.ContainsAny(path, "/.") {
		return ""
	}
	parts := strings.Split(path, "/")
	last := len(parts) - 1
	parts[last] = endings.ReplaceAllString(parts[last], "")
	if parts[last] == "index" || parts[last] == "README" || parts[last] == "readme" {
		parts = parts[:last]
	}
	return strings.Join(parts[max(0, len(parts)-2):], " ")
}

// endings of a file name are of letters; a version's ("wcag-2.2") are not. A part of a page has its number behind them.
var endings = regexp.MustCompile(`(?:\.[A-Za-z]\w*)+(?:#.*)?$`)

// writeDocuments writes the list of a partition's documents, by path.
func writeDocuments(dir string, docs []record) error {
	slices.SortFunc(docs, func(a, b record) int { return cmp.Compare(a.Document.Path, b.Document.Path) })
	file, err := os.OpenFile(filepath.Join(dir, documentsFile), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	packed := gzip.NewWriter(file)
	encoder := json.NewEncoder(packed)
	for _, doc := range docs {
		if err := encoder.Encode(doc); err != nil {
			return cmp.Or(err, file.Close())
		}
	}
	return cmp.Or(packed.Close(), file.Sync(), file.Close())
}

func readDocuments(dir string) ([]record, error) {
	file, err := os.Open(filepath.Join(dir, documentsFile))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	unpacked, err := gzip.NewReader(bufio.NewReaderSize(file, 1<<16))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", file.Name(), err)
	}
	var docs []record
	for decoder := json.NewDecoder(unpacked); decoder.More(); {
		var doc record
		if err := decoder.Decode(&doc); err != nil {
			return nil, fmt.Errorf("read %s: %w", file.Name(), err)
		}
		docs = append(docs, doc)
	}
	return docs, nil
}

// openPartition opens a published partition for reading. It changes nothing on disk.
func openPartition(dir string, v access.Visibility) (_ *partition, err error) {
	p := &partition{visibility: v, dir: dir, lengths: lengths{}}
	if p.docs, err = readDocuments(dir); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			_ = p.close() // the error that counts is returned
		}
	}()
	folders, err := indexFolders(dir)
	if err != nil {
		return nil, err
	}
	for _, folder := range folders {
		index, err := openScorch(filepath.Join(dir, folder), true)
		if err != nil {
			return nil, err
		}
		p.indexes = append(p.indexes, index)
		reader, err := index.Reader()
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", dir, err)
		}
		p.snapshots = append(p.snapshots, reader.(*scorch.IndexSnapshot))
	}
	if err := p.survey(); err != nil {
		return nil, err
	}
	p.sequences, err = readSequences(dir, p.passages)
	return p, err
}

// indexFolders returns the folders of a partition's Bleve indexes.
func indexFolders(dir string) ([]string, error) {
	found, err := filepath.Glob(filepath.Join(dir, indexFolder+"*"))
	for i := range found {
		found[i] = filepath.Base(found[i])
	}
	return found, err
}

// openScorch opens a Bleve index. bolt_timeout keeps a second process from hanging for ever. Segments are
// not merged in the background: a merge that met the end of a small change lost postings, about once in ten
// times, and maxSegments has a partition written anew before many pile up.
func openScorch(dir string, readOnly bool) (api.Index, error) {
	config := map[string]any{
		"path": dir, "read_only": readOnly, "bolt_timeout": "5s",
		"scorchMergePlanOptions": map[string]any{"MaxSegmentSize": 2}, // larger segments are left alone
	}
	index, err := scorch.NewScorch(scorch.Name, config, api.NewAnalysisQueue(1))
	if err == nil {
		err = index.Open()
	}
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", dir, err)
	}
	return index, nil
}

// survey learns what each document number of the index is, and checks that it is as documents.jsonl says.
func (p *partition) survey() error {
	byPath := make(map[pathKey]uint32, len(p.docs))
	for i, doc := range p.docs {
		byPath[keyOf(doc.Document.Path)] = uint32(i)
		p.docs[i].post = datedPost.MatchString(doc.Document.Path)
		p.first, p.firstLine = append(p.first, p.passages), append(p.firstLine, p.lines)
		p.passages += doc.Passages
		p.lines += doc.Lines
		p.lengths.add(doc.Lengths)
	}
	p.passageAt, p.lineAt = make([]uint32, p.passages), make([]uint32, p.lines)
	want := p.passages + p.lines
	var segments []*scorch.SegmentSnapshot
	for _, snapshot := range p.snapshots {
		segments = append(segments, snapshot.Segments()...)
	}
	for _, seg := range segments {
		p.segments = append(p.segments, span{seg.Segment(), seg, uint64(len(p.places))})
		for n := uint64(0); n < uint64(seg.FullSize()); n++ {
			place := uint32(0)
			if seg.Deleted() == nil || !seg.Deleted().Contains(uint32(n)) {
				var err error
				if place, err = p.placeOf(seg, n, byPath); err != nil {
					return err
				}
				want--
			}
			p.places = append(p.places, place)
		}
	}
	if want != 0 {
		return fmt.Errorf("%s: %d passages are missing", p.dir, want)
	}
	return nil
}

// placeOf learns which passage or line a document number, the next one, is.
func (p *partition) placeOf(seg *scorch.SegmentSnapshot, n uint64, byPath map[pathKey]uint32) (uint32, error) {
	id, err := seg.DocID(n)
	if err != nil {
		return 0, err
	}
	key, kind, ordinal, err := parseID(id)
	doc, ok := byPath[key]
	if err != nil || !ok || kind != kindPassage && kind != kindLine || ordinal < 0 {
		return 0, fmt.Errorf("%s holds a passage of an unknown document %q", p.dir, id)
	}
	first, has, at := p.first, p.docs[doc].Passages, p.passageAt
	if kind == kindLine {
		first, has, at = p.firstLine, p.docs[doc].Lines, p.lineAt
	}
	if ordinal >= has {
		return 0, fmt.Errorf("%s holds more of %s than was written", p.dir, p.docs[doc].Document.Path)
	}
	place := first[doc] + ordinal
	at[place] = uint32(len(p.places))
	return uint32(place), nil
}

func (p *partition) close() error {
	var err error
	for _, snapshot := range p.snapshots {
		err = cmp.Or(err, snapshot.Close())
	}
	for _, index := range p.indexes {
		err = cmp.Or(err, index.Close())
	}
	return err
}

// passage reads a passage of a document as it was indexed.
func (p *partition) passage(doc, ordinal int) (knowledge.Passage, error) {
	var out knowledge.Passage
	err := p.stored(p.passageAt[p.first[doc]+ordinal], func(name string, value []byte) {
		switch name {
		case "text":
			out.Text = string(value)
		case "headings":
			if len(value) > 0 {
				out.Headings = strings.Split(string(value), headingBreak)
			}
		case "url":
			out.URL = string(value)
			if rest, ok := strings.CutPrefix(out.URL, sameURL); ok {
				out.URL = p.docs[doc].Document.URL + rest
			}
		case "at":
			out.Line, _ = strconv.Atoi(string(value))
		}
	})
	if err != nil {
		return out, fmt.Errorf("read a passage of %s: %w", p.docs[doc].Document.Path, err)
	}
	return out, nil
}

// line reads an asked line of a document.
func (p *partition) line(doc, ordinal int) (string, error) {
	var out string
	err := p.stored(p.lineAt[p.firstLine[doc]+ordinal], func(name string, value []byte) {
		if name == "text" {
			out = string(value)
		}
	})
	if err != nil {
		return out, fmt.Errorf("read what people would ask of %s: %w", p.docs[doc].Document.Path, err)
	}
	return out, nil
}

// stored tells what is stored for a document number.
func (p *partition) stored(number uint32, tell func(name string, value []byte)) error {
	i, found := slices.BinarySearchFunc(p.segments, uint64(number), func(s span, n uint64) int { return cmp.Compare(s.first, n) })
	if !found {
		i--
	}
	return p.segments[i].segment.VisitStoredFields(uint64(number)-p.segments[i].first, func(name string, _ byte, value []byte, _ []uint64) bool {
		tell(name, value)
		return true
	})
}

// allPassages reads the passages of every document for which want says so, by path, with the lines that were
// written for each.
func (p *partition) allPassages(want func(path string) bool) (map[string][]knowledge.Passage, error) {
	out := map[string][]knowledge.Passage{}
	for doc, d := range p.docs {
		if !want(d.Document.Path) {
			continue
		}
		passages := make([]knowledge.Passage, d.Passages)
		for i := range passages {
			var err error
			if passages[i], err = p.passage(doc, i); err != nil {
				return nil, err
			}
		}
		for _, n := range slices.Sorted(maps.Keys(d.LinesOf)) {
			line, err := p.line(doc, n)
			if err != nil {
				return nil, err
			}
			passage := &passages[d.LinesOf[n]]
			passage.AskedAs = append(passage.AskedAs, line)
		}
		out[d.Document.Path] = passages
	}
	return out, nil
}

// cursor looks terms up in one partition for one search. Bleve's dictionaries are not for several
// goroutines, so each search has its own.
type cursor struct {
	*partition
	dictionaries map[string][]segment.TermDictionary
}

func (p *partition) cursor() *cursor {
	return &cursor{p, map[string][]segment.TermDictionary{}}
}

func (c *cursor) dictionary(field string) ([]segment.TermDictionary, error) {
	if d, ok := c.dictionaries[field]; ok {
		return d, nil
	}
	out := make([]segment.TermDictionary, len(c.segments))
	for i, s := range c.segments {
		d, err := s.segment.Dictionary(field)
		if err != nil {
			return nil, fmt.Errorf("read the words of %s: %w", c.dir, err)
		}
		out[i] = d
	}
	c.dictionaries[field] = out
	return out, nil
}

// lengthPosting is what Bleve's postings tell besides their interface: the field's exact length.
type lengthPosting interface{ NormUint64() uint64 }

// each tells of every passage or line in whose field a term stands: which it is, how often, and the length of the
// field.
func (c *cursor) each(field, term string, tell func(place int, freq, length uint64)) error {
	dictionaries, err := c.dictionary(field)
	if err != nil {
		return err
	}
	for i, d := range dictionaries {
		list, err := d.PostingsList([]byte(term), c.segments[i].except.Deleted(), nil)
		if err != nil {
			return c.unread(field, err)
		}
		for it := list.Iterator(true, true, false, nil); ; {
			posting, err := it.Next()
			if err != nil {
				return c.unread(field, err)
			}
			if posting == nil {
				break
			}
			number := c.segments[i].first + posting.Number()
			if number >= uint64(len(c.places)) {
				return c.unread(field, fmt.Errorf("document number %d is out of range", number))
			}
			tell(int(c.places[number]), posting.Frequency(), fieldLength(posting))
		}
	}
	return nil
}

// unread says which postings could not be read. It does not name the term: it may be of a question.
func (c *cursor) unread(field string, err error) error {
	return fmt.Errorf("read where words stand in %s of %s: %w", field, c.dir, err)
}

// fieldLength returns how many terms the posting's field holds. Norm is 1/sqrt(length) as a float32,
// from which the integer comes back whole.
func fieldLength(p segment.Posting) uint64 {
	if exact, ok := p.(lengthPosting); ok {
		return exact.NormUint64()
	}
	norm := p.Norm()
	return uint64(1/(norm*norm) + .5)
}

// count returns in how many documents of the index a term stands in a field.
func (c *cursor) count(field, term string) (int, error) {
	dictionaries, err := c.dictionary(field)
	if err != nil {
		return 0, err
	}
	sum := 0
	for i, d := range dictionaries {
		list, err := d.PostingsList([]byte(term), c.segments[i].except.Deleted(), nil)
		if err != nil {
			return 0, c.unread(field, err)
		}
		sum += int(list.Count())
	}
	return sum, nil
}
