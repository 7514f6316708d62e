package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"liaison/adapters/terminal"
	"liaison/bot/access"
	"liaison/bot/ask"
	"liaison/bot/chat"
	"liaison/bot/commands"
)

// who is the audience that a subcommand answers for.
type who struct {
	As string `help:"Who asks: public, staff (the default), or org:<id> (staff of that organisation)." default:"staff" placeholder:"WHO"`
}

func (w who) parse() (access.Audience, string, error) {
	audience, err := access.ParseAudience(w.As)
	if err != nil {
		return access.Audience{}, "", &usageError{fmt.Errorf("--as %s: use public, staff or org:<id>, for example --as org:gds", w.As)}
	}
	home := ""
	if ids := audience.Organisations(); len(ids) == 1 {
		home = ids[0]
	}
	return audience, home, nil
}

// open opens the library for somebody, whose organisation it must know.
func (w who) open(ctx context.Context, p *program) (l *library, audience access.Audience, home string, err error) {
	if audience, home, err = w.parse(); err != nil {
		return nil, audience, "", err
	}
	if l, _, err = p.open(ctx); err != nil {
		return nil, audience, "", err
	}
	if err = checkAudience(l.base.Load(), audience); err != nil {
		l.close()
		return nil, audience, "", err
	}
	return l, audience, home, nil
}

// spoken joins the words of a command line to one text, which must hold something; usual is a text that would.
func spoken(words []string, command, usual string) (string, error) {
	text := strings.Join(words, " ")
	if strings.TrimSpace(text) == "" {
		return "", &usageError{fmt.Errorf("the text is empty, so there is nothing to look for. For example: %s %s %q", chat.Program(), command, usual)}
	}
	return text, nil
}

type askCommand struct {
	who
	JSON     bool     `help:"Print one JSON object a question."`
	Explain  bool     `help:"Say in words why the pages found rank as they do."`
	Question []string `arg:"" help:"The question; - reads one question a line from standard input."`
}

// Run answers the question, or each line of standard input.
func (c *askCommand) Run(ctx context.Context, p *program) error {
	question, err := spoken(c.Question, "ask", "how should we store secrets?")
	if err != nil {
		return err
	}
	library, audience, home, err := c.open(ctx, p)
	if err != nil {
		return err
	}
	defer library.close()
	desk := &desk{program: p, service: library.service(), json: c.JSON,
		asker: ask.Question{Audience: audience, Home: home, Limit: jsonSources, OneSide: c.JSON, Explain: c.Explain}}
	answer := func(text string) error { return desk.answer(ctx, text) }
	if question == "-" {
		return eachLine(ctx, p.in, answer)
	}
	return answer(question)
}

// maxLine is the longest line of standard input that is read; what is longer is cut, as a question is.
const maxLine = 1 << 20

// eachLine calls do for every line. The end of a line that is longer than maxLine is left out.
func eachLine(ctx context.Context, in io.Reader, do func(string) error) error {
	lines := bufio.NewReaderSize(in, 64<<10)
	for ctx.Err() == nil {
		line, err := readLine(lines)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read standard input: %w", err)
		}
		if err := do(line); err != nil {
			return err
		}
	}
	return ctx.Err()
}

func readLine(in *bufio.Reader) (string, error) {
	var line []byte
	for {
		part, more, err := in.ReadLine()
		if err != nil {
			return "", err
		}
		if len(line) < maxLine {
			line = append(line, part...)
		}
		if !more {
			return string(line), nil
		}
	}
}

// show prints a reply as the terminal shows it.
func (p *program) show(r chat.Reply) error {
	_, err := terminal.Render(p.out, r, p.look())
	return err
}

type compareCommand struct {
	who
	Topic []string `arg:"" help:"The topic."`
}

// Run prints what each organisation does about the topic.
func (c *compareCommand) Run(ctx context.Context, p *program) error {
	topic, err := spoken(c.Topic, "compare", "accessibility")
	if err != nil {
		return err
	}
	library, audience, home, err := c.open(ctx, p)
	if err != nil {
		return err
	}
	defer library.close()
	found, err := library.service().Compare(ctx, ask.Question{Text: topic, Audience: audience, Home: home})
	if err != nil {
		return err
	}
	return p.show(commands.CompareReply(found))
}

type defineCommand struct {
	who
	Term []string `arg:"" help:"The word or acronym."`
}

// Run prints what a word means.
func (c *defineCommand) Run(ctx context.Context, p *program) error {
	term, err := spoken(c.Term, "define", "ATO")
	if err != nil {
		return err
	}
	library, audience, _, err := c.open(ctx, p)
	if err != nil {
		return err
	}
	defer library.close()
	service := library.service()
	found := service.Define(audience, term)
	return p.show(commands.DefineReply(found, service.Name, askInstead(found)))
}

// askInstead names the command that looks for a word in the guidance: nobody can press a button here.
func askInstead(d ask.Definition) string {
	return fmt.Sprintf("To look for it in the guidance: %s ask %s.", chat.Program(), chat.ShellArgument("what is "+chat.Clean(d.Asked)))
}
