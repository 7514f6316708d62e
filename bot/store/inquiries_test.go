package store_test

import (
	"context"
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
	"liaison/bot/inquiry"
	"liaison/bot/profile"
	"liaison/bot/store"
	"liaison/bot/store/storetest"
)

// asked has every field set, so that one that is not stored shows.
func asked(id string) inquiry.Inquiry {
	turn := func(n int) inquiry.Turn {
		return inquiry.Turn{
			Party: inquiry.Party{Person: fmt.Sprint("person-", n), Account: fmt.Sprint("slack:T2/U", n), Name: "Grace Example", Organisation: "usds"},
			State: inquiry.TurnAsked, Quiet: n == 1, Later: true, Asked: noon, Until: noon.Add(time.Hour), Text: "Slowly. 🌲", Source: "slack/T2/D1/1",
			Named: true, Consent: "1: an answer's wording", Answered: noon.Add(2 * time.Hour),
		}
	}
	return inquiry.Inquiry{
		ID: id, State: inquiry.Asking, Asker: inquiry.Party{Person: "asker", Account: "slack:T1/U1", Name: "Ada Example", Organisation: "gds"}, Named: true,
		Question: "How? " + id, Seen: access.StaffOf("gds"), Audience: access.StaffOf(), Place: inquiry.Place{Workspace: "T1", Room: "C1", Thread: "1.1"},
		Turns: []inquiry.Turn{turn(0), turn(1)}, Consent: "1: a question's wording", Stopping: true, At: noon, Agreed: noon.Add(time.Minute),
		Until: noon.Add(time.Hour), Ended: noon.Add(3 * time.Hour),
	}
}

func keepInquiry(t *testing.T, s *store.Store, x inquiry.Inquiry) {
	t.Helper()
	if err := s.DoInquiry(t.Context(), func(tx inquiry.Tx) error { return tx.KeepInquiry(t.Context(), x) }); err != nil {
		t.Fatal(err)
	}
}

func inquiryOf(t *testing.T, s *store.Store, id string) (x inquiry.Inquiry) {
	t.Helper()
	if err := s.DoInquiry(t.Context(), func(tx inquiry.Tx) (err error) { x, err = tx.Inquiry(t.Context(), id); return err }); err != nil {
		t.Fatal(err)
	}
	return x
}

func TestInquiries(t *testing.T) { storetest.Each(t, testInquiries) }

func testInquiries(t *testing.T, s *store.Store) {
	ctx := t.Context()
	x := asked("1")
	keepInquiry(t, s, x)
	if diff := cmp.Diff(x, inquiryOf(t, s, "1"), cmp.AllowUnexported(access.Audience{})); diff != "" {
		t.Errorf("kept and read:\n%s", diff)
	}
	x.State, x.Named, x.Consent, x.Stopping, x.Agreed, x.Until, x.Ended = inquiry.Solved, false, "2: another", false, noon, noon, noon
	x.Turns[1] = inquiry.Turn{Party: x.Turns[1].Party, State: inquiry.TurnHelped}
	keepInquiry(t, s, x)
	if diff := cmp.Diff(x, inquiryOf(t, s, "1"), cmp.AllowUnexported(access.Audience{})); diff != "" {
		t.Errorf("changed and read:\n%s", diff)
	}
	err := s.DoInquiry(ctx, func(tx inquiry.Tx) error {
		if err := tx.KeepInquiry(ctx, asked("2")); err != nil {
			return err
		}
		_, err := tx.Inquiry(ctx, "none")
		return err
	})
	if !errors.Is(err, inquiry.ErrNotFound) {
		t.Errorf("of no row: %v", err)
	}
	err = s.DoInquiry(ctx, func(tx inquiry.Tx) error { _, err := tx.Inquiry(ctx, "2"); return err })
	if !errors.Is(err, inquiry.ErrNotFound) {
		t.Errorf("what failed was kept all the same: %v", err)
	}
}

func TestInquiriesAreFound(t *testing.T) { storetest.Each(t, testInquiriesAreFound) }

func testInquiriesAreFound(t *testing.T, s *store.Store) {
	ctx := t.Context()
	open := asked("open")
	open.Stopping, open.Ended, open.Until = false, time.Time{}, noon.Add(100*time.Hour)
	keepInquiry(t, s, open)
	draft := asked("draft")
	draft.State, draft.Stopping, draft.Agreed, draft.Ended = inquiry.Draft, false, time.Time{}, time.Time{}
	draft.Turns[0].State, draft.Turns[1].State = inquiry.TurnListed, inquiry.TurnListed
	keepInquiry(t, s, draft)
	for person, want := range map[string]string{"asker": "open", "person-0": "open", "person-1": "", "nobody": ""} {
		found, err := s.OpenInquiries(ctx, person)
		var ids []string
		for _, x := range found {
			ids = append(ids, x.ID)
		}
		if got := strings.Join(ids, " "); got != want || err != nil {
			t.Errorf("open of %s: %q, not %q; %v", person, got, want, err)
		}
	}
	for _, c := range []struct {
		at   time.Time
		want string
	}{{noon, ""}, {noon.Add(time.Hour), "draft open"}, {noon.Add(200 * time.Hour), "draft open"}} {
		due, err := s.DueInquiries(ctx, c.at)
		if got := strings.Join(due, " "); got != c.want || err != nil {
			t.Errorf("due at %v: %q, not %q; %v", c.at, got, c.want, err)
		}
	}
	for source, want := range map[string]error{"slack/T2/D1/1": nil, "slack/T2/D1/2": inquiry.ErrNotFound, "": inquiry.ErrNotFound} {
		if id, err := s.InquiryBySource(ctx, source); !errors.Is(err, want) || (id == "") != (want != nil) {
			t.Errorf("answered by %q: %q, %v", source, id, err)
		}
	}
	if all, err := s.InquiriesOf(ctx, "person-1"); len(all) != 2 || err != nil {
		t.Errorf("all of a person: %v, %v", all, err)
	}
	err := s.DoInquiry(ctx, func(tx inquiry.Tx) error {
		for _, c := range []struct {
			question, besides string
			since             time.Time
			want              inquiry.Counts
		}{
			{"How? open", "none", noon, inquiry.Counts{Open: 1, Week: 1, Same: 1}},
			{"How? open", "open", noon, inquiry.Counts{}},
			{"Why?", "none", noon.Add(time.Minute), inquiry.Counts{Open: 1}},
		} {
			if got, err := tx.CountInquiries(ctx, "asker", c.question, c.besides, c.since); got != c.want || err != nil {
				t.Errorf("counts of %q besides %s: %+v, not %+v; %v", c.question, c.besides, got, c.want, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestHelpfulAnswersAreForThoseWhoMayKnow(t *testing.T) {
	storetest.Each(t, testHelpfulAnswersAreForThoseWhoMayKnow)
}

func testHelpfulAnswersAreForThoseWhoMayKnow(t *testing.T, s *store.Store) {
	for id, audience := range map[string]access.Audience{
		"public": {}, "staff": access.StaffOf(), "gds": access.StaffOf("gds"), "both": access.StaffOf("gds", "usds"),
	} {
		x := asked(id)
		x.Audience, x.State, x.Stopping = audience, inquiry.Solved, false
		x.Turns[0].State = inquiry.TurnHelped
		keepInquiry(t, s, x)
	}
	for id, change := range map[string]func(*inquiry.Inquiry){
		"without a name": func(x *inquiry.Inquiry) { x.Turns[0].Named = false }, "their own": func(x *inquiry.Inquiry) { x.Turns[0].Person = x.Asker.Person },
		"not quite": func(x *inquiry.Inquiry) { x.Turns[0].State = inquiry.TurnPoor },
	} {
		x := asked(id)
		x.Audience, x.Turns[0].State = access.Audience{}, inquiry.TurnHelped
		change(&x)
		keepInquiry(t, s, x)
	}
	for _, c := range []struct {
		who  access.Audience
		want string
	}{
		{access.Audience{}, "How? public"}, {access.StaffOf(), "How? public, How? staff"}, {access.StaffOf("usds"), "How? public, How? staff"},
		{access.StaffOf("gds"), "How? gds, How? public, How? staff"}, {access.StaffOf("gds", "usds"), "How? both, How? gds, How? public, How? staff"},
	} {
		found, err := s.HelpfulAnswers(t.Context(), c.who)
		var questions []string
		for _, h := range found {
			questions = append(questions, h.Question)
			if h.Person != "person-0" || !h.At.Equal(noon.Add(2*time.Hour)) {
				t.Errorf("%+v", h)
			}
		}
		if got := strings.Join(questions, ", "); got != c.want || err != nil {
			t.Errorf("%s may know of %q, not %q; %v", c.who, got, c.want, err)
		}
	}
}

func TestOldInquiriesLoseTheirWords(t *testing.T) {
	storetest.Each(t, testOldInquiriesLoseTheirWords)
}

func testOldInquiriesLoseTheirWords(t *testing.T, s *store.Store) {
	for id, ended := range map[string]time.Duration{"new": 0, "old": -40 * 24 * time.Hour, "helped": -40 * 24 * time.Hour, "ancient": -400 * 24 * time.Hour} {
		x := asked(id)
		x.Ended = noon.Add(ended)
		if id == "helped" {
			x.Turns[0].State = inquiry.TurnHelped
		}
		keepInquiry(t, s, x)
	}
	if err := s.Expire(t.Context(), noon); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]string{"new": "How? new Slowly. 🌲", "old": " ", "helped": "How? helped "} {
		x := inquiryOf(t, s, id)
		if got := x.Question + " " + x.Turns[0].Text; got != want {
			t.Errorf("%s holds %q, not %q", id, got, want)
		}
	}
	err := s.DoInquiry(t.Context(), func(tx inquiry.Tx) error { _, err := tx.Inquiry(t.Context(), "ancient"); return err })
	if !errors.Is(err, inquiry.ErrNotFound) {
		t.Errorf("one of more than a year ago: %v", err)
	}
}

// TestOneOfManyAnswersIsFirst has two people answer at once, again and again, from several connections
// where the engine has them.
func TestOneOfManyAnswersIsFirst(t *testing.T) { storetest.Each(t, testOneOfManyAnswersIsFirst) }

func testOneOfManyAnswersIsFirst(t *testing.T, s *store.Store) {
	service := &inquiry.Service{Store: s, Now: func() time.Time { return noon }}
	for round := range 5 {
		x := asked(fmt.Sprint("round ", round))
		x.Stopping, x.Ended, x.Until = false, time.Time{}, noon.Add(time.Hour)
		for i := range x.Turns {
			x.Turns[i].State, x.Turns[i].Quiet = []inquiry.TurnState{inquiry.TurnSilent, inquiry.TurnAsked}[i], false
		}
		keepInquiry(t, s, x)
		var group sync.WaitGroup
		results := make(chan error, len(x.Turns))
		for i, turn := range x.Turns {
			group.Go(func() {
				_, err := service.Answer(context.WithoutCancel(t.Context()), x.ID, turn.Account, fmt.Sprint("answer ", i), "", "wording", true)
				results <- err
			})
		}
		group.Wait()
		close(results)
		taken := 0
		for err := range results {
			switch {
			case err == nil:
				taken++
			case !errors.Is(err, inquiry.ErrAnswered):
				t.Errorf("round %d: %v", round, err)
			}
		}
		if taken != 1 {
			t.Errorf("round %d: %d answers are the first", round, taken)
		}
	}
}

func TestAWorkspaceThatIsGoneAsksNobody(t *testing.T) {
	storetest.Each(t, testAWorkspaceThatIsGoneAsksNobody)
}

func testAWorkspaceThatIsGoneAsksNobody(t *testing.T, s *store.Store) {
	ctx := t.Context()
	ids := map[string]string{}
	for _, account := range []string{"slack:T1/U1", "slack:T2/U0", "slack:T2/U1"} {
		p, err := s.MeetAccount(ctx, profile.Account{ID: account, Name: "Example"}, noon)
		if err != nil {
			t.Fatal(err)
		}
		ids[account] = p.Person
	}
	x := asked("1")
	x.Asker.Person, x.Turns[0].Person, x.Turns[1].Person, x.Turns[1].State = ids["slack:T1/U1"], ids["slack:T2/U0"], ids["slack:T2/U1"], inquiry.TurnListed
	x.Stopping, x.Ended, x.Until, x.Turns[0].Until = false, time.Time{}, noon.Add(time.Hour), noon.Add(time.Hour)
	keepInquiry(t, s, x)
	if only, err := s.OnlyIn(ctx, "slack", "T2"); err != nil || !slices.Equal(only, []string{"slack:T2/U0", "slack:T2/U1"}) {
		t.Errorf("of T2 alone: %v, %v", only, err)
	}
	service := &inquiry.Service{Store: s, Now: func() time.Time { return noon }}
	if err := errors.Join(s.ForgetWorkspace(ctx, "slack", "T2", "event"), service.Sweep(ctx)); err != nil {
		t.Fatal(err)
	}
	if got := inquiryOf(t, s, "1"); got.State != inquiry.Unanswered || got.Turns[0].Text != "" || got.Turns[0].Name != "" {
		t.Errorf("with those who were asked gone: %+v", got)
	}
	x.ID = "2"
	keepInquiry(t, s, x)
	if err := errors.Join(s.ForgetWorkspace(ctx, "slack", "T1", "event"), service.Sweep(ctx)); err != nil {
		t.Fatal(err)
	}
	if got := inquiryOf(t, s, "2"); got.State != inquiry.Withdrawn || got.Question != "" || got.Asker.Name != "" {
		t.Errorf("with the asker gone: %+v", got)
	}
}

// TestTheFilesHoldNoWordsOfWhoAskedOrAnswered plants words of both sides, forgets both, and looks for them.
func TestTheFilesHoldNoWordsOfWhoAskedOrAnswered(t *testing.T) {
	dir := t.TempDir()
	s, err := store.Open(t.Context(), dir, "")
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	x := asked("1")
	x.Asker.Account, x.Asker.Name, x.Question = "slack:T1/U-canary", "Canary Asker", "canary question"
	x.Turns[0].Account, x.Turns[0].Name, x.Turns[0].Text, x.Turns[0].Source = "slack:T2/U-canary", "Canary Helper", "canary answer", "slack/T2/canary/1"
	for party, account := range map[*string]string{&x.Asker.Person: x.Asker.Account, &x.Turns[0].Person: x.Turns[0].Account} {
		p, err := s.MeetAccount(ctx, profile.Account{ID: account, Name: "Canary"}, noon)
		if err != nil {
			t.Fatal(err)
		}
		*party = p.Person
	}
	keepInquiry(t, s, x)
	for _, account := range []string{x.Asker.Account, x.Turns[0].Account} {
		held, err := s.Held(ctx, account)
		if err != nil || !strings.Contains(fmt.Sprint(held), "canary") {
			t.Errorf("held of %s: %v, %v", account, held, err)
		}
		f, err := s.ForgetAccount(ctx, account, "")
		if err != nil || f.Inquiries != 1 {
			t.Errorf("forgot %+v, %v", f, err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"liaison.db", "liaison.db-wal"} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err == nil && strings.Contains(strings.ToLower(string(data)), "canary") {
			t.Errorf("%s still holds the persons", name)
		}
	}
}
