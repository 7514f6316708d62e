package terminal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"liaison/bot/chat"
)

// openForm is a form, what is wrong in it, and what it holds already.
type openForm struct {
	form     chat.Form
	problems map[string]string
	values   map[string]string
	wanted   bool // Run has yet to ask it
}

// maxField is the most characters in a field that names no limit of its own, as chat.Field says.
const maxField = 3000

// openForm asks for the form that an event opens, or says why there is none.
func (c *conversation) openForm(ctx context.Context, e chat.Event) error {
	r := c.table.Open(ctx, e)
	if r.Form == nil {
		if _, err := c.show(ctx, r, e.Kind == chat.KindCommand, ""); err != nil {
			c.say(chat.Failure, "That cannot be opened now.")
		}
		return nil
	}
	return c.fillAndSend(ctx, openForm{form: *r.Form})
}

// fillAndSend asks for the fields of a form and puts what was said in the inbox. With problems, only
// the fields that have one are asked again.
func (c *conversation) fillAndSend(ctx context.Context, o openForm) error {
	values, err := c.fill(ctx, o)
	switch {
	case errors.Is(err, errCancelled):
		c.say(chat.Info, "Nothing was sent.")
		return nil
	case errors.Is(err, io.EOF):
		c.leaveEditor()
		c.say(chat.Info, "Nothing was sent.")
		return c.endOf(err)
	case err != nil:
		return err
	}
	c.mu.Lock()
	c.open = &openForm{form: o.form, values: values}
	c.mu.Unlock()
	e := c.event(chat.KindForm)
	e.Action, e.Values = o.form.Action, values
	return c.put(ctx, e)
}

var errCancelled = errors.New("the form was cancelled")

func (c *conversation) fill(ctx context.Context, o openForm) (map[string]string, error) {
	values := o.start()
	c.lines.remember(false)
	defer c.lines.remember(true)
	fields := o.toAsk()
	c.explain(o, len(fields))
	for i, f := range fields {
		f.Value = values[f.ID]
		c.ask(f, i+1, len(fields))
		value, err := c.field(ctx, o.form.Title, f)
		if err != nil {
			return nil, err
		}
		values[f.ID] = value
	}
	return values, nil
}

// start returns what the fields hold before they are asked: what was said before, and never a value that
// was refused.
func (o openForm) start() map[string]string {
	values := map[string]string{}
	for _, f := range o.form.Fields {
		kept, said := o.values[f.ID]
		switch refused := o.problems[f.ID] != ""; {
		case !said, refused && f.Value != kept:
			values[f.ID] = f.Value
		case !refused:
			values[f.ID] = kept
		}
	}
	return values
}

// toAsk returns the fields with problems, or all when there are none or they are about no field.
func (o openForm) toAsk() []chat.Field {
	var wrong []chat.Field
	for _, f := range o.form.Fields {
		if o.problems[f.ID] != "" {
			wrong = append(wrong, f)
		}
	}
	if len(wrong) == 0 {
		return o.form.Fields
	}
	return wrong
}

// explain says what follows and how to leave it; whoever is asked again knows the rest.
func (c *conversation) explain(o openForm, fields int) {
	how := fmt.Sprintf("%d questions follow. Type cancel to leave; nothing is sent before the last one.", fields)
	if fields == 1 {
		how = "One question follows. Type cancel to leave; then nothing is sent."
	}
	if len(o.problems) > 0 {
		c.print(how)
		return
	}
	c.print(strong(clean(o.form.Title)), clean(o.form.Intro), how)
}

// ask shows one field: what it is, what may be said, and what it holds.
func (c *conversation) ask(f chat.Field, number, of int) {
	title := clean(f.Label)
	if of > 1 {
		title = fmt.Sprintf("Question %d of %d: %s", number, of, title)
	}
	lines := append([]string{strong(title)}, said(f.Hint)...)
	for i, o := range f.Options {
		lines = append(lines, "  "+letter(i)+") "+strings.Join(said(o.Label, o.Hint), ": "))
	}
	c.print(append(lines, howTo(f)...)...)
}

// howTo says what an empty line does in a field, and that a long one has several lines.
func howTo(f chat.Field) []string {
	switch {
	case f.Value != "" && f.Kind == chat.FieldLong:
		return []string{"Several lines are fine. An empty line ends your answer, or keeps:", clean(f.Value)}
	case f.Value != "":
		return []string{"An empty line keeps: " + clean(labelOf(f, f.Value))}
	case f.Kind == chat.FieldLong && !f.Required:
		return []string{"Several lines are fine. An empty line ends your answer, or skips the question."}
	case f.Kind == chat.FieldLong:
		return []string{"Several lines are fine. An empty line ends your answer."}
	case !f.Required:
		return []string{"An empty line skips it."}
	}
	return nil
}

// print writes lines of the adapter's own, wrapped; those that are empty are left out.
func (c *conversation) print(lines ...string) {
	look := c.look()
	text := strings.Join(each(lines, func(line string) string {
		indent := line[:len(line)-len(strings.TrimLeft(line, " "))]
		return wrap(line, indent, indent, look.Width)
	}), "\n")
	c.out.Lock()
	defer c.out.Unlock()
	_ = c.write(finish(text, look.Bold) + "\n") // a terminal that is gone is noticed by reading
}

// field reads until what was said will do. A line that is a command elsewhere, or a question where none is wanted, is
// taken for an answer only when it is typed a second time: whoever types it wants that, or does not know of it.
func (c *conversation) field(ctx context.Context, form string, f chat.Field) (string, error) {
	meant := ""
	for {
		said, err := c.fieldText(ctx, f, meant)
		if errors.Is(err, errTooLong) {
			_ = c.endOf(err)
			continue
		}
		if err != nil {
			return "", err
		}
		switch {
		case leaves(said):
			return "", io.EOF
		case said != meant && c.commands(f, said):
			meant = said
			c.print(fmt.Sprintf("“%s” is a command, and a form is open. Type cancel to leave the form first, or %s again if that is your answer.", said, said))
			continue
		case said != meant && asksIn(f, said):
			meant = said
			c.print(fmt.Sprintf("That is a question, and the form “%s” is open. Type never mind to leave the form, and then ask it; or type it again if it is your answer.", clean(form)))
			continue
		}
		value, wrong := f.Value, ""
		if said != "" {
			value, wrong = accept(f, said)
		} else if f.Required && f.Value == "" {
			wrong = "This one is needed."
		}
		if wrong == "" {
			return value, nil
		}
		c.print(wrong)
	}
}

// commands reports whether a line in a field would be a command outside the form.
func (c *conversation) commands(f chat.Field, line string) bool {
	if _, wrong := accept(f, line); f.Kind == chat.FieldChoice && wrong == "" {
		return false
	}
	_, ok := c.table.Command(strings.ToLower(line))
	return ok
}

// question is a text that asks: by its mark, or by how it begins.
var question = regexp.MustCompile(`(?is)\?\s*$|^(?:(?:how|what|why|where|when|who|whose|which)(?:\s+\S+){2}|(?:can|could|may|must|should|do|does|is|are)\s+(?:i|we|you|they|it|there|this|that|the|an?|my|our|your|any\w*)\s+\S+)`)

// asksIn reports whether a line asks something in a field that wants no words of the person's own.
func asksIn(f chat.Field, line string) bool {
	if f.Question || f.Kind == chat.FieldLong || !question.MatchString(line) {
		return false
	}
	_, wrong := accept(f, line)
	return f.Kind != chat.FieldChoice || wrong != ""
}

// fieldText reads one line, or the lines up to an empty one for a long field. Cancel leaves on whatever line
// it stands; other words that are not an answer only on the first, unless they are meant as one.
func (c *conversation) fieldText(ctx context.Context, f chat.Field, meant string) (string, error) {
	var lines []string
	for {
		line, err := c.lines.next(ctx)
		ended := errors.Is(err, io.EOF) && len(lines) > 0 // the end of the input ends the field as well
		if err != nil && !ended {
			return "", err
		}
		line = strings.TrimSpace(chat.Clean(line))
		if cancels(line) {
			return "", errCancelled
		}
		if line != "" {
			lines = append(lines, line)
		}
		if line == "" || f.Kind != chat.FieldLong || len(lines) == 1 && line != meant && (leaves(line) || c.commands(f, line)) {
			return strings.Join(lines, "\n"), nil
		}
	}
}

// cancels reports whether a line leaves a form, as its hints say or as people say it.
func cancels(line string) bool {
	return slices.Contains([]string{"cancel", "stop", "never mind", "nevermind", "forget it"}, strings.TrimRight(strings.ToLower(line), ".! "))
}

// accept returns the value of what was said for a field, or what is wrong with it.
func accept(f chat.Field, said string) (value, wrong string) {
	most := f.Max
	if most == 0 {
		most = maxField
	}
	if f.Kind != chat.FieldChoice {
		if n := utf8.RuneCountInString(said); n > most {
			return "", fmt.Sprintf("That has %d characters. At most %d fit; say it in fewer.", n, most)
		}
		return said, ""
	}
	for i, o := range f.Options {
		for _, name := range []string{letter(i), letter(i) + ")", o.Value, o.Label} {
			if strings.EqualFold(said, name) {
				return o.Value, ""
			}
		}
	}
	return "", "That is none of them. Type one of the letters, or cancel to leave."
}

// labelOf returns how a choice's value is called.
func labelOf(f chat.Field, value string) string {
	for _, o := range f.Options {
		if o.Value == value {
			return o.Label
		}
	}
	return value
}
