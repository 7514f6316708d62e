package fakediscord

import (
	"regexp"
	"strings"
)

// Shown is content as Discord's client shows it.
type Shown struct {
	Text     string
	Links    []Link
	Mentions []string // what is highlighted as a mention, whether or not anybody is told
	Hidden   []string // what is covered until it is clicked on
}

// Link is a link: its words, and where it leads.
type Link struct{ Text, URL string }

// Show reads content as Discord's client does. The rules are those of its parser, which is built from
// regular expressions tried at each place in turn (github.com/discord/discord-api-docs, reference:
// "Message Formatting", and the client's own behaviour for links and escapes).
func Show(content string) Shown {
	var s shower
	s.block(content)
	return Shown{Text: s.text.String(), Links: s.links, Mentions: s.mentions, Hidden: s.hidden}
}

type shower struct {
	text     strings.Builder
	links    []Link
	mentions []string
	hidden   []string
}

var (
	ruleEscape   = regexp.MustCompile(`^\\([^0-9A-Za-z\s])`)
	ruleFence    = regexp.MustCompile("(?i)^```(?:([a-z0-9_+\\-.#]+?)\\n)?\\n*([^\\n][\\s\\S]*?)\\n*```")
	ruleCode1    = regexp.MustCompile("^`([^`]+)`")
	ruleCode2    = regexp.MustCompile("^``([\\s\\S]*?[^`])``")
	ruleMention  = regexp.MustCompile(`^<(?:@!?\d+|@&\d+|#\d+|id:\w+|/[-_\pL\pN ]+:\d+)>`)
	ruleEmoji    = regexp.MustCompile(`^<a?:(\w+):\d+>`)
	ruleTime     = regexp.MustCompile(`^<t:-?\d+(?::[tTdDfFRsS])?>`)
	ruleAngle    = regexp.MustCompile(`^<([^: >]+:/[^ >]+)>`)
	ruleMasked   = regexp.MustCompile(`^\[((?:\[[^\]]*\]|[^\[\]])*)\]\(\s*<?((?:\([^)]*\)|[^\s\\]|\\.)*?)>?(?:\s+['"]([\s\S]*?)['"])?\s*\)`)
	ruleURL      = regexp.MustCompile(`^(?:https?|steam)://[^\s<]+[^<.,:;"'\]\s]`)
	ruleInvite   = regexp.MustCompile(`(?i)^discord(?:app)?\.(?:gg|com/invite)/\S+`)
	ruleEveryone = regexp.MustCompile(`^@(?:everyone|here)`)
	ruleLine     = regexp.MustCompile(`^(?:>>> |> |#{1,3} |-# | *[-*] | *\d+\. )`)
	styles       = []struct {
		rule   *regexp.Regexp
		hidden bool
	}{
		{regexp.MustCompile(`^__((?:\\[\s\S]|[^\\])+?)__`), false},
		{regexp.MustCompile(`^~~((?:\\[\s\S]|[^\\])+?)~~`), false},
		{regexp.MustCompile(`^\|\|((?:\\[\s\S]|[^\\])+?)\|\|`), true},
		{regexp.MustCompile(`^\*((?:\\[\s\S]|[^\\*\s])(?:\\[\s\S]|[^\\*])*?)\*`), false},
		{regexp.MustCompile(`^_((?:\\[\s\S]|[^\\_])+?)_`), false},
	}
)

// block reads text from the start of a line.
func (s *shower) block(text string) {
	start := true
	for text != "" {
		if start {
			if mark := ruleLine.FindString(text); mark != "" {
				text = text[len(mark):]
				s.text.WriteString(" ")
				continue
			}
		}
		n := s.inline(text)
		start = n == 1 && text[0] == '\n'
		text = text[n:]
	}
}

// inline reads one thing and returns how many bytes it took.
func (s *shower) inline(text string) int {
	switch text[0] {
	case '\\':
		if found := ruleEscape.FindStringSubmatch(text); found != nil {
			s.text.WriteString(found[1])
			return len(found[0])
		}
	case '`':
		for _, rule := range []*regexp.Regexp{ruleFence, ruleCode2, ruleCode1} {
			if found := rule.FindStringSubmatch(text); found != nil {
				s.text.WriteString(found[len(found)-1])
				return len(found[0])
			}
		}
	case '<':
		if n := s.angle(text); n > 0 {
			return n
		}
	case '[':
		if found := ruleMasked.FindStringSubmatch(text); found != nil && strings.Contains(found[2], "://") {
			var words shower
			words.block(found[1])
			s.text.WriteString(words.text.String())
			s.mentions = append(s.mentions, words.mentions...)
			s.links = append(s.links, Link{words.text.String(), found[2]})
			return len(found[0])
		}
	case '@':
		if found := ruleEveryone.FindString(text); found != "" {
			s.mentions = append(s.mentions, found)
			s.text.WriteString(found)
			return len(found)
		}
	case '*', '_', '~', '|':
		if words := boldWords(text); words != "" {
			for inner := words; inner != ""; {
				inner = inner[s.inline(inner):]
			}
			return len(words) + 4
		}
		for _, style := range styles {
			if found := style.rule.FindStringSubmatch(text); found != nil {
				if style.hidden {
					s.hidden = append(s.hidden, found[1])
				}
				for inner := found[1]; inner != ""; {
					inner = inner[s.inline(inner):]
				}
				return len(found[0])
			}
		}
	case 'h', 's', 'd', 'D':
		for _, rule := range []*regexp.Regexp{ruleURL, ruleInvite} {
			if found := rule.FindString(text); found != "" {
				s.links = append(s.links, Link{found, found})
				s.text.WriteString(found)
				return len(found)
			}
		}
	}
	s.text.WriteByte(text[0])
	return 1
}

// boldWords returns what stands between two stars and the next two that no third one follows; "" when the
// text does not begin so. It looks at nothing but stars and backslashes, so it may end within code.
func boldWords(text string) string {
	if !strings.HasPrefix(text, "**") {
		return ""
	}
	for i := 2; i < len(text); {
		if text[i] == '\\' {
			i++
		}
		if i++; i+1 < len(text) && text[i:i+2] == "**" && !strings.HasPrefix(text[i+2:], "*") {
			return text[2:i]
		}
	}
	return ""
}

func (s *shower) angle(text string) int {
	if found := ruleMention.FindString(text); found != "" {
		s.mentions = append(s.mentions, found)
		s.text.WriteString(found)
		return len(found)
	}
	if found := ruleEmoji.FindStringSubmatch(text); found != nil {
		s.text.WriteString(":" + found[1] + ":")
		return len(found[0])
	}
	if found := ruleTime.FindString(text); found != "" {
		s.text.WriteString("(a time)")
		return len(found)
	}
	if found := ruleAngle.FindStringSubmatch(text); found != nil {
		s.text.WriteString(found[1])
		s.links = append(s.links, Link{found[1], found[1]})
		return len(found[0])
	}
	return 0
}

// Pings returns whom a message notifies, or shows as if it did.
func (m Message) Pings() []string {
	shown := Show(m.Content)
	pings := append([]string{}, shown.Mentions...)
	parse, limited := m.Notifies["parse"].([]any)
	if limited && len(parse) == 0 && m.Notifies["users"] == nil && m.Notifies["roles"] == nil {
		return pings // nobody is told, whatever the text says
	}
	return append(pings, regexp.MustCompile(`@everyone|@here|<@[!&]?\d+>`).FindAllString(m.Content, -1)...)
}

// Previews reports whether Discord would add a preview of a link.
func (m Message) Previews() bool {
	return m.Flags&flagSuppress == 0 && regexp.MustCompile(`https?://`).MatchString(m.Content)
}
