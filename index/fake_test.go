package index

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"liaison/bot/access"
	"liaison/knowledge"
)

// fakeSource is knowledge in memory: path → document.
type fakeSource struct {
	docs      map[string]knowledge.Document
	problems  []knowledge.Problem
	terms     []knowledge.Term
	teams     []knowledge.Organisation
	protected []string
	spellings [][2]string
	reads     atomic.Int64
}

func (f *fakeSource) Files(context.Context) ([]File, []knowledge.Problem, error) {
	var files []File
	for _, path := range slices.Sorted(maps.Keys(f.docs)) {
		doc := f.docs[path]
		digest := string(doc.Visibility) + doc.Title + doc.Organisation
		for _, p := range doc.Passages {
			digest += strings.Join(p.Headings, "/") + p.Text
		}
		files = append(files, File{Path: path, Source: doc.Source, Digest: hashBytes([]byte(digest + strings.Join(doc.AskedAs, "|")))})
	}
	return files, f.problems, nil
}

func (f *fakeSource) Read(_ context.Context, file File) (knowledge.Document, []knowledge.Problem, bool, error) {
	f.reads.Add(1)
	doc := f.docs[file.Path]
	doc.Path = file.Path
	doc.Visibility = cmp.Or(doc.Visibility, access.Public)
	return doc, nil, true, nil
}

func (f *fakeSource) Organisations() []knowledge.Organisation { return f.teams }
func (f *fakeSource) Terms() []knowledge.Term                 { return f.terms }
func (f *fakeSource) Protected() []string                     { return f.protected }
func (f *fakeSource) Spellings() [][2]string                  { return f.spellings }

// page makes a document of a title and passages; a passage that starts with "# " has a heading.
func page(title string, passages ...string) knowledge.Document {
	doc := knowledge.Document{Title: title}
	for i, text := range passages {
		p := knowledge.Passage{Line: i + 1, Text: text}
		if head, rest, ok := strings.Cut(text, "\n"); ok && strings.HasPrefix(head, "# ") {
			p.Headings, p.Text = []string{head[2:]}, rest
		}
		doc.Passages = append(doc.Passages, p)
	}
	return doc
}

func fake(docs map[string]knowledge.Document) *fakeSource { return &fakeSource{docs: docs} }

// built builds a source into a temporary folder and opens it.
func built(t testing.TB, source *fakeSource) (*Index, string) {
	t.Helper()
	dir := t.TempDir()
	rebuild(t, source, dir)
	i, err := Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { i.Close() })
	return i, dir
}

func rebuild(t testing.TB, source *fakeSource, dir string) Receipt {
	t.Helper()
	receipt, err := Build(t.Context(), source, dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return receipt
}

// paths asks a question and returns the documents found.
func paths(t testing.TB, i *Index, who access.Audience, text string) []string {
	t.Helper()
	results, err := i.Search(t.Context(), who, Question{Text: text})
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, hit := range results.Hits {
		out = append(out, hit.Document.Path)
	}
	return out
}

// searching begins a search that ends with the test.
func searching(t testing.TB, i *Index, who access.Audience) *search {
	t.Helper()
	g, err := i.use()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.release() })
	s, err := newSearch(g, who)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.done)
	return s
}
