package terminal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	"liaison/bot/chat"
)

// Run holds the conversation until ctx ends or the person leaves ("exit", Ctrl-C, Ctrl-D, the end of
// the input), and then returns nil once the replies in flight have been written. A read of In that
// is under way when ctx ends goes on until In gives something or is closed: nothing can interrupt
// a terminal.
func (a *Adapter) Run(ctx context.Context, inbox chat.Inbox) error {
	lines := a.startReading()
	defer a.stopReading(lines)
	a.setStatus(true, "this conversation")
	defer a.setStatus(false, "the conversation has ended")
	if a.options.Interactive && len(a.options.Greeting.Blocks) > 0 {
		if _, err := a.show(ctx, a.options.Greeting, false, ""); err != nil {
			return fmt.Errorf("greet: %w", err)
		}
	}
	c := conversation{Adapter: a, inbox: inbox, lines: lines}
	for {
		if err := c.turn(ctx); err != nil {
			a.drain()
			if errors.Is(err, io.EOF) || ctx.Err() != nil {
				return nil
			}
			return fmt.Errorf("read from the terminal: %w", err)
		}
	}
}

func (a *Adapter) setStatus(connected bool, detail string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.status.Connected, a.status.Detail, a.status.Since = connected, detail, a.options.Now().UTC()
}

// drain waits for the replies in flight, for at most drainTime.
func (a *Adapter) drain() {
	a.mu.Lock()
	if a.flying == 0 {
		a.mu.Unlock()
		return
	}
	if a.landed == nil {
		a.landed = make(chan struct{})
	}
	landed := a.landed
	a.mu.Unlock()
	late := time.NewTimer(drainTime)
	defer late.Stop()
	select {
	case <-landed:
	case <-late.C:
	}
}

// conversation is Run under way.
type conversation struct {
	*Adapter
	inbox chat.Inbox
	lines *reader
}

// turn takes one line, does what it says, and waits for the reply to it.
func (c *conversation) turn(ctx context.Context) error {
	if form := c.takeOpen(); form != nil {
		return c.fillAndSend(ctx, *form)
	}
	line, err := c.lines.next(ctx)
	if err != nil {
		return c.endOf(err)
	}
	text := strings.TrimSpace(chat.Clean(line))
	switch offer, ok := c.offered(text); {
	case text == "":
		return nil
	case leaves(text):
		return c.endOf(io.EOF)
	case ok:
		return c.press(ctx, offer)
	case choosing.MatchString(text):
		c.say(chat.Info, "There is nothing to choose with “%s” now.", strings.TrimSuffix(text, ")"))
		return nil
	default:
		return c.tell(ctx, text)
	}
}

// endOf takes leave when the person does; a line that was too long is no reason to.
func (c *conversation) endOf(err error) error {
	if errors.Is(err, io.EOF) && c.options.Interactive {
		c.leaveEditor()
		c.say(chat.Info, "Goodbye.")
	}
	if errors.Is(err, errTooLong) {
		c.say(chat.Failure, "That line is longer than %d characters, so it was left out. Ask in fewer words.", maxLine)
		return nil
	}
	return err
}

// tell puts a line in the inbox; the bare name of a command that opens a form opens it. Through a pipe
// nobody would see the form, and the next line is another question: there it is said what is missing.
func (c *conversation) tell(ctx context.Context, text string) error {
	command, ok := c.table.Command(strings.ToLower(text))
	if ok && !c.options.Interactive && command.Argument.Required {
		c.say(chat.Warning, "%s", missing(command))
		return nil
	}
	if ok && command.Opens != nil && c.table.Open != nil {
		e := c.event(chat.KindCommand)
		e.Command = command.Name
		return c.openForm(ctx, e)
	}
	e := c.event(chat.KindMessage)
	e.Text = text
	return c.put(ctx, e)
}

// missing says what a command lacks that was given by its name alone.
func missing(command chat.Command) string {
	said := fmt.Sprintf("“%s” needs a %s after it", command.Name, command.Argument.Name)
	for _, example := range command.Examples {
		if strings.HasPrefix(example, command.Name+" ") {
			return said + ", for example: " + example
		}
	}
	return said + "."
}

// press uses what a letter stands for, after asking when that is wanted.
func (c *conversation) press(ctx context.Context, offer Offer) error {
	if question := clean(offer.Action.Confirm); strings.TrimSpace(question) != "" {
		c.say(chat.Info, "%s Type yes to go on.", question)
		answer, err := c.lines.next(ctx)
		if err != nil {
			return c.endOf(err)
		}
		if !slices.Contains([]string{"y", "yes"}, strings.ToLower(strings.TrimSpace(answer))) {
			c.say(chat.Info, "Nothing was done.")
			return nil
		}
	}
	e := c.event(chat.KindAction)
	e.Action = offer.Action.ID
	if offer.Value != "" {
		e.Values = map[string]string{"choice": offer.Value}
	}
	if spec, ok := c.table.Action(e.Action); ok && spec.Opens && c.table.Open != nil {
		return c.openForm(ctx, e)
	}
	return c.put(ctx, e)
}

// put stores an event and waits until it has been answered.
func (c *conversation) put(ctx context.Context, e chat.Event) error {
	answered := make(chan struct{})
	c.mu.Lock()
	c.waiting[e.ID] = answered
	c.mu.Unlock()
	if err := c.inbox.Put(ctx, e); err != nil {
		c.mu.Lock()
		delete(c.waiting, e.ID)
		c.mu.Unlock()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		c.say(chat.Failure, "That could not be kept, so it was not answered. Try again in a minute. (%v)", err)
		return nil
	}
	return c.await(ctx, answered)
}

// await waits for a reply; a person who watches is told once when it takes long.
func (c *conversation) await(ctx context.Context, answered <-chan struct{}) error {
	late := time.NewTimer(patience)
	defer late.Stop()
	for {
		select {
		case <-answered:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		case <-late.C:
			if c.options.Interactive {
				c.say(chat.Info, "Still working on it.")
			}
		}
	}
}

// leaves reports whether a line says goodbye.
func leaves(line string) bool {
	return slices.Contains([]string{"exit", "quit", "bye"}, strings.ToLower(strings.TrimSpace(line)))
}

// choosing is a line that only chooses: one letter, or a number of one or two digits, as other programs have. Where nothing
// has it, it is a slip and no question; "508" is a law.
var choosing = regexp.MustCompile(`(?i)^(?:[a-z]|\d{1,2})\)?$`)

// offered returns what a line presses: "a", "A" or "a)".
func (c *conversation) offered(line string) (Offer, bool) {
	key := strings.ToLower(strings.TrimSuffix(line, ")"))
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, o := range c.offers {
		if o.Key == key {
			return o, true
		}
	}
	return Offer{}, false
}

// takeOpen returns the form that a reply has opened, once.
func (c *conversation) takeOpen() *openForm {
	c.mu.Lock()
	defer c.mu.Unlock()
	form := c.open
	if form == nil || !form.wanted {
		return nil
	}
	form.wanted = false
	return form
}
