//go:build !darwin

package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/tokenward/tokenward/agent/control"
	"github.com/tokenward/tokenward/internal/macsim"
	"github.com/tokenward/tokenward/internal/macsim/state"
	"github.com/tokenward/tokenward/internal/paths"
	"github.com/tokenward/tokenward/internal/wire"
)

// crashRun is one Mac whose agent is killed at a chosen point and started again. It
// enrols with the secret that its organisation laid down, signs, and sends no names:
// so keys, the standing at the server, the last good configuration and the key of the
// pseudonyms are all made meanwhile.
type crashRun struct {
	t      *testing.T
	root   string
	server *reference
	serial string
	device string // what the server calls it
	secret string
}

// crashServer lets in the Macs of all runs, each once: nothing but the secret and its
// serial speaks for a key.
func crashServer(t *testing.T) *reference {
	t.Helper()
	s := serveFleet(t, "--enroll-serials")
	var serials strings.Builder
	for n := range 1000 {
		fmt.Fprintln(&serials, crashSerial(n))
	}
	s.command(t, "serials", "import", s.put(t, "serials", serials.String()))
	return s
}

func crashSerial(n int) string { return fmt.Sprintf("FVCRASH%03d", n) }

func newCrashRun(t *testing.T, server *reference, n int) *crashRun {
	t.Helper()
	c := &crashRun{
		t: t, server: server, root: simulate(t, "user-without-token", ""),
		serial: crashSerial(n), device: fmt.Sprintf("0b6e6e1b-6c2c-5d0e-9d5c-%012d", n),
	}
	c.secret = joins(t, c.root, server, organisationSecret)
	config, err := os.ReadFile(filepath.Join(c.root, filePath))
	if err != nil {
		t.Fatal(err)
	}
	configure(t, c.root, string(config)+"privacy: {names: hashed}\n")
	if err := macsim.Change(c.root, func(m *state.Mac) error {
		m.HardwareUUID, m.Serial = strings.ToUpper(c.device), c.serial
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return c
}

// count is how many reports of this Mac the server has.
func (c *crashRun) count() int {
	c.t.Helper()
	if !slices.Contains(c.server.devices(c.t), c.device) {
		return 0
	}
	return len(c.server.history(c.t, c.device))
}

// agent runs until it is killed by its own fault layer, or until two more
// reports were stored; it returns whether it was killed.
func (c *crashRun) agent(env ...string) (killed bool) {
	c.t.Helper()
	p := launch(c.t, "tokenward-faults", env, "run", "--root", c.root, "--splay", "0s")
	client := control.NewClient(paths.Under(c.root).Socket())
	first := c.count() + 1
	steps := []func() bool{
		func() bool { return c.count() >= first },
		func() bool { _, err := client.CheckNow(c.t.Context()); return err == nil }, // it may die of it, or not listen yet
		func() bool { return c.count() > first },
		func() bool {
			status, err := client.Status(c.t.Context())
			return err == nil && status.Delivery.Waiting == 0
		},
	}
	for _, step := range steps {
		waitFor(c.t, func() bool { return p.isGone() || step() })
		if p.isGone() {
			return c.killedByFault(p)
		}
	}
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	<-p.gone
	return p.err != nil && c.killedByFault(p)
}

func (c *crashRun) killedByFault(p *process) bool {
	c.t.Helper()
	var exit *exec.ExitError
	if !errors.As(p.err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		c.t.Fatalf("the agent ended by itself: %v\n%s", p.err, p.said.String())
	}
	return true
}

// The agent is killed at every write, fsync, rename, removal and send that a first
// start, an enrolment, two checks and their delivery consist of. Started again, it
// delivers every report that it ever numbered, each once, and nothing under two
// numbers, as one Mac with one key.
func TestKilledAtEveryStep(t *testing.T) {
	t.Parallel()
	server := crashServer(t)
	counted := newCrashRun(t, server, 0)
	counter := filepath.Join(t.TempDir(), "points")
	if counted.agent("TOKENWARD_FAULT_COUNT_FILE=" + counter) {
		t.Fatal("killed without having been asked to be")
	}
	counted.checkOutcome()
	points, err := os.ReadFile(counter)
	if err != nil || len(points) < 60 {
		t.Fatalf("only %d points were passed: %v", len(points), err)
	}
	t.Logf("%d points", len(points))
	stride := 1
	if testing.Short() {
		stride = 5
	}
	for at := 1; at <= len(points); at += stride {
		t.Run(strconv.Itoa(at), func(t *testing.T) {
			t.Parallel()
			c := newCrashRun(t, server, at)
			killed := c.agent("TOKENWARD_FAULT_KILL_AT=" + strconv.Itoa(at))
			if !killed {
				t.Errorf("point %d was never reached", at)
			}
			if c.agent() {
				t.Fatal("killed at the second start")
			}
			c.checkOutcome()
		})
	}
}

func (c *crashRun) checkOutcome() {
	c.t.Helper()
	oneNumberOnce(c.t, c.server, c.device)
	epochs := map[string]bool{}
	for _, r := range c.server.history(c.t, c.device) {
		epochs[r.Epoch] = true
	}
	if len(epochs) != 1 {
		c.t.Errorf("%d epochs", len(epochs))
	}
	c.oneKey()
	c.nothingLeft()
}

// oneKey: the server knows one key of this Mac, which is the one that it has, and the
// secret with which it was let in is gone.
func (c *crashRun) oneKey() {
	c.t.Helper()
	own := card(c.t, c.root)
	var known []wire.EnrollmentRow
	for _, k := range c.server.keys(c.t) {
		if k.Serial == c.serial {
			known = append(known, k)
		}
	}
	if len(known) != 1 || known[0].Fingerprint != own.Fingerprint || known[0].State != "active" {
		c.t.Errorf("the Mac has %s, the server knows %+v", own.Fingerprint, known)
	}
	if _, err := os.Lstat(c.secret); !errors.Is(err, os.ErrNotExist) {
		c.t.Errorf("the secret: %v", err)
	}
}

// nothingLeft: once everything is delivered, the state holds no report, no
// half-written file, no key but one, and nothing in quarantine.
func (c *crashRun) nothingLeft() {
	c.t.Helper()
	p := paths.Under(c.root)
	for folder, want := range map[string][]string{
		p.State():                              {"device.json", "identity", "last-config.json", "ledger.json", "privacy.key", "spool"},
		p.Identity():                           {"enrollment.json", "key"},
		p.Spool():                              {"ledger"},
		filepath.Join(p.Spool(), "quarantine"): nil,
	} {
		entries, err := os.ReadDir(folder)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			c.t.Fatal(err)
		}
		var names []string
		for _, e := range entries {
			if e.Name() != "quarantine" {
				names = append(names, e.Name())
			}
		}
		if !slices.Equal(names, want) {
			c.t.Errorf("%s holds %v, want %v", folder, names, want)
		}
	}
}
