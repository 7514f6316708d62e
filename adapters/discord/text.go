package discord

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"liaison/bot/chat"
)

// Discord takes a backslash before any punctuation as "this means nothing": its client's rule is
// ^\\([^0-9A-Za-z\s]). So text is made inert by putting one before each character that begins
// something in Discord's Markdown, and nothing has to be left out.

// escape makes plain text show as it is.
func escape(text string) string { return escapeAfter("", text) }

// escapeAfter is escape for what follows white space, which may hold the start of a line.
func escapeAfter(space, words string) string {
	text := space + words
	var out strings.Builder
	lineStart := true
	for i, r := range text {
		if i < len(space) {
			lineStart = r == '\n' || lineStart
			continue
		}
		rest := text[i:]
		switch {
		case strings.ContainsRune("\\*_~`|<>@#[]", r),
			r == ':' && strings.HasPrefix(rest, "://"), // an address on its own would become a link
			r == '/' && isInvite(text[:i]),
			lineStart && (r == '-' || r == '+'),
			r == '.' && startsNumber(text[:i]):
			out.WriteByte('\\')
		}
		out.WriteRune(r)
		lineStart = r == '\n' || lineStart && unicode.IsSpace(r)
	}
	return out.String()
}

// numberStart is what makes a list of the dot that follows.
var numberStart = regexp.MustCompile(`(?:^|\n)\s*\d+$`)

func startsNumber(before string) bool {
	tail := before[max(0, len(before)-40):]
	if len(tail) < len(before) {
		tail = "x" + tail // not the start of the text
	}
	return numberStart.MatchString(tail)
}

// invite is an address that Discord's client shows as an invitation, even without https.
var invite = regexp.MustCompile(`(?i)discord[a-z]*\.[a-z]{2,}$`)

func isInvite(before string) bool { return invite.MatchString(before[max(0, len(before)-40):]) }

// units counts as Discord's strictest reading does: in UTF-16 code units.
func units(text string) int {
	n := 0
	for _, r := range text {
		n += utf16.RuneLen(r)
	}
	return n
}

// run is a stretch of inlines of one style.
type run struct {
	text   string
	strong bool
	code   bool
	whole  string // Markdown that must not be cut; then text is not used
}

// markdown says inlines in Discord's Markdown. lines says whether line breaks may stay.
//
// Bold neighbours share one pair of stars. Each with its own they would make four in a row, of which
// Discord takes the last two as the end, and two that are left over pair with any later ones: in code, too,
// which is then no code any more, and what it holds would be live.
func markdown(inlines []chat.Inline, lines bool) string {
	var out strings.Builder
	bold, space := false, "" // white space waits: it stands outside bold, at whose edge it would undo it
	for _, r := range runsOf(inlines) {
		before, words, after := r.markdown(lines)
		switch {
		case words == "":
			space += before
			continue
		case bold && !r.strong:
			out.WriteString("**" + space + before)
		case !bold && r.strong:
			out.WriteString(space + before + "**")
		default:
			out.WriteString(space + before)
		}
		out.WriteString(words)
		bold, space = r.strong, after
	}
	if bold {
		out.WriteString("**")
	}
	return out.String() + space
}

// runsOf joins neighbours of one style.
func runsOf(inlines []chat.Inline) []run {
	var runs []run
	for _, i := range inlines {
		r := runOf(i)
		last := len(runs) - 1
		if r.whole == "" && r.text == "" {
			continue
		}
		if last >= 0 && r.whole == "" && runs[last].whole == "" && runs[last].strong == r.strong && runs[last].code == r.code {
			runs[last].text += r.text
			continue
		}
		runs = append(runs, r)
	}
	return runs
}

func runOf(i chat.Inline) run {
	text := chat.Clean(i.Text)
	switch {
	case !i.Time.IsZero():
		return run{whole: fmt.Sprintf("<t:%d:f>", i.Time.Unix())}
	case i.URL != "":
		return run{whole: linkTo(text, i.URL), strong: i.Strong || i.Mark}
	}
	return run{text: text, strong: i.Strong || i.Mark, code: i.Code}
}

// markdown returns a run's words, but for its boldness, and the white space around them.
func (r run) markdown(lines bool) (before, words, after string) {
	if r.whole != "" {
		return "", r.whole, ""
	}
	text := r.text
	if !lines {
		text = strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r == '\n' }), " ")
	}
	words = strings.TrimSpace(text)
	if words == "" {
		return text, "", ""
	}
	start := strings.Index(text, words)
	before, after = text[:start], text[start+len(words):]
	if r.code && (!r.strong || !strings.Contains(words, "*")) { // bold ends at two stars, in code too
		words = codeSpan(words)
	} else {
		words = escapeAfter(before, words)
	}
	return before, words, after
}

// codeSpan shows text as code. What holds backticks or line breaks would end the span, and is shown
// as plain text.
func codeSpan(text string) string {
	if strings.ContainsAny(text, "`\n") || strings.HasSuffix(text, `\`) {
		return escape(text)
	}
	return "`" + text + "`"
}

// linkTo says a link: its words, and always the host it leads to. Words that read like an address, or
// hold brackets (which end a link early), are shown apart from it.
func linkTo(words, address string) string {
	words = strings.Join(strings.Fields(words), " ")
	target := chat.SafeURL(address)
	written := chat.Address(address)
	switch {
	case target == "" && (written == "" || written == words):
		return escape(words)
	case target == "" || isMail(target): // Discord makes links of https alone
		return strings.TrimSpace(escape(words) + inBrackets(escape(unsame(written, words)), words))
	case words == "" || words == target:
		return "<" + target + ">"
	case strings.ContainsAny(words, "[]") || chat.Misleads(words, target) || hasAddress(words) || strings.ContainsAny(target, "()[]"):
		return escape(words) + " (<" + target + ">)"
	}
	return "[" + escape(words) + "](<" + target + ">)" + inBrackets(escape(unsame(hostOf(target), words)), words)
}

func inBrackets(text, before string) string {
	switch {
	case text == "":
		return ""
	case before == "":
		return text
	}
	return " (" + text + ")"
}

// unsame returns text unless it has been said already.
func unsame(text, said string) string {
	if text == said {
		return ""
	}
	return text
}

func isMail(target string) bool { return len(target) > 7 && strings.EqualFold(target[:7], "mailto:") }

// hasAddress reports words with an address among them: Discord shows such a link as it was typed.
func hasAddress(words string) bool { return strings.Contains(words, "://") }

func hostOf(target string) string {
	u, err := url.Parse(target)
	if err != nil {
		return ""
	}
	return u.Host
}

// fence shows text as a block of code, exactly. Backticks that would end the block are parted.
func fence(text string) string {
	text = strings.Trim(text, "\n")
	for strings.Contains(text, "```") {
		text = strings.ReplaceAll(text, "```", "` ` `")
	}
	return "```\n" + text + "\n```"
}

// shorten cuts a text to so many UTF-16 units and ends it in "…", so that the cut can be seen.
func shorten(text string, most int) string {
	if units(text) <= most {
		return text
	}
	return strings.TrimRightFunc(text[:offsetAt(text, most-1)], unicode.IsSpace) + "…"
}

// offsetAt returns the byte offset of the last character that begins within so many UTF-16 units.
func offsetAt(text string, most int) int {
	n := 0
	for i, r := range text {
		if n += utf16.RuneLen(r); n > most {
			return i
		}
	}
	return len(text)
}

// cutAt returns where to cut a text of more than so many characters: after a sentence, else after a
// word, else anywhere.
func cutAt(text string, most int) int {
	end := runeOffset(text, most)
	if end == len(text) {
		return end
	}
	head := text[:end]
	for _, mark := range []string{"\n", ". ", "! ", "? ", "; ", " "} {
		if at := strings.LastIndex(head, mark); at > end/2 {
			return at + len(mark)
		}
	}
	// Not before a mark that belongs to the letter in front of it.
	for end > 0 && end < len(text) {
		r, _ := utf8.DecodeRuneInString(text[end:])
		if !unicode.Is(unicode.M, r) {
			break
		}
		_, size := utf8.DecodeLastRuneInString(text[:end])
		end -= size
	}
	if end == 0 {
		return runeOffset(text, most)
	}
	return end
}

func runeOffset(text string, runes int) int {
	for i := range text {
		if runes == 0 {
			return i
		}
		runes--
	}
	return len(text)
}

func orText(text, otherwise string) string {
	if strings.TrimSpace(text) == "" {
		return otherwise
	}
	return text
}

func oneLine(text string) string { return strings.Join(strings.Fields(chat.Clean(text)), " ") }
