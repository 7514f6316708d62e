package slack

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Handler serves events over HTTP: /slack/<name>/events, …/interactive and …/commands for each
// workspace that has a signing secret, /slack/events and so on for one without a name. A request must
// carry Slack's signature and be fresh; its body is not parsed before that is known.
func (a *Adapter) Handler() http.Handler {
	mux := http.NewServeMux()
	for _, w := range a.workspaces {
		if w.SigningSecret == "" {
			continue
		}
		base := "POST " + w.path()
		mux.HandleFunc(base+"/events", a.serveSigned(w, jsonBody))
		mux.HandleFunc(base+"/interactive", a.serveSigned(w, interactiveBody))
		mux.HandleFunc(base+"/commands", a.serveSigned(w, formJSON))
	}
	return mux
}

// jsonBody takes a body that is one JSON object in which no key stands twice.
func jsonBody(body []byte) ([]byte, error) { return body, checkKeys(body) }

// interactiveBody takes the payload out of a form. The address is never looked at: what stands there
// is not signed.
func interactiveBody(body []byte) ([]byte, error) {
	values, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, errNotJSON
	}
	if len(values["payload"]) != 1 {
		return nil, errAmbiguous
	}
	inner := []byte(values.Get("payload"))
	return inner, checkKeys(inner)
}

func (a *Adapter) serveSigned(w *workspace, parse func([]byte) ([]byte, error)) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		body, status := a.readSigned(rw, r, w)
		if status != 0 {
			http.Error(rw, http.StatusText(status), status)
			return
		}
		data, err := parse(body)
		switch {
		case errors.Is(err, errAmbiguous):
			a.count("ambiguous request")
			rw.Header().Set("X-Slack-No-Retry", "1") // it would be no clearer
			http.Error(rw, "ambiguous request", http.StatusBadRequest)
			return
		case err != nil:
			a.count("unreadable")
			rw.WriteHeader(http.StatusOK)
			return
		}
		if p, err := readPayload(data); err == nil && p.Type == "url_verification" {
			rw.Header().Set("Content-Type", "text/plain; charset=utf-8")
			rw.Header().Set("X-Content-Type-Options", "nosniff")
			_, _ = io.WriteString(rw, p.Challenge)
			return
		}
		a.serveDelivery(rw, r, w, data)
	}
}

// readSigned reads a body and checks its signature. status is 0 when all is well.
//
// SECURITY: nothing is read of a request that cannot be Slack's, and of those that could be only so much
// at a time: until its signature is checked, a body is a stranger's, who may fill the memory with it. What
// counts is what has arrived: who only holds connections open, and sends next to nothing, is in nobody's way.
func (a *Adapter) readSigned(rw http.ResponseWriter, r *http.Request, w *workspace) (body []byte, status int) {
	if r.Header.Get("Content-Encoding") != "" { // nothing is unpacked: a small body could become a large one
		return nil, http.StatusUnsupportedMediaType
	}
	signature, ok := readSignature(r.Header, a.now())
	if !ok {
		a.count("bad signature")
		leaveUnread(rw)
		return nil, http.StatusUnauthorized
	}
	// The server may have longer for others; a body that trickles in is given up.
	_ = http.NewResponseController(rw).SetReadDeadline(time.Now().Add(a.bodyTime))
	counted := &countedReader{from: http.MaxBytesReader(rw, r.Body, maxBody), against: &a.bodies}
	defer counted.giveBack()
	body, err := io.ReadAll(counted)
	var tooLarge *http.MaxBytesError
	switch {
	case errors.Is(err, errNoMemory): // Slack sends it again
		a.count("too many bodies")
		leaveUnread(rw)
		return nil, http.StatusServiceUnavailable
	case errors.As(err, &tooLarge):
		return nil, http.StatusRequestEntityTooLarge
	case err != nil:
		return nil, http.StatusRequestTimeout
	case !signature.fits(body, w.SigningSecret):
		a.count("bad signature")
		return nil, http.StatusUnauthorized
	}
	return body, 0
}

// allowance bounds how many bytes are held at the same time.
type allowance struct {
	most int64
	held atomic.Int64
}

var errNoMemory = errors.New("too much is being read at once")

// countedReader counts what it reads against an allowance, until giveBack.
type countedReader struct {
	from    io.Reader
	against *allowance
	taken   int64
}

func (r *countedReader) Read(p []byte) (int, error) {
	n, err := r.from.Read(p)
	r.taken += int64(n)
	if r.against.held.Add(int64(n)) > r.against.most {
		return n, errNoMemory
	}
	return n, err
}

func (r *countedReader) giveBack() { r.against.held.Add(-r.taken) }

// leaveUnread ends a connection with its answer. Otherwise the server would wait for the rest of the body.
func leaveUnread(rw http.ResponseWriter) {
	rw.Header().Set("Connection", "close")
	_ = http.NewResponseController(rw).SetReadDeadline(time.Unix(1, 0))
}

// signature is what a request says of itself: Slack's v0 signature and when it was made.
type signature struct {
	stamp string
	sum   []byte
}

// readSignature reads the signature's headers. It reports false unless each stands once, in Slack's
// form, and the request is no older, and no newer, than freshness. It is written here because the
// library's reads the clock itself, and takes the first of several headers. Source:
// docs.slack.dev/authentication/verifying-requests-from-slack.
func readSignature(header http.Header, now time.Time) (signature, bool) {
	stamps, signatures := header["X-Slack-Request-Timestamp"], header["X-Slack-Signature"]
	if len(stamps) != 1 || len(signatures) != 1 {
		return signature{}, false
	}
	stamp, err := strconv.ParseInt(stamps[0], 10, 64)
	if err != nil || strconv.FormatInt(stamp, 10) != stamps[0] {
		return signature{}, false
	}
	if now.Sub(time.Unix(stamp, 0)).Abs() > freshness {
		return signature{}, false
	}
	given, ok := strings.CutPrefix(signatures[0], "v0=")
	sum, err := hex.DecodeString(given)
	if !ok || err != nil || len(sum) != sha256.Size {
		return signature{}, false
	}
	return signature{stamp: stamps[0], sum: sum}, true
}

// fits reports whether a secret made the signature of a body.
func (s signature) fits(body []byte, secret string) bool {
	if secret == "" {
		return false
	}
	mac := hmac.New(sha256.New, []byte(secret))
	_, _ = mac.Write([]byte("v0:" + s.stamp + ":"))
	_, _ = mac.Write(body)
	return hmac.Equal(s.sum, mac.Sum(nil))
}

// serveDelivery answers once the event is stored: 200, or 503 so that Slack sends it again.
func (a *Adapter) serveDelivery(rw http.ResponseWriter, r *http.Request, w *workspace, data []byte) {
	type answer struct {
		kept    bool
		payload any
	}
	answered := make(chan answer, 1)
	var once sync.Once
	say := func(as answer) { once.Do(func() { answered <- as }) }
	a.receive(r.Context(), delivery{
		raw: data, from: a.sharingSecret(w),
		ack:  func(payload any) { say(answer{kept: true, payload: payload}) },
		keep: func() { say(answer{}) },
	})
	select {
	case as := <-answered:
		switch {
		case !as.kept:
			http.Error(rw, "not stored; please send it again", http.StatusServiceUnavailable)
		case as.payload != nil:
			rw.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(rw).Encode(as.payload)
		default:
			rw.WriteHeader(http.StatusOK)
		}
	case <-r.Context().Done():
	case <-a.life.Done():
		http.Error(rw, "stopping; please send it again", http.StatusServiceUnavailable)
	}
}

// sharingSecret lists the workspaces that a signature of w's secret may speak for: one app may be
// installed in several.
func (a *Adapter) sharingSecret(w *workspace) []*workspace {
	var sharing []*workspace
	for _, other := range a.workspaces {
		if other.SigningSecret == w.SigningSecret {
			sharing = append(sharing, other)
		}
	}
	return sharing
}
