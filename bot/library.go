package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/renameio/v2" // replaces a file whole, or not at all

	"liaison/bot/access"
	"liaison/bot/ask"
	"liaison/bot/commands"
	"liaison/bot/directory"
	"liaison/bot/experts"
	"liaison/index"
	"liaison/knowledge"
)

// library is the knowledge in use: the files, the index made of them, and the words beside them.
type library struct {
	folder   string // the knowledge folder; "" for the copy in the program
	data     string
	log      *slog.Logger
	now      func() time.Time
	progress func(done, total int) // nil for none

	base     atomic.Pointer[knowledge.Base]
	index    atomic.Pointer[index.Index]
	problems atomic.Int64 // files to look at, as of the last reading
	building sync.Mutex
	latest   latest
	fault    string // why the last look at changed files failed; only watch uses it
	told     string // what is grave and has been logged; openLibrary sets it, then only watch uses it
	grave    atomic.Pointer[[]knowledge.Problem]
}

var (
	_ commands.Library = (*library)(nil)
	_ index.Searcher   = (*library)(nil)
)

// openLibrary opens the knowledge and makes sure that there is an index of it as it is now.
func openLibrary(ctx context.Context, c config, log *slog.Logger, progress func(done, total int)) (*library, error) {
	l := newLibrary(c, log, progress)
	receipt, err := l.build(ctx, false)
	l.tell(receipt)
	if stale := (*staleError)(nil); errors.As(err, &stale) {
		log.Warn("answers come from the index as it was", slog.Any("error", stale.err))
		return l, nil
	}
	return l, err
}

// newLibrary returns a library that build has yet to open.
func newLibrary(c config, log *slog.Logger, progress func(done, total int)) *library {
	return &library{folder: c.knowledge, data: c.data, log: log, now: time.Now, progress: progress}
}

// dir is where the index of this knowledge folder is kept. The copy in the program is told by its
// version, as its files have no place.
func (l *library) dir() string {
	name := "the knowledge that ships"
	if l.folder != "" {
		name = l.folder
		if absolute, err := filepath.Abs(l.folder); err == nil {
			name = absolute
		}
	}
	return index.Dir(filepath.Join(l.data, "index"), name)
}

// build reads the knowledge and brings the index up to date with it. When that cannot be done and an
// index is there, that one serves, and the log says why.
func (l *library) build(ctx context.Context, fresh bool) (index.Receipt, error) {
	return l.buildTelling(ctx, fresh, l.progress)
}

// buildTelling is build that tells somebody else how far it is.
func (l *library) buildTelling(ctx context.Context, fresh bool, progress func(done, total int)) (index.Receipt, error) {
	l.building.Lock()
	defer l.building.Unlock()
	if info, err := os.Stat(l.data); err == nil && !info.IsDir() {
		return index.Receipt{}, &usageError{fmt.Errorf("%s is a file and cannot be the data folder: name another with --data or DATA_DIR", l.data)}
	}
	last := l.vital()
	base, err := knowledge.OpenOver(l.folder, last)
	if err != nil {
		return index.Receipt{}, err
	}
	receipt, buildErr := index.Build(ctx, index.Knowledge(base), l.dir(), index.Options{
		Folder: cmp.Or(base.Root, "the knowledge that ships"), Fresh: fresh, Progress: progress, Now: l.now,
	})
	for _, damage := range receipt.Damage {
		if errors.Is(damage, index.ErrDamaged) {
			l.log.Warn("a damaged index was put aside and built anew", slog.Any("error", damage))
		} else {
			l.log.Info("the index was built anew", slog.Any("reason", damage))
		}
	}
	if err := l.serve(ctx, base); err != nil {
		return index.Receipt{}, errors.Join(l.unbuildable(buildErr), openProblem(err, buildErr))
	}
	if buildErr != nil {
		return index.Receipt{}, &staleError{l.unbuildable(buildErr)}
	}
	l.keepVital(last, base.Vital())
	l.problems.Store(int64(len(receipt.Problems) - len(receipt.Meant())))
	grave := receipt.Grave()
	l.grave.Store(&grave)
	return receipt, nil
}

// vitalFile is where, beside the index, it is kept what the vital files last held.
const vitalFile = "vital.json"

// vital returns what the vital files held when they could last be understood; nil when that is not known.
func (l *library) vital() knowledge.Vital {
	data, err := os.ReadFile(filepath.Join(l.dir(), vitalFile))
	if err != nil {
		return nil
	}
	var last knowledge.Vital
	if json.Unmarshal(data, &last) != nil {
		return nil // as if there were none: what is broken then stops a start, as it should
	}
	return last
}

// keepVital keeps what the vital files hold now, for a day when one of them cannot be understood.
func (l *library) keepVital(last, now knowledge.Vital) {
	if maps.EqualFunc(last, now, bytes.Equal) {
		return
	}
	data, err := json.Marshal(now)
	if err == nil {
		err = renameio.WriteFile(filepath.Join(l.dir(), vitalFile), data, 0o600, renameio.WithTempDir(l.dir()))
	}
	if err != nil {
		l.log.Warn("what teams, glossary and sources hold could not be kept beside the index; a slip in one of them will then stop a start", slog.Any("error", err))
	}
}

// tell logs what is grave, once.
func (l *library) tell(receipt index.Receipt) {
	var lines []string
	for _, p := range receipt.Grave() {
		lines = append(lines, commands.ProblemPlace(p)+": "+p.Reason)
	}
	said := l.told
	if l.told = strings.Join(lines, "\n"); l.told == said {
		return // it is no news at every look
	}
	for _, line := range lines {
		l.log.Error("part of the knowledge cannot be read", slog.String("problem", line))
	}
	if len(lines) == 0 {
		l.log.Info("all of the knowledge can be read again")
	}
}

// staleError says that an index serves, but is not the newest that could be.
type staleError struct{ err error }

func (e *staleError) Error() string { return e.err.Error() }
func (e *staleError) Unwrap() error { return e.err }

func openProblem(openErr, buildErr error) error {
	if buildErr != nil && errors.Is(openErr, index.ErrNone) {
		return nil // the build error says why there is none
	}
	return openErr
}

func (l *library) unbuildable(err error) error {
	switch {
	case err == nil, errors.Is(err, index.ErrBuilding), errors.Is(err, index.ErrVanished), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	}
	return fmt.Errorf("the index cannot be written to the data folder %s (%w): mend its permissions, or name another with --data or DATA_DIR", l.data, err)
}

// serve opens the index, if it is not open yet, and takes the words of the knowledge.
func (l *library) serve(ctx context.Context, base *knowledge.Base) error {
	if l.index.Load() == nil {
		opened, err := index.Open(ctx, l.dir())
		if err != nil {
			return err
		}
		l.index.Store(opened)
	}
	l.base.Store(base)
	return nil
}

// Search implements index.Searcher, over whatever index is open.
func (l *library) Search(ctx context.Context, who access.Audience, q index.Question) (index.Results, error) {
	return l.index.Load().Search(ctx, who, q)
}

// vocabulary returns the words of the knowledge in use.
func (l *library) vocabulary() ask.Vocabulary {
	base := l.base.Load()
	return ask.Vocabulary{Organisations: base.Organisations, Terms: base.Terms}
}

// people lists the people of the library; made-up ones only for the demonstration in the terminal.
func (l *library) people(examples bool) *directory.Directory {
	return &directory.Directory{Base: l.base.Load, Examples: examples, Now: l.now}
}

// experts says who knows, from the library.
func (l *library) experts(people *directory.Directory) *experts.Service {
	return &experts.Service{Search: l, Directory: people}
}

// service answers from the library.
func (l *library) service() *ask.Service {
	return &ask.Service{Search: l, Vocabulary: l.vocabulary, Now: l.now}
}

// Reindex implements commands.Library.
func (l *library) Reindex(ctx context.Context, progress func(done, total int)) (commands.Receipt, error) {
	receipt, err := l.buildTelling(ctx, false, progress)
	if errors.Is(err, index.ErrBuilding) {
		return commands.Receipt{}, commands.ErrReindexing
	}
	return receiptOf(receipt), err
}

func receiptOf(r index.Receipt) commands.Receipt {
	return commands.Receipt{
		Documents: r.Documents, Passages: r.Passages, Added: len(r.Added), Changed: len(r.Changed),
		Removed: len(r.Removed), Unchanged: r.Unchanged, Since: r.Since, Grave: r.Grave(), Skipped: r.Skipped(), Meant: len(r.Meant()), Notes: len(r.Notes()), Took: r.Took,
	}
}

// State implements commands.Library.
func (l *library) State(ctx context.Context) (commands.State, error) {
	s, err := l.index.Load().Status(ctx)
	if err != nil {
		return commands.State{}, err
	}
	var grave []knowledge.Problem
	if found := l.grave.Load(); found != nil {
		grave = *found
	}
	return commands.State{
		Grave: grave, Built: s.Built, Folder: s.Folder, Documents: s.Documents, Passages: s.Passages, Damage: s.Damage,
		KnowledgeProblems: int(l.problems.Load()),
	}, nil
}

// close ends the use of the index. It was only read, so nothing can be lost.
func (l *library) close() {
	if opened := l.index.Load(); opened != nil {
		if err := opened.Close(); err != nil {
			l.log.Warn("the index could not be closed", slog.Any("error", err))
		}
	}
}
