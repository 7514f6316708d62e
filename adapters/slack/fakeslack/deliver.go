package fakeslack

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// Receipt follows one delivery.
type Receipt struct {
	Acked <-chan struct{} // closed when it was acknowledged

	s        *Server
	team     *Team
	kind     string // "events_api", "interactive" or "slash_commands"
	payload  any
	envelope string
	attempt  int
	socket   *socket
	acked    chan struct{}
	answer   json.RawMessage
	status   int // of the last answer over HTTP
	onAck    func(json.RawMessage)
}

func (r *Receipt) isAcked() bool {
	select {
	case <-r.acked:
		return true
	default:
		return false
	}
}

// Answer returns the payload of the acknowledgement.
func (r *Receipt) Answer() json.RawMessage {
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	return r.answer
}

// Status returns the status of the last answer over HTTP.
func (r *Receipt) Status() int {
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	return r.status
}

// Deliver sends a payload to the app of a team, the way the team is set to.
func (s *Server) Deliver(team, kind string, payload any) *Receipt {
	s.mu.Lock()
	r := s.newReceipt(team, kind, payload)
	s.mu.Unlock()
	s.sendOver(r)
	return r
}

// Again delivers the same once more, as Slack does when it believes that it was not received.
func (s *Server) Again(r *Receipt) *Receipt {
	s.mu.Lock()
	again := s.newReceipt(r.team.ID, r.kind, r.payload)
	again.attempt = r.attempt + 1
	again.onAck = r.onAck
	s.mu.Unlock()
	s.sendOver(again)
	return again
}

func (s *Server) newReceipt(team, kind string, payload any) *Receipt {
	acked := make(chan struct{})
	r := &Receipt{Acked: acked, acked: acked, s: s, team: s.teams[team], kind: kind, payload: payload, envelope: s.nextID("envelope-")}
	if s.flying == nil {
		s.flying = map[string]*Receipt{}
	}
	s.flying[r.envelope] = r
	return r
}

func (s *Server) acknowledged(envelope string, payload json.RawMessage) {
	s.mu.Lock()
	r := s.flying[envelope]
	delete(s.flying, envelope)
	if r == nil || r.isAcked() {
		s.mu.Unlock()
		return
	}
	r.answer = payload
	if r.onAck != nil {
		r.onAck(payload)
	}
	close(r.acked)
	s.notify()
	s.mu.Unlock()
}

// sendOver picks a connection, as Slack does: any. Without one, events wait.
func (s *Server) sendOver(r *Receipt) {
	if r.team.EventsURL != "" {
		s.delivery.Add(1)
		go func() {
			defer s.delivery.Done()
			s.post(r)
		}()
		return
	}
	s.mu.Lock()
	var live []*socket
	for _, k := range s.sockets[r.team.AppToken] {
		if !k.retiring && !k.mute {
			live = append(live, k)
		}
	}
	if len(live) == 0 {
		s.queued[r.team.AppToken] = append(s.queued[r.team.AppToken], r)
		s.mu.Unlock()
		return
	}
	s.ids++
	k := live[s.ids%len(live)]
	s.mu.Unlock()
	k.send(r)
}

// waits are how long Slack waits before each attempt.
var waits = []time.Duration{0, 0, time.Minute, 5 * time.Minute}

// post sends over HTTP, and again while an event is not taken.
func (s *Server) post(r *Receipt) {
	for attempt := 0; attempt <= s.Retries; attempt++ {
		if s.Pause != nil {
			s.Pause(waits[min(attempt, len(waits)-1)])
		}
		path, contentType, body := r.request()
		req := s.Signed(r.team.ID, path, contentType, body, s.now())
		if attempt > 0 {
			req.Header.Set("X-Slack-Retry-Num", fmt.Sprint(attempt))
			req.Header.Set("X-Slack-Retry-Reason", "http_error")
		}
		client := &http.Client{Timeout: 30 * time.Second}
		resp, err := client.Do(req)
		if err == nil {
			said, _ := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
			_ = resp.Body.Close()
			s.mu.Lock()
			r.status = resp.StatusCode
			s.mu.Unlock()
			if resp.StatusCode == http.StatusOK {
				if !json.Valid(said) {
					said = nil
				}
				s.acknowledged(r.envelope, said)
				return
			}
			if resp.Header.Get("X-Slack-No-Retry") != "" {
				return
			}
		}
		if r.kind != "events_api" {
			return // presses and commands are not repeated
		}
	}
}

func (r *Receipt) request() (path, contentType string, body []byte) {
	switch r.kind {
	case "interactive":
		return "/interactive", "application/x-www-form-urlencoded", []byte(url.Values{"payload": {string(jsonOf(r.payload))}}.Encode())
	case "slash_commands":
		fields := url.Values{}
		for key, value := range r.payload.(map[string]any) {
			fields.Set(key, fmt.Sprint(value))
		}
		return "/commands", "application/x-www-form-urlencoded", []byte(fields.Encode())
	}
	return "/events", "application/json", jsonOf(r.payload)
}

// Signed makes a request of Slack's to a team's app, signed at a time.
func (s *Server) Signed(team, path, contentType string, body []byte, at time.Time) *http.Request {
	s.mu.Lock()
	t := s.teams[team]
	base, secret := t.EventsURL, t.SigningSecret
	s.mu.Unlock()
	req, err := http.NewRequest(http.MethodPost, base+path, bytes.NewReader(body))
	if err != nil {
		panic(err) // an address that a test made up wrongly
	}
	stamp := fmt.Sprint(at.Unix())
	req.Header.Set("Content-Type", contentType)
	req.Header.Set("X-Slack-Request-Timestamp", stamp)
	req.Header.Set("X-Slack-Signature", Signature(secret, stamp, body))
	return req
}

// Signature is Slack's v0 signature of a body.
func Signature(secret, stamp string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	_, _ = mac.Write([]byte("v0:" + stamp + ":"))
	_, _ = mac.Write(body)
	return "v0=" + hex.EncodeToString(mac.Sum(nil))
}
