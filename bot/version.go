package main

import (
	"fmt"
	"io"
	"runtime/debug"
)

type versionCommand struct{}

// Run prints what was built, from what the compiler noted.
func (versionCommand) Run(p *program) error {
	_, err := io.WriteString(p.out, "Liaison "+version()+"\n")
	return err
}

// version names the commit that was built, and the compiler.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "of unknown version"
	}
	commit, changed := "", ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			commit = s.Value[:min(len(s.Value), 12)]
		case s.Key == "vcs.modified" && s.Value == "true":
			changed = " with changes"
		}
	}
	if commit == "" {
		commit = "built from source"
	}
	return fmt.Sprintf("%s%s (%s)", commit, changed, info.GoVersion)
}
