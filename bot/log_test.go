package main

import (
	"errors"
	"log/slog"
	"strings"
	"testing"
)

func TestAPersonReadsSentencesAndAMachineJSON(t *testing.T) {
	var watched, piped strings.Builder
	for _, c := range []struct {
		terminal bool
		out      *strings.Builder
	}{{true, &watched}, {false, &piped}} {
		log := (&program{err: c.out, terminal: c.terminal}).logger("warn").With(slog.String("platform", "slack"))
		log.Info("not said")
		log.Warn("a platform is slow", slog.Int("seconds", 3), slog.Any("error", errors.New("timed\x1b[31m out\nat last")))
		log.WithGroup("index").Error("it broke", slog.Group("place", slog.String("folder", "data")))
	}
	want := "Warning: a platform is slow (platform: slack, seconds: 3, timed"
	if got := watched.String(); !strings.HasPrefix(got, want) || strings.ContainsAny(got, "{\x1b") || strings.Count(got, "\n") != 2 ||
		!strings.Contains(got, "Error: it broke (platform: slack, index.place.folder: data)\n") {
		t.Errorf("a person reads:\n%s", got)
	}
	if got := piped.String(); strings.Count(got, "{\"time\"") != 2 {
		t.Errorf("a machine reads:\n%s", got)
	}
}
