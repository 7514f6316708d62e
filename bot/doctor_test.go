package main

import (
	"fmt"
	"strings"
	"testing"

	"liaison/knowledge"
)

func TestDoctorSaysWhatWasLeftOutAndSumsUpNotes(t *testing.T) {
	var notes []knowledge.Problem
	for i := range 482 {
		notes = append(notes, knowledge.Problem{Path: fmt.Sprintf("a/%d.md", i), Reason: "holds no text"})
	}
	notes = append(notes, knowledge.Problem{Path: "b.md", Reason: "has an odd date"})
	left := []knowledge.Problem{{Path: "z/broken.md", Line: 3, Skipped: true, Reason: "is not text"}}
	for _, c := range []struct {
		all  bool
		want string
	}{
		{false, `MEND  Knowledge files: 1 left out; correct these:
     z/broken.md:3: is not text
well  Knowledge files: 483 notes on files that are read all the same; see all with: go run ./bot doctor --all
     482 × holds no text
     1 × has an odd date
`},
		{true, `MEND  Knowledge files: 1 left out; correct these:
     z/broken.md:3: is not text
well  Knowledge files: 483 notes on files that are read all the same:
     a/0.md: holds no text
`},
	} {
		var out strings.Builder
		d := &doctor{out: &out, all: c.all}
		d.leftOut(left)
		d.notes(notes)
		if !strings.HasPrefix(out.String(), c.want) || c.all != strings.Contains(out.String(), "a/481.md") {
			t.Errorf("all: %t\n%s", c.all, out.String())
		}
	}
}

func TestDoctorShowsTheFirstFilesThatWereLeftOut(t *testing.T) {
	var left []knowledge.Problem
	for i := range shownProblems + 2 {
		left = append(left, knowledge.Problem{Path: fmt.Sprintf("%d.md", i), Skipped: true, Reason: "is not text"})
	}
	var out strings.Builder
	d := &doctor{out: &out}
	d.leftOut(left)
	if !strings.Contains(out.String(), "… and 2 more") || strings.Contains(out.String(), "10.md") || d.wrong != 1 {
		t.Errorf("%d to mend:\n%s", d.wrong, out.String())
	}
}
