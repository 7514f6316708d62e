package commands_test

import (
	"context"
	"testing"

	"liaison/bot/commands"
	"liaison/knowledge"
)

// torn is a library whose teams.yaml has a slip in it.
type torn struct{ library }

func (torn) Reindex(context.Context) (commands.Receipt, error) {
	return commands.Receipt{}, &knowledge.BrokenError{Root: "/knowledge", Problems: []knowledge.Problem{{Path: "teams.yaml", Line: 3, Reason: "cannot be understood"}}}
}

func TestAnAdminIsToldWhichFileToCorrect(t *testing.T) {
	o := newOffice(t)
	o.Library = torn{}
	o.expect("reindex", o.say(admin, direct, "reindex"), []string{"was not read again", "teams.yaml:3", "cannot be understood"}, "went wrong", "/knowledge")
}

func TestAReceiptSaysWhatWasReadAndWhereTheNotesAre(t *testing.T) {
	o := newOffice(t)
	reply := commands.ReceiptReply(commands.Receipt{Documents: 2422, Added: 2420, Changed: 3, Removed: 1, Unchanged: 5, Notes: 482})
	o.expect("receipt", reply, []string{"2,423 read (2,420 new, 3 changed), 1 removed, 5 unchanged", "482, on pages that are read all the same", "doctor --all"})
	o.expect("without notes", commands.ReceiptReply(commands.Receipt{}), []string{"0 read"}, "doctor")
}
