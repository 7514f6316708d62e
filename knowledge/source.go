package knowledge

import (
	"errors"
	"io/fs"
	"net/url"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	// sources.yaml and front matter are YAML; nodes keep the line of every mistake.
	"go.yaml.in/yaml/v3"

	"liaison/bot/access"
)

// Source is a folder of pages, as sources.yaml describes it.
type Source struct {
	Name         string            // short and unique; "" for the knowledge folder's own guidance
	Organisation string            // id
	Folder       string            // absolute path, or relative to the knowledge that ships
	Root         string            // the part of a path that its URL leaves out; what lies outside is not read
	URL          string            // where the pages are published; "" when they are not
	Visibility   access.Visibility // of pages that say nothing themselves
	Licence      string
	Origin       string // the folder at a code host: https://github.com/<owner>/<name>/tree/<commit>
	Include      []string
	Exclude      []string
	Archived     bool
	Owner        string
	Contacts     []Contact

	prefix string // what Document.Path puts before the path within the folder
}

// rawSource is a source as people write it.
type rawSource struct {
	Name         string      `yaml:"name"`
	Organisation string      `yaml:"organisation"`
	Folder       string      `yaml:"folder"`
	Root         string      `yaml:"root"`
	URL          string      `yaml:"url"`
	Visibility   yaml.Node   `yaml:"visibility"`
	Licence      string      `yaml:"licence"`
	Origin       string      `yaml:"origin"`
	Include      []string    `yaml:"include"`
	Exclude      []string    `yaml:"exclude"`
	Status       string      `yaml:"status"`
	Owner        string      `yaml:"owner"`
	Contact      rawContacts `yaml:"contact"`
}

const (
	sourcesFile = "sources.yaml"
	guidance    = "guidance"
)

var sourceName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]*$`)

// readSources fills Sources, and walked with them and the folder's own guidance.
func (b *Base) readSources(folder fs.FS) {
	if info, err := fs.Stat(folder, guidance); err == nil && info.IsDir() {
		b.walked = append(b.walked, Source{Folder: b.locate(guidance), Visibility: access.Public, prefix: guidance + "/"})
	}
	data, err := b.vitalText(folder, sourcesFile)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err != nil {
		b.fault(sourcesFile, 0, "cannot be read: %v", err)
		return
	}
	parts := b.parts(sourcesFile, data, "sources")
	entries(b, sourcesFile, parts["sources"], func(node *yaml.Node, raw rawSource) {
		source, reason := b.source(raw)
		if reason != "" {
			b.note(sourcesFile, node.Line, true, "%s", reason)
			return
		}
		b.Sources = append(b.Sources, source)
	})
	b.walked = append(b.walked, b.Sources...)
}

// locate returns where a path of the knowledge folder lies.
func (b *Base) locate(within string) string {
	if b.Root == "" {
		return within
	}
	return filepath.Join(b.Root, filepath.FromSlash(within))
}

// source checks what was written; reason is "" when it can be used.
func (b *Base) source(raw rawSource) (s Source, reason string) {
	visibility, err := access.ParseVisibility(raw.Visibility.Value)
	switch {
	case !sourceName.MatchString(raw.Name):
		return s, "the source needs a name of small letters, digits and hyphens"
	case slices.ContainsFunc(b.Sources, func(o Source) bool { return o.Name == raw.Name }):
		return s, "there are two sources named " + raw.Name + ": rename one"
	case raw.Folder == "":
		return s, "source " + raw.Name + " needs a folder"
	case b.Root == "" && !filepath.IsLocal(raw.Folder):
		return s, "source " + raw.Name + " lies outside the knowledge that ships: use a knowledge folder of your own"
	case raw.Visibility.Kind == 0:
		return s, "source " + raw.Name + " does not say who may see it: add visibility: public, staff or org:<id>"
	case raw.Visibility.Kind != yaml.ScalarNode || err != nil:
		return s, "source " + raw.Name + ": who may see it is unclear: use visibility: public, staff or org:<id>"
	case raw.Status != "" && raw.Status != "archived":
		return s, "source " + raw.Name + ": status is not known: use archived, or leave it out"
	case !webAddress(raw.URL) || !webAddress(raw.Origin):
		return s, "source " + raw.Name + ": url and origin must start with https://"
	}
	s = Source{
		Name: raw.Name, Organisation: raw.Organisation, Root: strings.Trim(path.Clean("/"+filepath.ToSlash(raw.Root)), "/"),
		URL: raw.URL, Visibility: visibility, Licence: raw.Licence, Origin: raw.Origin, Include: raw.Include,
		Exclude: raw.Exclude, Archived: raw.Status == "archived", Owner: raw.Owner, Contacts: raw.Contact,
	}
	s.Folder, s.prefix = b.sourceFolder(raw)
	for _, pattern := range slices.Concat(raw.Include, raw.Exclude) {
		if _, err := path.Match(pattern, ""); err != nil {
			return s, "source " + raw.Name + ": the pattern " + pattern + " cannot be understood: use * for any part of a name"
		}
	}
	return s, ""
}

// sourceFolder returns where the folder of a source lies, and what the paths of its documents start with.
func (b *Base) sourceFolder(raw rawSource) (folder, prefix string) {
	folder = filepath.FromSlash(raw.Folder)
	if !filepath.IsAbs(folder) {
		folder = b.locate(filepath.ToSlash(filepath.Clean(folder)))
	}
	if b.Root == "" {
		return path.Clean(raw.Folder), path.Clean(raw.Folder) + "/"
	}
	if within, err := filepath.Rel(b.Root, folder); err == nil && filepath.IsLocal(within) {
		if within == "." {
			return folder, ""
		}
		return folder, filepath.ToSlash(within) + "/"
	}
	return folder, raw.Name + "/"
}

// webAddress reports whether s is empty or an address of a web page.
func webAddress(s string) bool {
	u, err := url.Parse(s)
	return s == "" || err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}

// wants reports whether the source reads the file at within, a path inside its folder.
func (s Source) wants(within string) bool {
	if s.Root != "" && !strings.HasPrefix(within, s.Root+"/") {
		return false
	}
	return (len(s.Include) == 0 || matches(s.Include, within)) && !matches(s.Exclude, within)
}

// matches reports whether a pattern fits the file's name, its path, or a folder above it.
func matches(patterns []string, within string) bool {
	for _, pattern := range patterns {
		pattern = strings.TrimSuffix(strings.TrimSuffix(pattern, "/**"), "/")
		for whole := within; whole != "."; whole = path.Dir(whole) {
			if ok, _ := path.Match(pattern, whole); ok {
				return true
			}
		}
		if ok, _ := path.Match(pattern, path.Base(within)); ok {
			return true
		}
	}
	return false
}
