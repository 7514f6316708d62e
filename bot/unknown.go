package main

import (
	"fmt"
	"slices"
	"strings"

	"liaison/knowledge"
)

// unknownSetting is a name that is set and that Liaison does not know.
type unknownSetting struct {
	name  string
	wrong bool   // it is surely a mistake; otherwise it may be another program's
	why   string // a sentence, with what to do
}

// ours are the beginnings of names that look like settings of Liaison.
var ours = []string{"SLACK_", "DISCORD_", "LLM_", "LIAISON_"}

// unknownSettings looks through names that are set, of which some stand in .env, for those that were
// meant for Liaison and do nothing. workspaces are those of SLACK_WORKSPACES.
func unknownSettings(names []string, inFile func(string) bool, workspaces []string) []unknownSetting {
	var known []string
	for _, row := range expand(settings(), slices.Clone(workspaces)) {
		known = append(known, row.name)
	}
	var found []unknownSetting
	for _, name := range names {
		if slices.Contains(known, name) || name == "LIAISON_TESTDATA" { // which only tests read
			continue
		}
		begins := slices.ContainsFunc(ours, func(begin string) bool { return strings.HasPrefix(name, begin) })
		switch near, workspace := misspelt(name, known), ofWorkspace(name); {
		case workspace != "":
			found = append(found, unknownSetting{name, true, fmt.Sprintf("%s is not used: SLACK_WORKSPACES names no workspace %q.", name, workspace)})
		case near != "":
			found = append(found, unknownSetting{name, true, fmt.Sprintf("%s is not known: did you mean %s?", name, near)})
		case inFile(name):
			found = append(found, unknownSetting{name, true, fmt.Sprintf("%s is not known: take it out of .env, or correct it; .env.example lists all settings.", name)})
		case begins:
			found = append(found, unknownSetting{name, false, fmt.Sprintf("%s is set, but is no setting of Liaison; .env.example lists them all.", name)})
		}
	}
	return found
}

// misspelt returns the known name that differs from a name in a letter or two, or only in case; "" when
// there is none.
func misspelt(name string, known []string) string {
	most := 1
	if len(name) > 8 {
		most = 2
	}
	best := ""
	for _, one := range known {
		if far := knowledge.Distance(strings.ToUpper(name), one); far <= most {
			best, most = one, far
		}
	}
	return best
}

// ofWorkspace returns the workspace that a name is for, in small letters: "gds" of SLACK_GDS_BOT_TOKEN.
func ofWorkspace(name string) string {
	for _, row := range settings() {
		begin, end, several := strings.Cut(row.name, "%s")
		rest, ok := strings.CutPrefix(name, begin)
		if workspace, found := strings.CutSuffix(rest, end); several && ok && found && workspace != "" {
			return strings.ToLower(workspace)
		}
	}
	return ""
}
