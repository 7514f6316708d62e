package slack

import (
	"context"

	slackapi "github.com/slack-go/slack"

	"liaison/bot/chat"
)

// The agent view: what Slack shows round the conversation with Liaison. None of it matters enough to
// keep an answer waiting, or to be told of when it fails.

const lookingStatus = "is looking…"

// expectAnswer notes that "is looking…" may be shown in a thread until answered is called.
func (w *workspace) expectAnswer(channel, thread string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.waiting) > 2000 {
		w.waiting = map[string]bool{}
	}
	w.waiting[channel+"/"+thread] = true
}

func (w *workspace) answered(channel, thread string) {
	w.mu.Lock()
	delete(w.waiting, channel+"/"+thread)
	w.mu.Unlock()
}

func (w *workspace) isWaiting(channel, thread string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.waiting[channel+"/"+thread]
}

// showLooking says "is looking…" until the answer comes, and gives a new conversation its title. Slack
// takes the status away when a message is posted; when that was before the status came, this does.
func (a *Adapter) showLooking(ctx context.Context, w *workspace, e chat.Event) {
	if w.hasNoStatus() {
		return
	}
	if w.isWaiting(e.Room.ID, e.Room.Thread) {
		if err := w.setStatus(ctx, e, lookingStatus); err != nil {
			return
		}
		if !w.isWaiting(e.Room.ID, e.Room.Thread) {
			_ = w.setStatus(ctx, e, "") // the worst of failing is a status for two minutes
		}
	}
	if e.Message == e.Room.Thread && e.Text != "" {
		title := shorten(oneLine(e.Text), maxThreadTitle)
		err := w.api.SetAssistantThreadsTitleContext(ctx, slackapi.AssistantThreadsSetTitleParameters{
			ChannelID: e.Room.ID, ThreadTS: e.Room.Thread, Title: escape(title),
		})
		w.noteStatus(err)
	}
}

func (w *workspace) setStatus(ctx context.Context, e chat.Event, status string) error {
	err := w.api.SetAssistantThreadsStatusContext(ctx, slackapi.AssistantThreadsSetStatusParameters{
		ChannelID: e.Room.ID, ThreadTS: e.Room.Thread, Status: status,
	})
	w.noteStatus(err)
	return err
}

// noteStatus stops asking for what this workspace's app is not allowed to do.
func (w *workspace) noteStatus(err error) {
	switch codeOf(err) {
	case "missing_scope", "unknown_method", "no_permission", "access_denied", "not_allowed":
		w.mu.Lock()
		w.noStatus = true
		w.mu.Unlock()
	}
}

func (w *workspace) hasNoStatus() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.noStatus
}

// suggestPrompts offers examples from the command table when somebody opens the conversation.
func (a *Adapter) suggestPrompts(ctx context.Context, w *workspace, e chat.Event) {
	prompts := a.prompts()
	if len(prompts) == 0 || e.Room.ID == "" || w.hasNoStatus() {
		return
	}
	params := slackapi.AssistantThreadsSetSuggestedPromptsParameters{
		Title: "What people ask", ChannelID: e.Room.ID, ThreadTS: e.Room.Thread, Prompts: prompts,
	}
	w.noteStatus(w.api.SetAssistantThreadsSuggestedPromptsContext(ctx, params))
}

// prompts are the first examples of the first commands, then their second ones.
func (a *Adapter) prompts() []slackapi.AssistantThreadsPrompt {
	var prompts []slackapi.AssistantThreadsPrompt
	commands := a.table.Load().Commands
	for round := range maxPrompts {
		for _, c := range commands {
			if len(prompts) < maxPrompts && !c.Admin && round < len(c.Examples) {
				example := exampleOf(c, round)
				prompts = append(prompts, slackapi.AssistantThreadsPrompt{Title: example, Message: example})
			}
		}
	}
	return prompts
}
