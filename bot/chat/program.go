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
var keptBuild = regexp.MustCompile(`^[0-9a-f]{64}-d$`)

// programOf tells by where a program lies whether go run started it: in a folder that goes when it ends, or in Go's
// cache of builds. Its path is then of no use to anybody.
func programOf(path string) string {
	folder, name := filepath.Split(filepath.ToSlash(path))
	for part := range strings.SplitSeq(folder, "/") {
		if strings.HasPrefix(part, "go-build") || keptBuild.MatchString(part) {
			name = ""
		}
	}
	if name == "" {
		return "go run ./bot"
	}
	return name
}
