package chattest

import (
	"strings"
	"unicode"

	"liaison/bot/chat"
)

// Words returns every word and address of a reply that a rendering must show, cleaned with
// chat.Clean, in reading order. Times are left out, as each platform says them in its own way, and so
// are the numbers of sources, the questions asked before a button acts, and addresses that must not
// be links.
func Words(r chat.Reply) []string {
	var c collector
	for _, b := range r.Blocks {
		c.block(b)
	}
	if r.Form != nil {
		c.form(*r.Form)
	}
	for _, problem := range r.Problems {
		c.say(problem)
	}
	return c.words
}

// Missing returns the words of the reply that are not in what is shown: the text and addresses of
// all its messages, in order, escapes undone. White space is ignored, so that words may be broken
// over lines and messages.
func Missing(r chat.Reply, shown string) []string {
	shown = squeeze(chat.Clean(shown))
	var missing []string
	for _, word := range Words(r) {
		if !strings.Contains(shown, word) {
			missing = append(missing, word)
		}
	}
	return missing
}

func squeeze(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, text)
}

type collector struct {
	words     []string
	linksOnly bool
}

func (c *collector) say(texts ...string) {
	if c.linksOnly {
		return
	}
	for _, text := range texts {
		c.words = append(c.words, strings.Fields(chat.Clean(text))...)
	}
}

func (c *collector) link(url string) {
	if safe := chat.SafeURL(url); safe != "" {
		if !c.linksOnly {
			safe = chat.Address(safe) // whoever reads it needs no "mailto:"
		}
		c.words = append(c.words, safe)
	}
}

func (c *collector) block(b chat.Block) {
	switch b := b.(type) {
	case chat.Text:
		c.paragraphs(b.Paragraphs)
	case chat.Sources:
		for _, s := range b.Sources {
			c.say(s.Title, s.Heading, s.Organisation, s.Age, s.Stamp, s.Binds, s.Owner, s.Licence)
			c.link(s.URL)
		}
	case chat.People:
		for _, p := range b.People {
			c.person(p)
		}
	case chat.Items:
		c.say(b.Title)
		for _, i := range b.Items {
			c.say(i.Title, i.Detail)
			c.link(i.URL)
			c.actions(i.Actions)
		}
	case chat.Facts:
		c.say(b.Title)
		for _, f := range b.Facts {
			c.say(f.Label)
			c.inline(f.Value)
		}
	case chat.Notice:
		c.paragraph(b.Text)
	case chat.Choice:
		c.say(b.Prompt)
		c.options(b.Options)
	case chat.Actions:
		c.actions(b.Actions)
	default:
		panic("chattest: a Block that Words does not know")
	}
}

func (c *collector) paragraphs(list []chat.Paragraph) {
	for _, p := range list {
		c.paragraph(p)
	}
}

// paragraph joins the inlines first: a word may be made of several.
func (c *collector) paragraph(p chat.Paragraph) {
	c.inlines(p.Inlines)
	for _, cell := range p.Cells {
		c.inlines(cell)
	}
}

func (c *collector) inlines(list []chat.Inline) {
	var text strings.Builder
	for _, i := range list {
		// What follows a link or a time may be parted from it: a platform may say more in between.
		if i.URL != "" || !i.Time.IsZero() {
			c.say(text.String())
			text.Reset()
			c.inline(i)
			continue
		}
		text.WriteString(chat.Clean(i.Text)) // alone: broken letters of two inlines side by side are no letter
	}
	c.say(text.String())
}

func (c *collector) inline(i chat.Inline) {
	if i.Time.IsZero() {
		c.say(i.Text)
	}
	c.link(i.URL)
}

func (c *collector) person(p chat.Person) {
	c.say(p.Name, p.Organisation, p.Role, p.Times)
	c.paragraphs(p.Reasons)
	if p.Contact != nil {
		c.inline(*p.Contact)
	}
	c.actions(p.Actions)
}

func (c *collector) actions(list []chat.Action) {
	for _, a := range list {
		c.say(a.Label)
		c.link(a.URL)
	}
}

func (c *collector) options(list []chat.Option) {
	for _, o := range list {
		c.say(o.Label, o.Hint)
	}
}

func (c *collector) form(f chat.Form) {
	c.say(f.Title, f.Intro)
	for _, field := range f.Fields {
		c.say(field.Label, field.Hint, field.Value)
		c.options(field.Options)
	}
}
