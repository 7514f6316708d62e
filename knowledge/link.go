package knowledge

import (
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// codeHosts show files as they lie in a repository: a link needs the whole name there.
var codeHosts = []string{"github.com", "gitlab.com", "bitbucket.org", "codeberg.org"}

func onCodeHost(address string) bool {
	u, err := url.Parse(address)
	return err == nil && slices.Contains(codeHosts, strings.TrimPrefix(strings.ToLower(u.Host), "www."))
}

// pageURL returns where the file at within (a path inside the folder of s) is published; own is what
// its front matter says (permalink or url), "" when nothing.
func (s Source) pageURL(within, own string) string {
	origin := s.originURL(within)
	switch {
	case onCodeHost(s.URL):
		return join(blob(s.URL), strings.TrimPrefix(within, s.rootPrefix()))
	case s.Archived && origin != "":
		return origin
	case strings.Contains(own, "://"):
		return safeLink(own)
	case s.URL == "":
		return origin
	case own != "":
		u, err := url.Parse(s.URL)
		if err != nil {
			return ""
		}
		u.Path, u.RawPath, u.RawQuery, u.Fragment = "/", "", "", ""
		return join(u.String(), strings.TrimLeft(path.Clean("/"+own)+trailingSlash(own), "/"))
	}
	page := published(strings.TrimPrefix(within, s.rootPrefix()))
	if isFragment(page) && origin != "" {
		return origin
	}
	return join(s.URL, page)
}

// isFragment reports whether a path has a part that starts with an underscore: site generators do not
// publish such files as they lie there, but put them into other pages, so only the origin shows them.
func isFragment(page string) bool {
	return strings.HasPrefix(page, "_") || strings.Contains(page, "/_")
}

func (s Source) rootPrefix() string {
	if s.Root == "" {
		return ""
	}
	return s.Root + "/"
}

// originURL returns the file at its code host; "" when the source names none.
func (s Source) originURL(within string) string {
	if s.Origin == "" {
		return ""
	}
	return join(blob(s.Origin), within)
}

// blob turns the address of a folder at a code host into that of its files.
func blob(address string) string { return strings.Replace(address, "/tree/", "/blob/", 1) }

// join puts an escaped path behind an address.
func join(address, within string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	u.Fragment, u.RawQuery = "", ""
	u.Path = strings.TrimSuffix(u.Path, "/") + "/" + within
	u.RawPath = ""
	return u.String()
}

func trailingSlash(s string) string {
	if strings.HasSuffix(s, "/") && strings.Trim(s, "/") != "" {
		return "/"
	}
	return ""
}

// published returns the path at which a site generator publishes a file: without build extensions
// ("a.html.md.erb" is "a.html", "b.md" is "b") and without index.
func published(within string) string {
	dir, name := path.Split(within)
	for {
		extension := strings.ToLower(path.Ext(name))
		form := forms[extension]
		if !slices.Contains(buildExtensions, extension) && (form == formOther || form == formHTML || extension == name) {
			break
		}
		name = name[:len(name)-len(extension)]
	}
	if name == "index.html" || name == "index" || name == "index.htm" {
		name = ""
	}
	return dir + name
}

// slugRule is how a site makes an anchor of a heading.
type slugRule int

const (
	slugCommon    slugRule = iota // punctuation goes, spaces become single hyphens
	slugGitHub                    // the same, but hyphens are not joined
	slugMiddleman                 // all but letters and digits become single hyphens, after HTML escapes
)

// slugRuleOf tells the rule by where a page is published and by the name of its file. Checked against
// the links within the real sources: GOV.UK Pay's "'reconciliation'" is "-39-reconciliation-39-".
func slugRuleOf(address, within string) slugRule {
	switch {
	case onCodeHost(address):
		return slugGitHub
	case strings.HasSuffix(within, ".md.erb"):
		return slugMiddleman
	}
	return slugCommon
}

// slugger makes the anchors of one page's headings, in order.
type slugger struct {
	rule slugRule
	used map[string]int // by anchor, the number that the next of the same name may get; 0 when free
	made []madeAnchor
}

type madeAnchor struct {
	anchor string
	level  int
}

// anchor returns the anchor of a heading; explicit is the one it names itself, "" for none. One that is
// taken gets a number, or with Middleman's technical documentation first the anchor of the heading above.
func (s *slugger) anchor(heading, explicit string, level int) string {
	slug := explicit
	if slug == "" {
		slug = s.slug(heading)
	}
	if slug == "" {
		return ""
	}
	if s.used == nil {
		s.used = map[string]int{}
	}
	if explicit == "" && s.used[slug] > 0 {
		slug = s.unique(slug, level)
	}
	s.used[slug] = max(1, s.used[slug])
	if s.rule == slugMiddleman {
		s.made = append(s.made, madeAnchor{slug, level})
	}
	return slug
}

// unique returns another anchor for one that is taken.
func (s *slugger) unique(slug string, level int) string {
	first := 1
	if s.rule == slugMiddleman {
		first = 2
		for i := len(s.made) - 1; i >= max(0, len(s.made)-100); i-- {
			if s.made[i].level < level {
				slug = s.made[i].anchor + "-" + slug
				break
			}
		}
		if s.used[slug] == 0 {
			return slug
		}
	}
	for number := max(first, s.used[slug]); ; number++ {
		if numbered := slug + "-" + strconv.Itoa(number); s.used[numbered] == 0 {
			s.used[slug] = number + 1
			return numbered
		}
	}
}

var htmlEscapes = strings.NewReplacer("&", "&amp;", "'", "&#39;", `"`, "&quot;", "<", "&lt;", ">", "&gt;")

func (s *slugger) slug(heading string) string {
	heading = strings.ToLower(heading)
	if s.rule == slugMiddleman {
		heading = htmlEscapes.Replace(heading)
	}
	var b strings.Builder
	for _, r := range heading {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r) || r == '_' && s.rule != slugMiddleman:
			b.WriteRune(r)
		case r == '-' || unicode.IsSpace(r) || s.rule == slugMiddleman:
			b.WriteByte('-')
		}
	}
	slug := b.String()
	if s.rule == slugGitHub {
		return slug
	}
	for strings.Contains(slug, "--") {
		slug = strings.ReplaceAll(slug, "--", "-")
	}
	return strings.Trim(slug, "-")
}
