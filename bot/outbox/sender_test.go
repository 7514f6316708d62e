package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"liaison/bot/chat"
	"liaison/bot/outbox"
	"liaison/bot/records"
	"liaison/bot/store"
	"liaison/bot/store/storetest"
)

var noon = time.Date(2026, time.March, 16, 12, 0, 0, 0, time.UTC)

const ada = "wall:w/ada"

// wall is a platform: what stands on it is what people see. It outlives the processes that write to it.
type wall struct {
	messages []posted
	fail     []chat.SendError // of the next sends; SendUnknown arrives all the same
	noFinder bool             // cannot look up
	keyLives time.Duration
	groups   int
	life     *life
}

type posted struct{ key, text, to string }

var (
	_ chat.Editor      = (*wall)(nil)
	_ chat.Finder      = (*wall)(nil)
	_ chat.GroupOpener = (*wall)(nil)
)

func (w *wall) Name() string                          { return "wall" }
func (w *wall) Capabilities() chat.Capabilities       { return chat.Capabilities{KeyLives: w.keyLives} }
func (w *wall) Run(context.Context, chat.Inbox) error { return nil }
func (w *wall) Respond(context.Context, chat.Event, chat.Reply) (chat.Ref, error) {
	return chat.Ref{}, errors.New("not used")
}

func (w *wall) find(key string) (chat.Ref, bool) {
	for i, m := range w.messages {
		if m.key == key {
			return chat.Ref{Platform: "wall", Message: fmt.Sprint(i)}, true
		}
	}
	return chat.Ref{}, false
}

func (w *wall) Send(_ context.Context, to chat.To, r chat.Reply) (chat.Ref, error) {
	if w.life.over() {
		return chat.Ref{}, errDead
	}
	var failure *chat.SendError
	if len(w.fail) > 0 {
		failure, w.fail = &w.fail[0], w.fail[1:]
	}
	if failure != nil && failure.Kind != chat.SendUnknown {
		return chat.Ref{}, failure
	}
	ref, same := w.find(to.Key)
	if !same || w.keyLives == 0 {
		w.messages = append(w.messages, posted{to.Key, chat.PlainText(r), to.Account.User + to.Room})
		ref = chat.Ref{Platform: "wall", Message: fmt.Sprint(len(w.messages) - 1)}
	}
	if failure != nil {
		return chat.Ref{}, failure
	}
	if w.life.over() {
		return chat.Ref{}, errDead
	}
	return ref, nil
}

func (w *wall) Find(_ context.Context, to chat.To) (chat.Ref, error) {
	if w.life.over() {
		return chat.Ref{}, errDead
	}
	if w.noFinder {
		return chat.Ref{}, &chat.SendError{Kind: chat.SendRefused, Err: errors.New("cannot tell")}
	}
	ref, _ := w.find(to.Key)
	return ref, nil
}

func (w *wall) index(ref chat.Ref) (i int) { _, _ = fmt.Sscan(ref.Message, &i); return i }

func (w *wall) Edit(_ context.Context, ref chat.Ref, r chat.Reply) error {
	w.messages[w.index(ref)].text = chat.PlainText(r)
	return nil
}

func (w *wall) Delete(_ context.Context, ref chat.Ref) error {
	w.messages[w.index(ref)].text = "(gone)"
	return nil
}

func (w *wall) OpenGroup(context.Context, []chat.Account) (chat.To, error) {
	w.groups++
	return chat.To{Room: "group"}, nil
}

func (w *wall) texts() (all []string) {
	for _, m := range w.messages {
		all = append(all, m.text)
	}
	return all
}

// life ends a process after so many operations on the outside.
type life struct{ left int } // negative: for ever

var errDead = errors.New("this process is dead")

func (l *life) over() bool {
	if l.left > 0 {
		l.left--
	}
	return l.left == 0
}

// mortal is a store seen by a process that may die.
type mortal struct {
	outbox.Store
	life *life
}

func (m mortal) ClaimItem(ctx context.Context, now, until time.Time) (outbox.Item, bool, error) {
	if m.life.over() {
		return outbox.Item{}, false, errDead
	}
	i, ok, err := m.Store.ClaimItem(ctx, now, until)
	if m.life.over() {
		return outbox.Item{}, false, errDead // claimed, but nobody knows
	}
	return i, ok, err
}

func (m mortal) MarkItem(ctx context.Context, i outbox.Item) error {
	if m.life.over() {
		return errDead
	}
	return m.Store.MarkItem(ctx, i)
}

// letters renders an item as its subject, or as the test says.
type letters map[string]outbox.Letter

func (l letters) Letter(_ context.Context, i outbox.Item) (outbox.Letter, error) {
	if letter, ok := l[i.Key]; ok {
		return letter, nil
	}
	return outbox.Letter{Reply: said(i.Subject)}, nil
}

func said(text string) chat.Reply { return chat.Reply{Blocks: []chat.Block{chat.Say(text)}} }

// office is a sender over a store and a wall, whose clock the test moves.
type office struct {
	*testing.T
	lost    []string // keys of what was given up
	store   *store.Store
	wall    *wall
	letters letters
	now     time.Time
}

func newOffice(t *testing.T, s *store.Store) *office {
	return &office{T: t, store: s, wall: &wall{life: &life{-1}}, letters: letters{}, now: noon}
}

func (o *office) tell(key string, change func(*outbox.Item)) {
	o.Helper()
	i := outbox.Item{Key: key, Lane: ada, Kind: "note", Subject: key, Account: ada, Due: o.now}
	if change != nil {
		change(&i)
	}
	if err := o.store.Tell(o.Context(), i); err != nil {
		o.Fatal(err)
	}
}

// work sends what is due for an hour, as one process that may die.
func (o *office) work(l *life) {
	o.Helper()
	o.wall.life = l
	s := &outbox.Sender{
		Store: mortal{o.store, l}, Renderer: o.letters, Adapters: map[string]chat.Adapter{"wall": o.wall},
		Undelivered: func(_ context.Context, i outbox.Item) error { o.lost = append(o.lost, i.Key); return nil },
		Now:         func() time.Time { return o.now }, Log: slog.New(slog.DiscardHandler),
	}
	for end := o.now.Add(time.Hour); o.now.Before(end) && l.left != 0; {
		item, ok, err := s.Store.ClaimItem(o.Context(), o.now, o.now.Add(30*time.Second))
		if err != nil && !errors.Is(err, errDead) {
			o.Fatal(err)
		}
		if !ok {
			o.now = o.now.Add(2 * time.Minute)
			continue
		}
		s.Deliver(o.Context(), item)
	}
	o.wall.life = &life{-1}
}

func (o *office) state(key string) outbox.State {
	o.Helper()
	i, err := o.store.ItemByKey(o.Context(), key)
	if err != nil {
		o.Error(err)
	}
	return i.State
}

func TestWhatIsToldIsSentInOrderAndOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		var want []string
		for i := range 12 {
			want = append(want, fmt.Sprint("note ", i))
			o.tell(want[i], nil)
			o.tell(want[i], nil) // told twice
		}
		o.wall.fail = []chat.SendError{{Kind: chat.SendFailed, Err: errDead}, {Kind: chat.SendLimited, After: time.Minute, Err: errDead}, {Kind: chat.SendUnknown, Err: errDead}}
		o.work(&life{-1})
		if got := o.wall.texts(); !slices.Equal(got, want) {
			t.Errorf("on the wall: %q", got)
		}
	})
}

func TestSendsThatGoWrong(t *testing.T) {
	for _, c := range []struct {
		name  string
		fail  chat.SendKind
		wall  wall
		want  int
		state outbox.State
	}{
		{"certainly not delivered: sent again", chat.SendFailed, wall{}, 1, outbox.Sent},
		{"the reply was lost: looked up", chat.SendUnknown, wall{}, 1, outbox.Sent},
		{"the reply was lost, and nobody can tell: not sent again", chat.SendUnknown, wall{noFinder: true}, 1, outbox.Unknown},
		{"the reply was lost, and the platform knows the key: sent again, shown once", chat.SendUnknown, wall{noFinder: true, keyLives: 5 * time.Minute}, 1, outbox.Sent},
		{"refused: given up", chat.SendRefused, wall{}, 0, outbox.Failed},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newOffice(t, storetest.Open(t, ""))
			o.wall = &c.wall
			o.wall.fail = []chat.SendError{{Kind: c.fail, Err: errDead}}
			o.tell("a", nil)
			o.work(&life{-1})
			if n := len(o.wall.messages); n != c.want || o.state("a") != c.state {
				t.Errorf("%d messages, %s; want %d, %s", n, o.state("a"), c.want, c.state)
			}
			if told := len(o.lost) == 1; told != (c.state != outbox.Sent) {
				t.Errorf("told of what was given up: %v", o.lost)
			}
		})
	}
}

func TestLetters(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		own := func(i *outbox.Item) { i.Lane = i.Key }
		o.letters["silent"] = outbox.Letter{}
		o.letters["later"] = outbox.Letter{Later: noon.Add(30 * time.Minute), Reply: said("later")}
		o.letters["group"] = outbox.Letter{Group: []chat.Account{{Platform: "wall", User: "a"}, {Platform: "wall", User: "b"}}, Reply: said("both of you")}
		o.letters["edit"] = outbox.Letter{Edits: "first", Reply: said("reworded")}
		o.letters["delete"] = outbox.Letter{Deletes: "second"}
		o.letters["edit of nothing"] = outbox.Letter{Edits: "silent", Reply: said("x")}
		for _, key := range []string{"first", "second", "silent", "edit", "delete", "edit of nothing"} {
			o.tell(key, nil)
		}
		o.tell("later", own)
		o.tell("group", own)
		o.tell("tomorrow", func(i *outbox.Item) { i.Lane, i.Due = "t", noon.AddDate(0, 0, 1) })
		o.work(&life{-1})
		got := o.wall.texts()
		slices.Sort(got)
		if want := []string{"(gone)", "both of you", "later", "reworded"}; !slices.Equal(got, want) {
			t.Errorf("on the wall: %q", got)
		}
		for key, want := range map[string]outbox.State{"silent": outbox.Dropped, "edit of nothing": outbox.Dropped, "delete": outbox.Sent, "tomorrow": outbox.Waiting} {
			if got := o.state(key); got != want {
				t.Errorf("%s is %s, want %s", key, got, want)
			}
		}
		i, err := s.ItemByMessage(t.Context(), chat.Ref{Platform: "wall", Message: "0"})
		if err != nil || i.Key != "first" {
			t.Errorf("the item of message 0: %q, %v", i.Key, err)
		}
		if err := s.Expire(t.Context(), noon.Add(records.Sent+2*time.Hour)); err != nil {
			t.Error(err)
		}
		if _, err := s.ItemByKey(t.Context(), "first"); !errors.Is(err, outbox.ErrNotFound) {
			t.Error("an old item was not removed")
		}
		if o.state("tomorrow") != outbox.Waiting {
			t.Error("an item that waits was removed")
		}
	})
}

// TestAProcessThatDiesAnywhereTellsOnce lets a process die before each of its operations on the
// outside in turn, and another go on.
func TestAProcessThatDiesAnywhereTellsOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for operations := 1; ; operations++ {
			o := newOffice(t, s)
			keys := []string{fmt.Sprint(operations, " a"), fmt.Sprint(operations, " b"), fmt.Sprint(operations, " c")}
			for _, key := range keys {
				o.tell(key, nil)
			}
			l := &life{operations}
			o.work(l)
			survived := l.left != 0
			o.work(&life{-1})
			if got := o.wall.texts(); !slices.Equal(got, keys) {
				t.Errorf("after dying at operation %d, on the wall: %q", operations, got)
			}
			if survived {
				return
			}
		}
	})
}

func TestOneWhoComesBackLateRecordsNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		o.tell("a", nil)
		slow, _, err := s.ClaimItem(t.Context(), noon, noon.Add(time.Second))
		if err != nil {
			t.Fatal(err)
		}
		if _, ok, _ := s.ClaimItem(t.Context(), noon, noon.Add(time.Second)); ok {
			t.Error("claimed twice")
		}
		quick, ok, err := s.ClaimItem(t.Context(), noon.Add(2*time.Second), noon.Add(time.Minute))
		if err != nil || !ok || !quick.Doubt {
			t.Fatalf("not taken over: %v %+v %v", ok, quick, err)
		}
		slow.State = outbox.Sent
		if err := s.MarkItem(t.Context(), slow); !errors.Is(err, outbox.ErrLate) {
			t.Errorf("one who came late: %v", err)
		}
		quick.State = outbox.Sent
		if err := s.MarkItem(t.Context(), quick); err != nil {
			t.Error(err)
		}
	})
}

func TestRunSendsWhatComesAndEndsInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := store.Open(t.Context(), t.TempDir(), "")
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		w := &wall{life: &life{-1}}
		sender := &outbox.Sender{
			Store: s, Renderer: letters{}, Adapters: map[string]chat.Adapter{"wall": w}, Wake: s.Wake(), Now: time.Now, Log: slog.New(slog.DiscardHandler),
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { sender.Run(ctx); close(done) }()
		for i := range 5 {
			if err := s.Tell(t.Context(), outbox.Item{Key: fmt.Sprint(i), Lane: ada, Account: ada, Subject: fmt.Sprint(i), Due: time.Now()}); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(10 * time.Second)
		cancel()
		<-done
		if got := w.texts(); !slices.Equal(got, []string{"0", "1", "2", "3", "4"}) {
			t.Errorf("on the wall: %q", got)
		}
	})
}
