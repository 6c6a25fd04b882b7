//go:build !darwin

package launchd_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kardianos/service"

	"github.com/tokenward/tokenward/internal/macsim/state"
	"github.com/tokenward/tokenward/internal/paths"
	"github.com/tokenward/tokenward/launchd"
)

// faults are the ways in which launchctl can fail, at any verb.
func faults() []state.Fault {
	return []state.Fault{
		{Kind: state.Hangs},
		{Kind: state.Dies},
		{Kind: state.DiesBefore},
		{Kind: state.Lies},
		{Kind: state.Truncated, Bytes: 0},
		{Kind: state.Floods, Bytes: 100},
		{Kind: state.WrongExit, Exit: 1},
		{Kind: state.WrongExit, Exit: 5},
		{Kind: state.WrongExit, Exit: 36},
		{Kind: state.WrongExit, Exit: 119},
	}
}

func verbs() []string {
	return []string{"print", "print-disabled", "bootstrap", "bootout", "enable", "kickstart"}
}

// An operation is one command of an admin, and what is so where it claims success.
type operation struct {
	name  string
	do    func(*launchd.Service) error
	holds func(installed, loaded, running bool) bool
}

func operations() []operation {
	up := func(i, l, r bool) bool { return i && l && r }
	return []operation{
		{"install", (*launchd.Service).Install, up},
		{"start", (*launchd.Service).Start, up},
		{"restart", (*launchd.Service).Restart, up},
		{"stop", (*launchd.Service).Stop, func(_, l, _ bool) bool { return !l }},
		{"uninstall", (*launchd.Service).Uninstall, func(i, l, _ bool) bool { return !i && !l }},
	}
}

// beginnings are what may be there before.
func beginnings() map[string]func(*testing.T, *mac) {
	return map[string]func(*testing.T, *mac){
		"nothing": func(*testing.T, *mac) {},
		"running": func(t *testing.T, m *mac) { t.Helper(); done(t, m.service(t, 0).Install()) },
		"former": func(t *testing.T, m *mac) {
			t.Helper()
			done(t, m.service(t, 7).Install())
			m.ends(t, state.Duration(2*time.Second))
		},
		"stopped": func(t *testing.T, m *mac) {
			t.Helper()
			done(t, errors.Join(m.service(t, 0).Install(), m.service(t, 0).Stop()))
		},
		"disabled": func(t *testing.T, m *mac) {
			t.Helper()
			m.change(t, func(s *state.Mac) {
				s.Jobs = append(s.Jobs, state.Job{Label: paths.Label, Disabled: true, Unloaded: true})
			})
		},
	}
}

// Whatever launchctl does at whatever verb, for a moment or for good: what is
// claimed is so, what is said afterwards is so, and an install puts it right.
func TestEachFailureAtEachVerb(t *testing.T) {
	t.Parallel()
	for beginning, before := range beginnings() {
		for _, op := range operations() {
			t.Run(beginning+" "+op.name, func(t *testing.T) {
				t.Parallel()
				for _, verb := range verbs() {
					for _, f := range faults() {
						for _, left := range []int{0, 1} {
							f.Args, f.Left = []string{verb}, left
							synctest.Test(t, func(t *testing.T) { meet(t, before, op, f) })
						}
					}
				}
			})
		}
	}
}

func meet(t *testing.T, before func(*testing.T, *mac), op operation, f state.Fault) {
	t.Helper()
	m := newMac(t, "")
	before(t, m)
	m.fault(t, f)
	err := op.do(m.service(t, 0))
	what := fmt.Sprintf("%s with %s %d/%d at %s (%d): %v", op.name, f.Kind, f.Exit, f.Bytes, f.Args[0], f.Left, err)
	if err == nil && !op.holds(m.truth(t)) {
		i, l, r := m.truth(t)
		t.Errorf("%s: but installed %v, loaded %v, running %v; did %v", what, i, l, r, m.steps)
	}
	if err == nil && op.name == "install" && !m.holds(t, 5) {
		t.Errorf("%s: but the property list is another", what)
	}
	m.told(t, what)
	m.heal(t)
	m.told(t, what+", later")
	if err := m.service(t, 0).Install(); err != nil {
		t.Errorf("%s: install after it: %v", what, err)
	}
	m.is(t, true, true, true)
}

// told checks that Status does not contradict what is so.
func (m *mac) told(t testing.TB, when string) {
	t.Helper()
	status, err := m.service(t, 0).Status()
	installed, loaded, running := m.truth(t)
	wrong := false
	switch {
	case errors.Is(err, service.ErrNotInstalled):
		wrong = installed || loaded
	case status == service.StatusRunning:
		wrong = !running
	case status == service.StatusStopped:
		wrong = running || !loaded && !installed
	case err == nil:
		wrong = true // unknown, and no reason
	}
	if wrong {
		t.Errorf("%s: the status is %v (%v): installed %v, loaded %v, running %v", when, status, err, installed, loaded, running)
	}
}

// A launchctl that is not there at all changes nothing and is never taken for a
// daemon that does not run.
func TestLaunchctlIsMissing(t *testing.T) {
	t.Parallel()
	for _, kind := range []state.FaultKind{state.Missing, state.Denied} {
		for _, op := range operations() {
			synctest.Test(t, func(t *testing.T) {
				m := newMac(t, "")
				done(t, m.service(t, 7).Install())
				m.fault(t, state.Fault{Kind: kind})
				if err := op.do(m.service(t, 0)); err == nil {
					t.Errorf("%s: done without launchctl", op.name)
				}
				m.is(t, true, true, true)
				if status, err := m.service(t, 0).Status(); status != service.StatusUnknown || err == nil || errors.Is(err, service.ErrNotInstalled) {
					t.Errorf("the status is %v, %v", status, err)
				}
			})
		}
	}
}

// Any order of commands, with failures in between, ends in a state that is told as
// it is, and an install after it succeeds.
func TestAnyOrderOfCommands(t *testing.T) {
	t.Parallel()
	const orders = 100
	for seed := range uint64(orders) {
		synctest.Test(t, func(t *testing.T) { anyOrder(t, seed) })
		if t.Failed() {
			t.Fatalf("order %d", seed)
		}
	}
}

func anyOrder(t *testing.T, seed uint64) {
	t.Helper()
	random := rand.New(rand.NewPCG(seed, 7))
	m := newMac(t, []string{"10.15.7", "12.7", "13.4", "15.7", "26.1"}[random.IntN(5)])
	var said []string
	for range 6 {
		op := operations()[random.IntN(5)]
		if random.IntN(2) == 0 {
			f := faults()[random.IntN(len(faults()))]
			f.Args, f.Left = []string{verbs()[random.IntN(6)]}, 1+random.IntN(3)
			m.fault(t, f)
			said = append(said, fmt.Sprintf("%s %d at %s, %d times", f.Kind, f.Exit, f.Args[0], f.Left))
		}
		err := op.do(m.service(t, 5+random.IntN(2)))
		said = append(said, fmt.Sprintf("%s: %v", op.name, err))
		if err == nil && !op.holds(m.truth(t)) {
			t.Errorf("%q: it is not so", said)
		}
		m.told(t, fmt.Sprintf("%q", said))
		if random.IntN(3) == 0 {
			m.slowDown(state.Duration(random.IntN(9)) * state.Duration(time.Second))
		}
		if random.IntN(3) == 0 {
			time.Sleep(time.Minute)
		}
	}
	m.heal(t)
	if err := m.service(t, 0).Install(); err != nil {
		t.Errorf("%q: install: %v", said, err)
	}
	m.is(t, true, true, true)
}

// slowDown gives the job, where there is one, a time that it needs to end.
func (m *mac) slowDown(in state.Duration) {
	_ = m.Change(func(s *state.Mac) error { // which never fails
		for i := range s.Jobs {
			s.Jobs[i].Ends = in
		}
		return nil
	})
}
