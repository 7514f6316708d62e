package slack

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"liaison/bot/chat"
)

// Check implements chat.Checker. It asks Slack about each workspace's tokens, scopes and Socket Mode.
func (a *Adapter) Check(ctx context.Context) []chat.Finding {
	var findings []chat.Finding
	seen := map[string]string{}
	for _, w := range a.workspaces {
		found, team := w.checkBot(ctx)
		if other, twice := seen[team]; team != "" && twice {
			found = append(found, w.finding("its bot token is of the same workspace as that of "+other+".",
				"Take the bot token of each from its own app."))
		}
		seen[team] = w.label()
		if w.AppToken != "" {
			found = append(found, w.checkApp(ctx)...)
		}
		if len(found) == 0 {
			found = []chat.Finding{{Subject: w.label(), Advice: w.wayIn()}}
		}
		findings = append(findings, found...)
	}
	return findings
}

func (w *workspace) finding(problem, advice string) chat.Finding {
	return chat.Finding{Subject: w.label(), Problem: problem, Advice: advice}
}

// wayIn says how events come in.
func (w *workspace) wayIn() string {
	if w.AppToken != "" {
		return "events come by Socket Mode."
	}
	return "events come over HTTP at " + w.path() + "/events."
}

// checkBot tries the bot token, and compares its scopes with those the manifest asks for.
func (w *workspace) checkBot(ctx context.Context) (findings []chat.Finding, team string) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	who, err := w.api.AuthTestContext(ctx)
	if err != nil {
		return []chat.Finding{w.failed("auth.test", err)}, ""
	}
	return w.missingScopes(who.Header), who.TeamID
}

// missingScopes compares what was granted, as Slack says beside its answers, with what the manifest asks for.
func (w *workspace) missingScopes(header http.Header) (findings []chat.Finding) {
	granted := strings.FieldsFunc(header.Get("X-OAuth-Scopes"), func(r rune) bool { return r == ',' || r == ' ' })
	for _, scope := range scopes {
		if len(granted) > 0 && !slices.Contains(granted, scope.name) { // a proxy may take the header away
			findings = append(findings, w.finding("the app lacks the scope "+scope.name+", which is needed "+scope.reason+".", addScope))
		}
	}
	return findings
}

// checkApp tries the app token. Asking for a connection opens none.
func (w *workspace) checkApp(ctx context.Context) []chat.Finding {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	_, _, err := w.api.StartSocketModeContext(ctx)
	if err == nil {
		return nil
	}
	return []chat.Finding{w.appFailed(err)}
}

// appFailed says what is wrong with an app token, or with Socket Mode.
func (w *workspace) appFailed(err error) chat.Finding {
	switch code := codeOf(err); {
	case code == "invalid_auth" || code == "not_authed":
		return w.finding("Slack does not know the app token.", makeAppToken)
	case code == "missing_scope":
		return w.finding("the app token lacks the scope connections:write.", makeAppToken)
	case socketModeErrors[code]:
		return w.finding("Socket Mode is off.", turnOnSocketMode)
	}
	return w.failed("apps.connections.open", err)
}

func (w *workspace) failed(method string, err error) chat.Finding {
	if code := codeOf(err); code != "" {
		return w.refused(code, err)
	}
	return w.finding(fmt.Sprintf("it could not be asked (%v).", errors.Unwrap(sendError(method, err))), // nothing was to be sent
		"Check that this machine can reach "+w.apiURL+".")
}

// Slack's words for Socket Mode being off, as seen from apps.connections.open.
var socketModeErrors = words("forbidden_team access_denied socket_mode_not_enabled method_not_supported_for_app")

const (
	addScope         = "Add it under OAuth & Permissions in the app's settings, and install the app again."
	copyToken        = "Copy the bot token again from OAuth & Permissions in the app's settings."
	installAgain     = "Install the app again and set the new token."
	makeAppToken     = "Make one with the scope connections:write under Basic Information in the app's settings."
	turnOnSocketMode = "Turn it on under Socket Mode in the app's settings."
)

// refused says what Slack's word for a refusal means, and what to do about it.
func (w *workspace) refused(code string, err error) chat.Finding {
	switch code {
	case "invalid_auth", "not_authed":
		return w.finding("Slack does not know the token.", copyToken)
	case "token_revoked", "account_inactive", "app_missing":
		return w.finding("the token was revoked, or the app was removed.", installAgain)
	case "token_expired":
		return w.finding("the token has expired.", "Turn token rotation off for the app, and set a new token.")
	case "not_allowed_token_type":
		return w.finding("a token is of the wrong kind.", "The bot token begins with xoxb-, the app token with xapp-.")
	case "missing_scope", "no_permission":
		return w.finding("the app lacks"+orText(strings.TrimPrefix(needed(err), ":"), " a scope")+".", addScope)
	case "team_access_not_granted", "org_login_required":
		return w.finding("the organisation has not let the app in.", "Ask its Slack administrators to approve it.")
	}
	return w.finding("Slack refused with "+code+".", "Run `"+chat.Program()+" doctor` again later.")
}

// sentence is a finding as one.
func sentence(f chat.Finding) string {
	return fmt.Sprintf("%s: %s %s", f.Subject, f.Problem, f.Advice)
}

// label names a workspace in sentences.
func (w *Workspace) label() string {
	if w.Name == "" {
		return "Slack"
	}
	return "Slack workspace " + w.Name
}

// path is where events of a workspace come in over HTTP.
func (w *Workspace) path() string {
	if w.Name == "" {
		return "/slack"
	}
	return "/slack/" + url.PathEscape(w.Name)
}
