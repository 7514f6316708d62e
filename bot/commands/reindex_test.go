package commands_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"liaison/bot/chat"
	"liaison/bot/commands"
	"liaison/knowledge"
)

// torn is a library whose teams.yaml has a slip in it.
type torn struct{ library }

func (torn) Reindex(context.Context, func(done, total int)) (commands.Receipt, error) {
	return commands.Receipt{}, &knowledge.BrokenError{Root: "/knowledge", Problems: []knowledge.Problem{{Path: "teams.yaml", Line: 3, Reason: "cannot be understood"}}}
}

func TestAnAdminIsToldWhichFileToCorrect(t *testing.T) {
	o := newOffice(t)
	o.Library = torn{}
	o.expect("reindex", o.say(admin, direct, "reindex"), []string{"was not read again", "teams.yaml:3", "cannot be understood"}, "went wrong", "/knowledge")
}

// long is a library that takes three seconds over a reindex.
type long struct{ library }

func (long) Reindex(_ context.Context, progress func(done, total int)) (commands.Receipt, error) {
	progress(40, 2400)
	time.Sleep(3 * time.Second) // inside a bubble of synctest: no time passes
	return commands.Receipt{Documents: 2401, Added: 1}, nil
}

func TestAnAdminsPageShowsAReindexWhileItRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		o.Library = long{}
		press := o.event(admin, direct, chat.KindAction)
		press.Action = "reindex:"
		if note := o.Working(press); !note.Silent() {
			t.Errorf("beside the page it says %q", chat.PlainText(note))
		}
		if reply := o.handle(press); !reply.Silent() {
			t.Errorf("beside the page it says %q", chat.PlainText(reply))
		}
		if len(o.homes) != 3 {
			t.Fatalf("the page was shown %d times", len(o.homes))
		}
		o.expect("at the beginning", o.homes[0], []string{"Reindexing", "being looked at", "Platforms"}, "Reindexed")
		o.expect("meanwhile", o.homes[1], []string{"Reindexing", "40 of 2,400 files"}, "Reindexed")
		o.expect("in the end", o.homes[2], []string{"Reindexed", "2,401", "Platforms"}, "Reindexing")
		o.store.Close()
	})
}

// Where the page cannot be shown the receipt is said.
func TestAReceiptIsSaidWhereNoPageIsShown(t *testing.T) {
	o := newOffice(t)
	o.Adapters["slack"] = pageless{platform{o}}
	press := o.event(admin, direct, chat.KindAction)
	press.Action = "reindex:"
	o.expect("the receipt", o.handle(press), []string{"Reindexed"})
}

type pageless struct{ platform }

func (pageless) PublishHome(context.Context, chat.Account, chat.Reply) error {
	return errors.New("no page today")
}

func TestAReceiptSaysWhatWasReadAndWhereTheNotesAre(t *testing.T) {
	o := newOffice(t)
	reply := commands.ReceiptReply(commands.Receipt{Documents: 2422, Added: 2420, Changed: 3, Removed: 1, Unchanged: 5, Notes: 482})
	o.expect("receipt", reply, []string{"2,423 read (2,420 new, 3 changed), 1 removed, 5 unchanged", "482, on pages that are read all the same", "doctor --all"})
	made := time.Date(2026, 3, 14, 9, 26, 0, 0, time.UTC)
	o.expect("nothing changed", commands.ReceiptReply(commands.Receipt{Documents: 2422, Unchanged: 2423, Since: made}), []string{"2,423, none of them changed since the index was made on 14 Mar 2026 09:26 UTC"}, "0 read")
	o.expect("one removed", commands.ReceiptReply(commands.Receipt{Removed: 1, Unchanged: 5, Since: made}), []string{"0 read (0 new, 0 changed), 1 removed, 5 unchanged"})
	o.expect("a source away", commands.ReceiptReply(commands.Receipt{Unchanged: 5, Since: made, Grave: away}), []string{"0 removed, 5 unchanged"}, "none of them")
	o.expect("unpublished", commands.ReceiptReply(commands.Receipt{Meant: 2}), []string{"0, and 2 with published: false"})
	o.expect("without notes", commands.ReceiptReply(commands.Receipt{}), []string{"0 read"}, "doctor", "Correct this first")
}

// grave is an index of which a whole source is away.
type grave struct{ library }

var away = []knowledge.Problem{{Path: "handbook", Grave: true, Reason: "its folder cannot be opened; until then its 7 pages answer as they were last read"}}

func (grave) Reindex(context.Context, func(done, total int)) (commands.Receipt, error) {
	return commands.Receipt{Documents: 7, Grave: away, Skipped: []knowledge.Problem{{Path: "a.md", Skipped: true, Reason: "is not text"}}}, nil
}
func (grave) State(context.Context) (commands.State, error) {
	return commands.State{Documents: 7, Grave: away}, nil
}

func TestASourceThatIsAwayIsSaidFirst(t *testing.T) {
	o := newOffice(t)
	o.Library = grave{}
	o.expect("the receipt", o.say(admin, direct, "reindex"), []string{"Correct this first", "handbook", "its 7 pages answer as they were last read", "a.md"})
	if text := chat.PlainText(o.say(admin, direct, "reindex")); strings.Index(text, "handbook") > strings.Index(text, "a.md") {
		t.Errorf("a single file is said before a whole source:\n%s", text)
	}
	o.expect("the status", o.say(admin, direct, "status"), []string{"Correct this first", "handbook", "its 7 pages"})
}
