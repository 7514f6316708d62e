package discord

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"liaison/adapters/discord/fakediscord"
)

// recorded holds every exchange of every test with a fake, to be judged at the end: the requests of the
// adapter and the answers of the fake alike, by Discord's own OpenAPI document.
var recorded struct {
	mu        sync.Mutex
	exchanges []fakediscord.Exchange
}

func record(list []fakediscord.Exchange) {
	recorded.mu.Lock()
	defer recorded.mu.Unlock()
	recorded.exchanges = append(recorded.exchanges, list...)
}

// testdata is read at once: what is read after the tests does not count against their cached result.
var testdata = os.Getenv("LIAISON_TESTDATA")

func TestMain(m *testing.M) {
	flag.Parse()
	code := m.Run()
	if code == 0 && flag.Lookup("test.fuzz").Value.String() == "" {
		if err := judge(); err != nil {
			fmt.Fprintln(os.Stderr, "FAIL: ", err)
			code = 1
		}
	}
	os.Exit(code)
}

// judge hands the exchanges to the checker of the folder named by LIAISON_TESTDATA, in a copy, as that
// folder cannot be written to.
func judge() error {
	if len(recorded.exchanges) == 0 {
		return nil
	}
	data := testdata
	source := filepath.Join(data, "discord", "check")
	if _, err := os.Stat(source); data == "" || err != nil {
		fmt.Fprintln(os.Stderr, "NOT JUDGED: LIAISON_TESTDATA names no folder with discord/check, so no request was held against Discord's specification")
		return nil
	}
	dir, err := os.MkdirTemp("", "discordcheck")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := os.CopyFS(filepath.Join(dir, "check"), os.DirFS(source)); err != nil {
		return err
	}
	lines, n := recordedLines()
	file := filepath.Join(dir, "exchanges.ndjson")
	if err := os.WriteFile(file, lines, 0o600); err != nil {
		return err
	}
	cmd := exec.Command("go", "run", "./cmd/discordcheck", "-q", "-policy", "-spec", filepath.Join(data, "discord", "openapi.json"), file)
	cmd.Dir = filepath.Join(dir, "check")
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off")
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("of %d different exchanges some do not conform to Discord's specification: %w\n%.4000s", n, err, out)
	}
	fmt.Fprintf(os.Stderr, "%d different exchanges conform to Discord's specification\n", n)
	return nil
}

// recordedLines returns the different exchanges as lines of JSON. Answers that Discord's document does
// not describe (its outages) are left out.
func recordedLines() ([]byte, int) {
	var lines bytes.Buffer
	seen := map[string]bool{}
	for _, e := range recorded.exchanges {
		if e.Status >= 500 {
			continue
		}
		line, err := json.Marshal(e)
		if err != nil || seen[string(line)] {
			continue
		}
		seen[string(line)] = true
		lines.Write(append(line, '\n'))
	}
	return lines.Bytes(), len(seen)
}
