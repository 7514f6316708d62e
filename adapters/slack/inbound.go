package slack

import (
	"regexp"
	"strings"

	"liaison/bot/chat"
)

var (
	control = regexp.MustCompile(`<([^<>\n]*)>`)
	// A pair of marks with words between, standing on word boundaries: *bold*, _slanted_, ~struck~.
	styled = regexp.MustCompile("(^|[\\s(\\[\"'“])([*_~])([^\\s*_~](?:[^*_~\n]*[^\\s*_~])?)([*_~])($|[\\s)\\].,;:!?\"'”])")
)

// plainText reads what a person typed, as Slack hands it over, into plain text: links and mentions
// become their words, marks of style go, and so does every mention of Liaison itself. nameOf says a
// user id in words.
func plainText(text, self string, nameOf func(id string) string) string {
	text = control.ReplaceAllStringFunc(text, func(found string) string {
		return plainControl(found[1:len(found)-1], self, nameOf)
	})
	text = strings.ReplaceAll(text, "```", "\n")
	text = strings.ReplaceAll(text, "`", "")
	for range 2 { // marks may stand inside one another
		text = styled.ReplaceAllStringFunc(text, unstyle)
	}
	return tidy(chat.Clean(unescapes.Replace(text)))
}

func unstyle(found string) string {
	parts := styled.FindStringSubmatch(found)
	if parts == nil || parts[2] != parts[4] {
		return found
	}
	return parts[1] + parts[3] + parts[5]
}

// plainControl reads what stands between < and >: "@U1", "@U1|name", "#C1|name", "!here",
// "!subteam^S1|@handle", "!date^1^{date}|words", "https://address|words".
func plainControl(inside, self string, nameOf func(string) string) string {
	target, label, _ := strings.Cut(inside, "|")
	switch {
	case target == "":
		return ""
	case strings.HasPrefix(target, "@"):
		if id := target[1:]; id == self && self != "" {
			return " "
		} else if label != "" {
			return "@" + strings.TrimPrefix(label, "@")
		} else {
			return "@" + nameOf(id)
		}
	case strings.HasPrefix(target, "#"):
		return "#" + orText(label, target[1:])
	case strings.HasPrefix(target, "!"):
		name, _, _ := strings.Cut(target[1:], "^")
		return orText(label, "@"+name)
	case strings.HasPrefix(target, "mailto:"):
		return orText(label, strings.TrimPrefix(target, "mailto:"))
	}
	if label != "" && label != target && !strings.Contains(target, label) {
		return label + " (" + target + ")"
	}
	return target
}

// mentions reports whether text in Slack's markup names a user.
func mentions(text, user string) bool {
	return user != "" && (strings.Contains(text, "<@"+user+">") || strings.Contains(text, "<@"+user+"|"))
}

// tidy takes away the room that a mention leaves: blanks at both ends, and doubled ones in a line.
func tidy(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = oneLine(line)
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}
