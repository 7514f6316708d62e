package main

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify" // only a hint that something changed: it is deaf on network drives

	"liaison/index"
	"liaison/knowledge"
)

const (
	settle     = 300 * time.Millisecond // editors write a file in several steps
	pollEvery  = 20 * time.Second       // the truth, by hash, whatever the hints say
	maxWatched = 4096                   // folders; the poll sees to the others
)

// watch keeps the index up to date with the knowledge files until ctx ends.
func (l *library) watch(ctx context.Context) {
	if l.folder == "" {
		return // what ships with the program does not change
	}
	hints, stop := l.hints()
	defer stop()
	poll := time.NewTicker(pollEvery)
	defer poll.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-hints:
			if !quiet(ctx, hints) {
				return
			}
		case <-poll.C:
		}
		l.renew(ctx)
	}
}

// quiet waits until no hint has come for a while. It reports false when ctx ends.
func quiet(ctx context.Context, hints <-chan fsnotify.Event) bool {
	timer := time.NewTimer(settle)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return false
		case <-hints:
			timer.Reset(settle)
		case <-timer.C:
			return true
		}
	}
}

func (l *library) renew(ctx context.Context) {
	receipt, err := l.build(ctx, false)
	if ctx.Err() != nil || errors.Is(err, index.ErrBuilding) {
		return
	}
	said := l.fault
	l.fault = ""
	if err == nil {
		l.tell(receipt)
	}
	switch {
	case err != nil:
		if l.fault = err.Error(); l.fault == said {
			return // it is no news at every look
		}
		l.log.Error("the knowledge could not be read again; answers come from what was read before", slog.Any("error", err))
	case len(receipt.Added)+len(receipt.Changed)+len(receipt.Removed) > 0:
		l.log.Info("the knowledge changed", slog.Int("added", len(receipt.Added)), slog.Int("changed", len(receipt.Changed)),
			slog.Int("removed", len(receipt.Removed)), slog.String("took", receipt.Took.Round(time.Millisecond).String()))
	}
}

// hints returns a channel that says when something may have changed. Where the system cannot say,
// it stays silent.
func (l *library) hints() (<-chan fsnotify.Event, func()) {
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		l.log.Warn("changed files are noticed by looking only", slog.Duration("every", pollEvery), slog.Any("error", err))
		return nil, func() {}
	}
	watched := 0
	for _, root := range folders(l.base.Load()) {
		_ = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error { // what cannot be walked is polled
			if err == nil && entry.IsDir() && watched < maxWatched && watcher.Add(path) == nil {
				watched++
			}
			return nil
		})
	}
	return watcher.Events, func() { _ = watcher.Close() }
}

// folders are those that the knowledge is read from.
func folders(base *knowledge.Base) []string {
	roots := []string{base.Root}
	for _, s := range base.Sources {
		if within, err := filepath.Rel(base.Root, s.Folder); err != nil || !filepath.IsLocal(within) {
			roots = append(roots, s.Folder)
		}
	}
	return roots
}
