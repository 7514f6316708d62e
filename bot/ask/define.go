package ask

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"liaison/bot/access"
	"liaison/knowledge"
)

// Definition is what the glossary says of a word.
type Definition struct {
	Asked   string
	Entries []knowledge.Term // the terms of that name, or whose alias it is; empty when it is unknown
	Guessed bool             // the entries are the nearest spelling, not what was typed
	Nearest []string         // when it is unknown: terms that look like it, best first, at most five
}

// Define looks a word up in the glossary, among the terms that the audience may see. It forgives
// case, punctuation, a plural and a slip of the finger.
func (s *Service) Define(who access.Audience, word string) Definition {
	word, _ = shorten(word)
	d := Definition{Asked: word}
	key := termKey(word)
	if key == "" {
		return d
	}
	visible := s.known(who)
	entries := byName(visible)
	if d.Entries = entries.called(word); len(d.Entries) > 0 {
		return d
	}
	d.Nearest = nearest(visible, key)
	if len(d.Nearest) > 0 && knowledge.Distance(termKey(d.Nearest[0]), key) <= slips(key) {
		d.Entries, d.Guessed = entries[termKey(d.Nearest[0])], true
	}
	return d
}

// entries are terms by the keys of their names. A question asks for several names, and there are hundreds.
type entries map[string][]knowledge.Term

func byName(terms []knowledge.Term) entries {
	out := make(entries, 2*len(terms))
	for _, t := range terms {
		seen := make([]string, 0, 4)
		for _, name := range names(t) {
			if key := termKey(name); !slices.Contains(seen, key) {
				seen = append(seen, key)
				out[key] = append(out[key], t)
			}
		}
	}
	return out
}

// called returns the terms of a name, in the singular when the plural has none.
func (e entries) called(name string) []knowledge.Term {
	key := termKey(name)
	if key == "" {
		return nil
	}
	if found := e[key]; len(found) > 0 || !strings.HasSuffix(key, "s") {
		return found
	}
	return e[strings.TrimSuffix(key, "s")]
}

// Terms returns the glossary's terms that the audience may see.
func (s *Service) Terms(who access.Audience) []knowledge.Term {
	var visible []knowledge.Term
	for _, t := range s.Vocabulary().Terms {
		if who.May(t.Visibility) {
			visible = append(visible, t)
		}
	}
	return visible
}

// known returns the glossary's terms that the audience may see, and the organisations, as words like any other.
// teams.yaml is public. What the glossary has under the name of an organisation is told in its entry.
func (s *Service) known(who access.Audience) []knowledge.Term {
	terms := s.Terms(who)
	places := make(map[string]int, len(terms))
	for i := range slices.Backward(terms) {
		places[termKey(terms[i].Term)] = i
	}
	for _, o := range s.Vocabulary().Organisations {
		entry := organisationTerm(o)
		at, ok := places[termKey(o.Name)]
		if !ok {
			terms = append(terms, entry)
			continue
		}
		entry.Nearest = terms[at].Nearest
		if len(entry.Meanings) == 0 {
			entry.Meanings = terms[at].Meanings
		}
		for _, alias := range terms[at].Aliases {
			if !slices.Contains(entry.Aliases, alias) {
				entry.Aliases = append(entry.Aliases, alias)
			}
		}
		terms[at] = entry
	}
	return terms
}

func organisationTerm(o knowledge.Organisation) knowledge.Term {
	t := knowledge.Term{Term: o.Name, Source: o.Source, Visibility: access.Public}
	for _, alias := range slices.Concat([]string{o.Short}, o.Aliases) {
		if alias != "" && termKey(alias) != termKey(o.Name) {
			t.Aliases = append(t.Aliases, alias)
		}
	}
	if o.About != "" {
		t.Meanings = []knowledge.Meaning{{Text: o.About}}
	}
	return t
}

func names(t knowledge.Term) []string { return append([]string{t.Term}, t.Aliases...) }

// termKey brings spellings of one term together: "Section 508", "section-508" and "section508's".
func termKey(name string) string {
	name = strings.TrimSuffix(strings.ToLower(strings.TrimSpace(name)), "'s")
	return strings.Map(func(r rune) rune {
		if isLetter(r) {
			return r
		}
		return -1
	}, name)
}

func isLetter(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// slips is how many letters may be wrong in a word for it to be taken as another: none in short
// ones, as acronyms differ by one letter and mean different things.
func slips(key string) int {
	switch length := len([]rune(key)); {
	case length < 5:
		return 0
	case length < 9:
		return 1
	}
	return 2
}

// nearest returns up to five names that look like a word: those that begin with it or hold it, or
// are few letters away; nearest first, then by name.
func nearest(terms []knowledge.Term, key string) []string {
	type near struct {
		name string
		far  int
	}
	var found []near
	for _, t := range terms {
		best := near{far: -1}
		for _, name := range names(t) {
			if far := farness(termKey(name), key); far >= 0 && (best.far < 0 || far < best.far) {
				best = near{name, far}
			}
		}
		if best.far >= 0 {
			found = append(found, best)
		}
	}
	slices.SortFunc(found, func(a, b near) int { return cmp.Or(cmp.Compare(a.far, b.far), cmp.Compare(a.name, b.name)) })
	var list []string
	for _, n := range found[:min(len(found), 5)] {
		list = append(list, n.name)
	}
	return list
}

// farness orders likenesses: the letters that differ, then what begins with the word, then what
// holds it. -1 is no likeness.
func farness(name, key string) int {
	if d := knowledge.Distance(name, key); d <= max(1, len(key)/3) {
		return d
	}
	switch {
	case len(key) >= 4 && sound(name) == sound(key):
		return 2
	case len(key) >= 2 && strings.HasPrefix(name, key):
		return 10
	case len(key) >= 4 && strings.Contains(name, key), len(name) >= 4 && strings.Contains(key, name):
		return 20
	}
	return -1
}

// alikeSounds are letters that sound alike, or are not heard.
var alikeSounds = strings.NewReplacer("ph", "f", "ck", "k", "qu", "kw", "gh", "g", "wh", "w", "c", "k", "q", "k", "z", "s", "y", "i", "x", "ks")

// sound returns a word as it is heard, about: "alfa" and "alpha" are one.
func sound(key string) string {
	var heard []rune
	for _, r := range alikeSounds.Replace(key) {
		if len(heard) == 0 || heard[len(heard)-1] != r {
			heard = append(heard, r)
		}
	}
	return string(heard)
}
