package slack

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak" // finds goroutines that a test leaves behind

	"liaison/adapters/slack/fakeslack"
)

// recorded is every request that the tests of this package sent. TestMain has them judged, after the
// tests, by a checker made from Slack's own published types.
var recorded struct {
	sync.Mutex
	calls map[string]judged // by what is to be judged of them
}

// judged is a request as the checker reads it.
type judged struct {
	Method      string `json:"method"`
	ContentType string `json:"content_type"`
	Body        string `json:"body"`
}

func record(calls []fakeslack.Call) {
	recorded.Lock()
	defer recorded.Unlock()
	if recorded.calls == nil {
		recorded.calls = map[string]judged{}
	}
	for _, c := range calls {
		if c.Method == "response_url" { // no method of the Web API: what it posts is judged as a message
			c.Method, c.Body = "chat.postMessage", asMessage(c.Body)
		}
		key := c.Method + " " + shapeOf(c)
		if _, known := recorded.calls[key]; !known {
			recorded.calls[key] = judged{c.Method, c.ContentType, c.Body}
		}
	}
}

// shapeOf is what a request shows and which arguments it has: those that differ in ids alone are
// judged once.
func shapeOf(c fakeslack.Call) string {
	return fmt.Sprint(slices.Sorted(maps.Keys(c.Args)), c.Args["text"], c.Args["blocks"], c.Args["view"])
}

func asMessage(body string) string {
	var given map[string]json.RawMessage
	if json.Unmarshal([]byte(body), &given) != nil {
		return body
	}
	out, err := json.Marshal(map[string]any{"channel": "C1", "text": given["text"], "blocks": given["blocks"]})
	if err != nil {
		return body
	}
	return string(out)
}

func TestMain(m *testing.M) {
	code := m.Run()
	http.DefaultClient.CloseIdleConnections()
	if err := goleak.Find(); code == 0 && err != nil {
		fmt.Fprintln(os.Stderr, "goroutines were left behind:", err)
		code = 1
	}
	if code == 0 {
		code = judgeRequests()
	}
	os.Exit(code)
}

// judgeRequests reports how many requests are wrong, or loudly that nobody judged them.
func judgeRequests() int {
	if len(recorded.calls) == 0 {
		return 0
	}
	checker, why := slackChecker()
	if checker == "" {
		fmt.Fprintf(os.Stderr, "NOT TESTED: %d requests to Slack were not judged by Slack's published types: %s\n", len(recorded.calls), why)
		return 0
	}
	var calls []judged
	for _, c := range recorded.calls {
		calls = append(calls, c)
	}
	out, err := runChecker(checker, calls)
	if err != nil {
		fmt.Fprintf(os.Stderr, "requests that Slack's published types refuse:\n%s\n%v\n", firstLines(out, 40), err)
		return 1
	}
	fmt.Printf("%d requests to Slack judged by its published types: all valid\n", len(calls))
	return 0
}

func runChecker(checker string, what any, flags ...string) (string, error) {
	file, err := os.CreateTemp("", "slack-*.json")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.Remove(file.Name()) }()
	if err := json.NewEncoder(file).Encode(what); err != nil {
		return "", err
	}
	if err := file.Close(); err != nil {
		return "", err
	}
	cmd := exec.Command("node", append(append([]string{"validate.mjs"}, flags...), file.Name())...)
	cmd.Dir = checker
	out, err := cmd.CombinedOutput()
	return invalidOnly(string(out)), err
}

func invalidOnly(out string) string {
	var keep []string
	for line := range strings.Lines(out) {
		if !strings.HasPrefix(line, "valid") {
			keep = append(keep, line)
		}
	}
	return strings.Join(keep, "")
}

func firstLines(text string, n int) string {
	lines := strings.SplitAfterN(text, "\n", n+1)
	return strings.Join(lines[:min(n, len(lines))], "")
}

// slackChecker returns a folder in which the checker can run, or why there is none. The folder of
// LIAISON_TESTDATA may be read-only, so it is copied once and its packages are installed there.
func slackChecker() (dir, why string) {
	data := os.Getenv("LIAISON_TESTDATA")
	if data == "" {
		return "", "LIAISON_TESTDATA is not set"
	}
	source := filepath.Join(data, "slack", "check")
	if _, err := os.Stat(filepath.Join(source, "validate.mjs")); err != nil {
		return "", source + " holds no checker"
	}
	if _, err := exec.LookPath("node"); err != nil {
		return "", "node is not installed"
	}
	dir = filepath.Join(os.TempDir(), fmt.Sprintf("liaison-slack-check-%d", os.Getuid()))
	if _, err := os.Stat(filepath.Join(dir, "node_modules", "ajv")); err == nil {
		return dir, ""
	}
	if err := copyFolder(source, dir); err != nil {
		return "", err.Error()
	}
	cmd := exec.Command("npm", "ci", "--no-audit", "--no-fund")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", "npm ci: " + firstLines(string(out), 3)
	}
	return dir, ""
}

func copyFolder(from, to string) error {
	return filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		if entry.IsDir() {
			return os.MkdirAll(filepath.Join(to, rel), 0o755)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, rel), data, 0o644)
	})
}
