package knowledge

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"
)

// hostile are texts that were written to hurt: by size, by depth, by what a parser does with them.
func hostile() map[string]string {
	const mb = 1 << 18
	repeat := func(s string, size int) string { return strings.Repeat(s, size/len(s)) }
	return map[string]string{
		"one line of 3.9 MB":         strings.Repeat("word ", 800_000),
		"one word of 3.9 MB":         strings.Repeat("x", 156*mb/10),
		"100,000 headings":           strings.Repeat("# Heading\n\nText.\n\n", 100_000),
		"100,000 headings, no text":  strings.Repeat("# Heading\n", 100_000),
		"lists in lists":             nestedList(1200),
		"lists on one line":          strings.Repeat("- ", 100_000) + "x\n",
		"quotes on one line":         strings.Repeat(">", 200_000) + "x\n",
		"quotes over many lines":     strings.Repeat(strings.Repeat("> ", 20)+"x\n", 10_000),
		"open brackets":              repeat("[", mb),
		"images in images":           repeat("![", mb),
		"open links":                 repeat("[a](", mb),
		"stars":                      repeat("*a ", mb),
		"stars and underscores":      repeat("*a _", mb),
		"strikes":                    repeat("~~a ", mb),
		"backticks":                  backticks(1200),
		"open tags":                  repeat("<a ", mb),
		"nested tags":                repeat("<b>", mb),
		"nested blocks":              repeat("<div>", mb),
		"formatting in paragraphs":   repeat("<b><p>", mb),
		"nested tables in HTML":      repeat("<table><tr><td>", mb),
		"comments never closed":      repeat("<!--", mb),
		"entities":                   repeat("&amp;", mb),
		"a table of 20,000 columns":  strings.Repeat("|a", 20_000) + "|\n" + strings.Repeat("|-", 20_000) + "|\n" + strings.Repeat("|b|\n", 2_000),
		"a table of 2,000 columns":   table(2000, 2000),
		"a table of 50 columns":      table(50, 45_000),
		"tables of 50 columns, 4 MB": strings.Repeat(table(50, 200)+"\n", 6500),
		"tables in YAML":             strings.Repeat("- |\n  These are words of a sentence.\n\n  "+strings.ReplaceAll(table(50, 200), "\n", "\n  ")+"\n", 500),
		"tables of 50 columns":       strings.Repeat(table(50, 200)+"\n", 170),
		"wide tables in a quote":     strings.ReplaceAll(table(50, 20_000), "\n", "\n> "),
		"tables whose width changes": strings.ReplaceAll(table(50, 20_000), "b\nb\n", "b\n-|\n"),
		"tables parted by odd space": strings.ReplaceAll(table(50, 30_000), "b\nb\n", "b\n\u00a0\n"),
		"a table of 4 MB":            table(50, 2_000_000),
		"a table of 60,000 rows":     "|a|b|\n|-|-|\n" + strings.Repeat("|some|text|\n", 60_000),
		"tables over tables":         strings.Repeat("|a|b|\n|-|-|\n|c|d|\n\n", 15_000),
		"printing tags never closed": repeat("{{", mb),
		"tags in tags":               repeat("{{ {", mb) + "}}",
		"calls never closed":         repeat("{{ a({", mb) + "}}",
		"Liquid never closed":        repeat("{%", mb),
		"loops in loops":             repeat("{% for a in b %}", mb) + "{% endfor %}",
		"ends without a start":       repeat("{% endfor %}", mb) + "{% for a in b %}",
		"ERB never closed":           repeat("<%=", mb),
		"ERB blocks":                 repeat("<% a.each do |b| %>", mb),
		"attributes":                 repeat("{: .a #b}", mb),
		"attributes on headings":     strings.Repeat("# a\n{: #b}\n", 20_000),
		"fences never closed":        repeat("```\n", mb),
		"references":                 strings.Repeat("[a]: b\n", 100_000) + repeat("[a] ", mb),
		"footnotes":                  strings.Repeat("[^a]: b\n\n", 20_000) + repeat("[^a] ", mb/4),
		"definitions":                strings.Repeat("a\n: b\n\n", 15_000),
		"rules":                      strings.Repeat("---\n", 50_000),
		"carriage returns":           strings.Repeat("a\r", 100_000),
		"only spaces":                repeat(" ", mb),
		"only zero width":            repeat("\u200b", mb),
		"a million elements":         repeat("<p>a", 8*mb),
		"a YAML list in lists":       "a: " + repeat("[", mb),
		"quotes in a tag":            "{{ " + repeat(`"a\`, mb/200) + " }}",
	}
}

// table is a table whose rows have one cell each, which are filled up to its width.
func table(columns, rows int) string {
	return strings.Repeat("|a", columns) + "\n" + strings.Repeat("|-", columns) + "\n" + strings.Repeat("b\n", rows)
}

func nestedList(depth int) string {
	var b strings.Builder
	for i := range depth {
		b.WriteString(strings.Repeat("  ", i) + "- x\n")
		if b.Len() > 3<<20 {
			break
		}
	}
	return b.String()
}

func backticks(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat("`", i+1) + " ")
	}
	return b.String()
}

// TestHostileTextIsRead reads every hostile text in every form: none may break, and none may take the
// memory or the time of many. The time is only guarded by the test's own deadline.
func TestHostileTextIsRead(t *testing.T) {
	if testing.Short() {
		t.Skip("hostile texts are not read with -short: one goroutine reads them, and under the race detector for minutes")
	}
	for name, text := range hostile() {
		extensions := []string{".md", ".html"}
		switch {
		case strings.Contains(text, "<%"):
			extensions = []string{".md.erb", ".html.erb"}
		case strings.HasSuffix(name, "in YAML"):
			extensions = []string{".yaml"}
		case strings.HasPrefix(name, "one "):
			extensions = append(extensions, ".txt", ".yaml")
		}
		for _, extension := range extensions {
			t.Run(name+extension, func(t *testing.T) {
				dir := folderWith(t, map[string]string{"guidance/gds/page" + extension: text})
				b := mustOpen(t, dir)
				files, _ := b.Files(context.Background())
				if len(files) != 1 {
					t.Fatalf("%d files", len(files))
				}
				start := time.Now()
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				d, problems, err := b.Read(context.Background(), files[0])
				runtime.ReadMemStats(&after)
				if took := time.Since(start); took > time.Second || after.HeapAlloc > before.HeapAlloc+(200<<20) {
					t.Logf("took %v, allocated %d MB in all", took, (after.TotalAlloc-before.TotalAlloc)>>20)
				}
				if err != nil && !errors.Is(err, ErrSkipped) {
					t.Fatal(err)
				}
				for _, p := range problems {
					if strings.Contains(p.Reason, "our own mistake") {
						t.Errorf("the reader broke: %+v", p)
					}
				}
				checkPassages(t, d)
			})
		}
	}
}

// checkPassages checks what holds for every passage of every page.
func checkPassages(t *testing.T, d Document) {
	t.Helper()
	for _, p := range d.Passages {
		size := utf8.RuneCountInString(p.Text)
		if size > MaxPassage || strings.TrimSpace(p.Text) == "" || !utf8.ValidString(p.Text) || p.Line < 1 {
			t.Fatalf("%s:%d: a passage of %d characters: %.80q", d.Path, p.Line, size, p.Text)
		}
		if i := strings.IndexFunc(p.Text, isControl); i >= 0 {
			t.Fatalf("%s:%d: a passage holds a control character at %d", d.Path, p.Line, i)
		}
	}
}

func TestFilesThatCannotBeReadAreNamed(t *testing.T) {
	dir := folderWith(t, map[string]string{
		"guidance/gds/good.md":     "# Good\n\nText.\n",
		"guidance/gds/zero.md":     "one\ntwo\x00",
		"guidance/gds/latin.md":    "one\n\ncaf\xe9",
		"guidance/gds/utf16.md":    "\xff\xfeh\x00i\x00",
		"guidance/gds/large.md":    strings.Repeat("x", maxFile+1),
		"guidance/gds/unclear.md":  "---\ntitle: x\nvisibility: everyone\n---\nText.",
		"guidance/gds/nobody.md":   "---\ntitle: x\nvisibility: org:gsd\n---\nText.",
		"guidance/gds/report.docx": "PK",
		"guidance/gds/logo.png":    "PNG",
		"guidance/orphan.md":       "Text.",
		"secret.txt":               "outside",
	})
	outside := filepath.Join(t.TempDir(), "outside.md")
	must(t, os.WriteFile(outside, []byte("secret"), 0o600))
	at := func(name string) string { return filepath.Join(dir, "guidance/gds", name) }
	must(t, os.Symlink(outside, at("out.md")))
	must(t, os.Symlink("../../secret.txt", at("up.txt")))
	must(t, os.Symlink("loop.md", at("loop.md")))
	must(t, os.Symlink(filepath.Dir(outside), at("elsewhere")))
	must(t, os.Symlink(".", at("round.md")))
	must(t, os.Symlink("good.md", at("inside.md")))
	must(t, syscall.Mkfifo(at("pipe.md"), 0o600))
	socket, err := net.Listen("unix", at("socket.md"))
	must(t, err)
	defer socket.Close()
	if os.Getuid() != 0 {
		must(t, os.WriteFile(at("closed.md"), []byte("x"), 0))
	}
	documents, problems := readAll(t, mustOpen(t, dir))
	skipped := map[string]string{}
	for _, p := range problems {
		if p.Skipped {
			skipped[p.Path] = fmt.Sprintf("%d: %s", p.Line, p.Reason)
		}
	}
	want := map[string]string{
		"zero.md": "2: is not text", "latin.md": "3: is not UTF-8", "utf16.md": "1: is written in UTF-16", "large.md": "larger than 4 MiB",
		"unclear.md": "3: who may see it is unclear", "report.docx": "of a kind that is not read", "out.md": "link", "up.txt": "link",
		"nobody.md": `3: who may see it is unclear: teams.yaml holds no organisation "gsd"`, "elsewhere": "a link, which is not followed",
		"loop.md": "link", "round.md": "link to a folder", "pipe.md": "a pipe", "socket.md": "a socket",
	}
	if os.Getuid() != 0 {
		want["closed.md"] = "permission denied"
	}
	for name, reason := range want {
		if got := skipped["guidance/gds/"+name]; !strings.Contains(got, reason) {
			t.Errorf("%s: skipped with %q, want %q", name, got, reason)
		}
	}
	if len(skipped) != len(want)+1 || skipped["guidance/orphan.md"] == "" {
		t.Errorf("skipped %v", skipped)
	}
	if len(documents) != 2 || documents["guidance/gds/inside.md"].Title != "Good" {
		t.Errorf("read %d documents", len(documents))
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// A file that becomes a pipe between listing and reading must not stop the reader.
func TestPipeInPlaceOfAFileDoesNotHang(t *testing.T) {
	dir := folderWith(t, map[string]string{"guidance/gds/a.md": "Text."})
	b := mustOpen(t, dir)
	files, _ := b.Files(context.Background())
	place := filepath.Join(dir, "guidance/gds/a.md")
	must(t, os.Remove(place))
	must(t, syscall.Mkfifo(place, 0o600))
	if _, problems, err := b.Read(context.Background(), files[0]); !errors.Is(err, ErrSkipped) || !strings.Contains(problems[0].Reason, "a pipe") {
		t.Errorf("read gave %v, %v", problems, err)
	}
	if _, err := b.Digest(files[0]); !errors.Is(err, ErrSkipped) {
		t.Errorf("digest gave %v", err)
	}
}

func TestLineEndsAndMarksOfOrder(t *testing.T) {
	plain := "---\ntitle: A\n---\n\n# A\n\nOne *two*.\n\n## B\n\nThree."
	for name, text := range map[string]string{
		"CRLF": strings.ReplaceAll(plain, "\n", "\r\n"), "CR": strings.ReplaceAll(plain, "\n", "\r"), "byte order mark": "\ufeff" + plain,
		"blank lines first": plain, "zero width and direction marks": strings.ReplaceAll(plain, "One", "O\u200bn\u202ee\u2066"),
	} {
		documents, problems := readAll(t, mustOpen(t, folderWith(t, map[string]string{"guidance/gds/a.md": text})))
		d := documents["guidance/gds/a.md"]
		if len(problems) > 0 || d.Title != "A" || len(d.Passages) != 2 || d.Passages[0].Text != "One two." || d.Passages[1].Line != 9 {
			t.Errorf("%s: %+v %v", name, d, problems)
		}
	}
}

func TestTwinsAreNoted(t *testing.T) {
	dir := folderWith(t, map[string]string{"guidance/gds/caf\u00e9.md": "A.", "guidance/gds/cafe\u0301.md": "B.", "guidance/gds/CAFÉ.md": "C."})
	_, problems := mustOpen(t, dir).Files(context.Background())
	if len(problems) != 2 || problems[0].Skipped {
		t.Errorf("problems are %+v", problems)
	}
}

// A few bytes of a table must not take the memory of many pages: every row is filled up to the width.
func TestTableIsBounded(t *testing.T) {
	for name, text := range map[string]string{
		"2,000 by 2,000": table(2000, 2000), "50 by 45,000": table(50, 45_000), "50 by 200, often": strings.Repeat(table(50, 200)+"\n", 170),
		"quoted": strings.ReplaceAll(table(50, 20_000), "\n", "\n> "), "2,000 in a quote": strings.ReplaceAll("> "+table(2000, 2000), "\n", "\n> "),
		"another width within": strings.ReplaceAll(table(50, 20_000), "b\nb\n", "b\n-|\n"), "odd space within": strings.ReplaceAll(table(50, 30_000), "b\nb\n", "b\n\u00a0\n"),
	} {
		t.Run(name, func(t *testing.T) {
			all := 0
			for _, part := range parts(text) {
				got := strings.Count(markdownToHTML(part, 1), "<t")
				if all += got; got > maxCells*11/10 {
					t.Errorf("a part has %d cells and rows, want at most about %d", got, maxCells)
				}
			}
			if all > maxAllCells*11/10 {
				t.Errorf("%d cells and rows in all, want at most about %d", all, maxAllCells)
			}
		})
	}
}

func TestTableOfPeopleStaysATable(t *testing.T) {
	text := strings.Repeat("|a", 50) + "|\n" + strings.Repeat("|:-:", 50) + "|\n" + strings.Repeat(strings.Repeat("|b", 50)+"|\n", 300)
	rows := 0
	for _, p := range readMarkdown(text, 1) {
		if p.kind == row {
			rows++
		}
	}
	if rows != 301 {
		t.Errorf("%d rows, want 301", rows)
	}
	if pieces := readMarkdown(table(51, 3), 1); len(pieces) == 0 || pieces[0].kind == row {
		t.Errorf("a table of 51 columns gives %+v, want text", pieces)
	}
}
