package chat

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// Program is what a message calls Liaison's own program where it names a command to run: as whoever started it did.
func Program() string { return programOf(os.Args[0]) }

// keptBuild is the folder that go run keeps a program in, within the cache of builds, wherever that is.
var (
	keptBuild = regexp.MustCompile(`^[0-9a-f]{64}-d$`)
	tempBuild = regexp.MustCompile(`^go-build\d*$`)
)

// programOf tells by where a program lies whether go run started it: in a folder that goes when it ends, or in Go's
// cache of builds. Its path is then of no use to anybody.
func programOf(path string) string {
	for part := range strings.SplitSeq(filepath.ToSlash(filepath.Dir(path)), "/") {
		if tempBuild.MatchString(part) || keptBuild.MatchString(part) {
			path = ""
		}
	}
	if path == "" {
		return "go run ./bot"
	}
	return path
}

// ShellArgument writes a text as one argument of a command that people copy into a shell, which reads nothing in it.
func ShellArgument(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }
