package slack

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// Check asks Slack whether each workspace is set up, and returns what is wrong: one sentence each,
// with what to do about it. Nothing is returned when all is well.
func (a *Adapter) Check(ctx context.Context) []string {
	var findings []string
	seen := map[string]string{}
	for _, w := range a.workspaces {
		found, team := w.checkBot(ctx)
		findings = append(findings, found...)
		if other := seen[team]; team != "" && other != "" {
			findings = append(findings, fmt.Sprintf(
				"Slack workspaces %s and %s have tokens of the same workspace; take the bot token of each from its own app.", other, w.Name))
		}
		seen[team] = w.Name
		if w.AppToken != "" {
			findings = append(findings, w.checkApp(ctx)...)
		}
	}
	return findings
}

// checkBot tries the bot token, and compares its scopes with those the manifest asks for.
func (w *workspace) checkBot(ctx context.Context) (findings []string, team string) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	who, err := w.api.AuthTestContext(ctx)
	if err != nil {
		return []string{w.finding("auth.test", err)}, ""
	}
	granted := strings.FieldsFunc(who.Header.Get("X-OAuth-Scopes"), func(r rune) bool { return r == ',' || r == ' ' })
	if len(granted) == 0 {
		return nil, who.TeamID // a proxy took the header away
	}
	for _, scope := range scopes {
		if !slices.Contains(granted, scope.name) {
			findings = append(findings, fmt.Sprintf(
				"Slack workspace %s: the app lacks the scope %s, which Liaison needs %s; add it under OAuth & Permissions and install the app again.",
				w.Name, scope.name, scope.reason))
		}
	}
	return findings, who.TeamID
}

// checkApp tries the app token. Asking for a connection opens none.
func (w *workspace) checkApp(ctx context.Context) []string {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	_, _, err := w.api.StartSocketModeContext(ctx)
	switch codeOf(err) {
	case "":
		if err != nil {
			return []string{w.finding("apps.connections.open", err)}
		}
		return nil
	case "invalid_auth", "not_authed":
		return []string{"Slack workspace " + w.Name + ": Slack does not know the app token; make one with the scope connections:write under Basic Information."}
	case "missing_scope":
		return []string{"Slack workspace " + w.Name + ": the app token lacks the scope connections:write; make a new one under Basic Information."}
	case "socket_mode_not_enabled", "forbidden_team", "access_denied", "method_not_supported_for_app":
		return []string{socketModeOff(w.Name)}
	}
	return []string{w.finding("apps.connections.open", err)}
}

func (w *workspace) finding(method string, err error) string {
	if code := codeOf(err); code != "" {
		return w.sentence(code, err)
	}
	return fmt.Sprintf("Slack workspace %s: %s got no answer (%v); check that this machine can reach %s.",
		w.Name, method, sendError(method, err), w.apiURL)
}
