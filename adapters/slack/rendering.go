package slack

import (
	"bytes"
	"encoding/json"

	"liaison/bot/chat"
)

// rendered is what is sent of a reply.
type rendered struct {
	Text   string `json:"text,omitempty"`
	Blocks any    `json:"blocks,omitempty"`
	View   any    `json:"view,omitempty"`
	Answer any    `json:"answer,omitempty"` // of a form's acknowledgement
}

// Rendering returns a reply as Slack is sent it: the messages, or the modal, as JSON. It sends nothing,
// and is for looking at.
func Rendering(r chat.Reply) ([]byte, error) {
	var all []rendered
	for _, m := range renderMessages(r) {
		all = append(all, rendered{Text: m.topText(), Blocks: m.blocks})
	}
	switch {
	case len(r.Problems) > 0 && r.Form != nil:
		fields := map[string]bool{}
		for _, f := range r.Form.Fields {
			fields[f.ID] = true
		}
		all = append(all, rendered{Answer: formAnswer(r, fields, origin{})})
	case r.Form != nil:
		all = append(all, rendered{View: formView(*r.Form, origin{Room: "C1"})})
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	err := encoder.Encode(all)
	return out.Bytes(), err
}
