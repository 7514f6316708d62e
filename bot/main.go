// Liaison answers questions and connects people across government digital teams.
//
// This package is the program: it reads the settings, opens the knowledge, wires services, commands
// and platforms together ([serve]), and has the subcommands of the terminal, one file each. Nothing
// can import it, so wiring stays apart from what is wired.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/alecthomas/kong" // subcommands, flags and their help from one struct
	"golang.org/x/term"

	"liaison/bot/chat"
	"liaison/knowledge"
)

// Exit codes. A question that was honestly not found is answered.
const (
	exitDone    = 0 // done; answered, or honestly not found
	exitFailed  = 1 // something went wrong; standard error says what, and what to do
	exitUsage   = 2 // the command line or a setting is wrong; nothing was done
	exitProblem = 3 // doctor, asked or reindex found something that a person should mend
)

// description is what --help says first.
func description() string {
	const about = `Liaison answers questions and connects people across government digital teams.

Examples:
%s
Settings come from the environment or the file .env; .env.example lists them all.
Exit codes: 0 done (answered, or honestly not found), 1 failed, 2 wrong usage or settings, 3 doctor, asked or reindex found something to mend.`
	var examples strings.Builder
	for _, example := range [][2]string{
		{"", "talk to it (or serve the platforms that are set up)"},
		{` ask "how should we store secrets?"`, "one question"},
		{` ask --as public --json "what is an ATO?"`, ""},
		{" compare accessibility", "what each organisation does"},
		{` who "user research"`, "people and teams who know, and why"},
		{" define ATO", "what a word means, and its nearest equivalent"},
		{" reindex --knowledge ../our-knowledge", "read another folder of knowledge"},
		{" doctor", "what is set up, what is wrong, what to do"},
	} {
		line := fmt.Sprintf("  %s%-38s  %s", chat.Program(), example[0], example[1])
		examples.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	return fmt.Sprintf(about, examples.String())
}

// cli is the command line.
type cli struct {
	Knowledge string `help:"Folder of knowledge files (KNOWLEDGE_DIR)." placeholder:"DIR"`
	Data      string `help:"Folder of index and state (DATA_DIR)." placeholder:"DIR"`

	Serve    serveCommand    `cmd:"" default:"withargs" help:"Serve the platforms that are set up; with none, talk in the terminal (the default)."`
	Ask      askCommand      `cmd:"" help:"Answer one question; with --json -, one question a line."`
	Compare  compareCommand  `cmd:"" help:"Show what each organisation does about a topic."`
	Who      whoCommand      `cmd:"" help:"Find people and teams who know about a topic."`
	Define   defineCommand   `cmd:"" help:"Explain a word or acronym."`
	Reindex  reindexCommand  `cmd:"" help:"Read the knowledge files again and say what changed."`
	Eval     evalCommand     `cmd:"" help:"Judge how well questions are answered."`
	Export   exportCommand   `cmd:"" help:"Print everything held about a person."`
	Forget   forgetCommand   `cmd:"" help:"Erase everything held about a person."`
	Records  recordsCommand  `cmd:"" help:"Count the sealed records, or export them, which removes them here (RECORDS=us-federal)."`
	Doctor   doctorCommand   `cmd:"" help:"Say what is set up, what is wrong, and what to do about it."`
	Asked    askedCommand    `cmd:"" help:"Check, or draft, what people would ask in their own words."`
	Gallery  galleryCommand  `cmd:"" help:"Print every kind of reply as each platform shows it."`
	Version  versionCommand  `cmd:"" help:"Print the version."`
	Generate generateCommand `cmd:"" hidden:"" help:"Write the files that are made from tables in the code."`
}

// program is what subcommands run with.
type program struct {
	in       *os.File
	out      io.Writer
	err      io.Writer
	flags    overrides
	terminal bool // a person watches standard error
}

func main() { os.Exit(run(os.Args[1:])) }

// run runs the program with arguments and returns its exit code.
func run(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	p := &program{in: os.Stdin, out: os.Stdout, err: os.Stderr, terminal: term.IsTerminal(int(os.Stderr.Fd()))}
	return p.run(ctx, args)
}

func (p *program) run(ctx context.Context, args []string) int {
	var line cli
	exited := -1 // --help ends the program while it is parsed
	parser, err := kong.New(&line, kong.Name(chat.Program()), kong.Description(description()),
		kong.Writers(p.out, p.err), kong.Exit(func(code int) { exited = code }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(p))
	if err != nil {
		return p.report(err)
	}
	parsed, err := parser.Parse(args)
	switch {
	case exited >= 0:
		return exited
	case err != nil:
		fmt.Fprintln(p.err, "liaison: "+misread(parser, args, err))
		return exitUsage
	}
	p.flags = overrides{knowledge: line.Knowledge, data: line.Data}
	return p.report(parsed.Run())
}

// misread says what is wrong with a command line, and what may have been meant: another command, or a question
// without its command.
func misread(parser *kong.Kong, args []string, err error) string {
	var names []string
	for _, command := range parser.Model.Children {
		if !command.Hidden {
			names = append(names, command.Name)
		}
	}
	at := slices.IndexFunc(args, func(arg string) bool { return err.Error() == "unexpected argument "+arg })
	if at < 0 || slices.ContainsFunc(args[:at], func(arg string) bool { return slices.Contains(names, arg) }) {
		return fmt.Sprintf("%v. See: %s --help", err, chat.Program())
	}
	var meant string
	if near := nearest(args[at], names, 1); len(near) > 0 {
		meant = near[0]
	} else {
		words := args[at:]
		if flag := slices.IndexFunc(words, func(arg string) bool { return strings.HasPrefix(arg, "-") }); flag > 0 {
			words = words[:flag]
		}
		meant = "ask " + chat.ShellArgument(chat.Clean(strings.Join(words, " ")))
	}
	return fmt.Sprintf("there is no command %q. Did you mean: %s %s? See: %[2]s --help", chat.Clean(args[at]), chat.Program(), meant)
}

// usageError is a mistake of whoever called: nothing was done.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

// errFound is returned by commands that have said what they found.
var errFound = errors.New("something needs mending")

// report says an error on standard error, once, and returns the exit code.
func (p *program) report(err error) int {
	var usage *usageError
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errFound):
		return exitProblem
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(p.err, "liaison: stopped before it was finished. What was there before is unharmed.")
		return exitFailed
	}
	for line := range strings.SplitSeq(err.Error(), "\n") {
		fmt.Fprintln(p.err, "liaison: "+line)
	}
	if errors.As(err, &usage) || errors.Is(err, knowledge.ErrNoFolder) {
		return exitUsage
	}
	return exitFailed
}

// config loads the settings. Its errors are mistakes of usage.
func (p *program) config() (config, error) {
	c, err := loadConfig(p.flags)
	if err != nil {
		return c, &usageError{err}
	}
	return c, nil
}

// logger logs to standard error: in words for a person, as JSON for a machine.
func (p *program) logger(level string) *slog.Logger {
	var from slog.Level
	if err := from.UnmarshalText([]byte(level)); err != nil {
		from = slog.LevelInfo
	}
	if p.terminal {
		return slog.New(newSentences(p.err, from))
	}
	return slog.New(slog.NewJSONHandler(p.err, &slog.HandlerOptions{Level: from}))
}

// quiet is the logger of subcommands that answer at once: only what went wrong.
func (p *program) quiet() *slog.Logger { return p.logger("warn") }

// open opens the library for a subcommand. An index that cannot be brought up to date serves as it is.
func (p *program) open(ctx context.Context) (*library, config, error) {
	c, err := p.config()
	if err != nil {
		return nil, c, err
	}
	l, err := openLibrary(ctx, c, p.quiet(), p.progress())
	return l, c, err
}
