package slack

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	slackapi "github.com/slack-go/slack"

	"liaison/bot/chat"
)

// origin is where a form was opened. Slack keeps it with the form, and hands it back when it is sent.
type origin struct {
	Room    string `json:"r,omitempty"`
	Thread  string `json:"t,omitempty"`
	Message string `json:"m,omitempty"`
	Hidden  bool   `json:"h,omitempty"` // opened from a message that only its reader sees
	Private bool   `json:"p,omitempty"` // opened by a command, which answers whoever gave it
	URL     string `json:"u,omitempty"` // a response address that may still be good
	Until   int64  `json:"x,omitempty"`
}

func (o origin) encode() string {
	data, err := json.Marshal(o)
	if err != nil || len(data) > maxMetadata {
		return ""
	}
	return string(data)
}

func originOf(metadata string) origin {
	var o origin
	if json.Unmarshal([]byte(metadata), &o) != nil {
		return origin{} // a form of an earlier version: its answer goes to the person
	}
	return o
}

// formView renders a form as a modal.
func formView(f chat.Form, from origin) slackapi.ModalViewRequest {
	view := slackapi.ModalViewRequest{
		Type:            slackapi.VTModal,
		Title:           plain(orText(f.Title, "Liaison"), maxViewTitle),
		Submit:          plain(orText(f.Submit, "Send"), maxViewTitle),
		Close:           plain("Cancel", maxViewTitle),
		CallbackID:      f.Action,
		PrivateMetadata: from.encode(),
	}
	if f.Intro != "" {
		view.Blocks.BlockSet = renderView([]chat.Block{chat.Say(f.Intro)})
	}
	for _, field := range f.Fields {
		view.Blocks.BlockSet = append(view.Blocks.BlockSet, inputOf(field))
	}
	return view
}

// blocksView shows blocks in a modal: why a form was not opened, or that it is on its way.
func blocksView(blocks []chat.Block, from origin) slackapi.ModalViewRequest {
	return slackapi.ModalViewRequest{
		Type:            slackapi.VTModal,
		Title:           plain("Liaison", maxViewTitle),
		Close:           plain("Close", maxViewTitle),
		Blocks:          slackapi.Blocks{BlockSet: renderView(blocks)},
		PrivateMetadata: from.encode(),
	}
}

func loadingView(from origin) slackapi.ModalViewRequest {
	return blocksView([]chat.Block{chat.Say("Loading…")}, from)
}

func inputOf(f chat.Field) *slackapi.InputBlock {
	var hint *slackapi.TextBlockObject
	words := chat.Clean(f.Hint)
	if f.Kind == chat.FieldChoice && !asMenu(f) {
		words = strings.TrimSpace(words + "\nOne of:\n" + optionWords(f.Options))
	}
	if words != "" {
		hint = plain(words, maxFieldLabel)
	}
	input := slackapi.NewInputBlock(f.ID, plain(f.Label, maxFieldLabel), hint, elementOf(f))
	return input.WithOptional(!f.Required)
}

func asMenu(f chat.Field) bool {
	return f.Kind == chat.FieldChoice && len(f.Options) > 0 && len(f.Options) <= maxOptions && fitsMenu(f.Options)
}

func optionWords(options []chat.Option) string {
	var words []string
	for _, o := range options {
		words = append(words, orText(o.Label, o.Value))
	}
	return strings.Join(words, "\n")
}

func elementOf(f chat.Field) slackapi.BlockElement {
	if asMenu(f) {
		menu := &slackapi.SelectBlockElement{
			Type: slackapi.OptTypeStatic, ActionID: inputID,
			Placeholder: plain("Choose", maxPlaceholder), Options: optionObjects(f.Options),
		}
		for i, o := range f.Options {
			if o.Value == f.Value {
				menu.InitialOption = menu.Options[i]
			}
		}
		return menu
	}
	most := f.Max
	if most <= 0 || most > maxFieldText {
		most = maxFieldText
	}
	value := chat.Clean(f.Value)
	if utf8.RuneCountInString(value) > most {
		value = value[:runeOffset(value, most)]
	}
	return &slackapi.PlainTextInputBlockElement{
		Type: slackapi.METPlainTextInput, ActionID: inputID,
		Multiline: f.Kind == chat.FieldLong, MaxLength: most, InitialValue: value,
	}
}

// errorsOf turns a reply's problems into what Slack shows beside the fields. Only fields that the
// form has may be named: for others Slack shows "trouble connecting" and no reason.
func errorsOf(problems map[string]string, fields map[string]bool) map[string]string {
	errs := map[string]string{}
	var others []string
	for id, problem := range problems {
		if fields[id] {
			errs[id] = problem
		} else {
			others = append(others, problem)
		}
	}
	if len(others) > 0 && len(fields) > 0 {
		first := slices.Min(slices.Collect(maps.Keys(fields)))
		slices.Sort(others)
		errs[first] = strings.TrimSpace(errs[first] + " " + strings.Join(others, " "))
	}
	return errs
}
