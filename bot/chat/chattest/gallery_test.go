package chattest

import (
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"liaison/bot/chat"
)

func TestGalleryNamesAreFileNames(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range Gallery() {
		if !regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`).MatchString(c.Name) {
			t.Errorf("%q is not lower-case words with hyphens", c.Name)
		}
		if seen[c.Name] {
			t.Errorf("two cases are named %q", c.Name)
		}
		seen[c.Name] = true
	}
}

// A field that no case sets would go unrendered unseen.
func TestGallerySetsEveryField(t *testing.T) {
	set := map[string]bool{}
	for _, c := range Gallery() {
		collectSet(reflect.ValueOf(c.Reply), set)
	}
	for _, zero := range []any{
		chat.Reply{}, chat.Text{}, chat.Sources{}, chat.People{}, chat.Items{}, chat.Facts{}, chat.Notice{}, chat.Choice{}, chat.Actions{},
		chat.Paragraph{}, chat.Inline{}, chat.Source{}, chat.Person{}, chat.Item{}, chat.Fact{}, chat.Action{}, chat.Option{}, chat.Form{}, chat.Field{},
	} {
		kind := reflect.TypeOf(zero)
		for i := range kind.NumField() {
			if name := kind.Name() + "." + kind.Field(i).Name; !set[name] {
				t.Errorf("no case sets %s", name)
			}
		}
	}
}

func collectSet(v reflect.Value, set map[string]bool) {
	switch v.Kind() {
	case reflect.Interface, reflect.Pointer:
		if !v.IsNil() {
			collectSet(v.Elem(), set)
		}
	case reflect.Slice:
		for i := range v.Len() {
			collectSet(v.Index(i), set)
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return
		}
		for i := range v.NumField() {
			if !v.Field(i).IsZero() {
				set[v.Type().Name()+"."+v.Type().Field(i).Name] = true
			}
			collectSet(v.Field(i), set)
		}
	}
}

// Adapters may rely on the limits that package chat states; the gallery must not go over them.
func TestGalleryKeepsTheLimits(t *testing.T) {
	for _, c := range Gallery() {
		within := func(what, value string, most int) {
			if n := utf8.RuneCountInString(value); n > most {
				t.Errorf("%s: %s has %d characters; at most %d are allowed", c.Name, what, n, most)
			}
		}
		ids := map[string]bool{}
		for _, a := range actionsOf(c.Reply) {
			within("action id", a.ID, chat.MaxAction)
			if ids[a.ID] {
				t.Errorf("%s: the action %q is there twice", c.Name, a.ID)
			}
			ids[a.ID] = true
			if !strings.Contains(a.ID, ":") {
				t.Errorf("%s: the action %q is not verb:row", c.Name, a.ID)
			}
		}
		for _, b := range c.Reply.Blocks {
			if choice, ok := b.(chat.Choice); ok {
				for _, o := range choice.Options {
					within("option value", o.Value, chat.MaxAction)
					within("option label", o.Label, 75)
				}
				continue
			}
		}
		if f := c.Reply.Form; f != nil {
			within("form title", f.Title, 24)
			within("form button", f.Submit, 24)
			for _, field := range f.Fields {
				within("field label", field.Label, 45)
				within("field hint", field.Hint, 100)
			}
		}
	}
}

func TestPlainTextMissesNothing(t *testing.T) {
	for _, c := range Gallery() {
		t.Run(c.Name, func(t *testing.T) {
			r := c.Reply
			r.Blocks = withoutButtons(r.Blocks)
			r.Problems = nil
			if missing := Missing(r, chat.PlainText(r)); len(missing) > 0 {
				t.Errorf("PlainText leaves out %.200q", missing)
			}
		})
	}
}

// withoutButtons leaves out what PlainText says it leaves out.
func withoutButtons(blocks []chat.Block) []chat.Block {
	var kept []chat.Block
	for _, b := range blocks {
		switch b := b.(type) {
		case chat.Actions:
		case chat.People:
			var people []chat.Person
			for _, p := range b.People {
				p.Actions = nil
				people = append(people, p)
			}
			kept = append(kept, chat.People{People: people})
		case chat.Items:
			var items []chat.Item
			for _, i := range b.Items {
				i.Actions = nil
				items = append(items, i)
			}
			kept = append(kept, chat.Items{Title: b.Title, Items: items})
		default:
			kept = append(kept, b)
		}
	}
	return kept
}

func TestMissing(t *testing.T) {
	r := reply(chat.Say("keep the\u200b secret"), text(chat.Paragraph{Inlines: []chat.Inline{{Text: "a link", URL: "https://www.example.gov.uk/x"}}}))
	for _, test := range []struct{ name, shown, missing string }{
		{"all of it", "keep the secret a link https://www.example.gov.uk/x", ""},
		{"broken over lines", "keep the sec\nret a link https://www.example\n.gov.uk/x", ""},
		{"a word short", "keep the a link https://www.example.gov.uk/x", "secret"},
		{"the address short", "keep the secret a link", "https://www.example.gov.uk/x"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := strings.Join(Missing(r, test.shown), " "); got != test.missing {
				t.Errorf("missing %q; want %q", got, test.missing)
			}
		})
	}
}
