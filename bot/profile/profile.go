// Package profile keeps what people say of themselves, and which accounts are one person's.
//
// A person is listed, and so can be found and asked, because they said yes to a wording that is kept;
// what is on file otherwise is theirs alone. Name and organisation are what the platform says of an
// account, never what somebody typed: that is the badge others see.
//
// Accounts become one person's by a code shown in one place and typed in the other, and by nothing
// else: no e-mail address, no name, no matching user id.
package profile

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"

	"liaison/bot/access"
)

// Account is one place where a person is. ID is platform, workspace and user: "slack:T1/U1".
type Account struct {
	ID           string
	Person       string
	Name         string // as the platform shows it
	Organisation string // whose workspace they are staff of; "" elsewhere
	Zone         string // IANA, as the platform says; "" when it does not
}

// Profile is what is held of a person. The zero Profile is one who has said nothing.
type Profile struct {
	Person   string
	Home     string    // the account they are asked at: where they last spoke of their profile
	Accounts []Account // all of theirs, by ID
	Knows    string    // what others can ask them about
	Zone     string    // IANA; "" takes the platform's
	Hours    string    // office hours, as knowledge.ParseHours reads them; "" for the usual ones
	Reach    access.Visibility
	Budget   int // how often a week they may be asked
	Listed   bool
	Consent  string // the wording they said yes to
	At       time.Time
	ListedAt time.Time
	// NoQuestions is set for one who wants no questions of others, listed or not.
	NoQuestions bool
}

// What a profile starts as.
const (
	StandardBudget = 3
	MaxBudget      = 50
	MaxKnows       = 500
)

// Consent is the wording under which a person is listed. A new wording needs a new number, and a new yes.
const Consent = "2: Others within my reach can find me by what I wrote here. In my working hours, and as often as I allow, Liaison may ask me whether I want to be introduced to them, and may put their questions to me. I can hide again, or take no more questions, at any time."

// TakesQuestions reports whether others may put questions to the person: they are listed, as its wording
// says so, and have not asked for an end of it.
func (p Profile) TakesQuestions() bool { return p.Listed && !p.NoQuestions }

// Named returns the account that a person is shown and asked as.
func (p Profile) Named() Account {
	for _, a := range p.Accounts {
		if a.ID == p.Home {
			return a
		}
	}
	if len(p.Accounts) > 0 {
		return p.Accounts[0]
	}
	return Account{}
}

// Has reports whether an account is the person's.
func (p Profile) Has(account string) bool {
	return slices.ContainsFunc(p.Accounts, func(a Account) bool { return a.ID == account })
}

// Store keeps profiles. Every change is on disk when the method returns.
type Store interface {
	// MeetAccount makes an account known, of a new person unless it was known, and keeps its Name,
	// Organisation and Zone as they are now. It returns the person's profile.
	MeetAccount(ctx context.Context, a Account, at time.Time) (Profile, error)
	// ProfileOf returns the profile of the person an account belongs to; ErrNotFound for an account
	// that was never met.
	ProfileOf(ctx context.Context, account string) (Profile, error)
	// Person returns a profile by the person's id; ErrNotFound when there is none.
	Person(ctx context.Context, id string) (Profile, error)
	// KeepProfile stores all of a profile but Person and Accounts. was is the At of the profile that it was
	// made of; ErrChanged says that by now there is another.
	KeepProfile(ctx context.Context, p Profile, was time.Time) error
	// ListedProfiles returns the profiles that are listed and whose reach lets the audience see them.
	ListedProfiles(ctx context.Context, who access.Audience) ([]Profile, error)
	// KeepCode stores the hash of a code for an account, in place of any before, until a time.
	KeepCode(ctx context.Context, hash, account string, until time.Time) error
	// Link makes the account's person the one that showed the code, uses the code up, and returns the
	// account that showed it. ErrCode when there is none of that hash, or it is too old.
	Link(ctx context.Context, hash, account string, now time.Time) (shown string, err error)
	// Unlink makes an account a person of its own, who has said nothing.
	Unlink(ctx context.Context, account string) error
}

// What a Store and the Service say.
var (
	ErrNotFound = errors.New("no such person")
	ErrChanged  = errors.New("the profile was changed meanwhile")
	ErrCode     = errors.New("no such code")
	ErrSame     = errors.New("the code was shown to this very account")
)

// CodeTime is how long a code is good for.
const CodeTime = 15 * time.Minute

// Service is what can be done with profiles.
type Service struct {
	Store Store
	Now   func() time.Time
}

// Meet returns the profile of whoever is behind an account, and keeps what the platform says of it.
func (s *Service) Meet(ctx context.Context, a Account) (Profile, error) {
	return s.Store.MeetAccount(ctx, a, s.Now())
}

// Change changes the profile of the person behind an account, where they are asked from then on. change may
// be called several times, as nothing that they say at the same time elsewhere may be lost: it gets the
// profile as it is now. What is kept comes back.
func (s *Service) Change(ctx context.Context, account string, change func(*Profile)) (Profile, error) {
	return s.change(ctx, account, func(p *Profile) {
		p.Home = account
		change(p)
		if p.Budget <= 0 || p.Budget > MaxBudget {
			p.Budget = StandardBudget
		}
		if p.Reach == "" {
			p.Reach = p.narrowest()
		}
	})
}

func (s *Service) change(ctx context.Context, account string, change func(*Profile)) (Profile, error) {
	for {
		p, err := s.Store.ProfileOf(ctx, account)
		if err != nil {
			return Profile{}, err
		}
		was := p.At
		change(&p)
		if p.At = s.Now(); !p.At.After(was) {
			p.At = was.Add(time.Millisecond) // each change has a time of its own, by which it is known
		}
		if err = s.Store.KeepProfile(ctx, p, was); !errors.Is(err, ErrChanged) {
			return p, err
		}
	}
}

// narrowest is the reach of one who has not chosen: their own organisation, where they have one.
func (p Profile) narrowest() access.Visibility {
	if organisation := p.Named().Organisation; organisation != "" {
		return access.Organisation(organisation)
	}
	return access.Public
}

// List makes a person findable, with their consent to the current wording; Hide ends it.
func (s *Service) List(ctx context.Context, account string) error {
	_, err := s.Change(ctx, account, func(p *Profile) { p.Listed, p.Consent, p.ListedAt = true, Consent, s.Now() })
	return err
}

// Hide makes a person unfindable.
func (s *Service) Hide(ctx context.Context, account string) error {
	_, err := s.Change(ctx, account, func(p *Profile) { p.Listed, p.Consent = false, "" })
	return err
}

// Questions sets whether a person takes questions of others. Where they are asked stays as it is.
func (s *Service) Questions(ctx context.Context, account string, takes bool) error {
	_, err := s.change(ctx, account, func(p *Profile) { p.NoQuestions = !takes })
	return err
}

// MaxFound is how many people a search names, so that nobody reads out the directory.
const MaxFound = 5

// Find returns listed people whose name has all the words, for an audience, by name.
func (s *Service) Find(ctx context.Context, who access.Audience, name string) ([]Profile, error) {
	all, err := s.Store.ListedProfiles(ctx, who)
	if err != nil {
		return nil, err
	}
	words := strings.Fields(strings.ToLower(strings.TrimLeft(name, "@")))
	all = slices.DeleteFunc(all, func(p Profile) bool {
		named := strings.ToLower(p.Named().Name)
		return len(words) == 0 || slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(named, w) })
	})
	slices.SortFunc(all, func(a, b Profile) int {
		return strings.Compare(a.Named().Name+a.Person, b.Named().Name+b.Person)
	})
	return all[:min(len(all), MaxFound)], nil
}

// Visible returns the profile of a listed person, if the audience may see it.
func (s *Service) Visible(ctx context.Context, who access.Audience, person string) (Profile, error) {
	p, err := s.Store.Person(ctx, person)
	if err != nil {
		return Profile{}, err
	}
	if !p.Listed || !who.May(p.Reach) {
		return Profile{}, ErrNotFound
	}
	return p, nil
}

// Code makes a code for an account, to be typed at another: eight letters and digits, good once, for
// CodeTime. Only its hash is kept.
func (s *Service) Code(ctx context.Context, account string) (string, error) {
	var random [5]byte
	rand.Read(random[:]) // never fails: crypto/rand ends the program instead
	code := base32.StdEncoding.EncodeToString(random[:])
	return code[:4] + "-" + code[4:], s.Store.KeepCode(ctx, hashOf(code), account, s.Now().Add(CodeTime))
}

// Link makes an account and the one that showed a code one person's. It returns the other one.
func (s *Service) Link(ctx context.Context, account, code string) (shown string, err error) {
	return s.Store.Link(ctx, hashOf(code), account, s.Now())
}

// hashOf ignores case, spaces and hyphens, and takes 0, 1 and 8 for the letters they look like.
func hashOf(code string) string {
	code = strings.NewReplacer("-", "", " ", "", "0", "O", "1", "I", "8", "B").Replace(strings.ToUpper(code))
	sum := sha256.Sum256([]byte("liaison link " + code))
	return hex.EncodeToString(sum[:])
}

// LooksLikeCode reports a text that could be a code.
func LooksLikeCode(text string) bool { return codePattern.MatchString(strings.TrimSpace(text)) }

var codePattern = regexp.MustCompile(`(?i)^[a-z0-9]{4}[- ]?[a-z0-9]{4}$`)
