package main

import (
	"os"
	"time"

	"golang.org/x/term"

	"liaison/adapters/terminal"
)

// look is how subcommands lay out a reply: wrapped for a person who watches, plain into a file.
func (p *program) look() terminal.Look {
	file, ok := p.out.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return terminal.Look{}
	}
	look := terminal.Look{Bold: os.Getenv("NO_COLOR") == "", Zone: time.Local, Width: 80}
	if width, _, err := term.GetSize(int(file.Fd())); err == nil && width > 0 {
		look.Width = min(width, 100)
	}
	return look
}
