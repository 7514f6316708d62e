package terminal

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/term"

	"liaison/bot/chat"
)

// maxLine is the most bytes of one line through a pipe: far more than anybody asks, and little memory.
const maxLine = 1 << 20

// maxTyped is the most characters that x/term takes in one line (its maxLineLength); the rest is not
// even shown while typing.
const maxTyped = 4096

var errTooLong = errors.New("the line is too long")

// reader gives lines when they are asked for, so that waiting for one can be given up.
type reader struct {
	asked   chan struct{}
	lines   chan readLine // holds one, so that a line nobody waits for any more keeps no goroutine
	pending bool          // a line was asked for and has not come
	history *history

	mu      sync.Mutex
	restore func() // undoes raw mode
	stopped bool
}

type readLine struct {
	text string
	err  error
}

// startReading starts the goroutine that reads In: through a line editor when a person watches.
func (a *Adapter) startReading() *reader {
	r := &reader{asked: make(chan struct{}), lines: make(chan readLine, 1), restore: func() {}}
	read := pipeLines(a.options.In)
	if a.options.Interactive {
		read = a.edit(r)
	}
	go func() {
		for range r.asked {
			text, err := read()
			r.lines <- readLine{text, err}
		}
	}()
	return r
}

func (a *Adapter) stopReading(r *reader) {
	close(r.asked)
	r.mu.Lock()
	r.restore()
	r.stopped = true
	r.mu.Unlock()
	a.leaveEditor()
	if r.pending && a.options.Interactive {
		_, _ = io.WriteString(a.options.Out, "\n") // whatever comes next begins below the prompt
	}
}

// leaveEditor makes writing go past the line editor, which would show its prompt again.
func (a *Adapter) leaveEditor() {
	a.out.Lock()
	defer a.out.Unlock()
	a.writer = a.options.Out
}

// next returns the next line without its end, or the error of ctx.
func (r *reader) next(ctx context.Context) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	if !r.pending {
		r.asked <- struct{}{}
		r.pending = true
	}
	select {
	case line := <-r.lines:
		r.pending = false
		return line.text, line.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// remember says whether lines go into the history from now on: answers to forms do not.
func (r *reader) remember(on bool) {
	if r.history != nil {
		r.history.pause(!on)
	}
}

// pipeLines reads lines of at most maxLine bytes; a longer one is an errTooLong, and reading goes on
// after it.
func pipeLines(in io.Reader) func() (string, error) {
	buffered := bufio.NewReader(in)
	return func() (string, error) {
		var line []byte
		tooLong := false
		for {
			part, err := buffered.ReadSlice('\n')
			if tooLong = tooLong || len(line)+len(part) > maxLine; !tooLong {
				line = append(line, part...)
			}
			switch {
			case errors.Is(err, bufio.ErrBufferFull):
				continue
			case err != nil && len(line) == 0 && !tooLong:
				return "", err
			case tooLong:
				return "", errTooLong
			}
			return strings.TrimRight(string(line), "\r\n"), nil
		}
	}
}

// edit returns a function that reads lines with editing, history and completion. The terminal is raw
// only while a line is typed, so that Ctrl-C works as ever while an answer is being made.
func (a *Adapter) edit(r *reader) func() (string, error) {
	r.history = a.history
	editor := term.NewTerminal(struct {
		io.Reader
		io.Writer
	}{a.options.In, a.options.Out}, a.options.Prompt)
	editor.History = r.history
	editor.AutoCompleteCallback = a.complete
	a.out.Lock()
	a.writer = editor
	a.out.Unlock()
	return func() (string, error) {
		restore, err := r.makeRaw(a.options.In, a.options.Out)
		if err != nil {
			return "", err
		}
		defer restore()
		_ = editor.SetSize(max(a.width(), 1), 24)
		line, err := readPasted(editor)
		a.out.Lock()
		a.spaced = false
		a.out.Unlock()
		if utf8.RuneCountInString(line) >= maxTyped {
			a.say(chat.Warning, "A typed line holds at most %d characters, so the end of yours may be missing. Longer ones can come through a pipe.", maxTyped)
		}
		return line, err
	}
}

// readPasted reads a line, or all lines of what was pasted, which the person then ends as any line.
func readPasted(editor *term.Terminal) (string, error) {
	var lines []string
	for {
		line, err := editor.ReadLine()
		lines = append(lines, line)
		if !errors.Is(err, term.ErrPasteIndicator) {
			return strings.Join(lines, "\n"), err
		}
	}
}

// Told so, a terminal marks what is pasted: a message of several lines is one message, not several.
const (
	markPastes = "\x1b[?2004h"
	asTyped    = "\x1b[?2004l"
)

// makeRaw puts a real terminal into raw mode and returns how to undo that; undoing twice is
// harmless. Once reading has stopped it is an io.EOF, so that no terminal is left raw.
func (r *reader) makeRaw(in io.Reader, out io.Writer) (restore func(), err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.stopped {
		return nil, io.EOF
	}
	file, ok := in.(*os.File)
	if !ok {
		return r.restore, nil
	}
	state, err := term.MakeRaw(int(file.Fd()))
	if err != nil {
		return nil, fmt.Errorf("make the terminal raw: %w", err)
	}
	_, _ = io.WriteString(out, markPastes)
	r.restore = func() {
		_, _ = io.WriteString(out, asTyped)
		_ = term.Restore(int(file.Fd()), state)
	}
	return r.restore, nil
}
