package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript" // stories that a product owner can read
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
			env.Setenv("DATA_DIR", filepath.Join(env.WorkDir, "data"))
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"repeat": repeat,
			"damage": damage,
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
	for i := len(data) / 2; i < len(data) && i < len(data)/2+64; i++ {
		data[i] ^= 0xff
	}
	return os.WriteFile(path, data, 0o600)
}
