package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fsnotify/fsnotify"
	"github.com/rogpeppe/go-internal/testscript" // stories that a product owner can read

	"liaison/bot/store"
)

// TestMain makes this test binary the program itself, for the stories.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"liaison": func() { os.Exit(run(os.Args[1:])) },
	})
}

// TestScripts runs the stories of testdata/script, each in a folder of its own.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			env.Values[storyKey{}] = &story{}
			env.Setenv("DATA_DIR", filepath.Join(env.WorkDir, "data"))
			env.Setenv("GORACE", "atexit_sleep_ms=10") // a program under the race detector waits a second at its end otherwise
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"repeat":  repeat,
			"damage":  damage,
			"same":    same,
			"serving": serving,
			"exits":   exits,
			"killed":  killed,
			"slack":   slackStory,
		},
		Condition: func(condition string) (bool, error) {
			if condition == "superuser" {
				return os.Geteuid() == 0, nil
			}
			return false, fmt.Errorf("condition %q is not known", condition)
		},
	})
}

// repeat writes a text many times into a file: repeat FILE TIMES TEXT.
func repeat(ts *testscript.TestScript, _ bool, args []string) {
	var times int
	if _, err := fmt.Sscan(args[1], &times); err != nil {
		ts.Fatalf("repeat: %v", err)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Repeat(args[2], times)), 0o644))
}

// damage overwrites the middle of every file below a folder whose name ends in one of the endings:
// damage FOLDER ENDING….
func damage(ts *testscript.TestScript, _ bool, args []string) {
	harmed := 0
	ts.Check(filepath.WalkDir(ts.MkAbs(args[0]), func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		for _, ending := range args[1:] {
			if strings.HasSuffix(path, ending) {
				harmed++
				return overwriteMiddle(path)
			}
		}
		return nil
	}))
	if harmed == 0 {
		ts.Fatalf("damage: there is nothing like %v in %s", args[1:], args[0])
	}
}

func overwriteMiddle(path string) error {
	if err := os.Chmod(path, 0o600); err != nil {
		return err
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	for i := len(data) / 4; i < len(data)*3/4; i++ { // half of it: a few bytes may lie where a database keeps nothing
		data[i] ^= 0xff
	}
	return os.WriteFile(path, data, 0o600)
}

// same checks that an audience gets the same bytes from two programs, one of which never held the
// hidden page: same AUDIENCE.
func same(ts *testscript.TestScript, _ bool, args []string) {
	hidden := ts.MkAbs("knowledge/guidance/gds/hidden.md")
	page := ts.ReadFile("hidden.md")
	with := everything(ts, args[0])
	ts.Check(os.Remove(hidden))
	without := everything(ts, args[0])
	ts.Check(os.WriteFile(hidden, []byte(page), 0o644))
	if with != without {
		ts.Fatalf("what --as %s prints differs.\nWith the hidden page:\n%s\nWithout it:\n%s", args[0], with, without)
	}
	if strings.Contains(strings.ToLower(with), "nine million") || !strings.Contains(with, "discovery.md") {
		ts.Fatalf("what --as %s prints is not what it should be:\n%s", args[0], with)
	}
}

// everything returns all that an audience can have printed, each time by a new index.
func everything(ts *testscript.TestScript, as string) string {
	ts.Check(os.RemoveAll(ts.MkAbs("data")))
	questions := ts.MkAbs("questions")
	lines, err := os.ReadFile(questions)
	ts.Check(err)
	var all strings.Builder
	for line := range strings.Lines(string(lines)) {
		line = strings.TrimSpace(line)
		for _, command := range [][]string{{"ask", "--json"}, {"ask"}, {"compare"}, {"define"}, {"who"}, {"who", "--json"}} {
			ts.Check(ts.Exec("liaison", append(command, "--as", as, line)...))
			all.WriteString(ts.ReadFile("stdout") + ts.ReadFile("stderr"))
		}
	}
	return all.String()
}

// exits runs the program and checks its exit code: exits CODE ARGUMENT….
func exits(ts *testscript.TestScript, _ bool, args []string) {
	code := 0
	err := ts.Exec("liaison", args[1:]...)
	if ended := (*exec.ExitError)(nil); errors.As(err, &ended) {
		code = ended.ExitCode()
	}
	if fmt.Sprint(code) != args[0] {
		ts.Fatalf("the exit code is %d, not %s (%v)", code, args[0], err)
	}
}

// serving holds a data folder as a running server does, until the story ends: serving FOLDER.
func serving(ts *testscript.TestScript, _ bool, args []string) {
	held, err := store.Open(context.Background(), ts.MkAbs(args[0]), "")
	ts.Check(err)
	ts.Defer(func() { held.Close() })
}

// killed runs the program again and again and kills it at its first, second, third … change to the
// index folder, until it ends by itself: killed ARGUMENT….
func killed(ts *testscript.TestScript, _ bool, args []string) {
	for changes := 1; ; changes++ {
		if ended := killedAt(ts, changes, args); ended {
			if changes < 5 {
				ts.Fatalf("killed: it ended after %d changes: nothing was tested", changes)
			}
			return
		}
		ts.Check(ts.Exec("liaison", "ask", "where do secrets live?"))
		if !strings.Contains(ts.ReadFile("stdout"), "in the vault") {
			ts.Fatalf("killed at change %d, it answers: %s", changes, ts.ReadFile("stdout"))
		}
	}
}

// killedAt reports whether the program ended before that many changes were seen.
func killedAt(ts *testscript.TestScript, changes int, args []string) bool {
	watcher, err := fsnotify.NewWatcher()
	ts.Check(err)
	defer watcher.Close()
	ts.Check(filepath.WalkDir(ts.MkAbs("data/index"), func(path string, entry os.DirEntry, err error) error {
		if err == nil && entry.IsDir() {
			err = watcher.Add(path)
		}
		return err
	}))
	program, found := lookIn(ts.Getenv("PATH"), "liaison")
	if !found {
		ts.Fatalf("killed: the program is not in PATH")
	}
	cmd := exec.Command(program, args...)
	cmd.Dir = ts.MkAbs(".")
	cmd.Env = append(os.Environ(), "DATA_DIR="+ts.Getenv("DATA_DIR"), "PATH="+ts.Getenv("PATH"))
	ts.Check(cmd.Start())
	ended := make(chan struct{})
	go func() { cmd.Wait(); close(ended) }()
	for seen := 0; seen < changes; seen++ {
		select {
		case event := <-watcher.Events:
			if event.Has(fsnotify.Create) {
				watcher.Add(event.Name) // a file cannot be watched: no harm
			}
		case <-ended:
			return true
		}
	}
	cmd.Process.Kill()
	<-ended
	return false
}

func lookIn(path, name string) (string, bool) {
	for _, dir := range filepath.SplitList(path) {
		if full := filepath.Join(dir, name); isFile(full) {
			return full, true
		}
	}
	return "", false
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}
