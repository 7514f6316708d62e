package index

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"liaison/bot/access"
	"liaison/knowledge"
)

// edited is the guidance with one page that says which edition it is.
func edited(edition int) *fakeSource {
	source := guidance()
	source.docs["edition.md"] = page("Edition", fmt.Sprintf("This is edition number%d of the knowledge.", edition))
	for i := range 40 {
		source.docs[fmt.Sprintf("filler/%d.md", i)] = page(fmt.Sprintf("Filler %d", i), "Words that fill a page, over and over.")
	}
	return source
}

// TestMain lets the test binary be the program that is killed in TestKilledBuilds.
func TestMain(m *testing.M) {
	if dir := os.Getenv("LIAISON_TEST_BUILD_FOR_EVER"); dir != "" {
		buildForEver(dir)
	}
	os.Exit(m.Run())
}

// buildForEver builds one edition after the other and says when it starts each.
func buildForEver(dir string) {
	for edition := 1; ; edition++ {
		source := edited(edition)
		_, err := Build(context.Background(), source, dir, Options{Fresh: edition%2 == 0, Progress: func(done, total int) {
			fmt.Println(done, total)
		}})
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Println("published")
	}
}

func TestKilledBuildsLeaveWhatServed(t *testing.T) {
	dir, served := t.TempDir(), false
	for trial := range 12 {
		command := exec.Command(os.Args[0])
		command.Env = append(os.Environ(), "LIAISON_TEST_BUILD_FOR_EVER="+dir)
		command.Stderr = os.Stderr
		out, err := command.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := command.Start(); err != nil {
			t.Fatal(err)
		}
		served = readUntil(bufio.NewScanner(out), trial*23) > 0 || served
		command.Process.Kill()
		command.Wait()
		i, err := Open(t.Context(), dir)
		if errors.Is(err, ErrNone) && !served {
			continue
		}
		if err != nil {
			t.Fatalf("trial %d: %v", trial, err)
		}
		if got := paths(t, i, access.Audience{}, "which edition of the knowledge"); len(got) == 0 || got[0] != "edition.md" {
			t.Errorf("trial %d: found %v", trial, got)
		}
		if status, err := i.Status(t.Context()); err != nil || status.Documents != 45 || len(status.Damage) > 0 {
			t.Errorf("trial %d: %+v, %v", trial, status, err)
		}
		i.Close()
	}
	if receipt := rebuild(t, edited(0), dir); len(receipt.Damage) > 0 {
		t.Errorf("the last build found %v", receipt.Damage)
	}
	names, err := generations(dir)
	if err != nil || len(names) != 2 {
		t.Errorf("%v were left behind, want two generations: %v", names, err)
	}
}

// readUntil reads n lines of progress and returns how many builds were published within them.
func readUntil(lines *bufio.Scanner, n int) int {
	published := 0
	for i := 0; i <= n && lines.Scan(); i++ {
		if lines.Text() == "published" {
			published++
		}
	}
	return published
}

// damages are ways in which a disk loses what was written.
var damages = map[string]func(path string) error{
	"missing":   os.Remove,
	"emptied":   func(path string) error { return os.Truncate(path, 0) },
	"cut":       func(path string) error { return alter(path, func(b []byte) []byte { return b[:len(b)/2] }) },
	"flipped":   func(path string) error { return alter(path, func(b []byte) []byte { b[len(b)/2] ^= 0x40; return b }) },
	"zeroed":    func(path string) error { return alter(path, func(b []byte) []byte { clear(b); return b }) },
	"appended":  func(path string) error { return alter(path, func(b []byte) []byte { return append(b, 'x') }) },
	"a folder":  func(path string) error { return errors.Join(os.Remove(path), os.Mkdir(path, 0o700)) },
	"something": func(path string) error { return os.WriteFile(path, []byte(`{"schema": "no"}`), 0o600) },
}

func alter(path string, how func([]byte) []byte) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return errors.Join(os.Remove(path), os.WriteFile(path, how(data), 0o600)) // its hard links keep theirs
}

func TestDamageIsFoundBeforeServing(t *testing.T) {
	sound := t.TempDir()
	rebuild(t, edited(1), sound)
	rebuild(t, edited(2), sound)
	current := filepath.Join(sound, "00000002")
	var files []string
	filepath.WalkDir(current, func(path string, entry fs.DirEntry, err error) error {
		if !entry.IsDir() {
			name, _ := filepath.Rel(current, path)
			files = append(files, name)
		}
		return err
	})
	if len(files) < 5 {
		t.Fatalf("a generation has only %v", files)
	}
	for how, damage := range damages {
		for _, file := range files {
			dir := filepath.Join(t.TempDir(), "copy")
			if err := os.CopyFS(dir, os.DirFS(sound)); err != nil {
				t.Fatal(err)
			}
			if err := damage(filepath.Join(dir, "00000002", file)); err != nil {
				t.Fatal(err)
			}
			i, err := Open(t.Context(), dir)
			if err != nil {
				t.Errorf("%s %s: %v", file, how, err)
				continue
			}
			status, err := i.Status(t.Context())
			if err != nil || status.Generation != "00000001" || len(status.Damage) == 0 {
				t.Errorf("%s %s: serves %s, damage %v, %v", file, how, status.Generation, status.Damage, err)
			}
			if got := paths(t, i, access.Audience{}, "number1"); len(got) == 0 || got[0] != "edition.md" {
				t.Errorf("%s %s: found %v", file, how, got)
			}
			rebuild(t, edited(3), dir)
			if got := paths(t, i, access.Audience{}, "number3"); len(got) == 0 || got[0] != "edition.md" {
				t.Errorf("%s %s: after a rebuild found %v", file, how, got)
			}
			i.Close()
		}
	}
}

func TestAllDamagedIsSaidAndRebuilt(t *testing.T) {
	dir := t.TempDir()
	rebuild(t, guidance(), dir)
	if err := os.Truncate(filepath.Join(dir, "00000001", manifestFile), 10); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), dir); !errors.Is(err, ErrDamaged) {
		t.Errorf("got %v, want ErrDamaged", err)
	}
	if receipt := rebuild(t, guidance(), dir); receipt.Generation != "00000002" || len(receipt.Added) != 4 {
		t.Errorf("rebuilt %+v", receipt)
	}
}

// TestDamageUnderAnOpenIndex cuts the file of an index that is being served: a fault in memory, which
// must neither end the program nor answer.
func TestDamageUnderAnOpenIndex(t *testing.T) {
	dir := t.TempDir()
	rebuild(t, edited(1), dir)
	if _, err := Build(t.Context(), edited(2), dir, Options{Fresh: true}); err != nil {
		t.Fatal(err)
	}
	i, err := Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer i.Close()
	segments, err := filepath.Glob(filepath.Join(dir, "00000002", "public", indexFolder, "*.zap"))
	if err != nil || len(segments) == 0 {
		t.Fatalf("no segments: %v", err)
	}
	for _, segment := range segments {
		if err := os.Truncate(segment, 100); err != nil {
			t.Fatal(err)
		}
	}
	if got := paths(t, i, access.Audience{}, "number1"); len(got) == 0 || got[0] != "edition.md" {
		t.Errorf("found %v, not what the generation before says", got)
	}
	if status, err := i.Status(t.Context()); err != nil || status.Generation != "00000001" || len(status.Damage) == 0 {
		t.Errorf("serves %+v, %v", status, err)
	}
}

func TestOneBuilderAtATime(t *testing.T) {
	dir := t.TempDir()
	busy := &waiting{fakeSource: guidance(), inside: make(chan bool), leave: make(chan bool)}
	done := make(chan error)
	go func() {
		_, err := Build(context.Background(), busy, dir, Options{})
		done <- err
	}()
	<-busy.inside
	if _, err := Build(t.Context(), guidance(), dir, Options{}); !errors.Is(err, ErrBuilding) {
		t.Errorf("the second builder got %v, want ErrBuilding", err)
	}
	close(busy.leave)
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// waiting is a source that stops while its files are listed.
type waiting struct {
	*fakeSource
	inside, leave chan bool
}

func (w *waiting) Files(ctx context.Context) ([]File, []knowledge.Problem, error) {
	w.inside <- true
	<-w.leave
	return w.fakeSource.Files(ctx)
}

func TestCancelledBuildLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	_, err := Build(ctx, edited(1), dir, Options{Progress: func(done, total int) {
		if done == 5 {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if names, _ := generations(dir); len(names) > 0 {
		t.Errorf("left %v", names)
	}
}

func TestSearchesGoOnWhileGenerationsChange(t *testing.T) {
	i, dir := built(t, edited(0))
	stop := make(chan bool)
	var searching sync.WaitGroup
	for range 4 {
		searching.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				results, err := i.Search(context.Background(), access.Audience{}, Question{Text: "which edition of the knowledge"})
				if err != nil || len(results.Hits) == 0 || results.Hits[0].Document.Path != "edition.md" || !strings.Contains(results.Hits[0].Snippet, "edition number") {
					t.Errorf("found %v: %v", results.Hits, err)
					return
				}
			}
		})
	}
	for edition := 1; edition <= 12; edition++ {
		if _, err := Build(t.Context(), edited(edition), dir, Options{Fresh: edition%3 == 0}); err != nil {
			t.Error(err)
		}
		if _, err := i.Status(t.Context()); err != nil { // waits for a searcher that is moving to it
			t.Error(err)
		}
		if got := paths(t, i, access.Audience{}, fmt.Sprintf("number%d", edition)); len(got) == 0 {
			t.Errorf("edition %d is not visible", edition)
		}
	}
	close(stop)
	searching.Wait()
}

func TestUnclearVisibilityIsNeverIndexed(t *testing.T) {
	source := guidance()
	odd := page("Odd", "canarybird")
	odd.Visibility = "everyone"
	source.docs["odd.md"] = odd
	dir := t.TempDir()
	receipt := rebuild(t, source, dir)
	if len(receipt.Skipped()) != 1 || receipt.Skipped()[0].Path != "odd.md" || receipt.Documents != 4 {
		t.Errorf("skipped %+v", receipt.Skipped())
	}
}

func TestAnotherSchemaIsBuiltAnew(t *testing.T) {
	dir := t.TempDir()
	rebuild(t, guidance(), dir)
	gen := filepath.Join(dir, "00000001")
	var m manifest
	if err := readJSON(filepath.Join(gen, manifestFile), &m); err != nil {
		t.Fatal(err)
	}
	m.Schema++
	if err := errors.Join(os.Remove(filepath.Join(gen, manifestFile)), os.Remove(filepath.Join(gen, manifestSum)), seal(gen, m)); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), dir); !errors.Is(err, ErrNone) || errors.Is(err, ErrDamaged) {
		t.Errorf("got %v, want ErrNone", err)
	}
	if receipt := rebuild(t, guidance(), dir); len(receipt.Added) != 4 {
		t.Errorf("rebuilt %+v", receipt)
	}
}
