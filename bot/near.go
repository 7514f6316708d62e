package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"liaison/bot/access"
	"liaison/knowledge"
)

// nearest returns the names that look like a word, most alike first, at most so many; what is not
// alike in the least is left out.
func nearest(word string, names []string, most int) []string {
	far := func(name string) int { return knowledge.Distance(strings.ToLower(word), strings.ToLower(name)) }
	var near []string
	for _, name := range names {
		if far(name) <= max(1, len(word)/4) || len(word) > 1 && strings.HasPrefix(name, word) {
			near = append(near, name)
		}
	}
	slices.SortStableFunc(near, func(a, b string) int { return cmp.Compare(far(a), far(b)) })
	return near[:min(len(near), most)]
}

// shownIDs is how many ids are listed when none is alike.
const shownIDs = 12

// unknownOrganisation says that teams.yaml does not hold an id, and which it may have been; "" when it
// does. Where there are no organisations, every id is as good as another.
func unknownOrganisation(base *knowledge.Base, id string) string {
	var ids []string
	for _, o := range base.Organisations {
		ids = append(ids, o.ID)
	}
	if len(ids) == 0 || slices.Contains(ids, id) {
		return ""
	}
	said := fmt.Sprintf("teams.yaml holds no organisation %q", id)
	if near := nearest(id, ids, 3); len(near) > 0 {
		return said + ": did you mean " + strings.Join(near, " or ") + "?"
	}
	slices.Sort(ids)
	if rest := len(ids) - shownIDs; rest > 0 {
		ids = append(ids[:shownIDs], fmt.Sprintf("and %d more", rest))
	}
	return said + ": use one of " + strings.Join(ids, ", ")
}

// checkAudience is an error of usage when an audience names an organisation that is not known.
func checkAudience(base *knowledge.Base, who access.Audience) error {
	for _, id := range who.Organisations() {
		if wrong := unknownOrganisation(base, id); wrong != "" {
			return &usageError{fmt.Errorf("--as org:%s: %s", id, wrong)}
		}
	}
	return nil
}

// unknownWorkspaces says, a sentence each, which workspaces belong to an organisation that is not known.
func unknownWorkspaces(base *knowledge.Base, list []workspace) []string {
	var wrong []string
	for _, w := range list {
		if w.organisation == "" {
			continue
		}
		problem := unknownOrganisation(base, w.organisation)
		if problem == "" {
			continue
		}
		name := "SLACK_ORGANISATION"
		if w.name != "" {
			name = "SLACK_" + envName(w.name) + "_ORGANISATION"
		}
		wrong = append(wrong, fmt.Sprintf("%s (%s): %s. Set it to an id of teams.yaml, or add the organisation there", name, w.organisation, problem))
	}
	return wrong
}
