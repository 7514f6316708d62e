package chat

import (
	"strings"
	"testing"
)

func TestAProgramIsNamedAsItWasStarted(t *testing.T) {
	for path, want := range map[string]string{
		"liaison":                              "liaison",
		"./liaison":                            "./liaison",
		"/usr/local/bin/liaison2":              "/usr/local/bin/liaison2",
		"/home/go-building/liaison":            "/home/go-building/liaison",
		"":                                     "go run ./bot",
		"/tmp/go-build2505451505/b001/exe/bot": "go run ./bot",
		"/root/.cache/go-build/2c/" + strings.Repeat("0a", 32) + "-d/bot": "go run ./bot",
		"/var/built/2c/" + strings.Repeat("0a", 32) + "-d/bot":            "go run ./bot",
	} {
		if got := programOf(path); got != want {
			t.Errorf("%q is called %q, not %q", path, got, want)
		}
	}
}

func TestNothingInAnArgumentIsRun(t *testing.T) {
	for text, want := range map[string]string{"what is x$(id)": `'what is x$(id)'`, "what's a `b`": `'what'\''s a ` + "`b`'", "": "''"} {
		if got := ShellArgument(text); got != want {
			t.Errorf("%q is written as %s, not %s", text, got, want)
		}
	}
}
