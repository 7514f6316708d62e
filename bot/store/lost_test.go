package store_test

import (
	"bytes"
	"database/sql"
	"fmt"
	"io"
	"net"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"

	"liaison/bot/inbox"
	"liaison/bot/store/storetest"
)

// proxy stands between a store and PostgreSQL, and breaks connections as it is told.
type proxy struct {
	net.Listener
	server    string
	mu        sync.Mutex
	open      []net.Conn
	swallow   atomic.Int64 // so many replies to a commit are never delivered: the connection breaks in their place
	swallowed atomic.Int64
}

func newProxy(t *testing.T, address string) (*proxy, string) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{Listener: listener, server: u.Host}
	t.Cleanup(func() { listener.Close(); p.cut() })
	go p.serve()
	u.Host = listener.Addr().String()
	return p, u.String()
}

func (p *proxy) serve() {
	for {
		client, err := p.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", p.server)
		if err != nil {
			client.Close()
			continue
		}
		p.mu.Lock()
		p.open = append(p.open, client, server)
		p.mu.Unlock()
		go func() { io.Copy(client, server); client.Close() }()
		go p.forward(client, server)
	}
}

// forward passes on what the client sends. After a commit whose reply is to be lost, the client's end
// breaks at once; the server gets the commit all the same.
func (p *proxy) forward(client, server net.Conn) {
	defer server.Close()
	buffer := make([]byte, 64<<10)
	for {
		n, err := client.Read(buffer)
		if err != nil {
			return
		}
		if bytes.Contains(buffer[:n], []byte("commit")) && p.swallow.Add(-1) >= 0 {
			client.Close()
			p.swallowed.Add(1)
		}
		if _, err := server.Write(buffer[:n]); err != nil {
			return
		}
	}
}

// cut breaks every connection there is.
func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.open {
		c.Close()
	}
	p.open = nil
}

// TestACommitWhoseReplyIsLostIsNotRepeated would store events twice, or report as there already what
// this very call has stored, if the work were simply done again.
func TestACommitWhoseReplyIsLostIsNotRepeated(t *testing.T) {
	p, address := newProxy(t, storetest.Postgres(t))
	s := storetest.Open(t, address)
	for i := range 20 {
		p.swallow.Store(1)
		if added, err := s.AddEvent(t.Context(), entry(fmt.Sprint(i))); err != nil || !added {
			t.Fatalf("event %d: added %v, %v", i, added, err)
		}
	}
	if n := p.swallowed.Load(); n < 20 {
		t.Fatalf("only %d replies were lost", n)
	}
	pending, err := s.PendingEvents(t.Context())
	if err != nil || len(pending) != 20 {
		t.Errorf("%d events are stored, %v", len(pending), err)
	}
}

// TestConnectionsThatBreakLoseAndRepeatNothing breaks every connection again and again while events
// are stored by several at once, at the network and at the server in turn.
func TestConnectionsThatBreakLoseAndRepeatNothing(t *testing.T) {
	direct := storetest.Postgres(t)
	p, address := newProxy(t, direct)
	s := storetest.Open(t, address)
	admin, err := sql.Open("pgx", direct)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	const writers, each = 4, 40
	var group sync.WaitGroup
	for w := range writers {
		group.Go(func() {
			for i := range each {
				e := entry(fmt.Sprintf("%d-%d", w, i))
				if added, err := s.AddEvent(t.Context(), e); err != nil || !added {
					t.Errorf("event %s: added %v, %v", e.ID, added, err)
				}
				if w > 0 || i%4 > 0 {
					continue
				}
				if i%8 == 0 {
					p.cut()
				} else if _, err := admin.ExecContext(t.Context(), `SELECT pg_terminate_backend(l.pid) FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
					WHERE c.relnamespace = current_schema()::regnamespace AND l.pid <> pg_backend_pid()`); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	pending, err := s.PendingEvents(t.Context())
	seen := map[string]int{}
	for _, e := range pending {
		seen[e.EventID]++
	}
	if err != nil || len(pending) != writers*each || len(seen) != writers*each {
		t.Errorf("%d events are stored, %d different ones, want %d; %v", len(pending), len(seen), writers*each, err)
	}
	for _, e := range pending {
		if e.State != inbox.Waiting {
			t.Errorf("event %s is %s", e.ID, e.State)
		}
	}
}
