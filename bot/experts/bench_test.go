package experts_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"liaison/bot/access"
	"liaison/bot/directory"
	"liaison/bot/experts"
	"liaison/index"
	"liaison/knowledge"
)

// BenchmarkWho times "who knows" over the organisations' real pages and 500 people who say what pages are
// about, of whom every second bears the name of somebody who writes them. It reports the median.
func BenchmarkWho(b *testing.B) {
	data := os.Getenv("LIAISON_TESTDATA")
	if data == "" {
		b.Skip("LIAISON_TESTDATA is not set: name the folder that holds corpus/ to time this on real pages")
	}
	base, err := knowledge.Open(filepath.Join(data, "corpus"))
	if err != nil {
		b.Fatal(err)
	}
	dir := index.Dir(filepath.Join(os.TempDir(), "liaison-bench"), base.Root)
	if _, err := index.Build(b.Context(), index.Knowledge(base), dir, index.Options{}); err != nil {
		b.Fatal(err)
	}
	opened, err := index.Open(b.Context(), dir)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { opened.Close() })
	topics := crowd(b, base)
	s := &experts.Service{Search: opened, Directory: &directory.Directory{Base: func() *knowledge.Base { return base }, Now: time.Now}}
	var times []time.Duration
	n := 0
	for b.Loop() {
		started := time.Now()
		if _, err := s.Who(b.Context(), experts.Question{Topic: topics[n%len(topics)], Audience: access.StaffOf("gds")}); err != nil {
			b.Fatal(err)
		}
		times = append(times, time.Since(started))
		n++
	}
	slices.Sort(times)
	b.ReportMetric(float64(times[len(times)/2])/1e6, "ms/median")
	b.ReportMetric(float64(times[len(times)*99/100])/1e6, "ms/p99")
}

// crowd puts 500 people into a knowledge folder, and returns titles of its pages, to ask about.
func crowd(b *testing.B, base *knowledge.Base) []string {
	var titles, authors []string
	files, _ := base.Files(b.Context())
	for _, f := range files {
		if d, _, err := base.Read(b.Context(), f); err == nil {
			titles = append(titles, d.Title)
			authors = append(authors, d.Authors...)
		}
	}
	slices.Sort(authors)
	authors = slices.Compact(authors)
	for i := range 500 {
		p := knowledge.Person{
			Path: fmt.Sprintf("people/p%d.md", i), Name: fmt.Sprintf("Example Person%d", i), Organisation: []string{"gds", "tts", "usds"}[i%3], Consent: "yes", Reach: access.Staff,
			Skills: []string{titles[3*i%len(titles)], titles[5*i%len(titles)]}, HelpsWith: []string{titles[7*i%len(titles)]}, Text: titles[11*i%len(titles)],
		}
		if i%2 == 0 && len(authors) > 0 {
			p.Name = authors[i/2%len(authors)]
		}
		base.People = append(base.People, p)
	}
	return titles
}
