//go:build !darwin

package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"

	"github.com/tokenward/tokenward/agent/control"
	"github.com/tokenward/tokenward/internal/wire"
)

// collector is a server that stores what it acknowledges and remembers every
// delivery, the repeated ones too.
type collector struct {
	mu     sync.Mutex
	stored map[string]wire.Report // by report ID
	bodies map[string]string
	broken []string
}

func (c *collector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var batch wire.Batch
	zipped, err := gzip.NewReader(r.Body)
	if err != nil || json.NewDecoder(zipped).Decode(&batch) != nil {
		http.Error(w, "no batch", http.StatusBadRequest)
		return
	}
	answer := wire.Answer{Acked: []string{}, Rejected: []wire.Rejection{}, Orders: []json.RawMessage{}}
	c.mu.Lock()
	for _, raw := range batch.Reports {
		answer.Acked = append(answer.Acked, c.store(raw))
	}
	c.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(answer)
}

func (c *collector) store(raw []byte) string {
	var r wire.Report
	if err := json.Unmarshal(raw, &r); err != nil {
		c.broken = append(c.broken, err.Error())
		return ""
	}
	if body, known := c.bodies[r.ReportID]; known && body != string(raw) {
		c.broken = append(c.broken, fmt.Sprintf("%s came with two contents", r.ReportID))
	}
	c.stored[r.ReportID], c.bodies[r.ReportID] = r, string(raw)
	return r.ReportID
}

func (c *collector) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.stored)
}

// complain says what is wrong with what was stored: a number that is missing,
// one that two reports share, a second epoch.
func (c *collector) complain() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	wrong := slices.Clone(c.broken)
	epochs, numbers := map[string]bool{}, map[uint64]string{}
	for id, r := range c.stored {
		epochs[r.Epoch] = true
		if other, twice := numbers[r.Seq]; twice {
			wrong = append(wrong, fmt.Sprintf("%s and %s are both number %d", id, other, r.Seq))
		}
		numbers[r.Seq] = id
	}
	for n := range uint64(len(numbers)) {
		if numbers[n+1] == "" {
			wrong = append(wrong, fmt.Sprintf("number %d is missing of %d", n+1, len(numbers)))
		}
	}
	if len(epochs) > 1 {
		wrong = append(wrong, fmt.Sprintf("%d epochs", len(epochs)))
	}
	return wrong
}

// crashRun is one Mac whose agent is killed at a chosen point and started again.
type crashRun struct {
	t      *testing.T
	root   string
	server *collector
	url    string
}

func newCrashRun(t *testing.T) *crashRun {
	t.Helper()
	c := &collector{stored: map[string]wire.Report{}, bodies: map[string]string{}}
	server := httptest.NewServer(c)
	t.Cleanup(server.Close)
	return &crashRun{t: t, root: simulate(t, "user-without-token", ""), server: c, url: server.URL}
}

// agent runs until it is killed by its own fault layer, or until two more
// reports were stored; it returns whether it was killed.
func (c *crashRun) agent(env ...string) (killed bool) {
	c.t.Helper()
	var log bytes.Buffer
	cmd := exec.Command(filepath.Join(programs, "tokenward-faults"), "run", "--root", c.root, "--interval", "24h", "--splay", "0s", "--server-url", c.url)
	cmd.Env = append(os.Environ(), env...)
	cmd.Stderr = &log
	if err := cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	client := control.NewClient(filepath.Join(c.root, "var/run/tokenward.sock"))
	first := c.server.count() + 1
	steps := []func() bool{
		func() bool { return c.server.count() >= first },
		func() bool { _, _ = client.CheckNow(c.t.Context()); return true }, // it may die of it
		func() bool { return c.server.count() > first },
		func() bool {
			status, err := client.Status(c.t.Context())
			return err == nil && status.Delivery.Waiting == 0
		},
	}
	for _, step := range steps {
		var gone error
		waitFor(c.t, func() bool {
			select {
			case gone = <-ended:
				return true
			default:
				return step()
			}
		})
		if gone != nil {
			return c.killedByFault(gone, &log)
		}
	}
	_ = cmd.Process.Signal(syscall.SIGTERM)
	if err := <-ended; err != nil {
		return c.killedByFault(err, &log)
	}
	return false
}

func (c *crashRun) killedByFault(err error, log *bytes.Buffer) bool {
	c.t.Helper()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		c.t.Fatalf("the agent ended by itself: %v\n%s", err, log)
	}
	return true
}

// The agent is killed at every write, fsync, rename, removal and send that two
// checks and their delivery consist of. Started again, it delivers every report
// that it ever numbered, each once, and nothing under two numbers.
func TestKilledAtEveryStep(t *testing.T) {
	t.Parallel()
	counted := newCrashRun(t)
	counter := filepath.Join(t.TempDir(), "points")
	if counted.agent("TOKENWARD_FAULT_COUNT_FILE=" + counter) {
		t.Fatal("killed without having been asked to be")
	}
	points, err := os.ReadFile(counter)
	if err != nil || len(points) < 30 {
		t.Fatalf("only %d points were passed: %v", len(points), err)
	}
	t.Logf("%d points", len(points))
	for at := 1; at <= len(points); at++ {
		t.Run(strconv.Itoa(at), func(t *testing.T) {
			t.Parallel()
			c := newCrashRun(t)
			killed := c.agent("TOKENWARD_FAULT_KILL_AT=" + strconv.Itoa(at))
			if !killed {
				t.Errorf("point %d was never reached", at)
			}
			if c.agent() {
				t.Fatal("killed at the second start")
			}
			for _, wrong := range c.server.complain() {
				t.Error(wrong)
			}
			c.nothingLeft()
		})
	}
}

// nothingLeft: once everything is delivered, the spool holds no report, no
// half-written file, and nothing in quarantine.
func (c *crashRun) nothingLeft() {
	c.t.Helper()
	spool := filepath.Join(c.root, "var/db/tokenward/spool")
	entries, err := os.ReadDir(spool)
	if err != nil {
		c.t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() != "ledger" && e.Name() != "quarantine" {
			c.t.Errorf("left in the spool: %s", e.Name())
		}
	}
	if refused, _ := os.ReadDir(filepath.Join(spool, "quarantine")); len(refused) > 0 {
		c.t.Errorf("in quarantine: %v", refused)
	}
}
