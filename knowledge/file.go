package knowledge

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"syscall"
	"time"
	"unicode/utf8"

	// File names that differ only in how they are composed are the same to some disks.
	"golang.org/x/text/unicode/norm"
)

const (
	maxFile = 4 << 20 // bytes; larger files are skipped
	// readerVersion changes whenever the same bytes would be read differently, so that everything is read again.
	readerVersion = "9"
)

// ErrSkipped is returned for a file that was left out; the problems beside it say why.
var ErrSkipped = errors.New("left out")

// File is one file to read.
type File struct {
	Path   string // as in Document.Path
	Source string // name of its source; "" for the folder's own guidance
	Size   int64

	source Source
	within string      // the path inside the source's folder
	info   fs.FileInfo // of the file itself when it was listed, behind any link
}

// folder is the folder of a source while it is open: on disk it cannot be left, through no link.
type folder struct {
	fs.FS
	root *os.Root // nil in the knowledge that ships
}

// openFolder opens the folder of a source. Close it.
func (b *Base) openFolder(s Source) (folder, error) {
	if b.Root == "" {
		sub, err := fs.Sub(shipped, s.Folder)
		return folder{FS: sub}, err
	}
	root, err := os.OpenRoot(s.Folder)
	if err != nil {
		return folder{}, err
	}
	return folder{FS: root.FS(), root: root}, nil
}

func (f folder) Close() {
	if f.root != nil {
		f.root.Close()
	}
}

// Stat follows links within the folder, and opens nothing: opening a pipe would wait for its writer.
func (f folder) Stat(name string) (fs.FileInfo, error) {
	if f.root == nil {
		return fs.Stat(f.FS, name)
	}
	return f.root.Stat(name)
}

// ReadDir lists a folder within.
func (f folder) ReadDir(name string) ([]fs.DirEntry, error) { return fs.ReadDir(f.FS, name) }

// open opens a file for reading and never waits: a pipe without a writer opens at once and is refused later.
func (f folder) open(name string) (fs.File, error) {
	if f.root == nil {
		return f.Open(name)
	}
	return f.root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
}

// Files returns every file to read, in order of path, and what is wrong with those that are left out.
// When ctx ends it returns what it has.
func (b *Base) Files(ctx context.Context) ([]File, []Problem) {
	w := walk{ctx: ctx, base: b}
	for _, s := range b.walked {
		w.source(s)
	}
	w.dropUnclear()
	w.dropTwins()
	slices.SortStableFunc(w.problems, byPlace)
	return w.files, w.problems
}

// walk collects files.
type walk struct {
	ctx      context.Context
	base     *Base
	files    []File
	problems []Problem
}

func (w *walk) skip(path, format string, args ...any) {
	w.problems = append(w.problems, Problem{Path: path, Reason: fmt.Sprintf(format, args...), Skipped: true})
}

func (w *walk) source(s Source) {
	in, problem := w.base.enter(s)
	if problem != nil {
		w.problems = append(w.problems, *problem)
		return
	}
	defer in.Close()
	_ = fs.WalkDir(in, ".", func(within string, entry fs.DirEntry, err error) error {
		if w.ctx.Err() != nil {
			return fs.SkipAll
		}
		if err != nil {
			w.skip(s.prefix+within, "cannot be read: %v", plain(err))
			return nil
		}
		return w.entry(s, in, within, entry)
	}) // what cannot be read is noted on the way; nothing else stops the walk
}

// enter opens the folder of a source, which must hold its root. Close it, unless there is a problem.
func (b *Base) enter(s Source) (folder, *Problem) {
	in, err := b.openFolder(s)
	if err != nil {
		return in, &Problem{Path: strings.TrimSuffix(s.prefix, "/"), Skipped: true, Grave: true,
			Reason: fmt.Sprintf("the folder of source %q cannot be opened: %v: bring it back, or correct its folder in sources.yaml", s.Name, plain(err))}
	}
	if s.Root == "" {
		return in, nil
	}
	if info, err := fs.Stat(in, s.Root); err != nil || !info.IsDir() {
		in.Close()
		return folder{}, &Problem{Path: s.prefix + s.Root, Skipped: true, Grave: true,
			Reason: fmt.Sprintf("source %q has no folder %q: bring it back, or correct its root in sources.yaml", s.Name, s.Root)}
	}
	return in, nil
}

// Absence is a source whose folder cannot be opened now.
type Absence struct {
	Source  string
	Prefix  string // what the paths of its files start with
	Problem Problem
}

// Absent returns the sources whose folder cannot be opened now. Files says nothing of their files.
func (b *Base) Absent() []Absence {
	var found []Absence
	for _, s := range b.walked {
		in, problem := b.enter(s)
		if problem != nil {
			found = append(found, Absence{s.Name, s.prefix, *problem})
			continue
		}
		in.Close()
	}
	return found
}

// Empty returns a problem for each source whose folder can be opened and gave none of files: a drive that is not
// mounted looks so, and so do files that were deleted, which must not answer again.
func (b *Base) Empty(files []File) []Problem {
	gave := map[string]bool{}
	for _, f := range files {
		gave[f.Source] = true
	}
	for _, absence := range b.Absent() {
		gave[absence.Source] = true // that is another problem
	}
	var found []Problem
	for _, s := range b.Sources {
		if !gave[s.Name] {
			found = append(found, Problem{Path: strings.TrimSuffix(s.prefix, "/"), Skipped: true, Grave: true,
				Reason: fmt.Sprintf("source %q holds nothing to read: bring its files back, or correct its folder in sources.yaml, or take it out", s.Name)})
		}
	}
	return found
}

// Settings returns, for each source by its name, a digest of all that decides which of its files are read and
// who may see them, but for the files themselves.
//
// SECURITY: a file that two sources would show to different people is shown to nobody, which only looking at
// the file can tell. So the digest of a source covers every other one of another visibility.
func (b *Base) Settings() map[string]string {
	all := make(map[string]string, len(b.walked))
	for _, s := range b.walked {
		h := sha256.New()
		fmt.Fprintf(h, "%s\n%s\n", readerVersion, s.settings())
		for _, other := range b.walked {
			if other.Visibility != s.Visibility {
				fmt.Fprintf(h, "%s\n", other.settings())
			}
		}
		all[s.Name] = hex.EncodeToString(h.Sum(nil))
	}
	return all
}

// settings are what sources.yaml says of a source, as one text.
func (s Source) settings() []byte {
	text, _ := json.Marshal(s) // plain fields: cannot fail
	return text
}

// entry takes one entry of a folder: a file to read, a folder to walk, or something to leave out.
func (w *walk) entry(s Source, in folder, within string, entry fs.DirEntry) error {
	name := entry.Name()
	if within != "." && (strings.HasPrefix(name, ".") || name == "node_modules") {
		if entry.IsDir() {
			return fs.SkipDir
		}
		return nil
	}
	if entry.IsDir() || !s.wants(within) || s.Name == "" && within == "README.md" {
		return nil
	}
	form := formOf(name)
	if form == formOther {
		if entry.Type()&fs.ModeSymlink != 0 && path.Ext(name) == "" { // as folders are named
			w.skip(s.prefix+within, "is a link, which is not followed: name the folder it leads to in sources.yaml")
		}
		return nil
	}
	info, err := fs.Stat(in, within) // follows a link, never out of the folder
	place := s.prefix + within
	switch {
	case entry.Type()&fs.ModeSymlink != 0 && err != nil:
		w.skip(place, "is a link that leads nowhere or out of its folder: put the file itself there")
	case err != nil:
		w.skip(place, "cannot be read: %v", plain(err))
	case entry.Type()&fs.ModeSymlink != 0 && info.IsDir():
		w.skip(place, "is a link to a folder, which is not followed: name that folder in sources.yaml")
	case !info.Mode().IsRegular():
		w.skip(place, "is not a plain file (%s)", kindOf(info.Mode()))
	case form == formUnread:
		w.skip(place, "is of a kind that is not read: save it as Markdown, HTML, text or YAML")
	case info.Size() > maxFile:
		w.skip(place, "is larger than 4 MiB (%d bytes): split it", info.Size())
	case !utf8.ValidString(within) || strings.ContainsFunc(within, isControl):
		w.skip(strings.ToValidUTF8(strings.Map(dropControl, place), "?"), "has a name that cannot be shown: rename it")
	default:
		w.files = append(w.files, File{Path: place, Source: s.Name, Size: info.Size(), source: s, within: within, info: info})
	}
	return nil
}

// dropUnclear leaves out every file that sources reach twice and would show to different people, under one
// path or, through a link or a folder named twice, under several.
//
// SECURITY: which of two sources comes first must never decide who may see a page.
func (w *walk) dropUnclear() {
	type like struct { // what is equal for one file, and for few others
		size    int64
		changed time.Time
	}
	alike, samePath := make(map[like][]File, len(w.files)), make(map[string][]File, len(w.files))
	likeOf := func(f File) like { return like{f.Size, f.info.ModTime()} }
	for _, f := range w.files {
		alike[likeOf(f)] = append(alike[likeOf(f)], f)
		samePath[f.Path] = append(samePath[f.Path], f)
	}
	told := map[string]bool{}
	w.files = slices.DeleteFunc(w.files, func(f File) bool {
		for _, other := range slices.Concat(samePath[f.Path], alike[likeOf(f)]) {
			if f.source.Visibility == other.source.Visibility || f.Path != other.Path && !os.SameFile(f.info, other.info) {
				continue
			}
			if !told[f.Path] {
				told[f.Path] = true
				w.skip(f.Path, "who may see it is unclear: %s shows it to %s, %s to %s: exclude it from one, or keep it in a folder that only one reads", f.reader(), f.source.Visibility, other.reader(), other.source.Visibility)
			}
			return true
		}
		return false
	})
}

// reader names what reads the file, for people.
func (f File) reader() string {
	if f.Source == "" {
		return "the folder " + guidance
	}
	return fmt.Sprintf("the source %q", f.Source)
}

// dropTwins sorts the files by path, leaves out what was met twice, of which the source with the longer
// prefix reads it, and notes those whose names some disks cannot keep apart.
func (w *walk) dropTwins() {
	slices.SortStableFunc(w.files, func(a, b File) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), cmp.Compare(len(b.source.prefix), len(a.source.prefix)))
	})
	w.files = slices.CompactFunc(w.files, func(a, b File) bool {
		if a.Path == b.Path {
			w.problems = append(w.problems, Problem{Path: b.Path, Reason: fmt.Sprintf("is read twice, by %s and by %s, which was not used: exclude it from one", a.reader(), b.reader())})
		}
		return a.Path == b.Path
	})
	folded := make(map[string]string, len(w.files))
	for _, f := range w.files {
		key := strings.ToLower(norm.NFC.String(f.Path))
		if twin, ok := folded[key]; ok {
			w.problems = append(w.problems, Problem{Path: f.Path, Reason: fmt.Sprintf("differs from %q only in capitals or accents: rename one", twin)})
		}
		folded[key] = f.Path
	}
}

// kindOf names what is not a plain file.
func kindOf(mode fs.FileMode) string {
	switch {
	case mode&fs.ModeNamedPipe != 0:
		return "a pipe"
	case mode&fs.ModeSocket != 0:
		return "a socket"
	case mode&fs.ModeDevice != 0:
		return "a device"
	case mode.IsDir():
		return "a folder"
	}
	return "of an unknown kind"
}

// plain returns an error of the file system without the path, which may be of this machine alone.
func plain(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

// load returns the bytes of a file as they are now; reason is "" when they can be used.
func (b *Base) load(f File) (data []byte, reason string) {
	in, err := b.openFolder(f.source)
	if err != nil {
		return nil, fmt.Sprintf("its folder cannot be opened: %v", plain(err))
	}
	defer in.Close()
	file, err := in.open(f.within)
	if err != nil {
		return nil, fmt.Sprintf("cannot be read: %v", plain(err))
	}
	defer file.Close()
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Sprintf("is not a plain file (%s)", kindOf(info.Mode()))
	}
	var all bytes.Buffer
	if err == nil {
		all.Grow(int(min(info.Size(), maxFile) + bytes.MinRead))
		_, err = all.ReadFrom(io.LimitReader(file, maxFile+1))
	}
	switch {
	case err != nil:
		return nil, fmt.Sprintf("cannot be read: %v", plain(err))
	case all.Len() > maxFile:
		return nil, "is larger than 4 MiB: split it"
	}
	return all.Bytes(), ""
}

// Digest returns what Read would put into Document.Hash, without reading the text. Two equal digests
// mean two equal documents.
func (b *Base) Digest(f File) (string, error) {
	data, reason := b.load(f)
	if reason != "" {
		return "", fmt.Errorf("%s: %s: %w", f.Path, reason, ErrSkipped)
	}
	return f.digest(data, b.askedKey(f)), nil
}

func (f File) digest(data []byte, asked string) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%s\n%s\n%s\n", readerVersion, f.Path, f.source.settings(), asked)
	h.Write(data)
	return hex.EncodeToString(h.Sum(nil))
}

// form is how the text of a file is written.
type form int

const (
	formOther  form = iota // nothing to read: pictures, code, styles
	formUnread             // text that people write, in a form that is not read
	formMarkdown
	formHTML
	formText
	formYAML
)

var forms = map[string]form{
	".md": formMarkdown, ".markdown": formMarkdown, ".mdx": formMarkdown, ".mkd": formMarkdown, ".mdown": formMarkdown,
	".html": formHTML, ".htm": formHTML, ".xhtml": formHTML, ".txt": formText, ".text": formText, ".yaml": formYAML, ".yml": formYAML,
	".docx": formUnread, ".doc": formUnread, ".odt": formUnread, ".pdf": formUnread, ".rtf": formUnread, ".csv": formUnread,
	".pptx": formUnread, ".ppt": formUnread, ".xlsx": formUnread, ".rst": formUnread, ".adoc": formUnread,
}

// buildExtensions are what a site generator takes off a file's name, besides the forms that it turns into pages.
var buildExtensions = []string{".erb", ".njk", ".liquid", ".haml", ".slim", ".hbs", ".j2"}

// formOf tells from a file's name how its text is written.
func formOf(name string) form {
	name = strings.ToLower(name)
	for {
		extension := path.Ext(name)
		if !slices.Contains(buildExtensions, extension) {
			return forms[extension]
		}
		name = strings.TrimSuffix(name, extension)
		if path.Ext(name) == "" { // page.njk is HTML with tags
			return formHTML
		}
	}
}
