package index

import (
	"encoding/binary"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"liaison/bot/access"
)

// namesOf returns the forms of a partition by number.
func namesOf(t *testing.T, s *sequences) []string {
	t.Helper()
	names := make([]string, len(s.count))
	err := s.each(func(form []byte, number uint32) error {
		names[number] = string(form)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// TestSequencesAreTheWordsOfTheirPassages reads every passage again, after a build and after small changes.
func TestSequencesAreTheWordsOfTheirPassages(t *testing.T) {
	source := spread(60, 3)
	i, dir := built(t, source)
	check := func() {
		g, err := i.use()
		if err != nil {
			t.Fatal(err)
		}
		defer g.release()
		r, s := g.lexicon.reader(), &search{}
		if s.view, err = g.view(access.StaffOf(organisations...)); err != nil {
			t.Fatal(err)
		}
		for part, p := range s.parts {
			names, want := namesOf(t, p.sequences), map[string]int{}
			first := s.firstDoc[part]
			for slot := s.first[first]; slot < s.first[first+len(p.docs)]; slot++ {
				doc := int(s.docOf[slot])
				passage, err := s.passage(doc, slot)
				if err != nil {
					t.Fatal(err)
				}
				var expected, extra []string
				within := map[string]bool{}
				for _, text := range []string{s.docs[doc].Document.Title, textOf(passage.Headings), passage.Text} {
					for _, w := range r.read(text) {
						within[w.form] = true
						if w.extra {
							extra = append(extra, w.form)
						} else {
							expected = append(expected, w.form)
						}
					}
					expected = append(expected, "")
				}
				for form := range within {
					want[form]++
				}
				var got []string
				for rest := s.sequence(slot); len(rest) > 0; {
					number, size := binary.Uvarint(rest)
					rest, got = rest[size:], append(got, names[number])
				}
				if expected = append(expected, extra...); !slices.Equal(got, expected) {
					t.Fatalf("%s holds %q, read again %q", s.docs[doc].Document.Path, got, expected)
				}
			}
			for number, form := range names {
				if got := int(p.sequences.count[number]); number > 0 && got != want[form] {
					t.Errorf("%q stands in %d passages, not %d", form, want[form], got)
				}
			}
		}
	}
	check()
	source.docs["docs/new.md"] = page("New", "# open\nhosting the zebra-crossing plan", "zebra")
	delete(source.docs, slices.Min(slices.Collect(maps.Keys(source.docs))))
	rebuild(t, source, dir)
	if _, err := i.Status(t.Context()); err != nil {
		t.Fatal(err)
	}
	check()
}

func textOf(headings []string) string {
	out := ""
	for _, h := range headings {
		out += h + "\n"
	}
	return out
}

func TestDamagedSequencesAreAnError(t *testing.T) {
	i, _ := built(t, spread(10, 1))
	g, err := i.use()
	if err != nil {
		t.Fatal(err)
	}
	defer g.release()
	p := g.partitions[0]
	sound, err := os.ReadFile(filepath.Join(p.dir, sequencesFile))
	if err != nil {
		t.Fatal(err)
	}
	read := func(data []byte) error {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, sequencesFile), data, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := readSequences(dir, p.passages)
		return err
	}
	if err := read(sound); err != nil {
		t.Fatal(err)
	}
	for _, length := range []int{0, 1, 10, len(sound) / 2, len(sound) - 1} {
		if read(sound[:length]) == nil {
			t.Errorf("the first %d bytes are taken for all", length)
		}
	}
	if read(append(slices.Clone(sound), 7)) == nil {
		t.Error("bytes after the end are taken for none")
	}
}

// A merge of segments keeps what is stored, or not, by the name of the field: one that another document
// only indexes may lose it.
func TestNoFieldIsBothStoredAndIndexed(t *testing.T) {
	doc := page("Title", "# heading\ntext")
	doc.AskedAs = []string{"what is it"}
	stored, indexed := map[string]bool{}, map[string]bool{}
	for _, entry := range newLexicon(nil, nil).reader().analyse(doc, "a.md", "").entries {
		for _, f := range entry.Fields {
			stored[f.Name()] = stored[f.Name()] || f.Options().IsStored()
			indexed[f.Name()] = indexed[f.Name()] || f.Options().IsIndexed()
		}
	}
	for name := range stored {
		if stored[name] && indexed[name] {
			t.Errorf("%q is both", name)
		}
	}
}
