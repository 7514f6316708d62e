package knowledge

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/google/renameio/v2" // a file is replaced whole or not at all
	"go.yaml.in/yaml/v3"
)

// Lines that a language model drafts are held to what a careful person would write. What is refused is
// refused with a reason, for the person who reads it and for the model that tries again.
const (
	mostDrafted  = 8   // lines of a page
	leastDrafted = 6   // of a page of usual length
	leastOfShort = 3   // of a short one, which has not that much to ask about
	shortPage    = 600 // characters of text
	leastWords   = 3   // of a line
	mostWords    = 25
	mostLetters  = 160  // characters of a line
	leastEnglish = 0.15 // share of small English words in English lines; of the pages that ship 1 in 1,000 has less
	mostOffPage  = 0.5  // share of lines that have no word in common with the page; 1 in 100 has more
)

// Draftable says whether lines should be drafted for the page: it has text and no lines, or lines for
// another version of it (not with onlyMissing), and no draft for this version waits to be read.
func (p AskedPage) Draftable(onlyMissing bool) bool {
	if len(p.Document.Passages) == 0 || p.Draft == p.Hash {
		return false
	}
	if p.Changed {
		return !onlyMissing || len(p.Lines()) == 0
	}
	return !p.InPack && len(p.Lines()) == 0
}

// DraftSize returns how many lines a draft for the page should have.
func (p AskedPage) DraftSize() (least, most int) {
	if utf8.RuneCountInString(p.Text(shortPage+1)) <= shortPage {
		return leastOfShort, mostDrafted
	}
	return leastDrafted, mostDrafted
}

// Text returns the page's headings and text as its readers see it, and nothing else of it: at most
// that many characters, whole passages but for the first.
func (p AskedPage) Text(most int) string {
	var out strings.Builder
	left := most
	for i, passage := range p.Document.Passages {
		text := passage.Text + "\n\n"
		if len(passage.Headings) > 0 {
			text = "# " + strings.Join(passage.Headings, " > ") + "\n" + text
		}
		length := utf8.RuneCountInString(text)
		if length > left {
			if i > 0 {
				break
			}
			text, length = string([]rune(text)[:left]), left
		}
		out.WriteString(text)
		left -= length
	}
	return strings.TrimSpace(out.String())
}

var (
	markup    = regexp.MustCompile("[<>{}|\\\\*~`\\[\\]]|__|^\\s*(#|-|•|\\d+[.)]\\s)")
	address   = regexp.MustCompile(`(?i)://|\bwww\.|\b[a-z0-9-]+\.[a-z]{2,}/`)
	domain    = regexp.MustCompile(`(?i)\b[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}\b`)
	machinery = regexp.MustCompile(`(?i)\b(system prompt|language model|as an ai|(ignore|disregard|forget) (all |any |the |your |every )*(previous|prior|above|earlier|other)?\s*(instructions?|rules|prompts?)|i'?m sorry,? but|i can(no|')t (help|assist) with)\b`)
)

// CheckDraft says what is wrong with lines drafted for the page, all of it, one sentence a line; nil
// when they are fit to be read by a person.
func (p AskedPage) CheckDraft(lines []string) error {
	least, most := p.DraftSize()
	if len(lines) < least || len(lines) > most {
		return fmt.Errorf("there are %d lines: there should be %d to %d", len(lines), least, most) // the rest would be noise
	}
	var wrong []error
	say := func(format string, args ...any) { wrong = append(wrong, fmt.Errorf(format, args...)) }
	names := p.names()
	for _, line := range lines {
		if reason := wrongLine(line, names); reason != "" {
			say("%s %s", quoteLine(line), reason)
		}
	}
	if len(wrong) > 0 {
		return errors.Join(wrong...)
	}
	words := p.Document.askedWords()
	for _, reason := range words.copies(lines) {
		say("%s", reason)
	}
	if fresh, want := words.fresh(lines), wanted(len(lines)); fresh < want {
		say("%d lines are in other words than the title and headings: there should be %d", fresh, want)
	}
	if reason := p.wrongLanguage(lines); reason != "" {
		say("%s", reason)
	}
	if off := p.offPage(lines); float64(off) > mostOffPage*float64(len(lines)) {
		say("%d of %d lines have no word in common with the page: they ask about something else", off, len(lines))
	}
	return errors.Join(wrong...)
}

// names is the page's title and headings, in small letters.
func (p AskedPage) names() string {
	names := p.Document.Title
	for _, passage := range p.Document.Passages {
		names += "\n" + strings.Join(passage.Headings, "\n")
	}
	return strings.ToLower(names)
}

// wrongLine says what is wrong with one line, as the end of a sentence; "" for nothing.
func wrongLine(line, names string) string {
	strange := func(host string) bool { return !strings.Contains(names, strings.ToLower(host)) }
	switch count := len(wordsOf(line)); {
	case line != tidy(line) || !utf8.ValidString(line) || strings.ContainsRune(line, utf8.RuneError):
		return "holds line breaks, doubled spaces or characters that cannot be seen"
	case count < leastWords || count > mostWords || utf8.RuneCountInString(line) > mostLetters:
		return fmt.Sprintf("has %d words: it should have %d to %d, and %d characters at most", count, leastWords, mostWords, mostLetters)
	case address.MatchString(line) || slices.ContainsFunc(domain.FindAllString(line, -1), strange):
		return "holds a web address, or a file's name"
	case strings.Contains(line, "@"):
		return "holds a mention or a mail address"
	case markup.MatchString(line):
		return "holds markup"
	case machinery.MatchString(line):
		return "talks to, or like, the machine"
	}
	return ""
}

// wrongLanguage says when lines are not in the page's language, as far as that can be told.
func (p AskedPage) wrongLanguage(lines []string) string {
	text := strings.Join(lines, " ")
	if lang := strings.ToLower(p.Document.Lang); lang != "" && lang != "en" && !strings.HasPrefix(lang, "en-") {
		return "" // that they are about the page is all that is checked
	}
	letters, latin, small := 0, 0, 0
	for _, r := range text {
		if unicode.IsLetter(r) {
			letters++
			if unicode.Is(unicode.Latin, r) {
				latin++
			}
		}
	}
	words := wordsOf(text)
	for _, word := range words {
		if smallWords[word] {
			small++
		}
	}
	if latin < letters || float64(small) < leastEnglish*float64(len(words)) {
		return "the lines are not in English, as the page is (a page in another language should say so, with lang:)"
	}
	return ""
}

// offPage counts the lines that have no word in common with the page.
func (p AskedPage) offPage(lines []string) int {
	text := []string{p.Document.Title}
	for _, passage := range p.Document.Passages {
		text = append(append(text, passage.Headings...), passage.Text)
	}
	page, off := contentWords(strings.Join(text, "\n")), 0
	for _, line := range lines {
		if common(contentWords(line), page) == 0 {
			off++
		}
	}
	return off
}

// PackProblems returns what is wrong with the packs of the folder, for the source named; "" is all.
func (b *Base) PackProblems(source string) []Problem {
	var found []Problem
	for _, s := range b.walked {
		if source != "" && source != packName(s.Name) {
			continue
		}
		for _, problem := range b.Problems {
			if problem.Path == packFile(s.Name) {
				found = append(found, problem)
			}
		}
	}
	return found
}

// SaveDraft writes lines drafted for a page into its pack in the knowledge folder, marked so that they
// are not used before a person has read them; lines that the pack has for the page stay in use. It returns
// the pack's path, seen from the folder. The file is read again just before, so that what people
// changed in it meanwhile stays, and it is replaced whole or not at all.
func (b *Base) SaveDraft(ctx context.Context, p AskedPage, lines []string) (file string, err error) {
	file = packFile(p.File.Source)
	if b.Root == "" {
		return file, errors.New("the knowledge that ships cannot be written to: name a folder with --knowledge")
	}
	if err := ctx.Err(); err != nil {
		return file, err
	}
	place := filepath.Join(b.Root, filepath.FromSlash(file))
	data, err := os.ReadFile(place)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return file, fmt.Errorf("read %s: %w", file, plain(err))
	}
	written, err := withDraft(data, p, lines)
	if err == nil {
		err = sameBut(data, written, p.Within, lines)
	}
	if err != nil {
		return file, fmt.Errorf("%s: %w", file, err)
	}
	if err := os.MkdirAll(filepath.Dir(place), 0o755); err != nil { //nolint:gosec // as the folder beside it
		return file, fmt.Errorf("make the folder %s: %w", askedFolder, plain(err))
	}
	if err := renameio.WriteFile(place, written, 0o644, renameio.WithExistingPermissions()); err != nil {
		return file, fmt.Errorf("write %s: %w", file, plain(err))
	}
	return file, nil
}

// packHeader is the beginning of a pack that is begun here.
const packHeader = `# What people would ask that these pages answer, in their words: see knowledge/README.md.
# hash names the version of the page that the lines were written for.
pages:
`

// withDraft returns the text of a pack with a draft put in; comments and all else stay as they are.
func withDraft(data []byte, p AskedPage, lines []string) ([]byte, error) {
	if len(bytes.TrimSpace(data)) == 0 {
		data = []byte(packHeader)
	}
	var document yaml.Node
	if err := yaml.Unmarshal(data, &document); err != nil {
		return nil, fmt.Errorf("line %d cannot be understood: %s", yamlLine(err), yamlReason(err))
	}
	pages, err := pagesNode(&document)
	if err != nil {
		return nil, err
	}
	entry := draftNode(p.Hash, lines)
	if i := keyIndex(pages, p.Within); i >= 0 {
		if before := acceptedNode(pages.Content[i+1]); before != nil {
			entry.Content = append(entry.Content, scalar("before", 0), before)
		}
		pages.Content[i+1] = entry
	} else {
		pages.Content = append(pages.Content, scalar(p.Within, 0), entry)
	}
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	if err := errors.Join(encoder.Encode(&document), encoder.Close()); err != nil {
		return nil, fmt.Errorf("cannot be written: %w", err)
	}
	return out.Bytes(), nil
}

// sameBut checks that what was written reads as it should: a draft more, and every line in use as it
// was. The file is people's work, and YAML has corners in which reading and writing differ.
func sameBut(before, after []byte, within string, lines []string) error {
	read := func(data []byte) (pack, drafts Pack, problems int) {
		scratch := &Base{}
		pack, drafts = Pack{}, Pack{}
		scratch.addPackText(pack, drafts, "", data, false)
		return pack, drafts, len(scratch.Problems)
	}
	usedBefore, draftsBefore, problemsBefore := read(before)
	used, drafts, problems := read(after)
	same := func(a, b PackPage) bool {
		return a.Hash == b.Hash && slices.Equal(a.Asked, b.Asked) && maps.EqualFunc(a.Sections, b.Sections, slices.Equal)
	}
	got := drafts[within]
	delete(drafts, within)
	delete(draftsBefore, within)
	if len(after) > maxVocabulary {
		return errors.New("it would be larger than 4 MiB: take lines out of it")
	}
	if problemsBefore+problems > 0 || !slices.Equal(got.Asked, lines) || !maps.EqualFunc(usedBefore, used, same) || !maps.EqualFunc(draftsBefore, drafts, same) {
		return fmt.Errorf("a draft for %s cannot be added without harm to what is there: mend the file as `asked check` says, and write every entry on lines of its own", within)
	}
	return nil
}

// pagesNode returns the entries of a pack, which it makes when there are none.
func pagesNode(document *yaml.Node) (*yaml.Node, error) {
	if document.Kind == 0 { // only comments
		*document = yaml.Node{Kind: yaml.DocumentNode, HeadComment: document.HeadComment, Content: []*yaml.Node{{Kind: yaml.MappingNode}}}
	}
	top := document.Content[0]
	if top.Kind != yaml.MappingNode {
		return nil, fmt.Errorf("line %d should start with %q", top.Line, "pages:")
	}
	i := keyIndex(top, "pages")
	if i < 0 {
		top.Content = append(top.Content, scalar("pages", 0), &yaml.Node{Kind: yaml.MappingNode})
		i = len(top.Content) - 2
	}
	pages := top.Content[i+1]
	if pages.Kind == yaml.ScalarNode && pages.Tag == "!!null" {
		*pages = yaml.Node{Kind: yaml.MappingNode}
	}
	if pages.Kind != yaml.MappingNode {
		return nil, fmt.Errorf("line %d should hold the paths of pages, each with its lines", pages.Line)
	}
	pages.Style = 0 // {} as an empty mapping is often written
	return pages, nil
}

// keyIndex returns the index of a key in the content of a mapping, or -1.
func keyIndex(mapping *yaml.Node, key string) int {
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == key {
			return i
		}
	}
	return -1
}

// acceptedNode returns the entry that is in use beside a draft: the one before it, or the entry itself.
func acceptedNode(entry *yaml.Node) *yaml.Node {
	if entry.Kind != yaml.MappingNode {
		return nil
	}
	before := keyIndex(entry, "before")
	if keyIndex(entry, "draft") >= 0 {
		if before < 0 {
			return nil
		}
		return entry.Content[before+1]
	}
	if before >= 0 { // of a draft that was accepted since
		entry.Content = slices.Delete(entry.Content, before, before+2)
	}
	return entry
}

func draftNode(hash string, lines []string) *yaml.Node {
	list := &yaml.Node{Kind: yaml.SequenceNode}
	for _, line := range lines {
		list.Content = append(list.Content, scalar(line, 0))
	}
	draft := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: "true",
		LineComment: "# not used yet: read the lines, mend them, then take this line away"}
	return &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{
		scalar("draft", 0), draft, scalar("hash", 0), scalar(hash, yaml.DoubleQuotedStyle), scalar("asked", 0), list,
	}}
}

func scalar(value string, style yaml.Style) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: value, Style: style}
}
