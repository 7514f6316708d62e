package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp" // says where two values differ

	"liaison/bot/access"
	"liaison/bot/chat"
	"liaison/bot/commands"
	"liaison/bot/feedback"
	"liaison/bot/inbox"
	"liaison/bot/records"
	"liaison/bot/store"
	"liaison/bot/store/storetest"
)

var noon = time.Date(2026, time.March, 16, 12, 0, 0, 0, time.UTC)

// entry and exchange have every field set, so that one that is not stored shows.
func entry(id string) inbox.Entry {
	return inbox.Entry{
		ID: "row-" + id, Platform: "slack", Workspace: "T1", EventID: id, AlsoID: "also-" + id, Account: "slack:T1/U1",
		Conversation: "slack/T1/C1/1.1", Sealed: []byte{0, 1, 2}, State: inbox.Waiting,
		Ref: chat.Ref{Platform: "slack", Workspace: "T1", Room: "C1", Message: "1.2", Private: true}, At: noon,
	}
}

func exchange(id string, at time.Time) commands.Exchange {
	return commands.Exchange{
		ID: id, Platform: "slack", Workspace: "T1", Room: "C1", Message: "m" + id, Conversation: "slack/T1/C1/1.1",
		Account: "slack:T1/U1", Command: "ask", Audience: access.StaffOf("gds", "usds"), Private: true,
		Question: "Where? 🌲", Answer: "There. [1]", Path: "guidance/gds/x.md", At: at,
	}
}

func TestEvents(t *testing.T) { storetest.Each(t, testEvents) }

func testEvents(t *testing.T, s *store.Store) {
	ctx := t.Context()
	for _, c := range []struct {
		name  string
		entry func() inbox.Entry
		added bool
	}{
		{"a new one is stored", func() inbox.Entry { return entry("1") }, true},
		{"the same id again is not", func() inbox.Entry { e := entry("1"); e.ID, e.AlsoID = "other", ""; return e }, false},
		{"the same second id is not", func() inbox.Entry { e := entry("2"); e.AlsoID = "also-1"; return e }, false},
		{"the same id in another workspace is", func() inbox.Entry { e := entry("1"); e.ID, e.Workspace = "row-3", "T2"; return e }, true},
		{"no second id twice is", func() inbox.Entry { e := entry("4"); e.AlsoID = ""; return e }, true},
		{"and again", func() inbox.Entry { e := entry("5"); e.AlsoID = ""; return e }, true},
	} {
		added, err := s.AddEvent(ctx, c.entry())
		if err != nil || added != c.added {
			t.Errorf("%s: added %v, %v", c.name, added, err)
		}
	}
	got, err := s.Event(ctx, "row-1")
	if diff := cmp.Diff(entry("1"), got); diff != "" || err != nil {
		t.Errorf("Event: %v\n%s", err, diff)
	}
	if _, err := s.Event(ctx, "none"); !errors.Is(err, inbox.ErrNotFound) {
		t.Errorf("Event of no row: %v", err)
	}
	if err := s.MarkEvent(ctx, "row-1", inbox.Sent, chat.Ref{Message: "9"}); err != nil {
		t.Error(err)
	}
	if got, _ := s.Event(ctx, "row-1"); got.State != inbox.Sent || got.Ref.Message != "9" || len(got.Sealed) == 0 {
		t.Errorf("after Sent: %+v", got)
	}
	if err := s.MarkEvent(ctx, "row-1", inbox.Done, chat.Ref{Message: "9"}); err != nil {
		t.Error(err)
	}
	if got, _ := s.Event(ctx, "row-1"); got.State != inbox.Done || got.Sealed != nil {
		t.Errorf("after Done: %+v", got)
	}
	pending, err := s.PendingEvents(ctx)
	if ids := idsOf(pending); err != nil || ids != "row-3 row-4 row-5" {
		t.Errorf("pending: %s, %v", ids, err)
	}
	if err := s.Expire(ctx, noon.Add(records.Events+time.Second)); err != nil {
		t.Error(err)
	}
	if _, err := s.Event(ctx, "row-1"); !errors.Is(err, inbox.ErrNotFound) {
		t.Error("an old event that is done was not removed")
	}
	if _, err := s.Event(ctx, "row-3"); err != nil {
		t.Error("an old event that still waits was removed")
	}
}

func idsOf(entries []inbox.Entry) string {
	var ids []string
	for _, e := range entries {
		ids = append(ids, e.ID)
	}
	return strings.Join(ids, " ")
}

func TestOneOfManySameEventsIsStored(t *testing.T) {
	storetest.Each(t, testOneOfManySameEventsIsStored)
}

func testOneOfManySameEventsIsStored(t *testing.T, s *store.Store) {
	ctx := t.Context()
	var group sync.WaitGroup
	stored := make(chan bool, 20)
	for i := range 20 {
		group.Go(func() {
			e := entry("same")
			e.ID = fmt.Sprint("row-", i)
			added, err := s.AddEvent(ctx, e)
			if err != nil {
				t.Error(err)
			}
			stored <- added
		})
	}
	group.Wait()
	close(stored)
	count := 0
	for added := range stored {
		if added {
			count++
		}
	}
	if count != 1 {
		t.Errorf("stored %d times", count)
	}
}

func TestExchanges(t *testing.T) { storetest.Each(t, testExchanges) }

func testExchanges(t *testing.T, s *store.Store) {
	ctx := t.Context()
	for i := range 5 {
		if err := s.KeepExchange(ctx, exchange(fmt.Sprint(i), noon.Add(time.Duration(i)*time.Minute))); err != nil {
			t.Fatal(err)
		}
	}
	got, err := s.Exchange(ctx, "3")
	if diff := cmp.Diff(exchange("3", noon.Add(3*time.Minute)), got, cmp.AllowUnexported(access.Audience{})); diff != "" || err != nil {
		t.Errorf("Exchange: %v\n%s", err, diff)
	}
	if _, err := s.Exchange(ctx, "none"); !errors.Is(err, commands.ErrNotFound) {
		t.Errorf("Exchange of no row: %v", err)
	}
	last, err := s.Conversation(ctx, "slack/T1/C1/1.1", noon.Add(time.Minute), 3)
	if err != nil || exchangeIDs(last) != "2 3 4" {
		t.Errorf("Conversation: %s, %v", exchangeIDs(last), err)
	}
	asked, err := s.Asked(ctx, "slack:T1/U1", 2)
	if err != nil || exchangeIDs(asked) != "4 3" {
		t.Errorf("Asked: %s, %v", exchangeIDs(asked), err)
	}
	message := commands.MessageID{Platform: "slack", Workspace: "T1", Room: "C1", Message: "m2"}
	if err := s.Reword(ctx, message, "When?"); err != nil {
		t.Error(err)
	}
	if got, _ := s.Exchange(ctx, "2"); got.Question != "When?" {
		t.Errorf("after an edit the question is %q", got.Question)
	}
	if err := s.DropMessage(ctx, message); err != nil {
		t.Error(err)
	}
	if _, err := s.Exchange(ctx, "2"); !errors.Is(err, commands.ErrNotFound) {
		t.Error("the exchange of a deleted message is kept")
	}
	if err := s.Expire(ctx, noon.Add(records.Questions+3*time.Minute)); err != nil {
		t.Error(err)
	}
	if left, _ := s.Asked(ctx, "slack:T1/U1", 9); exchangeIDs(left) != "4 3" {
		t.Errorf("after a while: %s", exchangeIDs(left))
	}
	for range 2 {
		if n, err := s.Questions(ctx); n != 4 || err != nil { // one of five was deleted by who asked it
			t.Errorf("%d questions so far, %v", n, err)
		}
		if err := s.Expire(ctx, noon.Add(records.Questions+time.Hour)); err != nil {
			t.Error(err)
		}
	}
}

func exchangeIDs(list []commands.Exchange) string {
	var ids []string
	for _, x := range list {
		ids = append(ids, x.ID)
	}
	return strings.Join(ids, " ")
}

func TestAPersonIsForgottenWhole(t *testing.T) { storetest.Each(t, testAPersonIsForgottenWhole) }

func testAPersonIsForgottenWhole(t *testing.T, s *store.Store) {
	ctx := t.Context()
	const me, other = "slack:T1/U-canary", "slack:T1/U2"
	for i, who := range []string{me, me, other} {
		x := exchange(fmt.Sprint(i), noon)
		x.Account, x.Question = who, "question of "+who
		e := entry(fmt.Sprint(i))
		e.Account = who
		_, err := s.AddEvent(ctx, e)
		met, errMet := s.Meet(ctx, who, e.EventID, noon)
		err = errors.Join(err, errMet, s.KeepExchange(ctx, x), s.KeepVote(ctx, feedback.Vote{Exchange: x.ID, Account: who, At: noon}))
		if err != nil || met != (i != 1) {
			t.Fatal(met, err)
		}
	}
	f, err := s.ForgetAccount(ctx, me, "slack/T1/1")
	if err != nil || f.Exchanges != 2 || f.Votes != 2 {
		t.Errorf("forgot %+v, %v", f, err)
	}
	if left, _ := s.Asked(ctx, other, 9); len(left) != 1 {
		t.Error("somebody else was forgotten too")
	}
	pending, err := s.PendingEvents(ctx)
	if idsOf(pending) != "row-1 row-2" || err != nil {
		t.Errorf("still to be answered: %s, %v; want the event of the asking itself, and the other person's", idsOf(pending), err)
	}
	if again, err := s.Meet(ctx, me, "later", noon); err != nil || !again {
		t.Errorf("met again: %v, %v; want a fresh start", again, err)
	}
	if _, err := s.ForgetAccount(ctx, me, "later"); err != nil {
		t.Error(err)
	}
}

// TestWhatIsSaidAfterForgetMeIsAnswered has somebody say something before they ask to be forgotten, and after.
func TestWhatIsSaidAfterForgetMeIsAnswered(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for i, id := range []string{"before", "forget", "after"} {
			e := entry(id)
			e.At = noon.Add(time.Duration(i) * time.Second)
			if added, err := s.AddEvent(t.Context(), e); err != nil || !added {
				t.Fatal(added, err)
			}
		}
		if _, err := s.ForgetAccount(t.Context(), "slack:T1/U1", "slack/T1/forget"); err != nil {
			t.Fatal(err)
		}
		waiting, err := s.PendingEvents(t.Context())
		var ids []string
		for _, e := range waiting {
			ids = append(ids, e.ID)
		}
		slices.Sort(ids)
		if got := strings.Join(ids, " "); err != nil || got != "row-after row-forget" {
			t.Errorf("what waits is %q, %v", got, err)
		}
	})
}

func TestTheFilesHoldNothingOfAForgottenPerson(t *testing.T) {
	dir := t.TempDir()
	s, err := store.Open(t.Context(), dir, "")
	if err != nil {
		t.Fatal(err)
	}
	testAPersonIsForgottenWhole(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"liaison.db", "liaison.db-wal"} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err == nil && strings.Contains(string(data), "canary") {
			t.Errorf("%s still holds the person", name)
		}
	}
}

func TestAWorkspaceIsForgottenWhole(t *testing.T) { storetest.Each(t, testAWorkspaceIsForgottenWhole) }

func testAWorkspaceIsForgottenWhole(t *testing.T, s *store.Store) {
	ctx := t.Context()
	for i, workspace := range []string{"T1", "T2", "T_"} {
		x, e := exchange(fmt.Sprint(i), noon), entry(fmt.Sprint(i))
		x.Workspace, e.Workspace = workspace, workspace
		x.Account = "slack:" + workspace + "/U1"
		_, errAdd := s.AddEvent(ctx, e)
		_, errMet := s.Meet(ctx, x.Account, "e", noon)
		if err := errors.Join(errAdd, errMet, s.KeepExchange(ctx, x)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.ForgetWorkspace(ctx, "slack", "T_", "event"); err != nil {
		t.Fatal(err)
	}
	for id, kept := range map[string]bool{"0": true, "1": true, "2": false} {
		if _, err := s.Exchange(ctx, id); (err == nil) != kept {
			t.Errorf("exchange %s: %v", id, err)
		}
	}
	if first, _ := s.Meet(ctx, "slack:T1/U1", "later", noon); first {
		t.Error("_ in a workspace's id was taken as a wildcard")
	}
	if pending, _ := s.PendingEvents(ctx); idsOf(pending) != "row-0 row-1" {
		t.Errorf("pending: %s", idsOf(pending))
	}
}

func TestVotes(t *testing.T) { storetest.Each(t, testVotes) }

func testVotes(t *testing.T, s *store.Store) {
	ctx := t.Context()
	first := feedback.Vote{Exchange: "1", Account: "a", Helpful: true, Path: "p", At: noon}
	second := feedback.Vote{Exchange: "1", Account: "a", Reason: feedback.Wrong, Path: "p", At: noon.Add(time.Hour)}
	for _, v := range []feedback.Vote{first, second, {Exchange: "1", Account: "b", Helpful: true, At: noon.Add(-time.Hour)}} {
		if err := s.KeepVote(ctx, v); err != nil {
			t.Fatal(err)
		}
	}
	got, err := s.Votes(ctx, noon)
	if diff := cmp.Diff([]feedback.Vote{second}, got); diff != "" || err != nil {
		t.Errorf("Votes: %v\n%s", err, diff)
	}
	if err := s.Expire(ctx, noon.Add(records.Votes+2*time.Hour)); err != nil {
		t.Error(err)
	}
	if got, _ := s.Votes(ctx, time.Time{}); len(got) != 0 {
		t.Errorf("after a while: %v", got)
	}
}

func TestMemory(t *testing.T) { storetest.Each(t, testMemory) }

func testMemory(t *testing.T, s *store.Store) {
	ctx := t.Context()
	if got, err := s.Recall(ctx, "discord/identify"); got != nil || err != nil {
		t.Errorf("what was never kept: %q, %v", got, err)
	}
	for _, value := range []string{"1", "", "\x00\xff"} {
		if err := s.Keep(ctx, "discord/identify", []byte(value)); err != nil {
			t.Error(err)
		}
		if got, err := s.Recall(ctx, "discord/identify"); string(got) != value || err != nil {
			t.Errorf("kept %q, recalled %q, %v", value, got, err)
		}
	}
}

func TestWhatIsStoredSurvivesARestart(t *testing.T) {
	dir := t.TempDir()
	for range 3 {
		s, err := store.Open(t.Context(), dir, "")
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.AddEvent(t.Context(), entry("1"))
		if err := errors.Join(err, s.Close()); err != nil {
			t.Fatal(err)
		}
	}
	s, err := store.Open(t.Context(), dir, "")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if pending, err := s.PendingEvents(t.Context()); idsOf(pending) != "row-1" || err != nil {
		t.Errorf("pending: %s, %v", idsOf(pending), err)
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Run("a second server", func(t *testing.T) {
		dir := t.TempDir()
		s, err := store.Open(t.Context(), dir, "")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := store.Open(t.Context(), dir, ""); !errors.Is(err, store.ErrBusy) {
			t.Errorf("got %v", err)
		}
		s.Close()
		if s, err = store.Open(t.Context(), dir, ""); err != nil {
			t.Fatalf("after the first has gone: %v", err)
		}
		s.Close()
	})
	t.Run("a folder that is a file", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := store.Open(t.Context(), file, ""); err == nil || !strings.Contains(err.Error(), "--data or DATA_DIR") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("a damaged database", func(t *testing.T) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "liaison.db"), []byte(strings.Repeat("not a database ", 1000)), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := store.Open(t.Context(), dir, ""); !errors.Is(err, store.ErrDamaged) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("a database of a newer version", func(t *testing.T) {
		dir := t.TempDir()
		s, err := store.Open(t.Context(), dir, "")
		if err != nil {
			t.Fatal(err)
		}
		s.Close()
		db, err := sql.Open("sqlite", filepath.Join(dir, "liaison.db"))
		if err != nil {
			t.Fatal(err)
		}
		_, err = db.ExecContext(t.Context(), `INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, 1)`)
		if err := errors.Join(err, db.Close()); err != nil {
			t.Fatal(err)
		}
		if _, err := store.Open(t.Context(), dir, ""); !errors.Is(err, store.ErrNewer) {
			t.Errorf("got %v", err)
		}
	})
}

func TestFilesAreTheirOwnersAlone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	s, err := store.Open(context.Background(), dir, "")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for name, want := range map[string]os.FileMode{".": 0o700, "liaison.db": 0o600, "server.lock": 0o600} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%s has mode %v, want %v (%v)", name, info.Mode().Perm(), want, err)
		}
	}
}

func TestTheDatabaseLiesInTheFolderWhateverItsName(t *testing.T) {
	for _, name := range []string{"#1", "a?b=c", "100%", "two words", "%41"} {
		t.Run("folder", func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), name)
			s, err := store.Open(t.Context(), dir, "")
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			if info, err := os.Stat(filepath.Join(dir, "liaison.db")); err != nil || info.Size() == 0 {
				t.Errorf("%s: the database is elsewhere: %v", name, err)
			}
		})
	}
}
