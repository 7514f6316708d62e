package storetest

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// Cluster is a PostgreSQL of a test's own, which it may stop.
type Cluster struct {
	t               *testing.T
	bin, data, port string
	URL             string
}

// NewCluster starts a PostgreSQL for the length of a test. Where its programs are missing the test is skipped.
func NewCluster(t *testing.T) *Cluster {
	t.Helper()
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(found) == 0 {
		t.Skip("NOT TESTED: there are no programs of PostgreSQL on this machine")
	}
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "liaison-postgres-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) }) // what is left lies in the folder for such things
	c := &Cluster{t: t, bin: filepath.Dir(found[len(found)-1]), data: filepath.Join(dir, "data"), port: port}
	c.URL = "postgres://postgres@127.0.0.1:" + port + "/postgres?sslmode=disable"
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

// Restart stops it in the middle of things, as a crash does, and starts it again.
func (c *Cluster) Restart() {
	c.t.Helper()
	c.run("pg_ctl", "-D", c.data, "-m", "immediate", "-w", "stop")
	c.start()
}

func (c *Cluster) root() bool { return os.Getuid() == 0 }

func (c *Cluster) start() {
	c.t.Helper()
	c.run("pg_ctl", "-D", c.data, "-w", "-l", filepath.Join(filepath.Dir(c.data), "log"),
		"-o", fmt.Sprintf("-p %s -k %s -c listen_addresses=127.0.0.1 -c fsync=on", c.port, filepath.Dir(c.data)), "start")
}

func (c *Cluster) run(program string, args ...string) {
	c.t.Helper()
	all := append([]string{filepath.Join(c.bin, program)}, args...)
	if c.root() {
		for i, arg := range all {
			all[i] = "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
		}
		all = []string{"su", "postgres", "-s", "/bin/sh", "-c", strings.Join(all, " ")}
	}
	cmd := exec.Command(all[0], all[1:]...) //nolint:gosec,noctx // the programs of PostgreSQL, to their end
	cmd.Dir = filepath.Dir(c.data)
	if out, err := cmd.CombinedOutput(); err != nil {
		c.t.Fatalf("%s: %v\n%s", program, err, out)
	}
}
