package fakeslack

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A fake that takes what Slack refuses proves nothing. These cases were made by others, from Slack's
// published types: ok-* are taken, bad-* are refused.
func TestRefusesWhatSlackRefuses(t *testing.T) {
	data := os.Getenv("LIAISON_TESTDATA")
	if data == "" {
		t.Skip("LIAISON_TESTDATA is not set: the fake was not compared with Slack's published limits")
	}
	files, err := filepath.Glob(filepath.Join(data, "slack", "check", "cases", "*.json"))
	if err != nil || len(files) < 20 {
		t.Fatalf("%d cases were found, %v", len(files), err)
	}
	for _, file := range files {
		name := filepath.Base(file)
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		refusal, judged := judge(t, content)
		switch {
		case !judged || name == "bad-extra-prop.json" || name == "bad-broadcast.json" || strings.HasPrefix(name, "api-ref"):
			// Calls that Liaison does not make, and rules that are not Slack's but the checker's own.
		case strings.HasPrefix(name, "ok-") && refusal != nil:
			t.Errorf("%s is refused: %v", name, refusal)
		case strings.HasPrefix(name, "bad-") && refusal == nil:
			t.Errorf("%s is taken", name)
		}
	}
}

// judge reports whether the fake refuses a case, and whether the case is blocks or a view at all.
func judge(t *testing.T, content []byte) (refusal error, judged bool) {
	t.Helper()
	var blocks []any
	if json.Unmarshal(content, &blocks) == nil {
		return CheckBlocks("text", blocks), true
	}
	var object struct {
		Type   string `json:"type"`
		Method string `json:"method"`
		Blocks []any  `json:"blocks"`
	}
	if err := json.Unmarshal(content, &object); err != nil {
		t.Fatal(err)
	}
	switch {
	case object.Type == "modal" || object.Type == "home":
		return CheckView(content, object.Type), true
	case object.Method == "" && object.Blocks != nil:
		return CheckBlocks("text", object.Blocks), true
	}
	return nil, false
}
