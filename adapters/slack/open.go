package slack

import (
	"context"
	"errors"
	"log/slog"
	"time"

	slackapi "github.com/slack-go/slack"

	"liaison/bot/chat"
)

// openForm answers a press or a command with a form, while the trigger is good. A form that takes
// longer to make than openWait is preceded by "Loading…".
func (a *Adapter) openForm(ctx context.Context, w *workspace, e chat.Event, p payload) {
	var h handle
	_ = decode(e.Handle, &h)
	from := originFor(e, h)
	made := make(chan chat.Reply, 1)
	go func() {
		var reply chat.Reply
		a.safely(func() { reply = a.formFor(ctx, e) })
		made <- reply
	}()
	timer := time.NewTimer(openWait)
	defer timer.Stop()
	var err error
	select {
	case reply := <-made:
		_, err = w.openView(ctx, p, viewOf(reply, from))
	case <-timer.C:
		var id string
		if id, err = w.openView(ctx, p, loadingView(from)); err == nil {
			reply := <-made
			_, err = w.api.UpdateViewContext(ctx, viewOf(reply, from), "", "", id)
		}
	}
	if err == nil {
		return
	}
	err = sendError("views.open", err)
	a.log.Warn("slack form not opened", slog.String("workspace", w.Name), slog.Any("error", err))
	sorry := chat.Reply{Private: true, Blocks: []chat.Block{
		chat.Note(chat.Failure, "The form could not be opened in time. Please try that again."),
	}}
	if _, err := a.Respond(ctx, e, sorry); err != nil {
		a.log.Warn("slack form not opened, and nobody told", slog.String("workspace", w.Name), slog.Any("error", err))
	}
}

// formFor asks the command table for the form, or takes the one that the command declares.
func (a *Adapter) formFor(ctx context.Context, e chat.Event) chat.Reply {
	table := a.table.Load()
	if table.Open != nil {
		if reply := table.Open(ctx, e); reply.Form != nil || len(reply.Blocks) > 0 {
			return reply
		}
	}
	if command, ok := table.Command(e.Command); ok && e.Command != "" {
		return chat.Reply{Form: command.Opens}
	}
	return chat.Reply{}
}

func originFor(e chat.Event, h handle) origin {
	from := origin{Room: e.Room.ID, Thread: e.Room.Thread, Message: e.Message, Hidden: h.Hidden, Private: e.Private, URL: h.URL}
	if h.URL != "" {
		from.Until = e.HandleUntil.Unix()
	}
	if e.Room.Direct && e.Room.ID == userOf(e.Actor.Account) {
		from.Room = "" // an id of a user is no channel when the form comes back
	}
	return from
}

func viewOf(r chat.Reply, from origin) slackapi.ModalViewRequest {
	switch {
	case r.Form != nil:
		return formView(*r.Form, from)
	case len(r.Blocks) > 0:
		return blocksView(r.Blocks, from)
	}
	return blocksView([]chat.Block{chat.Say("There is nothing to fill in here any more.")}, from)
}

// openView opens a modal, on top of the one that was being used if there is one.
func (w *workspace) openView(ctx context.Context, p payload, view slackapi.ModalViewRequest) (id string, err error) {
	if p.TriggerID == "" {
		return "", slackapi.SlackErrorResponse{Err: "expired_trigger_id"}
	}
	open := w.api.OpenViewContext
	if p.View.Type == "modal" {
		open = w.api.PushViewContext
	}
	resp, err := open(ctx, p.TriggerID, view)
	if err != nil {
		return "", err
	}
	return resp.ID, nil
}

// respondForm opens a form for an event that was stored, if its trigger still lives.
func (a *Adapter) respondForm(ctx context.Context, w *workspace, e chat.Event, h handle, f chat.Form) error {
	age := a.now().Sub(time.UnixMilli(h.Opened))
	if h.Trigger == "" || age > triggerLives {
		return &chat.SendError{Kind: chat.SendExpired, Err: errors.New("slack: forms open within three seconds of a press")}
	}
	_, err := w.openView(ctx, payload{TriggerID: h.Trigger}, formView(f, originFor(e, h)))
	return sendError("views.open", err)
}

// PublishHome implements chat.HomePublisher.
func (a *Adapter) PublishHome(ctx context.Context, who chat.Account, r chat.Reply) error {
	a.work.enter()
	defer a.work.end()
	w, user, err := a.whereTo(chat.To{Account: who})
	if err != nil {
		return err
	}
	return w.publishHome(ctx, user, r)
}

func (w *workspace) publishHome(ctx context.Context, user string, r chat.Reply) error {
	blocks := renderView(r.Blocks)
	if len(blocks) == 0 {
		return refuse("the reply says nothing")
	}
	view := slackapi.HomeTabViewRequest{Type: slackapi.VTHomeTab, Blocks: slackapi.Blocks{BlockSet: blocks}}
	err := patiently(ctx, func(ctx context.Context) error {
		_, err := w.api.PublishViewContext(ctx, slackapi.PublishViewContextRequest{UserID: user, View: view})
		return err
	})
	return sendError("views.publish", err)
}
