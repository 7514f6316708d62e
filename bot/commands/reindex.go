package commands

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"liaison/bot/access"
	"liaison/bot/chat"
	"liaison/knowledge"
)

const (
	sayNoLibrary   = "There is no index to look after here."
	sayReindexing  = "Somebody is reindexing already. Ask for the status in a moment."
	sayUnread      = "The knowledge was not read again; I answer from what was read before."
	sayUnderWay    = "Reindexing"
	sayBegun       = "the files are being looked at"
	sayLeftOut     = "Left out"
	sayGrave       = "Correct this first"
	sayMoreLeft    = "… and %d more: `%s doctor --all` lists all of them."
	sayNoneChanged = "%s, none of them changed since the index was made on %s"
	sayMeant       = "%s, and %s with published: false"
	sayNotes       = "%s, on pages that are read all the same; see them with: %s doctor --all"
	maxLeftOut     = 10
)

// Library is the index, for those who look after it.
type Library interface {
	// Reindex brings the index up to date and returns what happened; ErrReindexing when another one runs.
	// progress, which may be nil, is told meanwhile how many files are read, of how many.
	Reindex(ctx context.Context, progress func(done, total int)) (Receipt, error)
	// State describes what is served now.
	State(ctx context.Context) (State, error)
	// Latest returns the newest pages of organisations outside a country that the audience may see, at most so many.
	Latest(ctx context.Context, who access.Audience, notCountry string, most int) []knowledge.Document
}

// ErrReindexing says that a reindex is under way.
var ErrReindexing = errors.New("a reindex is under way")

// Receipt says what a reindex did.
type Receipt struct {
	Documents, Passages                int                 // in the index now
	Added, Changed, Removed, Unchanged int                 // files
	Since                              time.Time           // when the index was made that was there before; zero for none
	Grave                              []knowledge.Problem // of whole sources, and of the files that all else rests on
	Skipped                            []knowledge.Problem
	Meant                              int // files left out because they say so themselves
	Notes                              int
	Took                               time.Duration
}

// State describes the index in use.
type State struct {
	Built               time.Time
	Folder              string
	Documents, Passages int
	Damage              []error
	Grave               []knowledge.Problem // as in Receipt, as of the last reading
	KnowledgeProblems   int
}

func reindexCommand() command {
	return command{
		Command: chat.Command{
			Name:     "reindex",
			Summary:  "Reads the knowledge files again and shows what changed",
			Examples: []string{"reindex"},
			Admin:    true,
			Private:  true,
		},
		run: func(h *Handler, ctx context.Context, r request) (chat.Reply, error) {
			return h.reindex(ctx, r.event, nil)
		},
		alone: true,
	}
}

func reindexAction() action {
	return action{
		ActionSpec: chat.ActionSpec{Verb: "reindex", Private: true, Admin: true},
		run: func(h *Handler, ctx context.Context, e chat.Event, _ string) (chat.Reply, error) {
			if publisher, ok := h.Adapters[e.Platform].(chat.HomePublisher); ok {
				return h.reindexAtHome(ctx, e, publisher)
			}
			return h.reindex(ctx, e, nil)
		},
	}
}

// livePace is how often the page of an admin who reindexes shows how far it is.
const livePace = 2 * time.Second

// reindexAtHome shows the admin's page while it reindexes, and then with the receipt. Nothing is said
// beside the page, unless it cannot be shown.
func (h *Handler) reindexAtHome(ctx context.Context, e chat.Event, publisher chat.HomePublisher) (chat.Reply, error) {
	show := func(live ...chat.Block) error {
		page, err := h.homePage(ctx, e, live...)
		if err != nil {
			return err
		}
		return publisher.PublishHome(ctx, e.Actor.Account, page)
	}
	began := h.Now()
	if err := show(underWay(began, 0, 0)); err != nil {
		return h.reindex(ctx, e, nil)
	}
	var done, total atomic.Int64
	stop := every(livePace, func() {
		if err := show(underWay(began, int(done.Load()), int(total.Load()))); err != nil {
			h.Log.Warn("how far a reindex is could not be shown", slog.Any("error", err))
		}
	})
	reply, err := h.reindex(ctx, e, func(d, t int) { done.Store(int64(d)); total.Store(int64(t)) })
	stop()
	if err != nil {
		return chat.Reply{}, errors.Join(err, show())
	}
	if err := show(reply.Blocks...); err != nil {
		h.Log.Warn("a receipt could not be shown on the page: it is said", slog.Any("error", err))
		return reply, nil
	}
	return chat.Reply{}, nil
}

func underWay(began time.Time, done, total int) chat.Block {
	far := fact("Read so far", "%s", sayBegun)
	if total > 0 {
		far = fact("Read so far", "%s of %s files", grouped(done), grouped(total))
	}
	return chat.Facts{Title: sayUnderWay, Facts: []chat.Fact{
		{Label: "Begun", Value: chat.Inline{Text: began.UTC().Format(dayAndTime), Time: began}}, far,
	}}
}

// every does something again and again until stop is called, which returns when it is not being done.
func every(pace time.Duration, do func()) (stop func()) {
	ended := make(chan struct{})
	var doing sync.WaitGroup
	doing.Go(func() {
		tick := time.NewTicker(pace)
		defer tick.Stop()
		for {
			select {
			case <-ended:
				return
			case <-tick.C:
				do()
			}
		}
	})
	return func() { close(ended); doing.Wait() }
}

func (h *Handler) reindex(ctx context.Context, e chat.Event, progress func(done, total int)) (chat.Reply, error) {
	if h.Library == nil {
		return say(sayNoLibrary), nil
	}
	receipt, err := h.Library.Reindex(ctx, progress)
	outcome := "done"
	if err != nil {
		outcome = "failed"
	}
	if recorded := h.Store.Record(ctx, e.Actor.Account.String(), "reindex", outcome, h.Now()); recorded != nil {
		h.Log.Error("an admin's action could not be recorded", slog.Any("error", recorded))
	}
	if errors.Is(err, ErrReindexing) {
		return say(sayReindexing), nil
	}
	if broken := (*knowledge.BrokenError)(nil); errors.As(err, &broken) {
		list := chat.Items{Title: "What to correct"}
		for _, p := range broken.Problems {
			list.Items = append(list.Items, chat.Item{Title: ProblemPlace(p), Detail: p.Reason})
		}
		return chat.Reply{Blocks: []chat.Block{chat.Note(chat.Warning, sayUnread), list}}, nil
	}
	if err != nil {
		return chat.Reply{}, err
	}
	return ReceiptReply(receipt), nil
}

// ReceiptReply says what a reindex did.
func ReceiptReply(r Receipt) chat.Reply {
	facts := chat.Facts{Title: "Reindexed", Facts: []chat.Fact{
		fact("Pages", "%s in %s passages", grouped(r.Documents), grouped(r.Passages)),
		fact("Files", "%s", files(r)),
		fact("Left out", "%s", leftOut(len(r.Skipped), r.Meant)),
		fact("Notes", "%s", notes(r.Notes)),
		fact("Took", "%s", r.Took.Round(100*time.Millisecond)),
	}}
	blocks := append([]chat.Block{facts}, graveBlocks(r.Grave)...)
	if len(r.Skipped) > 0 {
		list := chat.Items{Title: sayLeftOut}
		for _, p := range r.Skipped[:min(len(r.Skipped), maxLeftOut)] {
			list.Items = append(list.Items, chat.Item{Title: ProblemPlace(p), Detail: p.Reason})
		}
		blocks = append(blocks, list)
		if rest := len(r.Skipped) - maxLeftOut; rest > 0 {
			blocks = append(blocks, chat.Say(fmt.Sprintf(sayMoreLeft, rest, chat.Program())))
		}
	}
	return chat.Reply{Blocks: blocks}
}

// graveBlocks list what concerns whole sources; without any there is no block.
func graveBlocks(problems []knowledge.Problem) []chat.Block {
	if len(problems) == 0 {
		return nil
	}
	list := chat.Items{Title: sayGrave}
	for _, p := range problems {
		list.Items = append(list.Items, chat.Item{Title: ProblemPlace(p), Detail: p.Reason})
	}
	return []chat.Block{list}
}

// files says what became of the files. "0 read" alone would sound as if nothing had been looked at; of a source
// that is away it is not known whether its files changed.
func files(r Receipt) string {
	if r.Added+r.Changed+r.Removed == 0 && !r.Since.IsZero() && len(r.Grave) == 0 {
		return fmt.Sprintf(sayNoneChanged, grouped(r.Unchanged), r.Since.UTC().Format(dayAndTime))
	}
	return fmt.Sprintf("%s read (%s new, %s changed), %s removed, %s unchanged", grouped(r.Added+r.Changed), grouped(r.Added), grouped(r.Changed), grouped(r.Removed), grouped(r.Unchanged))
}

// leftOut says how many files were left out, and how many besides because their authors want it.
func leftOut(faults, meant int) string {
	if meant == 0 {
		return grouped(faults)
	}
	return fmt.Sprintf(sayMeant, grouped(faults), grouped(meant))
}

// notes says how many notes on files there are, and where to read them.
func notes(n int) string {
	if n == 0 {
		return "0"
	}
	return fmt.Sprintf(sayNotes, grouped(n), chat.Program())
}

// ProblemPlace names where a problem is: "guidance/gds/x.md:12".
func ProblemPlace(p knowledge.Problem) string {
	if p.Line == 0 {
		return p.Path
	}
	return fmt.Sprintf("%s:%d", p.Path, p.Line)
}

func fact(label, format string, values ...any) chat.Fact {
	return chat.Fact{Label: label, Value: chat.Inline{Text: fmt.Sprintf(format, values...)}}
}

// grouped writes 24000 as "24,000".
func grouped(n int) string {
	digits := []byte(fmt.Sprint(n))
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = slices.Insert(digits, i, ',')
	}
	return string(digits)
}
