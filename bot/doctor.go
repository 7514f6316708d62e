package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gofrs/flock"

	"liaison/bot/chat"
	"liaison/bot/commands"
	"liaison/bot/inbox"
	"liaison/bot/store"
	"liaison/knowledge"
)

type doctorCommand struct {
	All bool `help:"List every problem of the knowledge files, not only the first ten."`
}

// Run looks at everything that is set up and says, a sentence each, what is well, what is wrong, and
// what to do. It ends with exit code 3 when something needs mending.
func (c *doctorCommand) Run(ctx context.Context, p *program) error {
	d := &doctor{out: p.out, all: c.All}
	config, err := p.config()
	if err != nil {
		for line := range strings.SplitSeq(err.Error(), "\n") {
			d.say(chat.Finding{Subject: "Settings", Problem: line})
		}
		return d.verdict()
	}
	d.settings(config)
	d.data(config)
	d.state(ctx, config)
	d.database(ctx, config)
	d.records(ctx, config)
	d.knowledge(ctx, p, config)
	d.platforms(ctx, config)
	return d.verdict()
}

// doctor prints findings and remembers whether one needs mending.
type doctor struct {
	out   io.Writer
	all   bool
	wrong int
}

func (d *doctor) say(f chat.Finding) {
	text := []string{"well ", f.Subject + ":"}
	if f.Problem != "" {
		d.wrong++
		text = []string{"MEND ", f.Subject + ":", f.Problem}
	}
	if f.Advice != "" {
		text = append(text, f.Advice)
	}
	fmt.Fprintln(d.out, chat.Clean(strings.Join(text, " ")))
}

func (d *doctor) well(subject, format string, values ...any) {
	d.say(chat.Finding{Subject: subject, Advice: fmt.Sprintf(format, values...)})
}

func (d *doctor) mend(subject, format string, values ...any) {
	d.say(chat.Finding{Subject: subject, Problem: fmt.Sprintf(format, values...)})
}

func (d *doctor) verdict() error {
	if d.wrong == 0 {
		fmt.Fprintln(d.out, "All is well.")
		return nil
	}
	fmt.Fprintf(d.out, "%s to mend.\n", plural(d.wrong, "thing"))
	return errFound
}

func (d *doctor) settings(c config) {
	d.well("Settings", "all of them can be read.")
	for _, unknown := range c.unknown {
		if unknown.wrong {
			d.mend("Settings", "%s", unknown.why)
		} else {
			d.well("Settings", "%s", unknown.why)
		}
	}
	if len(c.admins) == 0 {
		d.well("Admins", "none is named; set ADMINS so that somebody can reindex from chat.")
	} else {
		d.well("Admins", "%d named.", len(c.admins))
	}
	if c.llm == nil {
		d.well("Language model", "none is set, and none is needed.")
	} else {
		d.well("Language model", "%s, used only by `%s asked draft`.", c.llm.name, chat.Program())
	}
}

// data looks at the data folder: can it be written, is it closed to others, is somebody serving from it.
func (d *doctor) data(c config) {
	const subject = "Data folder"
	info, err := os.Stat(c.data)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		d.well(subject, "%s is not there yet; it is made when needed.", c.data)
		return
	case err != nil || !info.IsDir():
		d.mend(subject, "%s is not a folder that can be used; name another with --data or DATA_DIR.", c.data)
		return
	case info.Mode().Perm()&0o077 != 0:
		d.mend(subject, "others on this machine can read %s; run: chmod 700 %s", c.data, c.data)
	}
	probe, err := os.CreateTemp(c.data, "doctor-")
	if err != nil {
		d.mend(subject, "%s cannot be written; mend its permissions, or name another with --data or DATA_DIR.", c.data)
		return
	}
	if err := errors.Join(probe.Close(), os.Remove(probe.Name())); err != nil {
		d.mend(subject, "%s can be written, but not cleaned up; mend its permissions.", c.data)
	}
	lock := flock.New(filepath.Join(c.data, "server.lock"), flock.SetPermissions(0o600))
	if held, err := lock.TryLock(); err == nil && !held {
		d.well(subject, "%s can be written; a Liaison is serving from it now.", c.data)
		return
	}
	if err := lock.Unlock(); err != nil {
		d.mend(subject, "the lock of %s cannot be given back; look for a disk that is full.", c.data)
	}
	d.well(subject, "%s can be written; no Liaison is serving from it now.", c.data)
}

// state looks at what a start would refuse: a disk that does not last, a database or a key that cannot
// be read. It changes nothing.
func (d *doctor) state(ctx context.Context, c config) {
	if err := wiped(c); err != nil {
		d.mend("Data folder", "%v.", err)
	}
	if info, err := os.Stat(c.data); err != nil || !info.IsDir() {
		return // data has said so
	}
	if err := store.Check(ctx, c.data); err != nil {
		d.mend("Database", "%s: %v.", filepath.Join(c.data, "liaison.db"), err)
	}
	file := filepath.Join(c.data, "liaison.key")
	if _, err := os.Stat(file); err != nil || c.key.reveal() != "" {
		return // it is made at the first start, or not used
	}
	if _, err := inbox.KeyFile(c.data); err != nil {
		d.mend("Key", "%v. Or move %s away: questions not yet answered are lost, nothing else.", err, file)
	}
}

// database asks the database of DATABASE_URL whether it can be used, and changes nothing in it.
func (d *doctor) database(ctx context.Context, c config) {
	const subject = "Database"
	if c.database.reveal() == "" {
		d.well(subject, "SQLite in the data folder.")
		return
	}
	version, err := store.Probe(ctx, c.database.reveal())
	if err != nil {
		d.mend(subject, "%v.", err)
		return
	}
	d.well(subject, "PostgreSQL %s.", version)
}

// records says what becomes of what people erase, and what waits for the records officer.
func (d *doctor) records(ctx context.Context, c config) {
	const subject = "Records"
	if !c.records.Seals() {
		d.well(subject, "what people erase is deleted (RECORDS is %s).", c.records)
		return
	}
	s, err := store.Beside(ctx, c.data, c.database.reveal())
	if err != nil {
		d.well(subject, "what people erase is sealed (RECORDS is %s).", c.records)
		return // that there is no state yet, or what is wrong with it, is said elsewhere
	}
	n, since, err := s.Records(ctx)
	switch err = errors.Join(err, s.Close()); {
	case err != nil:
		d.mend(subject, "%v.", err)
	case n == 0:
		d.well(subject, "what people erase is sealed (RECORDS is %s); nothing waits for its export.", c.records)
	default:
		d.well(subject, "what people erase is sealed (RECORDS is %s). Not exported yet: %s, the oldest of %s; export with: %s records --export FILE", c.records, plural(n, "sealed record"), since.Format("2 January 2006"), chat.Program())
	}
}

// shownProblems is how many problems of files are listed without --all.
const shownProblems = 10

// knowledge reads all knowledge, which brings the index up to date, and lists what is wrong in it.
func (d *doctor) knowledge(ctx context.Context, p *program, c config) {
	library := newLibrary(c, p.quiet(), p.progress())
	defer library.close()
	if info, err := os.Stat(c.data); err == nil && !info.IsDir() {
		return // data has said so, and without it there is no index
	}
	receipt, err := library.build(ctx, false)
	if err != nil {
		for line := range strings.SplitSeq(err.Error(), "\n") {
			d.mend("Knowledge", "%s.", line)
		}
		return
	}
	base := library.base.Load()
	d.well("Knowledge", "%s, with %s and %s.", cmp.Or(c.knowledge, "the knowledge that ships"),
		plural(len(base.Organisations), "organisation"), plural(len(base.Terms), "glossary term"))
	made := ""
	if len(receipt.Added)+len(receipt.Changed)+len(receipt.Removed) > 0 {
		made = ", made just now"
	}
	d.well("Index", "%s in %s%s.", plural(receipt.Documents, "page"), plural(receipt.Passages, "passage"), made)
	d.people(base)
	for _, wrong := range unknownWorkspaces(base, c.slack) {
		d.mend("Settings", "%s.", wrong)
	}
	for _, problem := range receipt.Grave() {
		d.mend("Knowledge", "%s: %s.", commands.ProblemPlace(problem), problem.Reason)
	}
	d.leftOut(receipt.Skipped())
	d.meant(receipt.Meant())
	d.notes(receipt.Notes())
}

// leftOut lists the files, or entries, that were left out.
func (d *doctor) leftOut(problems []knowledge.Problem) {
	if len(problems) == 0 {
		return
	}
	d.mend("Knowledge files", "%d left out; correct these:", len(problems))
	d.list(problems)
}

// meant lists the files whose authors want them left out.
func (d *doctor) meant(files []knowledge.Problem) {
	if len(files) == 0 {
		return
	}
	d.well("Knowledge files", "%d left out, as their authors say; there is nothing to mend:", len(files))
	d.list(files)
}

// list prints the first of what there is to say of files; all of it with --all.
func (d *doctor) list(problems []knowledge.Problem) {
	for i, problem := range problems {
		if i == shownProblems && !d.all {
			fmt.Fprintf(d.out, "     … and %d more; see all with: %s doctor --all\n", len(problems)-i, chat.Program())
			return
		}
		d.problem(problem)
	}
}

// notes sums up the notes on files that are read all the same: how many files each is about.
func (d *doctor) notes(problems []knowledge.Problem) {
	if len(problems) == 0 {
		return
	}
	const subject = "Knowledge files"
	if d.all {
		d.well(subject, "%s on files that are read all the same:", plural(len(problems), "note"))
		for _, problem := range problems {
			d.problem(problem)
		}
		return
	}
	about := map[string]int{}
	for _, problem := range problems {
		about[problem.Reason]++
	}
	d.well(subject, "%s on files that are read all the same; see all with: %s doctor --all", plural(len(problems), "note"), chat.Program())
	reasons := slices.SortedFunc(maps.Keys(about), func(a, b string) int {
		return cmp.Or(cmp.Compare(about[b], about[a]), cmp.Compare(a, b))
	})
	for _, reason := range reasons[:min(len(reasons), shownProblems)] {
		fmt.Fprintf(d.out, "     %d × %s\n", about[reason], chat.Clean(reason))
	}
}

func (d *doctor) problem(p knowledge.Problem) {
	fmt.Fprintf(d.out, "     %s: %s\n", chat.Clean(commands.ProblemPlace(p)), chat.Clean(p.Reason))
}

// people says whose files list them, and who is still to be asked: a file that records no consent is an
// invitation.
func (d *doctor) people(base *knowledge.Base) {
	var listed, examples int
	var invite []string
	for _, p := range base.People {
		switch {
		case p.Example:
			examples++
		case p.Consent == "":
			invite = append(invite, p.Path)
		default:
			listed++
		}
	}
	if len(base.People) == 0 {
		return
	}
	text := fmt.Sprintf("%d listed by their file", listed)
	if examples > 0 {
		text += fmt.Sprintf(", and %d made up, who are shown in the terminal alone", examples)
	}
	if len(invite) > 0 {
		text += fmt.Sprintf(". Shown to nobody until you have asked them and written their yes into consent: %s", strings.Join(invite, ", "))
	}
	d.well("People", "%s.", text)
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// platforms asks every configured adapter how its settings are.
func (d *doctor) platforms(ctx context.Context, c config) {
	none := true
	for _, platform := range platforms() {
		if !platform.configured(c) {
			continue
		}
		none = false
		adapter, err := platform.connect(c, forgetful{}, slog.New(slog.DiscardHandler))
		if err != nil {
			d.mend(platform.name, "%v.", err)
			continue
		}
		checker, ok := adapter.(chat.Checker)
		if !ok {
			d.well(platform.name, "is configured.")
			continue
		}
		for _, finding := range checker.Check(ctx) {
			d.say(finding)
		}
	}
	if none {
		d.well("Platforms", "none is configured, so `%s` talks in the terminal; .env.example says how to set up Slack and Discord.", chat.Program())
	}
}

// forgetful is a chat.Memory for checks, which must change nothing.
type forgetful struct{}

func (forgetful) Recall(context.Context, string) ([]byte, error) { return nil, nil }
func (forgetful) Keep(context.Context, string, []byte) error     { return nil }
