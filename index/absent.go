package index

import (
	"fmt"
	"slices"
	"strings"

	"liaison/bot/access"
	"liaison/knowledge"
)

// settings returns what decides who may see the documents of each source, besides them; nil when there are no sources.
func (b *builder) settings() map[string]string {
	if from, ok := b.base.(lasting); ok {
		return from.Settings()
	}
	return nil
}

// unchanged reports whether what the old generation holds of a file, read at digest, is as a new one would
// have it.
func (b *builder) unchanged(file, digest string) bool {
	return digest != "" && b.digests[file] == digest && (!b.anew || b.stays[file])
}

// stay finds what stays of sources that cannot be opened, and says so in their problems.
//
// SECURITY: a source stays only while all that decides who may see it, besides the pages themselves, is as it
// was when they were read, and a page for one organisation only while that is known. All else is left out. So
// is everything where only an older generation than the last is sound: it may show more than the last did.
func (b *builder) stay(files []File) {
	from, ok := b.base.(lasting)
	if !ok {
		return
	}
	b.stays = map[string]bool{}
	listed := make(map[string]bool, len(files))
	for _, file := range files {
		listed[file.Path] = true
	}
	settings := b.settings()
	for _, absence := range from.Absent() {
		pages := 0
		if b.old != nil && len(b.receipt.Damage) == 0 && settings[absence.Source] == b.old.manifest.Settings[absence.Source] {
			pages = b.stayOf(absence, listed)
		}
		b.tell(absence, pages)
	}
}

// stayOf keeps the files of one absent source, but for those that another lists, and returns how many of
// them hold a page.
func (b *builder) stayOf(absence knowledge.Absence, listed map[string]bool) (pages int) {
	documents := map[string]bool{}
	for _, part := range b.old.partitions {
		for _, doc := range part.docs {
			documents[doc.File] = true
			if doc.Document.Source == absence.Source && !listed[doc.File] && b.knows(part.visibility) {
				b.stays[doc.File] = true
				pages++
			}
		}
	}
	for path := range b.old.manifest.Digests { // files of it that were left out, and why
		if !documents[path] && !listed[path] && absence.Prefix != "" && strings.HasPrefix(path, absence.Prefix) {
			b.stays[path] = true
		}
	}
	return pages
}

// knows reports whether the organisation is known that alone may see something. Without any team, every id
// is as good as another.
func (b *builder) knows(v access.Visibility) bool {
	id := v.Organisation()
	return id == "" || len(b.words.Names) == 0 || slices.ContainsFunc(b.words.Names, func(o knowledge.Organisation) bool { return o.ID == id })
}

// tell says in the problem of an absent source what becomes of its pages.
func (b *builder) tell(absence knowledge.Absence, pages int) {
	for i, p := range b.said {
		if p.Problem != absence.Problem {
			continue
		}
		switch {
		case pages == 1:
			b.said[i].Reason += "; until then its 1 page answers as it was last read"
		case pages > 1:
			b.said[i].Reason += fmt.Sprintf("; until then its %d pages answer as they were last read", pages)
		default:
			b.said[i].Reason += "; until then its pages are left out"
		}
		b.said[i].Skipped = pages == 0
	}
}
