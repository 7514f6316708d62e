package discord

import (
	"bytes"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"liaison/adapters/discord/fakediscord"
)

// logs keep what an adapter logged, and fail the test when a secret is among it.
type logs struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logs) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func logTo(t testing.TB) *slog.Logger {
	l := &logs{}
	t.Cleanup(func() {
		text := l.String()
		for _, secret := range []string{fakediscord.Token, "token-of-interaction", "How do we store secrets"} {
			if strings.Contains(text, secret) {
				t.Errorf("the log holds %q:\n%s", secret, text)
			}
		}
		if strings.Contains(text, "panic=") {
			t.Errorf("a handler broke:\n%s", text)
		}
		if t.Failed() {
			t.Logf("the log:\n%s", text)
		}
	})
	return newLog(l)
}

func newLog(l *logs) *slog.Logger { return slog.New(slog.NewTextHandler(l, nil)) }
