package discord

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"liaison/bot/chat"
)

// handle is Event.Handle: how to answer an interaction.
type handle struct {
	App, ID, Token string
	Private        bool // the first answer is for one person, or updates a message that one person reads
	Updates        bool // the first answer was an update of the message that was used: others follow it
}

func (h handle) until() time.Time { return timeOf(h.ID).Add(tokenLives) }

// handleOf reads an event's handle; ok is false when it has none or its time is over.
func (a *Adapter) handleOf(e chat.Event) (h handle, ok bool) {
	if e.Handle == nil || json.Unmarshal(e.Handle, &h) != nil {
		return handle{}, false
	}
	return a.tokens.alive(h, h.Token != "")
}

// interactionCreated takes a command, button, menu or form, in the order of all that happens in its channel.
// It waits no longer for what was before it than its three seconds allow; first answers go out side by side.
func (a *Adapter) interactionCreated(i wireInteraction) {
	person := i.person()
	if !isID(i.ID) || !isID(i.ApplicationID) || !isID(i.ChannelID) || !isToken(i.Token) || i.Data == nil || person == nil || person.Bot {
		return
	}
	switch discordgo.InteractionType(i.Type) {
	case discordgo.InteractionApplicationCommand, discordgo.InteractionMessageComponent, discordgo.InteractionModalSubmit:
		a.lanes.doSoon(a.life, i.ChannelID, laneTime, func() { a.takeInteraction(i) })
	case discordgo.InteractionApplicationCommandAutocomplete:
		a.aside(func() { a.suggest(i) })
	default: // pings are for bots without a gateway
	}
}

// aside does something beside the lanes. Stopping waits for it.
func (a *Adapter) aside(task func()) {
	done := a.flying.start()
	go func() {
		defer done()
		safely(a.log, task)
	}()
}

func (i wireInteraction) person() *wireUser {
	if i.Member != nil && i.Member.User != nil {
		return i.Member.User
	}
	return i.User
}

func (a *Adapter) takeInteraction(i wireInteraction) {
	e := a.interactionEvent(i)
	h := handle{App: i.ApplicationID, ID: i.ID, Token: i.Token}
	switch discordgo.InteractionType(i.Type) {
	case discordgo.InteractionApplicationCommand:
		a.takeCommand(i, e, h)
	case discordgo.InteractionMessageComponent:
		a.takePress(i, e, h)
	case discordgo.InteractionModalSubmit:
		a.takeForm(i, e, h)
	default: // does not come here
	}
}

// interactionEvent says who did it and where.
func (a *Adapter) interactionEvent(i wireInteraction) chat.Event {
	ctx, cancel := context.WithTimeout(a.life, hookTimeout)
	defer cancel()
	e := chat.Event{
		ID: i.ID, At: timeOf(i.ID), Platform: platform, Workspace: i.GuildID, Addressed: true,
		Actor: actorOf(i.person(), i.Member, i.Locale),
		Room:  a.room(ctx, i.GuildID, i.ChannelID, i.Channel),
	}
	if e.At.IsZero() {
		e.At = a.now().UTC()
	}
	if i.Message != nil {
		e.Message = i.Message.ID
	}
	return e
}

func (a *Adapter) takeCommand(i wireInteraction, e chat.Event, h handle) {
	e.Kind = chat.KindCommand
	c, known := a.commandOf(i.Data)
	if !known { // of an earlier version, still shown by Discord
		c = chat.Command{Name: strings.ToLower(i.Data.Name), Private: true}
	}
	e.Command = c.Name
	var texts []string
	for _, o := range i.Data.Options {
		texts = append(texts, strings.TrimSpace(o.text()))
	}
	e.Text = strings.TrimSpace(strings.Join(texts, " "))
	if m, ok := i.Data.Resolved.Messages[i.Data.TargetID]; ok {
		e.Quoted, e.Message = a.quotedOf(&m), m.ID
	}
	menu := discordgo.ApplicationCommandType(i.Data.Type) == discordgo.MessageApplicationCommand
	if c.Opens != nil && e.Text == "" && !menu {
		a.aside(func() { a.open(e, h) })
		return
	}
	h.Private = (c.Private || c.Lookup || menu) && !e.Room.Direct
	a.store(e, h, deferral(h.Private))
}

// commandOf finds the command of the table that Discord means.
func (a *Adapter) commandOf(d *wireData) (chat.Command, bool) {
	table := a.table.Load()
	if discordgo.ApplicationCommandType(d.Type) == discordgo.MessageApplicationCommand {
		i := slices.IndexFunc(table.Commands, func(c chat.Command) bool { return c.OnMessage != "" && menuName(c) == d.Name })
		if i < 0 {
			return chat.Command{}, false
		}
		return table.Commands[i], true
	}
	return table.Command(d.Name)
}

func deferral(private bool) callback {
	c := callback{Type: int(discordgo.InteractionResponseDeferredChannelMessageWithSource)}
	if private {
		c.Data = map[string]int{"flags": ephemeral}
	}
	return c
}

// takePress takes a button or menu.
func (a *Adapter) takePress(i wireInteraction, e chat.Event, h handle) {
	e.Kind = chat.KindAction
	mark, action, ok := readCustomID(i.Data.CustomID)
	e.Action = action
	if len(i.Data.Values) > 0 {
		e.Values = map[string]string{"choice": i.Data.Values[0]}
	}
	switch {
	case !ok:
		a.aside(func() { a.tell(h, sayOld) })
	case mark == confirmMark:
		a.aside(func() { a.confirm(i, h, action) })
	case mark == cancelMark:
		a.aside(func() { a.answer(h, updateTo(sayCancelled)) })
	case mark == retryMark:
		a.aside(func() { a.reopen(e, h, action) })
	case mark == solvedMark:
		a.takeSolved(i, e, h)
	default:
		spec, known := a.table.Load().Action(action)
		if spec.Opens {
			a.aside(func() { a.open(e, h) })
			return
		}
		h.Private = (spec.Private || !known) && !e.Room.Direct
		a.store(e, h, a.pressed(i, &h))
	}
}

// pressed is the first answer to a button: the message itself with what was used switched off; but
// under a message that all can read, where the answer is for one person, a message to come.
func (a *Adapter) pressed(i wireInteraction, h *handle) callback {
	if alone := i.Message != nil && i.Message.Flags&ephemeral != 0; h.Private && !alone {
		return deferral(true)
	}
	h.Updates = true
	if i.Message == nil || len(i.Message.Components) == 0 {
		return callback{Type: int(discordgo.InteractionResponseDeferredMessageUpdate)}
	}
	return callback{Type: int(discordgo.InteractionResponseUpdateMessage), Data: update{
		Components: disabled(i.Message.Components, i.Data.CustomID), AllowedMentions: nobody(),
	}}
}

// update changes the buttons of a message, and its text when there is one.
type update struct {
	Content         *string     `json:"content,omitempty"`
	Components      []component `json:"components"`
	AllowedMentions mentions    `json:"allowed_mentions"`
}

func updateTo(text string) callback {
	return callback{Type: int(discordgo.InteractionResponseUpdateMessage),
		Data: update{Content: &text, Components: []component{}, AllowedMentions: nobody()}}
}

// disabled returns components with the one of that id switched off.
func disabled(list []component, id string) []component {
	list = slices.Clone(list)
	for i := range list {
		list[i].Components = disabled(list[i].Components, id)
		if list[i].CustomID == id {
			list[i].Disabled = true
		}
	}
	return list
}

// takeForm takes a form that was sent.
func (a *Adapter) takeForm(i wireInteraction, e chat.Event, h handle) {
	e.Kind = chat.KindForm
	mark, action, ok := readCustomID(i.Data.CustomID)
	if !ok || mark != actMark {
		a.aside(func() { a.tell(h, sayOld) })
		return
	}
	e.Action, e.Values = action, map[string]string{}
	collectValues(i.Data.Components, e.Values)
	a.readChoices(e.Actor.Account.User, action, e.Values)
	spec, _ := a.table.Load().Action(action)
	fromPrivate := i.Message != nil && i.Message.Flags&ephemeral != 0
	h.Private = (spec.Private || fromPrivate) && !e.Room.Direct
	a.store(e, h, deferral(h.Private))
}

func collectValues(list []component, values map[string]string) {
	for _, c := range list {
		if c.CustomID != "" {
			values[c.CustomID] = c.Value
			if len(c.Values) > 0 {
				values[c.CustomID] = strings.Join(c.Values, ",")
			}
		}
		collectValues(c.Components, values)
		if c.Component != nil {
			collectValues([]component{*c.Component}, values)
		}
	}
}

// store keeps an interaction, and only then sends its first answer.
func (a *Adapter) store(e chat.Event, h handle, first callback) {
	e.Private = h.Private
	e.Handle, _ = json.Marshal(h) // strings and booleans
	e.HandleUntil = h.until()
	gone := make(chan struct{})
	a.tokens.pending.set(h.ID, gone)
	a.tokens.people.set(e.Actor.Account.User, h)
	if a.put(a.life, e) != nil {
		close(gone)
		return // Discord tells the person that it failed
	}
	a.aside(func() {
		a.answer(h, first)
		close(gone)
		if e.Room.Direct {
			a.rememberDirect(e.Room.ID)
		}
	})
}

// answer sends the first answer to an interaction where nothing hangs on its arrival.
func (a *Adapter) answer(h handle, c callback) { _ = a.answerFirst(h, c) }

// answerFirst sends the first answer to an interaction. The log gets why one failed.
func (a *Adapter) answerFirst(h handle, c callback) error {
	ctx, cancel := context.WithTimeout(a.life, ackTimeout)
	defer cancel()
	err := a.rest.do(ctx, request{method: "POST", path: "interactions/" + h.ID + "/" + h.Token + "/callback", body: c, until: h.until(), again: true})
	if codeOf(err) == discordgo.ErrCodeInteractionHasAlreadyBeenAcknowledged {
		err = nil // the first try had arrived
	}
	if c.Type == int(discordgo.InteractionResponseUpdateMessage) && statusOf(err) == 400 {
		// The message cannot be shown as before; what counts is that the press was noticed.
		err = a.rest.do(ctx, request{method: "POST", path: "interactions/" + h.ID + "/" + h.Token + "/callback",
			body: callback{Type: int(discordgo.InteractionResponseDeferredMessageUpdate)}, until: h.until(), again: true})
	}
	if err != nil {
		a.log.Warn("the first answer to an interaction failed", slog.Any("error", err), slog.Duration("took", a.now().Sub(timeOf(h.ID)).Round(time.Millisecond)))
	}
	return err
}

// acknowledged waits until the first answer has gone out, as nothing may follow before. Whether it
// arrived Discord says when more is sent; so it does for one that an earlier process sent, or did not.
func (a *Adapter) acknowledged(ctx context.Context, h handle) error {
	gone, ok := a.tokens.pending.get(h.ID)
	if !ok {
		return nil
	}
	select {
	case <-gone:
		return nil
	case <-ctx.Done():
		return &chat.SendError{Kind: chat.SendFailed, Err: errors.New("the first answer has not gone out yet")}
	}
}

// Sentences that the adapter itself says.
const (
	sayOld       = "This button is from an older version of Liaison. Ask again, and you get new ones."
	sayCancelled = "Nothing was changed."
	saySure      = "Are you sure?"
	sayGone      = "This form is no longer kept. Please begin again."
	sayBroken    = "Something went wrong on our side. Please try again in a minute."
	sayTryAgain  = "Try again"
	sayCancel    = "Cancel"
)

// tell answers an interaction with a sentence for who caused it.
func (a *Adapter) tell(h handle, sentence string) {
	a.answer(h, toOne(message{content: escape(sentence)}))
}

// toOne shows a message to who caused an interaction, alone, as its first answer.
func toOne(m message) callback {
	b := newBody(m)
	b.Flags |= ephemeral
	return callback{Type: int(discordgo.InteractionResponseChannelMessageWithSource), Data: b}
}

// confirm asks before a button acts. What to ask is kept in memory; after a restart the button's own
// label has to do.
func (a *Adapter) confirm(i wireInteraction, h handle, action string) {
	button := findComponent(i.Message, i.Data.CustomID)
	question, ok := a.asks.get(action)
	if !ok {
		question = saySure
		if button.Label != "" {
			question = button.Label + ": " + strings.ToLower(saySure[:1]) + saySure[1:]
		}
	}
	style := button.Style
	if style == 0 {
		style = int(discordgo.PrimaryButton)
	}
	a.answer(h, toOne(message{
		content: escape(shorten(chat.Clean(question), maxContent/3)),
		components: []component{{Type: int(discordgo.ActionsRowComponent), Components: []component{
			{Type: int(discordgo.ButtonComponent), Style: style, CustomID: customID(actMark, 0, action), Label: shorten(orText(button.Label, "Yes"), maxLabel)},
			{Type: int(discordgo.ButtonComponent), Style: int(discordgo.SecondaryButton), CustomID: customID(cancelMark, 0, ""), Label: sayCancel},
		}}},
	}))
}

func findComponent(m *wireMessage, id string) component {
	if m == nil {
		return component{}
	}
	for _, row := range m.Components {
		for _, c := range row.Components {
			if c.CustomID == id {
				return c
			}
		}
	}
	return component{}
}

// rememberConfirms keeps what to ask before the buttons of a reply act.
func (a *Adapter) rememberConfirms(r chat.Reply) {
	keep := func(list []chat.Action) {
		for _, action := range list {
			if action.Confirm != "" {
				a.asks.set(action.ID, action.Confirm)
			}
		}
	}
	for _, b := range r.Blocks {
		switch b := b.(type) {
		case chat.Actions:
			keep(b.Actions)
		case chat.People:
			for _, p := range b.People {
				keep(p.Actions)
			}
		case chat.Items:
			for _, item := range b.Items {
				keep(item.Actions)
			}
		default: // the others have no buttons
		}
	}
}
