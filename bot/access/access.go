// Package access says who may see what, on one page.
//
// Everything Liaison holds has a [Visibility]. Everything it says goes to an [Audience], which is
// what the person may see and what the least privileged member of the room may see. Every search
// and every list takes an Audience as a required argument; the zero Audience sees public things
// only, so a forgotten one fails closed.
//
// SECURITY: no other package decides visibility, and there is no audience that sees everything: what rebuilds an index
// reads its files and asks nothing.
package access

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Visibility is who may see one thing: "public", "staff" (anyone in any of the organisations), or
// "org:<id>" (one organisation). The zero value is no visibility at all: nobody may see it.
type Visibility string

const (
	Public Visibility = "public"
	Staff  Visibility = "staff"
)

var organisationID = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)

// Organisation returns the visibility of things that one organisation keeps to itself.
func Organisation(id string) Visibility { return Visibility("org:" + id) }

// ParseVisibility reads "public", "staff" or "org:<id>", exactly. Anything else is an error, and the
// thing that carries it must not be shown: what is unclear is never widened.
func ParseVisibility(s string) (Visibility, error) {
	id, isOrganisation := strings.CutPrefix(s, "org:")
	if s == string(Public) || s == string(Staff) || isOrganisation && organisationID.MatchString(id) {
		return Visibility(s), nil
	}
	return "", fmt.Errorf("visibility %q is not known: use public, staff or org:<id>", s)
}

// Organisation returns the id in "org:<id>", or "".
func (v Visibility) Organisation() string {
	id, _ := strings.CutPrefix(string(v), "org:")
	if id == string(v) {
		return ""
	}
	return id
}

// Audience is what those who will read a reply may all see. It is comparable, so it can key a cache.
// The zero value sees only what is public.
type Audience struct {
	staff bool
	orgs  string // sorted ids, each followed by a space; only staff belong to organisations
}

// StaffOf returns the audience of a member of staff of the organisations named; with none, of staff
// whose organisation is not known. An id that is not a valid organisation id is left out.
func StaffOf(organisations ...string) Audience {
	ids := slices.DeleteFunc(slices.Clone(organisations), func(id string) bool { return !organisationID.MatchString(id) })
	slices.Sort(ids)
	var orgs strings.Builder
	for _, id := range slices.Compact(ids) {
		orgs.WriteString(id + " ")
	}
	return Audience{staff: true, orgs: orgs.String()}
}

// ParseAudience reads what `--as` takes: "public", "staff" or "org:<id>" (staff of that organisation).
func ParseAudience(s string) (Audience, error) {
	v, err := ParseVisibility(s)
	if err != nil {
		return Audience{}, fmt.Errorf("audience %q is not known: use public, staff or org:<id>", s)
	}
	switch v {
	case Public:
		return Audience{}, nil
	case Staff:
		return StaffOf(), nil
	default:
		return StaffOf(v.Organisation()), nil
	}
}

// May reports whether the audience may see a thing of visibility v.
func (a Audience) May(v Visibility) bool {
	switch {
	case v == Public:
		return true
	case v == Staff:
		return a.staff
	case v.Organisation() != "":
		return slices.Contains(a.Organisations(), v.Organisation())
	}
	return false
}

// Within returns what both audiences may see: a person's audience within a room's.
func (a Audience) Within(room Audience) Audience {
	if !a.staff || !room.staff {
		return Audience{}
	}
	shared := slices.DeleteFunc(a.Organisations(), func(id string) bool { return !room.May(Organisation(id)) })
	return StaffOf(shared...)
}

// Organisations returns the ids of the organisations whose own things the audience may see, sorted.
func (a Audience) Organisations() []string { return strings.Fields(a.orgs) }

// String returns "public", "staff", "org:gds", or "org:gds org:usds" for people of several.
func (a Audience) String() string {
	switch {
	case !a.staff:
		return string(Public)
	case a.orgs == "":
		return string(Staff)
	}
	return "org:" + strings.Join(a.Organisations(), " org:")
}

// MarshalText and UnmarshalText store an audience beside what was said to it. An audience that cannot
// be read back is an error and leaves the zero value: public.
func (a Audience) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (a *Audience) UnmarshalText(text []byte) error {
	*a = Audience{}
	var orgs []string
	for _, word := range strings.Fields(string(text)) {
		one, err := ParseAudience(word)
		if err != nil {
			return err
		}
		if !one.staff {
			return nil
		}
		orgs = append(orgs, one.Organisations()...)
	}
	if len(strings.Fields(string(text))) > 0 {
		*a = StaffOf(orgs...)
	}
	return nil
}
