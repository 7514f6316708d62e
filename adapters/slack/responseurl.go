package slack

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"

	slackapi "github.com/slack-go/slack"
)

// urlMessage is a message to a response_url. The library's own sender drops the settings against
// previews, fails on answers without a content type, and prints the address, which is a secret.
type urlMessage struct {
	Type    string           `json:"response_type"`
	Replace bool             `json:"replace_original"`
	Thread  string           `json:"thread_ts,omitempty"`
	Text    string           `json:"text"`
	Blocks  []slackapi.Block `json:"blocks"`
	Parse   string           `json:"parse"`
	Unfurl  bool             `json:"unfurl_links"`
	Media   bool             `json:"unfurl_media"`
}

// Who sees a message that is sent to a response_url.
const (
	inChannel = "in_channel"
	onlyYou   = "ephemeral"
)

// postToURL sends to a response_url, which is of a channel. Its error is a *chat.SendError.
func (w *workspace) postToURL(ctx context.Context, channel, address string, as urlMessage, m message) error {
	const method = "response_url"
	if !w.mayPostTo(address) {
		return refuse("a response address that is not Slack's")
	}
	as.Text, as.Blocks, as.Parse = m.topText(), m.blocks, "none"
	body, err := json.Marshal(as)
	if err != nil {
		return refuse("the message cannot be written")
	}
	err = patiently(ctx, func(ctx context.Context) error {
		if as.Type == inChannel { // one of the channel's messages, as any other
			if err := w.courier.turn(ctx, channel); err != nil {
				return errors.Join(errUnsent, err)
			}
		}
		ctx, cancel := context.WithTimeout(withLimit(ctx, method+"/"+channel), callTimeout)
		defer cancel()
		return w.postJSON(ctx, address, body)
	})
	return sendError(method, err)
}

func (w *workspace) postJSON(ctx context.Context, address string, body []byte) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return errors.Join(errUnsent, errors.New("no address"))
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	resp, err := w.http.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	said, err := io.ReadAll(io.LimitReader(resp.Body, maxBody))
	if err != nil {
		return err
	}
	return urlAnswer(resp.StatusCode, said)
}

// urlAnswer reads what a response address says: "ok", a word, or JSON.
func urlAnswer(status int, said []byte) error {
	var state struct {
		OK    *bool  `json:"ok"`
		Error string `json:"error"`
	}
	if json.Unmarshal(said, &state) == nil && state.OK != nil && !*state.OK {
		return slackapi.SlackErrorResponse{Err: orText(state.Error, "unknown")}
	}
	switch word := strings.TrimSpace(string(said)); {
	case status >= 200 && status < 300:
		return nil
	case expiredErrors[word]:
		return slackapi.SlackErrorResponse{Err: word}
	case status == http.StatusNotFound || status == http.StatusGone:
		return slackapi.SlackErrorResponse{Err: "expired_url"}
	}
	return slackapi.StatusCodeError{Code: status}
}

// mayPostTo reports whether an address is Slack's: whoever could put another one here would be sent
// the answers.
func (w *workspace) mayPostTo(address string) bool {
	target, err := url.Parse(address)
	if err != nil {
		return false
	}
	if api, err := url.Parse(w.apiURL); err == nil && target.Host == api.Host && target.Scheme == api.Scheme {
		return true
	}
	if target.Scheme != "https" {
		return false
	}
	host := strings.ToLower(target.Hostname())
	for _, own := range []string{"slack.com", "slack-gov.com"} {
		if host == own || strings.HasSuffix(host, "."+own) {
			return true
		}
	}
	return false
}
