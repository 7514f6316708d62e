package store_test

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"liaison/bot/store/storetest"
)

// TestADatabaseThatRestartsLosesAndRepeatsNothing runs a PostgreSQL of its own and stops it in the middle
// of things, as a crash does (pg_ctl -m immediate), while events are stored. LIAISON_RESTARTS asks for
// so many restarts; without it the test is skipped.
func TestADatabaseThatRestartsLosesAndRepeatsNothing(t *testing.T) {
	restarts, err := strconv.Atoi(os.Getenv("LIAISON_RESTARTS"))
	if err != nil {
		t.Skip("LIAISON_RESTARTS is not set: no database is restarted")
	}
	cluster := newCluster(t)
	s := storetest.Open(t, cluster.url)
	var group sync.WaitGroup
	stop := make(chan struct{})
	stored := make([]atomic.Int64, 3)
	for w := range stored {
		group.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				if added, err := s.AddEvent(t.Context(), entry(fmt.Sprintf("%d-%d", w, i))); err != nil || !added {
					t.Errorf("event %d-%d: added %v, %v", w, i, added, err)
					return
				}
				stored[w].Add(1)
			}
		})
	}
	var took []time.Duration
	more := 0 // events that this loop has stored
	for i := range restarts {
		cluster.run("pg_ctl", "-D", cluster.data, "-m", "immediate", "-w", "stop")
		cluster.start()
		begun := time.Now()
		if added, err := s.AddEvent(t.Context(), entry(fmt.Sprint("after ", i))); err != nil || !added {
			t.Errorf("after restart %d: added %v, %v", i, added, err)
		}
		took = append(took, time.Since(begun))
		more++
		for w := range stored { // all are at work again before the next stop
			for before := stored[w].Load(); stored[w].Load() < before+5 && !t.Failed(); more++ {
				if _, err := s.AddEvent(t.Context(), entry(fmt.Sprint("meanwhile ", more))); err != nil {
					t.Error(err)
				}
			}
		}
	}
	close(stop)
	group.Wait()
	want := more
	for w := range stored {
		want += int(stored[w].Load())
	}
	pending, err := s.PendingEvents(t.Context())
	if err != nil || len(pending) != want {
		t.Errorf("%d events are stored, want %d; %v", len(pending), want, err)
	}
	slices.Sort(took)
	t.Logf("%d restarts, %d events: back after %v at the median, %v at most", restarts, want, took[len(took)/2], took[len(took)-1])
}

// cluster is a PostgreSQL that the test may stop.
type cluster struct {
	t               *testing.T
	bin, data, port string
	url             string
}

func newCluster(t *testing.T) *cluster {
	t.Helper()
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(found) == 0 {
		t.Skip("NOT TESTED: there are no programs of PostgreSQL on this machine")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	listener.Close()
	dir, err := os.MkdirTemp("", "liaison-postgres-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	c := &cluster{t: t, bin: filepath.Dir(found[len(found)-1]), data: filepath.Join(dir, "data"), port: port}
	c.url = "postgres://postgres@127.0.0.1:" + port + "/postgres?sslmode=disable"
	if c.root() { // PostgreSQL refuses to run as root
		owner, err := user.Lookup("postgres")
		if err != nil {
			t.Skip("NOT TESTED: this is root, and there is no user postgres")
		}
		uid, _ := strconv.Atoi(owner.Uid)
		if err := os.Chown(dir, uid, -1); err != nil {
			t.Fatal(err)
		}
	}
	c.run("initdb", "-D", c.data, "--no-sync", "-U", "postgres", "-A", "trust")
	c.start()
	t.Cleanup(func() { c.run("pg_ctl", "-D", c.data, "-m", "immediate", "-w", "stop") })
	return c
}

func (c *cluster) root() bool { return os.Getuid() == 0 }

func (c *cluster) start() {
	c.t.Helper()
	c.run("pg_ctl", "-D", c.data, "-w", "-l", filepath.Join(filepath.Dir(c.data), "log"),
		"-o", fmt.Sprintf("-p %s -k %s -c listen_addresses=127.0.0.1 -c fsync=on", c.port, filepath.Dir(c.data)), "start")
}

func (c *cluster) run(program string, args ...string) {
	c.t.Helper()
	all := append([]string{filepath.Join(c.bin, program)}, args...)
	if c.root() {
		for i, arg := range all {
			all[i] = "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
		}
		all = []string{"su", "postgres", "-s", "/bin/sh", "-c", strings.Join(all, " ")}
	}
	cmd := exec.Command(all[0], all[1:]...)
	cmd.Dir = filepath.Dir(c.data)
	if out, err := cmd.CombinedOutput(); err != nil {
		c.t.Fatalf("%s: %v\n%s", program, err, out)
	}
}
