package commands

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"liaison/bot/access"
	"liaison/bot/chat"
	"liaison/bot/directory"
	"liaison/bot/experts"
	"liaison/bot/profile"
)

// whoIs asks for somebody, or something, by name: "who is Grace Example?"
var whoIs = regexp.MustCompile(`(?i)^who(?:['’]s|\s+is)\s+(@?[\p{L}'’.-]+(?:\s+[\p{L}'’.-]+){0,3})[?! ]*$`)

// whoIsCommand is a question that shows the people of a name, when there are some that whoever reads it may
// see, and is a question like others when there are none.
func whoIsCommand() command {
	c := askCommand()
	c.run = (*Handler).runWhoIs
	return c
}

func (h *Handler) runWhoIs(ctx context.Context, r request) (chat.Reply, error) {
	found := whoIs.FindStringSubmatch(r.text)
	if found == nil || h.Experts == nil {
		return h.runAsk(ctx, r)
	}
	view := h.viewOf(ctx, r, "")
	if known := view.called(r.who, found[1]); len(known) > 0 {
		return view.people(known), nil
	}
	return h.runAsk(ctx, r)
}

// viewOf is how people are shown to whoever asks; exchange is the one that names them, "" for none.
func (h *Handler) viewOf(ctx context.Context, r request, exchange string) WhoView {
	view := WhoView{Directory: h.Experts.Directory, Reader: h.readerSchedule(ctx, r.event), Now: h.Now()}
	if h.OfferIntroduction != nil {
		view.Offer = func(p directory.Person) (chat.Action, bool) { return h.OfferIntroduction(r.event, exchange, p) }
	}
	return view
}

// called returns the people of a name whom an audience may see: those whose name has all of its words.
func (v WhoView) called(who access.Audience, name string) []directory.Person {
	words := strings.Fields(strings.ToLower(strings.TrimLeft(name, "@")))
	return slices.DeleteFunc(v.Directory.People(who), func(p directory.Person) bool {
		own := strings.Fields(strings.ToLower(p.Name))
		return len(words) == 0 || slices.ContainsFunc(words, func(w string) bool { return !slices.Contains(own, w) })
	})
}

// ByName returns the people whom a topic names: in full, "who Henrik Pretend", or in part, when it is no topic that anybody
// is found for.
func (v WhoView) ByName(who access.Audience, f experts.Found) []experts.Expert {
	name := strings.TrimPrefix(f.Topic, "is ")
	known := v.called(who, name)
	if f.Reason == "" {
		known = slices.DeleteFunc(known, func(p directory.Person) bool {
			return !strings.EqualFold(p.Name, strings.Join(strings.Fields(name), " ")) || !strings.Contains(p.Name, " ")
		})
	}
	return v.experts(known)
}

// people shows who somebody is, with all that they say of themselves.
func (v WhoView) people(known []directory.Person) chat.Reply { return v.NamedReply(v.experts(known)) }

// NamedReply shows people by themselves, not for what they know.
func (v WhoView) NamedReply(people []experts.Expert) chat.Reply {
	var list chat.People
	madeUp := false
	for _, e := range people {
		list.People = append(list.People, v.person(e))
		madeUp = madeUp || e.Person.Example
	}
	reply := chat.Reply{Blocks: []chat.Block{list}}
	if madeUp {
		reply.Blocks = append(reply.Blocks, chat.Note(chat.Info, sayMadeUp))
	}
	return reply
}

// experts are people with all that they say of themselves.
func (v WhoView) experts(known []directory.Person) []experts.Expert {
	var all []experts.Expert
	for _, p := range known[:min(len(known), profile.MaxFound)] {
		organisation, ok := v.Directory.Organisation(p.Organisation)
		if !ok {
			organisation.ID = p.Organisation
		}
		e := experts.Expert{Person: &p, Name: p.Name, Organisation: organisation}
		if len(p.HelpsWith) > 0 {
			e.Evidence = append(e.Evidence, experts.Evidence{Kind: experts.Offers, Text: strings.Join(p.HelpsWith, ", ")})
		}
		if len(p.Skills) > 0 {
			e.Evidence = append(e.Evidence, experts.Evidence{Kind: experts.Skill, Text: strings.Join(p.Skills, ", ")})
		}
		all = append(all, e)
	}
	return all
}
