package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"time"

	"liaison/bot/chat"
)

// sentences is a slog.Handler for a person who watches: a line a record, in words. The
// time is said only of a running server.
type sentences struct {
	out   io.Writer
	level slog.Level
	mu    *sync.Mutex // held while a line is written
	with  string      // attributes of the logger
	group string      // before the names of attributes: "index."
}

var _ slog.Handler = (*sentences)(nil)

func newSentences(out io.Writer, level slog.Level) *sentences {
	return &sentences{out: out, level: level, mu: &sync.Mutex{}}
}

// Enabled reports whether a level is logged.
func (s *sentences) Enabled(_ context.Context, level slog.Level) bool { return level >= s.level }

// Handle writes "Warning: the index could not be closed (error: …)".
func (s *sentences) Handle(_ context.Context, r slog.Record) error {
	line := levelWord(r.Level) + r.Message
	if s.level <= slog.LevelInfo && !r.Time.IsZero() {
		line = r.Time.Format(time.TimeOnly) + " " + line // an operator watches a server, and wants to know when
	}
	details := s.with
	r.Attrs(func(a slog.Attr) bool {
		details += s.detail(a)
		return true
	})
	if details != "" {
		line += " (" + strings.TrimPrefix(details, ", ") + ")"
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	_, err := fmt.Fprintln(s.out, strings.ReplaceAll(chat.Clean(line), "\n", " "))
	return err
}

func levelWord(level slog.Level) string {
	switch {
	case level >= slog.LevelError:
		return "Error: "
	case level >= slog.LevelWarn:
		return "Warning: "
	}
	return ""
}

// detail writes an attribute. An error needs no name.
func (s *sentences) detail(a slog.Attr) string {
	a.Value = a.Value.Resolve()
	if a.Equal(slog.Attr{}) {
		return ""
	}
	if a.Value.Kind() == slog.KindGroup {
		text := ""
		for _, one := range a.Value.Group() {
			text += s.WithGroup(a.Key).(*sentences).detail(one)
		}
		return text
	}
	if a.Key == "error" {
		return ", " + a.Value.String()
	}
	return ", " + s.group + a.Key + ": " + a.Value.String()
}

// WithAttrs returns a handler that adds attributes to every line.
func (s *sentences) WithAttrs(list []slog.Attr) slog.Handler {
	more := *s
	for _, a := range list {
		more.with += s.detail(a)
	}
	return &more
}

// WithGroup returns a handler that writes a name before those of attributes.
func (s *sentences) WithGroup(name string) slog.Handler {
	more := *s
	if name != "" {
		more.group += name + "."
	}
	return &more
}
