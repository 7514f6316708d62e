package chattest

import (
	"slices"
	"strings"
	"sync"
)

// Message is one message as the person it was sent to sees it, whatever the platform.
type Message struct {
	ID     string // as in chat.Ref.Message
	Room   string
	Thread string
	// Reader is the id of the one person who can read it; "" when the room can.
	Reader string
	// Text is all that is shown, in reading order: escapes undone, the words of links, buttons, menus
	// and form fields included, with what the fields hold already. An edited message holds what it
	// reads now.
	Text    string
	Links   []Link
	Buttons []Button
	Pings   []string // whom it would notify or highlight, as the platform parses it: "@everyone", "<@U1>"
	Unfurls bool     // the platform would add a preview of a link
	Form    bool     // it is a form that was opened
	Deleted bool
}

// Link is a link as the platform makes it: the words shown, and where it leads.
type Link struct{ Text, URL string }

// Button is a button or one option of a menu.
type Button struct {
	ID    string // chat.Action.ID, or the Choice's Action
	Label string
	URL   string
}

// Shown returns the text and every address of a message, for Missing.
func (m Message) Shown() string {
	parts := []string{m.Text}
	for _, l := range m.Links {
		parts = append(parts, l.Text, l.URL)
	}
	for _, b := range m.Buttons {
		parts = append(parts, b.Label, b.URL)
	}
	return strings.Join(parts, "\n")
}

// Wall keeps the messages of a fake platform. The zero value is ready.
type Wall struct {
	mu       sync.Mutex
	messages []Message
	changed  chan struct{}
}

// Post adds a message at the end.
func (w *Wall) Post(m Message) { w.change(func() { w.messages = append(w.messages, m) }) }

// Edit lets change alter the message of that id, and reports whether there is one.
func (w *Wall) Edit(id string, change func(*Message)) bool {
	found := false
	w.change(func() {
		for i := range w.messages {
			if w.messages[i].ID == id && !w.messages[i].Deleted {
				change(&w.messages[i])
				found = true
			}
		}
	})
	return found
}

// Messages returns all of them, oldest first, without those deleted.
func (w *Wall) Messages() []Message {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(w.messages), func(m Message) bool { return m.Deleted })
}

// Changed returns a channel that is closed at the next change.
func (w *Wall) Changed() <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.changed == nil {
		w.changed = make(chan struct{})
	}
	return w.changed
}

func (w *Wall) change(do func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	do()
	if w.changed != nil {
		close(w.changed)
		w.changed = nil
	}
}
