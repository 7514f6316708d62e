package knowledge

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// overlapping is a knowledge folder whose pages the folder's own guidance and a source read.
func overlapping(t *testing.T, pages int, visibility string) string {
	t.Helper()
	files := map[string]string{
		"guidance/gds/open.md": "# Open\n\nFor all.\n",
		"sources.yaml":         "sources:\n  - {name: internal, organisation: gds, folder: guidance/gds/internal, visibility: " + visibility + "}\n",
	}
	for i := range pages {
		files[fmt.Sprintf("guidance/gds/internal/p%d.md", i)] = "# Page\n\nThe text.\n"
	}
	return folderWith(t, files)
}

// A file that two sources would show to different people is shown to nobody, however many there are.
func TestOverlappingSourcesNeverWiden(t *testing.T) {
	for _, pages := range []int{1, 5, 12, 40} {
		documents, problems := readAll(t, mustOpen(t, overlapping(t, pages, "org:gds")))
		if len(documents) != 1 || documents["guidance/gds/open.md"].Title != "Open" {
			t.Errorf("of %d pages, %d are read", pages, len(documents)-1)
		}
		if len(problems) != pages {
			t.Fatalf("%d problems for %d pages: %v", len(problems), pages, problems)
		}
		for _, p := range problems {
			if !p.Skipped || !strings.Contains(p.Reason, `"internal"`) || !strings.Contains(p.Reason, "org:gds") || !strings.Contains(p.Reason, "public") {
				t.Errorf("problem is %+v", p)
			}
		}
	}
}

func TestOverlappingSourcesOfOneVisibility(t *testing.T) {
	files, problems := mustOpen(t, overlapping(t, 40, "public")).Files(context.Background())
	if len(files) != 41 || len(problems) != 40 {
		t.Fatalf("%d files, %d problems", len(files), len(problems))
	}
	for _, f := range files[:40] {
		if f.Source != "internal" {
			t.Errorf("%s is read by %q, not by the source that names its folder", f.Path, f.Source)
		}
	}
}

// One file under several paths is the same file.
func TestLinkedFilesNeverWiden(t *testing.T) {
	for name, link := range map[string]func(from, to string) error{"hard": os.Link, "symbolic": func(_, to string) error { return os.Symlink("internal/p0.md", to) }} {
		t.Run(name, func(t *testing.T) {
			dir := folderWith(t, map[string]string{
				"pages/internal/p0.md": "# Secret\n\nThe text.\n",
				"pages/other.md":       "# Other\n\nThe text.\n",
				"sources.yaml":         "sources:\n  - {name: open, organisation: gds, folder: pages, exclude: [internal], visibility: public}\n  - {name: internal, organisation: gds, folder: pages/internal, visibility: staff}\n",
			})
			must(t, link(filepath.Join(dir, "pages/internal/p0.md"), filepath.Join(dir, "pages/open.md")))
			documents, problems := readAll(t, mustOpen(t, dir))
			if len(documents) != 1 || documents["pages/other.md"].Title != "Other" || len(problems) != 2 {
				t.Errorf("read %v, problems %v", documents, problems)
			}
		})
	}
}
