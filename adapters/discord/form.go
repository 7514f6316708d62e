package discord

import (
	"context"
	"crypto/rand"
	"log/slog"
	"maps"
	"slices"
	"strings"

	"github.com/bwmarrin/discordgo"

	"liaison/bot/chat"
)

// Forms are modals of text inputs. They can only be the first answer to a command or a button, so what
// opens one is not stored and not deferred. Discord's menus for forms are newer than discordgo; options
// of a choice are listed where the hint is.

// open answers an interaction with the form of its action or command, or with why there is none.
func (a *Adapter) open(e chat.Event, h handle) {
	a.noteEvent()
	ask := a.table.Load().Open
	if ask == nil {
		a.tell(h, sayGone)
		return
	}
	ctx, cancel := context.WithTimeout(a.life, openTimeout)
	defer cancel()
	reply := a.formOf(ctx, ask, e)
	if reply.Form != nil {
		a.show(e.Actor.Account.User, h, *reply.Form)
		return
	}
	a.sayFirst(h, reply)
}

// formOf asks for the form of an action or command. Whoever waits is told when that breaks.
func (a *Adapter) formOf(ctx context.Context, ask func(context.Context, chat.Event) chat.Reply, e chat.Event) (reply chat.Reply) {
	reply = chat.Reply{Blocks: []chat.Block{chat.Note(chat.Failure, sayBroken)}}
	safely(a.log, func() { reply = ask(ctx, e) })
	return reply
}

// show opens a form for a person, and keeps it to read what is typed for a choice.
func (a *Adapter) show(user string, h handle, f chat.Form) {
	a.forms.set(shownForm(user, f.Action), f)
	a.answer(h, modal(f))
}

// SECURITY: forms hold what people have typed or said of themselves, so each is kept for one person.
func shownForm(user, action string) string { return user + "/shown/" + action }
func typedForm(user, key string) string    { return user + "/typed/" + key }

// readChoices turns what was typed for a choice into the value of the option that reads like it.
func (a *Adapter) readChoices(user, action string, values map[string]string) {
	f, _ := a.forms.get(shownForm(user, action))
	for _, field := range f.Fields {
		typed := strings.TrimSpace(values[field.ID])
		for _, o := range field.Options {
			if field.Kind == chat.FieldChoice && (strings.EqualFold(typed, o.Label) || strings.EqualFold(typed, o.Value)) {
				values[field.ID] = o.Value
			}
		}
	}
}

// sayFirst answers an interaction with a reply for one person: the first message at once, others after.
func (a *Adapter) sayFirst(h handle, r chat.Reply) {
	a.rememberConfirms(r)
	messages := renderMessages(r)
	if len(messages) == 0 {
		messages = []message{{content: escape(sayGone)}}
	}
	if a.answerFirst(h, toOne(messages[0])) != nil {
		return
	}
	h.Private = true
	if _, err := a.followUp(a.life, h, messages[1:], true); err != nil {
		a.log.Warn("the rest of an answer could not be sent", slog.Any("error", err))
	}
}

// reopen shows a form again, with what had been typed.
func (a *Adapter) reopen(e chat.Event, h handle, what string) {
	key, action, _ := strings.Cut(what, ":")
	if f, ok := a.forms.get(typedForm(e.Actor.Account.User, key)); ok && f.Action == action {
		a.show(e.Actor.Account.User, h, f)
		return
	}
	e.Action = action
	a.open(e, h)
}

// rememberForm keeps a form with what was typed, and returns the button that opens it again.
func (a *Adapter) rememberForm(user string, f chat.Form, values map[string]string) component {
	f.Fields = slices.Clone(f.Fields)
	for i := range f.Fields {
		if typed, ok := values[f.Fields[i].ID]; ok {
			f.Fields[i].Value = typed
		}
	}
	key := rand.Text()[:5]
	a.forms.set(typedForm(user, key), f)
	return component{Type: int(discordgo.ButtonComponent), Style: int(discordgo.PrimaryButton), Label: sayTryAgain,
		CustomID: customID(retryMark, 0, key+":"+f.Action)}
}

// renderProblems says what is wrong with a form, for Discord cannot keep one open.
func (a *Adapter) renderProblems(e chat.Event, r chat.Reply) []message {
	var paragraphs []chat.Paragraph
	said := map[string]bool{}
	say := func(label, problem string) {
		inlines := []chat.Inline{{Text: problem}}
		if label != "" {
			inlines = []chat.Inline{{Text: label + ": ", Strong: true}, inlines[0]}
		}
		paragraphs = append(paragraphs, chat.Paragraph{Kind: chat.Bullet, Inlines: inlines})
	}
	if r.Form != nil {
		for _, f := range r.Form.Fields {
			if problem := r.Problems[f.ID]; problem != "" {
				say(f.Label, problem)
				said[f.ID] = true
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(r.Problems)) {
		if !said[id] && r.Problems[id] != "" {
			say("", r.Problems[id])
		}
	}
	pieces := append(renderPieces(r.Blocks), renderParagraphs(paragraphs)...)
	if r.Form != nil && len(pieces) > 0 {
		last := &pieces[len(pieces)-1]
		last.buttons = append(last.buttons, a.rememberForm(e.Actor.Account.User, *r.Form, e.Values))
	}
	return pack(pieces)
}

// modal makes a form as Discord shows it. What Discord has no place for (an introduction, a long hint)
// is said in text above the fields.
func modal(f chat.Form) callback {
	var inputs []component
	above := []string{chat.Clean(f.Intro)}
	for _, field := range f.Fields[:min(len(f.Fields), maxModalParts)] {
		hint := fieldHint(field)
		short := shorten(hint, maxInputHint)
		if short != hint {
			above = append(above, field.Label+": "+hint)
		}
		inputs = append(inputs, component{Type: int(discordgo.ActionsRowComponent), Components: []component{inputOf(field, short)}})
	}
	text := escape(strings.Join(slices.DeleteFunc(above, func(s string) bool { return s == "" }), "\n"))
	switch {
	case text == "":
	case len(inputs) < maxModalParts:
		inputs = append([]component{{Type: int(discordgo.TextDisplayComponent), Content: shorten(text, maxContent)}}, inputs...)
	default: // five fields leave one place for it
		first := &inputs[0].Components[0]
		first.Placeholder = shorten(orText(oneLine(f.Intro), first.Placeholder), maxInputHint)
	}
	return callback{Type: int(discordgo.InteractionResponseModal), Data: map[string]any{
		"custom_id":  customID(actMark, 0, f.Action),
		"title":      shorten(orText(oneLine(f.Title), "Liaison"), maxModalTitle),
		"components": inputs,
	}}
}

// fieldHint is a field's hint, with the options of a choice.
func fieldHint(f chat.Field) string {
	hint := oneLine(f.Hint)
	var options []string
	for _, o := range f.Options {
		text := oneLine(orText(o.Label, o.Value))
		if o.Hint != "" {
			text += " (" + oneLine(o.Hint) + ")"
		}
		options = append(options, text)
	}
	if len(options) == 0 {
		return hint
	}
	return strings.TrimSpace(hint + " One of: " + strings.Join(options, ", "))
}

func inputOf(f chat.Field, hint string) component {
	style, most := discordgo.TextInputShort, f.Max
	if f.Kind == chat.FieldLong {
		style = discordgo.TextInputParagraph
	}
	if most <= 0 {
		most = 3_000
	}
	most = min(most, maxInput)
	value := f.Value
	if f.Kind == chat.FieldChoice {
		value = labelOf(f.Options, value)
	}
	required := f.Required
	return component{
		Type: int(discordgo.TextInputComponent), CustomID: f.ID, Style: int(style), Label: shorten(orText(oneLine(f.Label), "Your text"), maxInputLabel),
		Placeholder: hint, Value: shorten(chat.Clean(value), most), Required: &required, MaxLength: most,
	}
}

// labelOf returns an option's label, as people type what they read; readChoices reads it back.
func labelOf(options []chat.Option, value string) string {
	for _, o := range options {
		if o.Value == value && o.Label != "" {
			return o.Label
		}
	}
	return value
}
