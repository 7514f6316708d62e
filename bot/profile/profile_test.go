package profile_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"liaison/bot/access"
	"liaison/bot/profile"
	"liaison/bot/store"
	"liaison/bot/store/storetest"
)

var noon = time.Date(2026, time.March, 16, 12, 0, 0, 0, time.UTC) // a Monday

// desk is a service over a store, whose clock the test moves.
type desk struct {
	*testing.T
	*profile.Service
	now time.Time
}

func each(t *testing.T, test func(d *desk)) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		d := &desk{T: t, now: noon}
		d.Service = &profile.Service{Store: s, Now: func() time.Time { return d.now }}
		test(d)
	})
}

func (d *desk) meet(account, name, organisation string) profile.Profile {
	d.Helper()
	p, err := d.Meet(d.Context(), profile.Account{ID: account, Name: name, Organisation: organisation, Zone: "Europe/London"})
	if err != nil {
		d.Fatal(err)
	}
	return p
}

// list meets somebody, and lists them within a reach.
func (d *desk) list(account, name, organisation string, reach access.Visibility) profile.Profile {
	d.Helper()
	d.meet(account, name, organisation)
	_, err := d.Change(d.Context(), account, func(p *profile.Profile) { p.Knows, p.Reach = "knows things", reach })
	if err == nil {
		err = d.List(d.Context(), account)
	}
	if err != nil {
		d.Fatal(err)
	}
	return d.meet(account, name, organisation)
}

func (d *desk) found(who access.Audience, name string) (all []string) {
	d.Helper()
	people, err := d.Find(d.Context(), who, name)
	if err != nil {
		d.Fatal(err)
	}
	for _, p := range people {
		all = append(all, p.Named().ID)
	}
	return all
}

func TestOnlyWhoIsListedIsFoundWithinTheirReach(t *testing.T) {
	each(t, func(d *desk) {
		d.list("slack:T1/PUBLIC", "Ada Public", "gds", access.Public)
		d.list("slack:T1/STAFF", "Ada Staff", "gds", access.Staff)
		own := d.list("slack:T1/GDS", "Ada Own", "gds", access.Organisation("gds"))
		d.list("slack:T1/HIDDEN", "Ada Hidden", "gds", access.Public)
		d.meet("slack:T1/MET", "Ada Met", "gds")
		if err := d.Hide(d.Context(), "slack:T1/HIDDEN"); err != nil {
			d.Fatal(err)
		}
		for _, c := range []struct {
			who  access.Audience
			want int
		}{{access.Audience{}, 1}, {access.StaffOf("usds"), 2}, {access.StaffOf("gds"), 3}} {
			if got := d.found(c.who, "ada"); len(got) != c.want {
				d.Errorf("%v finds %v, want %d", c.who, got, c.want)
			}
		}
		if got := d.found(access.StaffOf("gds"), "staff ADA"); len(got) != 1 || got[0] != "slack:T1/STAFF" {
			d.Errorf("by two words: %v", got)
		}
		if got := d.found(access.StaffOf("gds"), " "); len(got) != 0 {
			d.Errorf("by nothing: %v", got)
		}
		if _, err := d.Visible(d.Context(), access.StaffOf("usds"), own.Person); !errors.Is(err, profile.ErrNotFound) {
			d.Errorf("who is out of reach is seen: %v", err)
		}
		if p, err := d.Visible(d.Context(), access.StaffOf("gds"), own.Person); err != nil || p.Consent != profile.Consent || !p.ListedAt.Equal(noon) {
			d.Errorf("%+v, %v", p, err)
		}
	})
}

func TestASearchNamesFewPeople(t *testing.T) {
	each(t, func(d *desk) {
		for _, user := range []string{"A", "B", "C", "D", "E", "F", "G"} {
			d.list("slack:T1/"+user, "Example "+user, "", access.Public)
		}
		if got := d.found(access.Audience{}, "example"); len(got) != profile.MaxFound || got[0] != "slack:T1/A" {
			d.Errorf("found %v", got)
		}
	})
}

func TestAccountsAreLinkedByACodeAndNothingElse(t *testing.T) {
	each(t, func(d *desk) {
		ctx := d.Context()
		here := d.list("slack:T1/U1", "Ada", "gds", access.Staff)
		there := d.meet("slack:T2/U1", "Ada", "usds")
		if here.Person == there.Person {
			d.Fatal("the same user id in two workspaces is one person")
		}
		code, err := d.Code(ctx, "slack:T1/U1")
		if err != nil || !profile.LooksLikeCode(code) {
			d.Fatal(code, err)
		}
		if _, err := d.Link(ctx, "slack:T2/U1", "AAAA-AAAA"); !errors.Is(err, profile.ErrCode) {
			d.Errorf("a wrong code: %v", err)
		}
		if _, err := d.Link(ctx, "slack:T1/U1", code); !errors.Is(err, profile.ErrSame) {
			d.Errorf("typed where it was shown: %v", err)
		}
		if shown, err := d.Link(ctx, "slack:T2/U1", " "+code[:4]+" "+code[5:]); err != nil || shown != "slack:T1/U1" {
			d.Fatalf("linked to %q, %v", shown, err)
		}
		both := d.meet("slack:T2/U1", "Ada", "usds")
		if both.Person != here.Person || !both.Listed || len(both.Accounts) != 2 || !both.Has("slack:T1/U1") {
			d.Errorf("after linking: %+v", both)
		}
		d.meet("discord:7", "Ada", "")
		if _, err := d.Link(ctx, "discord:7", code); !errors.Is(err, profile.ErrCode) {
			d.Errorf("a code used twice: %v", err)
		}
		if code, err = d.Code(ctx, "slack:T1/U1"); err != nil {
			d.Fatal(err)
		}
		d.now = d.now.Add(profile.CodeTime + time.Second)
		if _, err := d.Link(ctx, "discord:7", code); !errors.Is(err, profile.ErrCode) {
			d.Errorf("an old code: %v", err)
		}
		if err := d.Store.Unlink(ctx, "slack:T2/U1"); err != nil {
			d.Fatal(err)
		}
		if apart := d.meet("slack:T2/U1", "Ada", "usds"); apart.Person == here.Person || apart.Listed || apart.Knows != "" {
			d.Errorf("after unlinking: %+v", apart)
		}
	})
}

func TestWhoIsHiddenInOnePlaceIsHiddenWhenLinked(t *testing.T) {
	each(t, func(d *desk) {
		d.list("slack:T1/U1", "Ada", "gds", access.Staff)
		d.list("discord:7", "Ada", "", access.Public)
		if err := d.Hide(d.Context(), "discord:7"); err != nil {
			d.Fatal(err)
		}
		code, err := d.Code(d.Context(), "slack:T1/U1")
		if err != nil {
			d.Fatal(err)
		}
		if _, err := d.Link(d.Context(), "discord:7", code); err != nil {
			d.Fatal(err)
		}
		if p := d.meet("slack:T1/U1", "Ada", "gds"); p.Listed {
			d.Error("linking listed somebody who had hidden")
		}
	})
}

func TestQuestionsAreTakenByThoseWhoSaidSo(t *testing.T) {
	each(t, func(d *desk) {
		p := d.list("slack:T1/U1", "Ada", "gds", access.Public)
		if !p.TakesQuestions() {
			d.Error("who is listed under the wording of today takes none")
		}
		unlisted := p
		unlisted.Listed = false
		if unlisted.TakesQuestions() {
			d.Error("somebody takes questions who never said so")
		}
		home := p.Home
		if err := d.Questions(d.Context(), "slack:T1/U1", false); err != nil {
			d.Fatal(err)
		}
		d.list("discord:1", "Ada", "", access.Public)
		code, err := d.Code(d.Context(), "discord:1")
		if err != nil {
			d.Fatal(err)
		}
		if p = d.meet("slack:T1/U1", "Ada", "gds"); p.TakesQuestions() || !p.Listed || p.Home != home {
			d.Errorf("after saying no: %+v", p)
		}
		if _, err := d.Link(d.Context(), "slack:T1/U1", code); err != nil {
			d.Fatal(err)
		}
		if p = d.meet("discord:1", "Ada", ""); p.TakesQuestions() || len(p.Accounts) != 2 {
			d.Errorf("linked to one who takes questions: %+v", p)
		}
		if err := d.Questions(d.Context(), "discord:1", true); err != nil {
			d.Fatal(err)
		}
		if !d.meet("discord:1", "Ada", "").TakesQuestions() {
			d.Error("after saying yes again")
		}
	})
}

func TestAnOlderWordingListsNobody(t *testing.T) {
	each(t, func(d *desk) {
		p := d.list("slack:T1/U1", "Ada Example", "gds", access.Public)
		p.Consent = "0: an older wording"
		if err := d.Store.KeepProfile(d.Context(), p, p.At); err != nil {
			d.Fatal(err)
		}
		if found := d.found(access.Audience{}, "Ada"); len(found) != 0 || d.meet("slack:T1/U1", "Ada Example", "gds").Listed {
			d.Errorf("under an older wording %v is found", found)
		}
		if err := d.List(d.Context(), "slack:T1/U1"); err != nil {
			d.Fatal(err)
		}
		if found := d.found(access.Audience{}, "Ada"); len(found) != 1 {
			d.Errorf("after a new yes %v is found", found)
		}
	})
}

// TestNothingIsLostThatIsSaidAtTheSameTime has somebody hide while they change everything else.
func TestNothingIsLostThatIsSaidAtTheSameTime(t *testing.T) {
	each(t, func(d *desk) {
		for round := range 10 {
			d.list("slack:T1/U1", "Ada", "gds", access.Staff)
			var group sync.WaitGroup
			failed := make(chan error, 3)
			topic := fmt.Sprint("topic ", round)
			group.Go(func() { failed <- d.Hide(d.Context(), "slack:T1/U1") })
			group.Go(func() { failed <- d.Questions(d.Context(), "slack:T1/U1", round%2 == 0) })
			group.Go(func() {
				_, err := d.Change(d.Context(), "slack:T1/U1", func(p *profile.Profile) { p.Knows = topic })
				failed <- err
			})
			group.Wait()
			for range 3 {
				if err := <-failed; err != nil {
					d.Fatal(err)
				}
			}
			if p := d.meet("slack:T1/U1", "Ada", "gds"); p.Listed || p.Knows != topic || p.NoQuestions != (round%2 != 0) {
				d.Errorf("something was lost: %+v", p)
			}
		}
	})
}
