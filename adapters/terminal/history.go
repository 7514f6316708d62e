package terminal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"

	"liaison/bot/chat"
)

// keepLines is how many lines the history keeps.
const keepLines = 500

// history is a term.History in a file that only its owner can read. A file that cannot be read or
// written costs the memory of earlier conversations and nothing else: that must stop nobody from
// asking.
type history struct {
	mu     sync.Mutex
	path   string
	lines  []string // oldest first
	paused bool
}

// openHistory reads the file, and cuts it to its last keepLines.
func openHistory(path string) *history {
	h := &history{path: path}
	text, err := os.ReadFile(path)
	if path == "" || err != nil {
		return h
	}
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(chat.Clean(line)); line != "" {
			h.lines = append(h.lines, line)
		}
	}
	if extra := len(h.lines) - keepLines; extra > 0 {
		h.lines = slices.Delete(h.lines, 0, extra)
		_ = os.WriteFile(path, []byte(strings.Join(h.lines, "\n")+"\n"), 0o600)
	}
	return h
}

// Add keeps a line, unless it is empty, the same as the last, a letter, or the history is paused.
func (h *history) Add(line string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	line = strings.TrimSpace(chat.Clean(line))
	if h.paused || len(line) < 2 || len(h.lines) > 0 && h.lines[len(h.lines)-1] == line {
		return
	}
	h.lines = append(h.lines, line)
	if extra := len(h.lines) - keepLines; extra > 0 {
		h.lines = slices.Delete(h.lines, 0, extra)
	}
	h.save(line)
}

// clear forgets every line, also those of earlier conversations, and returns how many there were.
func (h *history) clear() (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	had := len(h.lines)
	h.lines = nil
	if h.path == "" {
		return had, nil
	}
	if err := os.Remove(h.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return 0, fmt.Errorf("erase the lines typed before: %w", err)
	}
	return had, nil
}

func (h *history) save(line string) {
	if h.path == "" {
		return
	}
	file, err := os.OpenFile(h.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return
	}
	defer file.Close()
	_, _ = file.WriteString(line + "\n")
}

// Len returns how many lines there are.
func (h *history) Len() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.lines)
}

// At returns a line, the latest for 0.
func (h *history) At(i int) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.lines[len(h.lines)-1-i]
}

func (h *history) pause(on bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.paused = on
}
