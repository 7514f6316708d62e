package commands_test

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"liaison/bot/access"
	"liaison/bot/ask"
	"liaison/bot/chat"
	"liaison/bot/coffee"
	"liaison/bot/commands"
	"liaison/bot/directory"
	"liaison/bot/feedback"
	"liaison/bot/inquiry"
	"liaison/bot/intro"
	"liaison/bot/profile"
	"liaison/bot/store"
	"liaison/bot/store/storetest"
	"liaison/index"
	"liaison/knowledge"
)

// pages is a search over a few pages: those that hold a word of the question, in order. With turns, the
// words of the questions before count too. It is honest about visibility, as the index is.
type pages struct {
	list    []knowledge.Document
	turns   [][]index.Turn // what each search was given, for tests
	snippet string         // what is shown of a page; "" for all of it
	err     error
	panic   bool
}

func (p *pages) Search(_ context.Context, who access.Audience, q index.Question) (index.Results, error) {
	if p.panic {
		panic("a question: " + q.Text)
	}
	p.turns = append(p.turns, q.Turns)
	words := strings.Fields(strings.ToLower(q.Text))
	for _, turn := range q.Turns {
		if turn.ByUser {
			words = append(words, strings.Fields(strings.ToLower(turn.Text))...)
		}
	}
	out := index.Results{Band: index.BandNone, Reason: "Nothing I have read is close to that."}
	for _, d := range p.list {
		if who.May(d.Visibility) && (len(q.Organisations) == 0 || slices.Contains(q.Organisations, d.Organisation)) {
			out.Documents++
		}
		text := strings.ToLower(d.Title + " " + d.Passages[0].Text)
		fits := slices.ContainsFunc(words, func(w string) bool { return len(w) > 3 && strings.Contains(text, strings.Trim(w, "?")) })
		if fits && who.May(d.Visibility) && (len(q.Organisations) == 0 || slices.Contains(q.Organisations, d.Organisation)) {
			out.Hits = append(out.Hits, index.Hit{Document: d, Passage: d.Passages[0], Fits: []index.Match{held(q.Text, text)}, Snippet: cmp.Or(p.snippet, d.Passages[0].Text), Score: 1})
			out.Band, out.Confidence, out.Reason = index.BandAnswer, 0.9, ""
		}
	}
	return out, p.err
}

// held tells which share of a question's longer words a text holds.
func held(question, text string) index.Match {
	all, in := 0., 0.
	for _, w := range strings.Fields(strings.ToLower(question)) {
		if w = strings.Trim(w, "?"); len(w) > 3 {
			all++
			if strings.Contains(text, w) {
				in++
			}
		}
	}
	return index.Match{Held: in / max(all, 1), Near: in / max(all, 1)}
}

func page(path, organisation string, v access.Visibility, title, text string) knowledge.Document {
	return knowledge.Document{
		Path: path, Title: title, Organisation: organisation, Visibility: v, URL: "https://example.gov.uk/" + path,
		Passages: []knowledge.Passage{{Text: text}},
	}
}

// office is a Liaison with a store, a few pages, and one platform that only remembers.
type office struct {
	*commands.Handler
	t      *testing.T
	store  *store.Store
	pages  *pages
	now    time.Time
	events int
	homes  []chat.Reply
	log    strings.Builder
}

func newOffice(t *testing.T) *office {
	t.Helper()
	s, err := store.Open(t.Context(), storetest.Folder(t), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	o := &office{t: t, store: s, now: time.Date(2026, time.March, 16, 12, 0, 0, 0, time.UTC)}
	o.pages = &pages{list: []knowledge.Document{
		page("secrets.md", "gds", access.Public, "Keeping secrets", "Keep secrets in the secret store."),
		page("staff.md", "gds", access.Staff, "Secrets for staff", "The staff vault has the canary secrets."),
		page("gds.md", "gds", access.Organisation("gds"), "Secrets of GDS", "The GDS vault has the eagle secrets."),
		page("us.md", "usds", access.Public, "Federal secrets", "Secrets are kept by the agency."),
	}}
	clock := func() time.Time { return o.now }
	o.Handler = &commands.Handler{
		Ask:      &ask.Service{Search: o.pages, Vocabulary: vocabulary, Now: clock},
		Feedback: &feedback.Service{Store: s, Now: clock}, Store: s, Library: library{},
		Admins: []chat.Account{{Platform: "slack", Workspace: "T1", User: "admin"}}, Now: clock,
		Log: slog.New(slog.NewTextHandler(&o.log, nil)),
	}
	intros := &intro.Service{Store: s, Now: clock}
	o.People = &commands.People{
		Profiles: &profile.Service{Store: s, Now: clock}, Intros: intros, Store: s,
		Coffee:    &coffee.Service{Store: s, Intros: intros, Look: o.Seat, OneRoom: o.OneRoom, Now: clock},
		Inquiries: &inquiry.Service{Store: s, Now: clock},
		Schedule:  schedule,
	}
	o.Adapters = map[string]chat.Adapter{"slack": platform{o}}
	return o
}

// schedule is a person's own, and nothing of their organisation's.
func schedule(p directory.Person) directory.Schedule {
	s := directory.Schedule{Hours: p.OfficeHours}
	if p.Zone != "" {
		s.Zone, _ = time.LoadLocation(p.Zone)
	}
	return s
}

func vocabulary() ask.Vocabulary {
	return ask.Vocabulary{
		Organisations: []knowledge.Organisation{
			{ID: "gds", Name: "Government Digital Service", Short: "GDS", Country: "gb", Contacts: []knowledge.Contact{{Text: "#gds"}}, Covers: []string{"service standard"}},
			{ID: "usds", Name: "US Digital Service", Short: "USDS", Country: "us", Contacts: []knowledge.Contact{{Text: "#usds"}}},
		},
		Terms: []knowledge.Term{
			{Term: "ATO", Aliases: []string{"authority to operate"}, Visibility: access.Public, Meanings: []knowledge.Meaning{{Text: "A decision."}}},
			{Term: "Eagle", Visibility: access.Organisation("gds"), Meanings: []knowledge.Meaning{{Text: "A hidden bird."}}},
		},
	}
}

// platform takes what is said; only its home pages are looked at.
type platform struct{ *office }

func (platform) Name() string { return "slack" }
func (platform) Capabilities() chat.Capabilities {
	return chat.Capabilities{MaxWait: 3 * time.Second, Private: true}
}
func (platform) Run(context.Context, chat.Inbox) error { return nil }
func (platform) Respond(context.Context, chat.Event, chat.Reply) (chat.Ref, error) {
	return chat.Ref{}, nil
}
func (platform) Send(context.Context, chat.To, chat.Reply) (chat.Ref, error) { return chat.Ref{}, nil }
func (platform) Status() chat.Status                                         { return chat.Status{Connected: true} }
func (p platform) PublishHome(_ context.Context, _ chat.Account, r chat.Reply) error {
	p.homes = append(p.homes, r)
	return nil
}

// library is an index that is looked after by nobody.
type library struct{}

func (library) Reindex(context.Context, func(done, total int)) (commands.Receipt, error) {
	return commands.Receipt{Documents: 2400, Passages: 18000, Added: 1, Took: time.Second}, nil
}
func (library) State(context.Context) (commands.State, error) {
	return commands.State{Documents: 2400, Folder: "knowledge"}, nil
}
func (library) Latest(_ context.Context, who access.Audience, notCountry string, _ int) []knowledge.Document {
	if notCountry == "us" {
		return nil
	}
	return []knowledge.Document{page("us.md", "usds", access.Public, "Federal secrets", "")}
}

// The people of the tests.
var (
	gdsMember = chat.Actor{Account: account("gds-member"), Name: "Ada", Standing: chat.StandingMember, Organisation: "gds"}
	other     = chat.Actor{Account: account("other"), Name: "Ben", Standing: chat.StandingMember, Organisation: "gds"}
	guest     = chat.Actor{Account: account("guest"), Standing: chat.StandingStranger}
	unknown   = chat.Actor{Account: account("unknown"), Organisation: "gds"}
	admin     = chat.Actor{Account: account("admin"), Standing: chat.StandingMember, Organisation: "gds"}
)

func account(user string) chat.Account {
	return chat.Account{Platform: "slack", Workspace: "T1", User: user}
}

// The rooms of the tests.
var (
	direct  = chat.Room{ID: "D1", Scope: chat.ScopeDirect, Direct: true}
	channel = chat.Room{ID: "C1", Thread: "1.1", Scope: chat.ScopeStaff, Organisation: "gds"}
	staff   = chat.Room{ID: "C2", Thread: "2.1", Scope: chat.ScopeStaff}
	open    = chat.Room{ID: "C3", Thread: "3.1", Scope: chat.ScopePublic}
	dark    = chat.Room{ID: "C4", Thread: "4.1"}
)

func (o *office) event(who chat.Actor, where chat.Room, kind chat.Kind) chat.Event {
	o.events++
	o.now = o.now.Add(time.Second)
	return chat.Event{
		ID: fmt.Sprint("e", o.events), Kind: kind, At: o.now, Platform: "slack", Workspace: "T1", Actor: who, Room: where,
		Message: fmt.Sprint("m", o.events), Addressed: true,
	}
}

// say has somebody say something somewhere, and returns the answer.
// later lets a day pass, so that nothing said goes on with what was said before.
func (o *office) later() *office {
	o.now = o.now.AddDate(0, 0, 1)
	return o
}

func (o *office) say(who chat.Actor, where chat.Room, text string) chat.Reply {
	o.t.Helper()
	e := o.event(who, where, chat.KindMessage)
	e.Text = text
	return o.handle(e)
}

// press presses the button with a label of a reply.
func (o *office) press(who chat.Actor, where chat.Room, r chat.Reply, label string) chat.Reply {
	o.t.Helper()
	e := o.event(who, where, chat.KindAction)
	if e.Action = button(r, label); e.Action == "" {
		o.t.Fatalf("there is no button %q in:\n%s\nbut %v", label, chat.PlainText(r), labels(r))
	}
	return o.handle(e)
}

func (o *office) handle(e chat.Event) chat.Reply {
	o.t.Helper()
	o.pages.turns = nil
	r := o.Handle(o.t.Context(), e)
	for _, id := range actionIDs(r) {
		if len(id) > chat.MaxAction {
			o.t.Errorf("action %q is longer than %d", id, chat.MaxAction)
		}
		if _, ok := o.Table().Action(id); !ok {
			o.t.Errorf("action %q is not in the table", id)
		}
	}
	return r
}

// fed returns the most that a search of the last event was given of what was said before.
func (o *office) fed() []index.Turn {
	var most []index.Turn
	for _, turns := range o.pages.turns {
		if len(turns) > len(most) {
			most = turns
		}
	}
	return most
}

func buttons(r chat.Reply) []chat.Action {
	var all []chat.Action
	for _, b := range r.Blocks {
		if actions, ok := b.(chat.Actions); ok {
			all = append(all, actions.Actions...)
		}
	}
	return all
}

func actionIDs(r chat.Reply) []string {
	var ids []string
	for _, a := range buttons(r) {
		ids = append(ids, a.ID)
	}
	return ids
}

func labels(r chat.Reply) []string {
	var all []string
	for _, a := range buttons(r) {
		all = append(all, a.Label)
	}
	return all
}

func button(r chat.Reply, label string) string {
	for _, a := range buttons(r) {
		if a.Label == label {
			return a.ID
		}
	}
	return ""
}

// expect checks what a reply says, and does not say, in plain words.
func (o *office) expect(what string, r chat.Reply, holds []string, lacks ...string) {
	o.t.Helper()
	text := chat.PlainText(r)
	for _, word := range holds {
		if !strings.Contains(text, word) {
			o.t.Errorf("%s: %q is missing in:\n%s", what, word, text)
		}
	}
	for _, word := range lacks {
		if strings.Contains(text, word) {
			o.t.Errorf("%s: %q must not be in:\n%s", what, word, text)
		}
	}
}
