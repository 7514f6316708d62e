package main

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// allowed is who may import whom among our own packages: architecture in one table. A package that
// is not here may import nothing of ours; "*" stands for one folder.
var allowed = []struct {
	packages string
	imports  []string
}{
	{"liaison/bot", []string{"*"}},
	{"liaison/bot/commands", []string{"liaison/bot/*", "liaison/index", "liaison/knowledge"}},
	{"liaison/bot/store", []string{"liaison/bot/*"}},
	{"liaison/bot/store/storetest", []string{"liaison/bot/store", "liaison/bot/outbox"}},
	{"liaison/bot/profile", []string{"liaison/bot/access"}},
	{"liaison/bot/intro", []string{"liaison/bot/flight"}},
	{"liaison/bot/inquiry", []string{"liaison/bot/access", "liaison/bot/flight"}},
	{"liaison/bot/coffee", []string{"liaison/bot/directory", "liaison/bot/intro"}},
	{"liaison/bot/outbox", []string{"liaison/bot/chat"}},
	{"liaison/bot/inbox", []string{"liaison/bot/chat"}},
	{"liaison/bot/ask", []string{"liaison/bot/access", "liaison/index", "liaison/knowledge"}},
	{"liaison/bot/directory", []string{"liaison/bot/access", "liaison/knowledge"}},
	{"liaison/bot/experts", []string{"liaison/bot/access", "liaison/bot/directory", "liaison/index", "liaison/knowledge"}},
	{"liaison/bot/chat/chattest", []string{"liaison/bot/chat"}},
	{"liaison/adapters/*/*", []string{"liaison/bot/chat"}},         // fakes
	{"liaison/adapters/*/*/cmd", []string{"liaison/adapters/*/*"}}, // fakes in a process of their own
	{"liaison/adapters/*", []string{"liaison/bot/chat"}},
	{"liaison/index", []string{"liaison/bot/access", "liaison/knowledge"}},
	{"liaison/knowledge", []string{"liaison/bot/access"}},
}

// never are imports that the table would allow, and that must not be.
var never = map[string][]string{
	"liaison/bot/commands": {"liaison/bot/store"},
}

func TestImports(t *testing.T) {
	for _, p := range listPackages(t) {
		for _, imported := range p.Imports {
			if ours := strings.HasPrefix(imported, "liaison/"); ours && !mayImport(p.ImportPath, imported) {
				t.Errorf("%s imports %s, which the table above does not allow", p.ImportPath, imported)
			}
			if p.ImportPath == "liaison/bot/chat" && strings.Contains(strings.SplitN(imported, "/", 2)[0], ".") {
				t.Errorf("%s imports %s; it is the standard library's alone", p.ImportPath, imported)
			}
		}
	}
}

func mayImport(from, imported string) bool {
	if slices.Contains(never[from], imported) {
		return false
	}
	for _, row := range allowed {
		if matches(row.packages, from) {
			return slices.ContainsFunc(row.imports, func(pattern string) bool { return pattern == "*" || matches(pattern, imported) })
		}
	}
	return false
}

// matches reports whether a package is what a pattern names; "*" at its end is one folder.
func matches(pattern, name string) bool {
	parts, names := strings.Split(pattern, "/"), strings.Split(name, "/")
	if len(parts) != len(names) {
		return false
	}
	for i, part := range parts {
		if part != "*" && part != names[i] {
			return false
		}
	}
	return true
}

type listed struct {
	ImportPath string
	Imports    []string
}

func listPackages(t *testing.T) []listed {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports", "liaison/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []listed
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	if len(all) < 8 {
		t.Fatalf("only %d packages were listed", len(all))
	}
	return all
}
