package experts

import (
	"os"
	"path/filepath"
	"testing"
)

// TestPeopleAreFound judges the ranking on real people and pages, where they lie.
func TestPeopleAreFound(t *testing.T) {
	data := os.Getenv("LIAISON_TESTDATA")
	if data == "" {
		t.Skip("LIAISON_TESTDATA is not set: the judged questions about people are not there, and their figures were NOT checked")
	}
	for _, name := range []string{"experts_18f", "owners_tts", "owners_gds"} {
		for _, leaveOneOut := range []bool{false, true} {
			r, err := Evaluate(t.Context(), EvalOptions{Folder: filepath.Join(data, "eval", name), LeaveOneOut: leaveOneOut})
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%s leave-one-out %v: %d questions\n ours  %+v\n votes %+v\n popularity %+v", name, leaveOneOut, r.Queries, r.Figures, r.PlainVotes, r.Popularity)
		}
	}
}
