package discord

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/url"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"liaison/adapters/discord/fakediscord"
	"liaison/bot/chat"
	"liaison/bot/chat/chattest"
)

// cutter is a proxy that cuts lines after a number of bytes, wherever that is.
type cutter struct {
	listener net.Listener
	target   string

	mu   sync.Mutex
	left int // bytes until the next cut; below 0 never
	cuts int
}

func newCutter(t testing.TB, target string) *cutter {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	u, _ := url.Parse(target)
	c := &cutter{listener: listener, target: u.Host, left: -1}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go c.serve(conn)
		}
	}()
	t.Cleanup(func() { listener.Close() })
	return c
}

func (c *cutter) url() string { return "http://" + c.listener.Addr().String() }

func (c *cutter) serve(near net.Conn) {
	far, err := net.Dial("tcp", c.target)
	if err != nil {
		near.Close()
		return
	}
	both := func() { near.Close(); far.Close() }
	go func() { c.copy(far, near); both() }()
	c.copy(near, far)
	both()
}

func (c *cutter) copy(to io.Writer, from io.Reader) {
	buffer := make([]byte, 512)
	for {
		n, err := from.Read(buffer)
		n, cut := c.pass(n)
		if _, failed := to.Write(buffer[:n]); failed != nil || err != nil || cut {
			return
		}
	}
}

// pass takes bytes off what is left, and reports how many may go and whether the line is cut then.
func (c *cutter) pass(n int) (int, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.left < 0 || n < c.left {
		if c.left > 0 {
			c.left -= n
		}
		return n, false
	}
	n, c.left = c.left, -1
	c.cuts++
	return n, true
}

func (c *cutter) hasCut(times int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.cuts >= times
}

func (c *cutter) cutAfter(bytes int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.left = bytes
}

// Lines are cut at random bytes, of the gateway and of requests, while people ask. Every question is
// stored once, in order, and answered once. LIAISON_DISCORD_CUTS asks for more cuts.
func TestRandomCuts(t *testing.T) {
	t.Parallel()
	cuts, adapters := 12, 4
	if more, err := strconv.Atoi(os.Getenv("LIAISON_DISCORD_CUTS")); err == nil {
		cuts, adapters = more, 20
	}
	cutSideBySide(t, cuts, adapters)
	t.Logf("%d cuts of %d lines side by side", cuts, adapters)
}

func cutSideBySide(t testing.TB, cuts, adapters int) {
	var all sync.WaitGroup
	for range adapters {
		all.Go(func() { cutAtRandom(t, cuts/adapters) })
	}
	all.Wait()
}

func cutAtRandom(t testing.TB, cuts int) {
	inbox := chattest.NewInbox()
	var proxy *cutter
	s := start(t, inbox, doorsTable(), func(f *fakediscord.Server, o *Options) {
		proxy = newCutter(t, f.URL())
		o.APIURL = proxy.url()
	})
	s.hears(t, inbox, "so it is ready")
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	asked := 0
	for cut := range cuts {
		proxy.cutAfter(rand.IntN(3000))
		for range 40 {
			if proxy.hasCut(cut + 1) {
				break
			}
			s.fake.Say(fakediscord.Said{Who: "ada", Text: fmt.Sprintf("question %d", asked)})
			asked++
			e := inbox.Next(t)
			if want := fmt.Sprintf("question %d", asked-1); e.Text != want {
				t.Errorf("after %d cuts %q arrived; want %q", cut, e.Text, want)
			}
			if !answered(ctx, s.adapter, e) {
				t.Errorf("%q could not be answered", e.Text)
			}
		}
	}
	if !proxy.hasCut(cuts) {
		t.Errorf("the lines were cut %d times; want %d", proxy.cuts, cuts)
	}
	said := map[string]int{}
	for _, m := range s.Messages() {
		said[m.Text]++
	}
	for n := range asked {
		if got := said[fmt.Sprintf("answer to question %d", n)]; got != 1 {
			t.Errorf("question %d was answered %d times", n, got)
		}
	}
	if len(inbox.Events()) != asked+1 {
		t.Errorf("%d questions became %d events", asked, len(inbox.Events()))
	}
}

// answered tries to answer as the program does: again, until it went out or is known to have.
func answered(ctx context.Context, a *Adapter, e chat.Event) bool {
	for range 8 {
		_, err := a.Respond(ctx, e, say("answer to "+e.Text))
		if err == nil {
			return true
		}
		if chat.SendKindOf(err) == chat.SendUnknown {
			ref, err := a.Find(ctx, chat.To{Workspace: e.Workspace, Room: e.Room.ID, Thread: e.Room.Thread, Key: e.ID})
			if err == nil && ref != (chat.Ref{}) {
				return true
			}
		}
		if pauseFor(ctx, 100*time.Millisecond) != nil {
			return false
		}
	}
	return false
}
