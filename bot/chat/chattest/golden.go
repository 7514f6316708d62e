package chattest

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write golden files instead of comparing with them")

// Golden compares got with the file testdata/golden/<name> of the package under test, and fails with
// the first line that differs. With the flag -update it writes the file instead.
func Golden(t testing.TB, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", "golden", filepath.FromSlash(name))
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("read the golden file: %v (write it with: go test -run %q . -update)", err, t.Name())
	}
	if line, a, b, same := firstDifference(string(want), string(got)); !same {
		t.Errorf("%s differs at line %d\nwant %q\n got %q\n(if it is meant: go test . -update, and read the change)", path, line, a, b)
	}
}

// firstDifference returns the number, from 1, and the text of the first line in which two texts differ.
func firstDifference(want, got string) (line int, a, b string, same bool) {
	wants, gots := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range max(len(wants), len(gots)) {
		a, b = "(end of file)", "(end of file)"
		if i < len(wants) {
			a = wants[i]
		}
		if i < len(gots) {
			b = gots[i]
		}
		if a != b {
			return i + 1, a, b, false
		}
	}
	return 0, "", "", true
}
