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
	case s.Archived && origin != "":
		return origin
	case onCodeHost(s.URL):
		return join(blob(s.URL), strings.TrimPrefix(within, s.rootPrefix()))
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

// slugger makes the anchors of a page's headings, as the generator of its site does.
type slugger struct {
	github bool // GitHub's rule, else the common one of documentation sites, which joins hyphens
	used   map[string]int
}

// anchor returns the anchor of a heading; explicit is the one it names itself, "" for none.
func (s *slugger) anchor(heading, explicit string) string {
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
	unique := slug
	if n, ok := s.used[slug]; ok && explicit == "" {
		for ; ok; n++ {
			unique = slug + "-" + strconv.Itoa(n)
			_, ok = s.used[unique]
		}
		s.used[slug] = n
	}
	s.used[unique] = 1
	return unique
}

func (s *slugger) slug(heading string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(heading) {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r) || r == '_':
			b.WriteRune(r)
		case r == '-' || unicode.IsSpace(r):
			b.WriteByte('-')
		}
	}
	slug := b.String()
	if s.github {
		return slug
	}
	for strings.Contains(slug, "--") {
		slug = strings.ReplaceAll(slug, "--", "-")
	}
	return strings.Trim(slug, "-")
}
