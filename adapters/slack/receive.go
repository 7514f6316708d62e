package slack

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"time"

	slackapi "github.com/slack-go/slack"

	"liaison/bot/chat"
)

// delivery is one payload from Slack, and the way to acknowledge it.
type delivery struct {
	raw []byte
	// arrived is when it came; receive sets it.
	arrived time.Time
	// from are the workspaces that this connection, or this signing secret, may speak for.
	from []*workspace
	// ack acknowledges, with a payload for forms; keep is called instead when it must come again. The
	// first call of either counts.
	ack  func(payload any)
	keep func()
}

// receive reads a delivery and hands it to the lane of its room. Whatever cannot be read, or is for
// nobody, is acknowledged and counted: Slack would only send it again.
func (a *Adapter) receive(ctx context.Context, d delivery) {
	if d.arrived.IsZero() {
		d.arrived = time.Now()
	}
	p, err := readPayload(d.raw)
	if err != nil {
		a.count("unreadable")
		d.ack(nil)
		return
	}
	w, known := routeOf(p, d.from)
	switch {
	case w == nil && !known:
		a.count("not ready")
		d.keep()
		return
	case w == nil:
		a.count("unknown workspace")
		d.ack(nil)
		return
	case w.stopped() != "":
		a.count("stopped workspace")
		d.ack(nil)
		return
	}
	a.mu.Lock()
	a.lastEvent = a.now()
	a.mu.Unlock()
	job := func() {
		handled := false
		defer func() {
			if !handled { // a panic: sent again, it would happen again
				d.ack(nil)
			}
		}()
		// What has arrived is stored even while stopping, as clicks are not sent again.
		a.handle(context.WithoutCancel(ctx), w, p, d)
		handled = true
	}
	select {
	case a.laneOf(w.Name, p.roomID()) <- job:
	case <-ctx.Done():
		d.keep()
	case <-a.life.Done():
		d.keep()
	}
}

// routeOf finds the workspace that a payload is for. known is false when that cannot be said yet,
// because a workspace has not been met.
//
// SECURITY: only workspaces that the connection or the signature stands for are looked at, so one
// workspace's secret never speaks for another.
func routeOf(p payload, from []*workspace) (w *workspace, known bool) {
	ids := p.installations()
	known = true
	for _, id := range ids {
		for _, w := range from {
			own, enterprise, ready := w.known()
			switch {
			case !ready && w.stopped() == "":
				known = false
			case id == own && own != "":
				return w, true
			case id == enterprise && own == enterprise && own != "":
				return w, true
			}
		}
	}
	return nil, known
}

// installations lists the ids under which the app may be installed where this happened, the surest
// first: authorizations name the installation; team_id may be another company's in a shared channel.
func (p payload) installations() []string {
	var ids []string
	add := func(id string) {
		if id != "" {
			ids = append(ids, id)
		}
	}
	for _, auth := range p.Authorizations {
		if auth.OrgInstall {
			add(auth.EnterpriseID)
		}
		add(auth.TeamID)
		add(auth.EnterpriseID)
	}
	if len(ids) == 0 {
		add(p.ContextTeam)
		add(p.TeamID)
		add(p.Team.ID)
		add(p.ContextOrg)
		add(p.EnterpriseID)
		add(p.Enterprise.ID)
		if p.Type != "event_callback" { // whoever pressed may be a visitor from elsewhere
			add(p.User.TeamID)
		}
	}
	return ids
}

func (p payload) roomID() string {
	for _, id := range []string{p.Event.Channel.ID, p.Channel.ID, p.ChannelID, p.Container.Channel, originOf(p.View.Metadata).Room,
		p.Event.User.ID, p.User.ID} {
		if id != "" {
			return id
		}
	}
	return ""
}

// handle does what a payload asks for and acknowledges it. What is looked up for it is waited for from
// when it came: however slow Slack is, those behind it in the lane do not wait in turn.
func (a *Adapter) handle(ctx context.Context, w *workspace, p payload, d delivery) {
	lookup, cancel := context.WithDeadline(ctx, d.arrived.Add(a.lookTime))
	defer cancel()
	e, what := a.read(lookup, w, p)
	if e.ID == "" {
		e.ID = digest(d.raw)
	}
	switch what {
	case readNothing:
		d.ack(nil)
	case readForm:
		d.ack(nil)
		if !a.pressed.first(w.Name+"/"+e.ID, a.now()) {
			a.count("pressed before")
			return
		}
		a.errand(true, func(ctx context.Context) { a.openForm(ctx, w, e, p) })
	case readPrompts:
		d.ack(nil)
		a.errand(false, func(ctx context.Context) { a.suggestPrompts(ctx, w, e) })
	case readFollowed:
		if follows := a.table.Load().Follows; follows == nil || !follows(ctx, e) {
			a.count("not addressed")
			d.ack(nil)
			return
		}
		a.store(ctx, w, e, p, d)
	case readEvent:
		a.store(ctx, w, e, p, d)
	}
}

// store puts an event in the inbox and only then acknowledges it.
func (a *Adapter) store(ctx context.Context, w *workspace, e chat.Event, p payload, d delivery) {
	inbox := a.inbox.Load()
	if inbox == nil {
		d.keep()
		return
	}
	if e.Kind == chat.KindForm {
		a.storeForm(ctx, *inbox, e, p, d)
		return
	}
	talk := e.Kind == chat.KindMessage && e.Addressed && e.Room.Direct
	if talk {
		w.expectAnswer(e.Room.ID, e.Room.Thread)
	}
	if err := (*inbox).Put(ctx, e); err != nil {
		a.count("not stored")
		a.log.Error("slack event not stored", slog.String("workspace", w.Name), slog.String("kind", string(e.Kind)), slog.Any("error", err))
		d.keep()
		return
	}
	d.ack(nil)
	if e.Kind == chat.KindGone {
		w.stop(sentence(w.finding("the app was removed, or its token revoked.", installAgain)))
	}
	if talk {
		a.errand(false, func(ctx context.Context) { a.showLooking(ctx, w, e) })
	}
}

// storeForm waits, after storing, for what Respond has to say to the form. The lane does not wait
// with it.
func (a *Adapter) storeForm(ctx context.Context, inbox chat.Inbox, e chat.Event, p payload, d delivery) {
	answer := a.forms.add(e.ID)
	if err := inbox.Put(ctx, e); err != nil {
		a.forms.remove(e.ID)
		a.count("not stored")
		d.keep()
		return
	}
	fields := map[string]bool{}
	for id := range p.View.State.Values {
		fields[id] = true
	}
	a.work.enter()
	go func() {
		defer a.work.end()
		timer := time.NewTimer(a.formTime)
		defer timer.Stop()
		select {
		case reply := <-answer:
			d.ack(formAnswer(reply, fields, originOf(p.View.Metadata)))
		case <-timer.C:
			a.forms.remove(e.ID)
			select {
			case reply := <-answer: // it came at the last moment
				d.ack(formAnswer(reply, fields, originOf(p.View.Metadata)))
			default:
				d.ack(nil)
			}
		}
	}()
}

// formAnswer is what the acknowledgement of a form says: nothing closes it.
func formAnswer(r chat.Reply, fields map[string]bool, from origin) any {
	if len(r.Problems) > 0 {
		if errs := errorsOf(r.Problems, fields); len(errs) > 0 {
			return slackapi.NewErrorsViewSubmissionResponse(errs)
		}
		return nil
	}
	if r.Form != nil {
		view := formView(*r.Form, from)
		return slackapi.NewUpdateViewSubmissionResponse(&view)
	}
	return nil
}

// digest names a delivery that Slack gave no id.
func digest(raw []byte) string {
	sum := sha256.Sum256(raw)
	return "sha256:" + hex.EncodeToString(sum[:12])
}
