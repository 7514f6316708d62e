package discord

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"liaison/adapters/discord/fakediscord"
	"liaison/bot/chat"
	"liaison/bot/chat/chattest"
)

func TestPromises(t *testing.T) { chattest.Run(t, harness{}) }

// harness runs the adapter over fakediscord for the conformance suite.
type harness struct{}

func (harness) Name() string { return "discord" }

func (harness) Cannot() map[chattest.Ability]string {
	return map[chattest.Ability]string{
		chattest.UnknownRooms: "whatever room it is, it counts as public",
	}
}

func (harness) Start(t *testing.T, inbox chat.Inbox, table chat.Table) chattest.Session {
	return start(t, inbox, table, func(*fakediscord.Server, *Options) {})
}

// session is one adapter over one fake.
type session struct {
	*runningAdapter
	fake *fakediscord.Server

	mu        sync.Mutex
	delivered map[string]func() chattest.Receipt // by Delivery.ID: how to deliver it again
}

// runningAdapter is an adapter whose Run was called.
type runningAdapter struct {
	adapter *Adapter
	cancel  context.CancelFunc
	stopped chan struct{}
	err     error
}

func start(t testing.TB, inbox chat.Inbox, table chat.Table, adjust func(*fakediscord.Server, *Options), tune ...func(*Adapter)) *session {
	t.Helper()
	fake, err := fakediscord.Start()
	if err != nil {
		t.Fatal(err)
	}
	fake.MessageContentAllowed = true
	o := Options{Token: fakediscord.Token, APIURL: fake.URL(), MessageContent: true, Forums: []string{fakediscord.ForumID}, Logger: logTo(t)}
	adjust(fake, &o)
	t.Cleanup(func() {
		record(fake.Exchanges())
		for _, complaint := range fake.Complaints() {
			t.Error("Discord would complain: " + complaint)
		}
		fake.Close()
	})
	s := &session{runningAdapter: launch(t, o, inbox, table, tune...), fake: fake, delivered: map[string]func() chattest.Receipt{}}
	s.awaitLine(t)
	return s
}

// launch starts an adapter and stops it at the end of the test.
func launch(t testing.TB, o Options, inbox chat.Inbox, table chat.Table, tune ...func(*Adapter)) *runningAdapter {
	t.Helper()
	a, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	a.Register(table)
	for _, change := range tune {
		change(a)
	}
	ctx, cancel := context.WithCancel(context.Background())
	r := &runningAdapter{adapter: a, cancel: cancel, stopped: make(chan struct{})}
	go func() {
		r.err = a.Run(ctx, inbox)
		close(r.stopped)
	}()
	t.Cleanup(func() {
		cancel()
		<-r.stopped
	})
	return r
}

func (s *session) awaitLine(t testing.TB) {
	t.Helper()
	chattest.Wait(t, "the adapter to connect", s.fake.Changed, func() bool { return s.fake.Connected() })
	for late := time.Now().Add(chattest.Patience); !s.adapter.Status().Connected; {
		if time.Now().After(late) {
			t.Fatal("the adapter does not say that it is connected")
		}
		<-time.After(time.Millisecond)
	}
}

func (r *runningAdapter) Adapter() chat.Adapter    { return r.adapter }
func (r *runningAdapter) Stop()                    { r.cancel() }
func (r *runningAdapter) Stopped() <-chan struct{} { return r.stopped }
func (r *runningAdapter) Err() error               { return r.err }

func (s *session) Changed() <-chan struct{} { return s.fake.Changed() }
func (s *session) Limit(after time.Duration) func() {
	return s.fake.Limit(after, false)
}
func (s *session) Early() int                      { return s.fake.Early() }
func (s *session) Drop()                           { s.fake.Drop() }
func (s *session) LoseReply()                      { s.fake.LoseReply() }
func (s *session) RefusePrivate()                  { s.fake.RefusePrivate() }
func (s *session) Hold() (<-chan struct{}, func()) { return s.fake.Hold() }
func (s *session) used(d chattest.Delivery) fakediscord.Used {
	return fakediscord.Used{Who: who(d), Channel: channel(d.Place)}
}

func who(d chattest.Delivery) string {
	if d.Who == "" {
		return "ada"
	}
	return d.Who
}

func channel(p chattest.Place) string {
	if p == chattest.Direct {
		return ""
	}
	return fakediscord.GeneralID
}

func (s *session) Deliver(t *testing.T, d chattest.Delivery) chattest.Receipt {
	s.awaitLine(t)
	s.mu.Lock()
	again := s.delivered[d.ID]
	s.mu.Unlock()
	if again != nil {
		return again()
	}
	receipt, again := s.play(d)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.delivered[d.ID] = again
	return receipt
}

func (s *session) play(d chattest.Delivery) (chattest.Receipt, func() chattest.Receipt) {
	interaction := func(i *fakediscord.Interaction) (chattest.Receipt, func() chattest.Receipt) {
		receipt := chattest.Receipt{Acknowledged: i.Acknowledged}
		return receipt, func() chattest.Receipt { i.Deliver(); return receipt }
	}
	switch d.Kind {
	case chattest.Command:
		options := map[string]string{}
		if d.Text != "" {
			options["question"] = d.Text
		}
		return interaction(s.fake.Command(s.used(d), d.Command, options))
	case chattest.Press:
		on := d.On
		if on == "" {
			on = s.fake.Say(fakediscord.Said{Who: who(d), Self: true, Channel: channel(d.Place), Text: "an answer", Silent: true})
		}
		return interaction(s.fake.Press(s.used(d), on, customID(actMark, 0, d.Action)))
	case chattest.Submit:
		return interaction(s.fake.Submit(s.used(d), "", customID(actMark, 0, d.Action), d.Values))
	default:
	}
	said := fakediscord.Said{Who: who(d), Channel: channel(d.Place), Text: d.Text, Mention: d.Place != chattest.Direct}
	switch d.Kind {
	case chattest.Talk:
		said.Mention = false
	case chattest.Own:
		said.Self, said.Mention = true, false
	case chattest.Bot:
		said.Bot, said.Who = true, "another bot"
	default:
	}
	id := s.fake.Say(said)
	return chattest.Receipt{}, func() chattest.Receipt { s.fake.Again(id); return chattest.Receipt{} }
}

// Messages returns what the bot said, as people see it.
func (s *session) Messages() []chattest.Message {
	var list []chattest.Message
	for _, m := range s.fake.Messages() {
		if m.Author == fakediscord.BotID {
			list = append(list, asSeen(m))
		}
	}
	return list
}

func asSeen(m fakediscord.Message) chattest.Message {
	shown := fakediscord.Show(m.Content)
	seen := chattest.Message{
		ID: m.ID, Room: m.Channel, Reader: m.Reader, Text: shown.Text, Pings: append(m.Pings(), shown.Hidden...), Unfurls: m.Previews(), Form: m.Form,
	}
	for _, l := range shown.Links {
		seen.Links = append(seen.Links, chattest.Link(l))
	}
	var words []string
	for _, row := range m.Components {
		words = append(words, componentWords(row)...)
		for _, c := range asMaps(row["components"]) {
			words = append(words, componentWords(c)...)
			if id, ok := c["custom_id"].(string); ok {
				_, action, _ := readCustomID(id)
				seen.Buttons = append(seen.Buttons, chattest.Button{ID: action, Label: fmt.Sprint(c["label"])})
			}
			if url, ok := c["url"].(string); ok {
				seen.Buttons = append(seen.Buttons, chattest.Button{Label: fmt.Sprint(c["label"]), URL: url})
			}
		}
	}
	seen.Text = strings.Join(append([]string{seen.Text}, words...), "\n")
	return seen
}

func asMaps(v any) []map[string]any {
	list, _ := v.([]any)
	var maps []map[string]any
	for _, x := range list {
		if m, ok := x.(map[string]any); ok {
			maps = append(maps, m)
		}
	}
	return maps
}

// componentWords returns what a button, menu, field or text says.
func componentWords(c map[string]any) []string {
	var words []string
	for _, key := range []string{"label", "placeholder", "value", "description"} {
		if word, ok := c[key].(string); ok {
			words = append(words, word)
		}
	}
	if content, ok := c["content"].(string); ok {
		words = append(words, fakediscord.Show(content).Text)
	}
	for _, o := range asMaps(c["options"]) {
		words = append(words, fmt.Sprint(o["label"]), fmt.Sprint(o["description"]))
	}
	return words
}
