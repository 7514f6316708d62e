package knowledge

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

var (
	quoted       = regexp.MustCompile(`"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'`)
	positional   = regexp.MustCompile(`[(,]\s*(?:"([\w-]+)"|'([\w-]+)')`)
	oneArgument  = regexp.MustCompile(`(?s)^[\w.]+\s*\(\s*(?:"(.*)"|'(.*)')\s*\)$`)
	variable     = regexp.MustCompile(`^(?:current_page\.data|page\.data|page|frontmatter)?\.?([A-Za-z_][\w-]*)$`)
	destination  = regexp.MustCompile(`\]\([^()\s]*$|^[ \t]*\[[^\]]+\]:[ \t]*\S*$`)
	attribute    = regexp.MustCompile(`<[a-zA-Z][^<>]*$`)
	erbOpens     = regexp.MustCompile(`^(?:if|unless|case|while|until|for|begin)\b|\bdo\b\s*(?:\|[^|]*\|)?\s*$|\{\s*\|[^|]*\|\s*$`)
	erbLoops     = regexp.MustCompile(`^(?:for|while|until)\b|\.\w*(?:each|map|times|select|sort|group_by)\w*`)
	linkFilter   = regexp.MustCompile(`\|\s*(?:\w*url|\w*path|asset\w*)\b`)
	firstWord    = regexp.MustCompile(`^[\w-]+`)
	htmlTag      = regexp.MustCompile(`</?[a-zA-Z][^<>]*>`)
	sentenceEnds = regexp.MustCompile(`[.!?…:]["”’')\]]*$`)
)

// silentTags are Liquid and Nunjucks tags of which nothing is ever text, whatever their arguments.
var silentTags = []string{
	"if", "elsif", "elif", "else", "unless", "case", "when", "assign", "set", "from", "import", "extends", "layout", "block",
	"increment", "decrement", "cycle", "break", "continue", "raw", "endraw", "page", "link", "post_url", "seo", "js", "css", "capture", "filter",
}

// runLiquid returns what a Liquid or Nunjucks tag adds to the text, and opens and closes its block.
func (t *templates) runLiquid(content string) string {
	content = strings.TrimSpace(strings.Trim(content, "-"))
	name := firstWord.FindString(content)
	arguments := content[len(name):]
	if block, ok := strings.CutPrefix(name, "end"); ok && block != "" {
		t.close(block)
		return ""
	}
	if link, ok := t.inLink(arguments); ok {
		return link
	}
	if t.ends[name] && (name != "set" || !strings.Contains(arguments, "=")) {
		loop := name == "for" || name == "tablerow"
		t.stack = append(t.stack, openBlock{name: name, mark: len(t.out), loop: loop, lose: name == "comment" || name == "macro"})
	}
	switch {
	case slices.Contains(silentTags, name) || name == "for":
		return ""
	case name == "slack_channel":
		return channelName(stringsIn(arguments))
	case strings.HasPrefix(name, "image") || strings.HasPrefix(name, "img") || name == "figure":
		return alternative(stringsIn(arguments))
	case name == "call":
		return t.callText(arguments)
	}
	return sentencesIn(arguments)
}

// callText is the text of a Nunjucks call: a sentence heads its body (as the summary of details does);
// a name is what its body describes.
func (t *templates) callText(arguments string) string {
	if text := sentencesIn(arguments); text != "" {
		if t.markdown && !sentenceEnds.MatchString(text) && (len(t.out) == 0 || t.out[len(t.out)-1] == '\n') {
			return "#### " + text
		}
		return text
	}
	if m := positional.FindStringSubmatch(arguments); m != nil {
		return "`" + m[1] + m[2] + "`:"
	}
	return ""
}

// channelName names a chat channel, with the words that stand for it.
func channelName(arguments []string) string {
	if len(arguments) == 0 {
		return ""
	}
	channel := "#" + strings.TrimPrefix(arguments[0], "#")
	switch {
	case len(arguments) == 1:
		return channel
	case strings.Contains(arguments[1], channel[1:]):
		return arguments[1]
	}
	return arguments[1] + " (" + channel + ")"
}

// alternative is the alternative text of a picture when it is a whole sentence.
func alternative(arguments []string) string {
	for _, text := range arguments {
		if isSentence(text) && sentenceEnds.MatchString(text) {
			return text
		}
	}
	return ""
}

// runERB returns what an ERB tag adds to the text, and opens and closes its block.
func (t *templates) runERB(content string) string {
	content = strings.Trim(content, "-")
	code, prints := strings.CutPrefix(content, "=")
	code = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(code), "="))
	switch {
	case strings.HasPrefix(content, "#"), strings.HasPrefix(content, "%"):
		return ""
	case code == "end" || strings.HasPrefix(code, "end."):
		t.close("")
		return ""
	}
	text := ""
	if prints {
		text = t.print(code)
	}
	if erbOpens.MatchString(code) {
		t.stack = append(t.stack, openBlock{mark: len(t.out), loop: erbLoops.MatchString(code), lose: strings.HasPrefix(code, "content_for")})
	}
	return text
}

// close ends the nearest open block of that name, and those left open within it.
func (t *templates) close(name string) {
	for i := len(t.stack) - 1; i >= 0; i-- {
		if t.stack[i].name != name {
			continue
		}
		if block := t.stack[i]; block.lose {
			lines := strings.Count(string(t.out[block.mark:]), "\n")
			t.out = append(t.out[:block.mark], strings.Repeat("\n", lines)...)
		}
		t.stack = t.stack[:i]
		return
	}
}

// print returns the text that a printing tag would print, as far as the file itself says it.
func (t *templates) print(content string) string {
	content = strings.TrimSpace(strings.Trim(strings.TrimSpace(content), "-"))
	if link, ok := t.inLink(content); ok {
		return link
	}
	name, _, _ := strings.Cut(content, "|")
	if m := variable.FindStringSubmatch(strings.TrimSpace(name)); m != nil {
		if value := t.values(m[1]); value != "" {
			return value
		}
	}
	word := firstWord.FindString(content)
	switch {
	case strings.HasPrefix(content, "site."):
		return ""
	case content != "" && strings.ContainsRune(`"'`, rune(content[0])):
		if found := stringsIn(content); len(found) > 0 && !linkFilter.MatchString(content) {
			return found[0]
		}
		return ""
	case word == "link_to" || word == "mail_to":
		if found := stringsIn(content); len(found) > 0 && strings.ContainsAny(strings.TrimSpace(content[len(word):])[:1], `("'`) {
			return found[0]
		}
	case strings.HasPrefix(word, "image") || strings.HasPrefix(word, "img"):
		return alternative(stringsIn(content))
	}
	text := sentencesIn(content)
	if text == "" {
		t.unresolved()
	}
	return text
}

// unresolved remembers that the loops around print what is not in the file.
func (t *templates) unresolved() {
	for i := range t.stack {
		t.stack[i].lose = t.stack[i].lose || t.stack[i].loop
	}
}

// inLink returns what a tag gives to the link target or HTML attribute in which it stands; ok is false
// when it stands in neither.
func (t *templates) inLink(arguments string) (link string, ok bool) {
	tail := t.out[max(0, len(t.out)-tailContext):]
	inElement := bytes.LastIndexByte(tail, '<') > bytes.LastIndexByte(tail, '>') && attribute.Match(tail)
	line := tail[bytes.LastIndexByte(tail, '\n')+1:]
	if !inElement && !(bytes.IndexByte(line, ']') >= 0 && destination.Match(line)) {
		return "", false
	}
	if found := stringsIn(arguments); len(found) > 0 && !strings.ContainsAny(found[0], " \t\n()<>\"'") {
		return found[0], true
	}
	return "", true
}

// stringsIn returns the quoted strings among a tag's arguments, each as one line.
func stringsIn(arguments string) []string {
	var found []string
	for _, m := range quoted.FindAllStringSubmatch(arguments, -1) {
		found = append(found, unquote(m[1]+m[2]))
	}
	return found
}

var unescape = strings.NewReplacer(`\"`, `"`, `\'`, `'`, `\n`, " ", `\\`, `\`, "{%", "", "{{", "", "<%", "")

func unquote(s string) string { return strings.Join(strings.Fields(unescape.Replace(s)), " ") }

// sentencesIn returns the arguments of a tag that are clearly written for people.
func sentencesIn(arguments string) string {
	if m := oneArgument.FindStringSubmatch(strings.TrimSpace(arguments)); m != nil && !strings.Contains(m[1]+m[2], "', '") {
		if text := unquote(m[1] + m[2]); isSentence(text) {
			return text // an apostrophe within does not end it
		}
	}
	var kept []string
	for _, text := range stringsIn(arguments) {
		if isSentence(text) {
			kept = append(kept, text)
		}
	}
	return strings.Join(kept, " ")
}

// isSentence reports whether a string is prose: words that start like a sentence and end like one, or
// six words and more.
func isSentence(s string) bool {
	s = strings.TrimSpace(htmlTag.ReplaceAllString(s, " "))
	words := strings.Fields(s)
	first, _ := utf8.DecodeRuneInString(s)
	letters := strings.IndexFunc(s, unicode.IsLower) >= 0
	if len(words) < 4 || !letters || !unicode.IsUpper(first) && !unicode.IsDigit(first) && !strings.ContainsRune("“‘\"'", first) {
		return false
	}
	return len(words) >= 6 || sentenceEnds.MatchString(s)
}
