package chat

import (
	"net/url"
	"strings"
	"unicode"
)

// SafeURL returns the address when it may become a link: https with a host and no user name in it,
// or mailto. Characters that could end a link early on some platform come back percent-encoded.
// Otherwise it returns "": then only the words are shown.
func SafeURL(address string) string {
	if address != Clean(address) || strings.ContainsFunc(address, partsWords) {
		return ""
	}
	u, err := url.Parse(address)
	switch {
	case err != nil || encodeUnsafe.Replace(u.Host) != u.Host:
		return ""
	case strings.EqualFold(u.Scheme, "https") && isHost(u.Hostname()) && u.User == nil:
		return encodeUnsafe.Replace(address)
	case strings.EqualFold(u.Scheme, "mailto") && u.Opaque != "":
		return encodeUnsafe.Replace(address)
	}
	return ""
}

// partsWords reports whether a character ends an address wherever it stands in a text; a plain space is encoded.
func partsWords(r rune) bool { return unicode.IsSpace(r) && r != ' ' }

// isHost reports whether a name can be a host's: of letters, digits, dots and hyphens (RFC 1123, with the
// letters of all scripts), or an IPv6 address. Marks that some platform reads as markup are in neither.
func isHost(name string) bool {
	part := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
	return strings.ContainsFunc(name, part) && !strings.ContainsFunc(name, func(r rune) bool {
		return !part(r) && !unicode.IsMark(r) && !strings.ContainsRune(".-:", r)
	})
}

var encodeUnsafe = strings.NewReplacer(" ", "%20", `"`, "%22", "<", "%3C", ">", "%3E", `\`, "%5C", "^", "%5E",
	"`", "%60", "{", "%7B", "|", "%7C", "}", "%7D")

// Address returns how to write an address out in words: that of a safe link, without "mailto:", and
// an http one too, as written out it hides nothing. For all others it returns "".
func Address(address string) string {
	if safe := SafeURL(address); safe != "" {
		return strings.TrimPrefix(safe, "mailto:")
	}
	if rest, ok := strings.CutPrefix(address, "http:"); ok && SafeURL("https:"+rest) != "" {
		return "http:" + strings.TrimPrefix(SafeURL("https:"+rest), "https:")
	}
	return ""
}

// Misleads reports that the words of a link read like an address, but another one than it leads to.
// Renderers then show the address as well as the words.
func Misleads(words, address string) bool {
	words = strings.ToLower(strings.TrimSpace(Clean(words)))
	u, err := url.Parse(address)
	if words == "" || strings.ContainsAny(words, " \t\n") || err != nil {
		return false
	}
	if strings.EqualFold(u.Scheme, "mailto") {
		return looksLikeAddress(words) && !strings.EqualFold(strings.TrimPrefix(words, "mailto:"), u.Opaque)
	}
	host := strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
	return looksLikeAddress(words) && hostOf(words) != host
}

// looksLikeAddress reports words such as "https://gov.uk/x", "gov.uk" or "x@gov.uk": without white
// space, with a dot between letters, and whatever stands after the last dot of the host only letters.
func looksLikeAddress(words string) bool {
	host := hostOf(words)
	dot := strings.LastIndexByte(host, '.')
	if strings.Contains(words, "://") {
		return true
	}
	return dot > 0 && dot+2 < len(host) && strings.Trim(host[dot+1:], "abcdefghijklmnopqrstuvwxyz") == ""
}

// hostOf returns "gov.uk" of "https://www.gov.uk:443/x", "x@gov.uk" and "gov.uk/x".
func hostOf(words string) string {
	if _, rest, found := strings.Cut(words, "://"); found {
		words = rest
	}
	words, _, _ = strings.Cut(words, "/")
	words, _, _ = strings.Cut(words, "?")
	words, _, _ = strings.Cut(words, "#")
	if at := strings.LastIndexByte(words, '@'); at >= 0 {
		words = words[at+1:]
	}
	words, _, _ = strings.Cut(words, ":")
	return strings.TrimPrefix(words, "www.")
}
