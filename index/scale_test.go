package index

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"liaison/bot/access"
	"liaison/knowledge"
)

// repeated is a source of any size: the documents of a real one over and over, each copy with a share of
// its words changed for others of the same text, and some for new ones, so that copies are alike but not
// the same and the vocabulary grows as that of real collections does.
type repeated struct {
	Source
	copies     int
	partitions int
	plain      bool // without lines of what people would ask
	text       int  // bytes of passages and lines read, filled by Read
	mu         sync.Mutex
}

// changed is the share of the words of a copy that are others, and fresh that of those which are new.
const (
	changedWords = .2
	freshWords   = .02
)

func (r *repeated) Files(ctx context.Context) ([]File, []knowledge.Problem, error) {
	files, problems, err := r.Source.Files(ctx)
	out := make([]File, 0, len(files)*r.copies)
	for n := range r.copies {
		for _, file := range files {
			file.Path = fmt.Sprintf("copy-%d/%s", n, file.Path)
			out = append(out, file)
		}
	}
	return out, problems, err
}

func (r *repeated) Read(ctx context.Context, file File) (knowledge.Document, []knowledge.Problem, bool, error) {
	copyName, path, _ := strings.Cut(file.Path, "/")
	original := file
	original.Path = path
	doc, problems, ok, err := r.Source.Read(ctx, original)
	doc.Path = file.Path
	if at := int(hash32(file.Path)) % r.partitions; at > 0 {
		doc.Visibility = access.Organisation(organisations[at-1])
	}
	random := rand.New(rand.NewPCG(uint64(hash32(copyName)), uint64(hash32(path))))
	bytes := 0
	if r.plain {
		doc.AskedAs = nil
	}
	for i, p := range doc.Passages {
		if r.plain {
			doc.Passages[i].AskedAs = nil
		}
		if copyName != "copy-0" {
			doc.Passages[i].Text = vary(p.Text, random)
		}
		bytes += len(doc.Passages[i].Text) + len(strings.Join(doc.Passages[i].AskedAs, ""))
	}
	bytes += len(strings.Join(doc.AskedAs, ""))
	r.mu.Lock()
	r.text += bytes
	r.mu.Unlock()
	return doc, problems, ok, err
}

// vary changes some words of a text.
func vary(text string, random *rand.Rand) string {
	words := strings.SplitAfter(text, " ")
	for i := range words {
		switch x := random.Float64(); {
		case x < changedWords*freshWords:
			words[i] = fmt.Sprintf("w%x ", random.IntN(1_000_000))
		case x < changedWords:
			words[i] = words[random.IntN(len(words))]
		}
	}
	return strings.Join(words, "")
}

// BenchmarkScale reports what an index of the corpus repeated to 20,000 and to 100,000 passages costs, in
// one partition and in eight, and without lines of what people would ask: passages indexed a second, bytes
// on disk for each byte of text, memory that serving takes (its own, and with the pages of files that the
// system may take back at any time), p50 and p99 of whole warm searches by the clock
// and by the processor, the same of questions nobody asked before, and how many times more searches two at
// a time finish than one. With LIAISON_BENCH_MILLION set, also 1,000,000 passages.
func BenchmarkScale(b *testing.B) {
	base, err := knowledge.Open(filepath.Join(testdata(b), "corpus"))
	if err != nil {
		b.Fatal(err)
	}
	sizes := []int{1, 6} // the corpus holds about 18,000
	if os.Getenv("LIAISON_BENCH_MILLION") != "" {
		sizes = append(sizes, 56)
	}
	for _, copies := range sizes {
		for _, kind := range []struct {
			name       string
			partitions int
			plain      bool
		}{{"partitions=1", 1, false}, {"partitions=8", 8, false}, {"without-lines", 1, true}} {
			b.Run(fmt.Sprintf("copies=%d/%s", copies, kind.name), func(b *testing.B) {
				scale(b, &repeated{Source: Knowledge(base), copies: copies, partitions: kind.partitions, plain: kind.plain})
			})
		}
	}
}

func scale(b *testing.B, source *repeated) {
	dir := filepath.Join(b.TempDir(), "index")
	started := time.Now()
	receipt, err := Build(b.Context(), source, dir, Options{})
	if err != nil {
		b.Fatal(err)
	}
	rate, text := float64(receipt.Passages)/time.Since(started).Seconds(), source.text
	debug.FreeOSMemory() // what building took is not what serving takes
	i, err := Open(b.Context(), dir)
	if err != nil {
		b.Fatal(err)
	}
	defer i.Close()
	questions, who := realQuestions(b), access.StaffOf(organisations...)
	if folder := os.Getenv("LIAISON_BENCH_BEIR"); folder != "" {
		writeBEIR(b, source, questions, folder)
	}
	ask := func(n int) {
		if _, err := i.Search(b.Context(), who, Question{Text: questions[n%len(questions)]}); err != nil {
			b.Error(err)
		}
	}
	runtime.LockOSThread() // the time of a thread is that of its searches
	defer runtime.UnlockOSThread()
	var first, byClock, byProcessor []time.Duration
	for n := range questions {
		before := processorTime()
		ask(n)
		first = append(first, processorTime()-before)
	}
	runtime.GC()
	resident, files := memory(b)
	alone := time.Duration(0)
	for n := 0; b.Loop(); n++ {
		before, processor := time.Now(), processorTime()
		ask(n)
		byClock, byProcessor = append(byClock, time.Since(before)), append(byProcessor, processorTime()-processor)
		alone += byClock[n]
	}
	b.ReportMetric(float64(receipt.Passages), "passages")
	b.ReportMetric(rate, "indexed/s")
	b.ReportMetric(float64(diskSize(b, dir))/float64(text), "size/text")
	b.ReportMetric(float64(resident-files)/(1<<20), "MB-own")
	b.ReportMetric(float64(resident)/(1<<20), "MB-with-files")
	for name, took := range map[string][]time.Duration{"": byClock, "cpu-": byProcessor, "first-cpu-": first} {
		slices.Sort(took)
		b.ReportMetric(milliseconds(took[len(took)/2]), name+"p50-ms")
		b.ReportMetric(milliseconds(took[len(took)*99/100]), name+"p99-ms")
	}
	b.ReportMetric(byTwo(ask)/(float64(len(byClock))/alone.Seconds()), "speedup-by-2")
}

// writeBEIR writes passages, each with the title of its page, and questions as a collection.
func writeBEIR(b *testing.B, source *repeated, questions []string, folder string) {
	files, _, err := source.Files(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	type entry struct {
		ID    string `json:"_id"`
		Title string `json:"title,omitempty"`
		Text  string `json:"text"`
	}
	write := func(name string, entries []entry) {
		file, err := os.Create(filepath.Join(folder, name))
		if err != nil {
			b.Fatal(err)
		}
		defer file.Close()
		for encoder := json.NewEncoder(file); len(entries) > 0; entries = entries[1:] {
			if err := encoder.Encode(entries[0]); err != nil {
				b.Fatal(err)
			}
		}
	}
	var passages, asked []entry
	for _, file := range files {
		doc, _, ok, err := source.Read(b.Context(), file)
		if err != nil {
			b.Fatal(err)
		}
		for i, p := range doc.Passages {
			if ok {
				passages = append(passages, entry{fmt.Sprint(doc.Path, "#", i), doc.Title, p.Text})
			}
		}
	}
	for i, text := range questions {
		asked = append(asked, entry{ID: fmt.Sprint(i), Text: text})
	}
	write("corpus.jsonl", passages)
	write("queries.jsonl", asked)
}

// byTwo returns how many searches a second two at a time finish.
func byTwo(ask func(n int)) float64 {
	started := time.Now()
	var both sync.WaitGroup
	for half := range 2 {
		both.Go(func() {
			for n := range 300 {
				ask(2*n + half)
			}
		})
	}
	both.Wait()
	return 600 / time.Since(started).Seconds()
}

func diskSize(b *testing.B, dir string) int64 {
	sum := int64(0)
	err := filepath.WalkDir(dir, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err == nil {
			sum += info.Size()
		}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return sum
}

// memory returns the memory of this process that is in use, in bytes, and how much of it are pages of files,
// as Linux tells it; elsewhere what Go holds.
func memory(b *testing.B) (resident, files int64) {
	data, err := os.ReadFile("/proc/self/statm")
	if err == nil {
		var total int64
		if _, err := fmt.Sscan(string(data), &total, &resident, &files); err != nil {
			b.Fatal(err)
		}
		return resident * int64(os.Getpagesize()), files * int64(os.Getpagesize())
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapInuse), 0
}
