package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tokenward/tokenward/internal/macsim"
	"github.com/tokenward/tokenward/internal/macsim/conform"
	"github.com/tokenward/tokenward/internal/macsim/state"
)

// folder lays out a Mac and returns a suite for its tools.
func folder(t *testing.T, change func(*state.Mac)) (*conform.Suite, string) {
	t.Helper()
	m, err := macsim.Load("healthy")
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(&m)
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := macsim.Layout(dir, m, exe); err != nil {
		t.Fatal(err)
	}
	facts, err := conform.Survey(t.Context(), conform.NewSimulated(m), true)
	if err != nil {
		t.Fatal(err)
	}
	s := &conform.Suite{Target: machine{root: dir, simulated: true}, Person: &stage{dir: dir}, Facts: facts, Names: conform.NamesFor(&m, &facts)}
	return s, dir
}

func caseOf(t *testing.T, id string) conform.Case {
	t.Helper()
	for _, c := range conform.Cases() {
		if c.ID == id {
			return c
		}
	}
	t.Fatalf("there is no case %s", id)
	return conform.Case{}
}

// A case differs as soon as the tool answers otherwise: its checks are not empty.
func TestWrongAnswersDiffer(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		id    string
		fault state.Fault
	}{
		{"bootstrap-status-two-lines", state.Fault{Tool: "profiles", Kind: state.ChangedWording, Old: "escrowed to", Text: "kept on"}},
		{"enrollment-status-lines", state.Fault{Tool: "profiles", Kind: state.WrongExit, Exit: 4}},
		{"token-status-on-error-stream", state.Fault{Tool: "sysadminctl", Kind: state.WrongExit, Exit: 1}},
		{"token-status-matches-tag", state.Fault{Tool: "sysadminctl", Kind: state.ChangedWording, Old: "ENABLED", Text: "DISABLED"}},
		{"token-status-full-name", state.Fault{Tool: "sysadminctl", Kind: state.ChangedWording, Old: "Marlene Bauer", Text: "mbauer"}},
		{"crypto-users-header", state.Fault{Tool: "diskutil", Kind: state.ChangedWording, Old: " found)", Text: " users)"}},
		{"crypto-users-both-forms-agree", state.Fault{Tool: "diskutil", Args: []string{"apfs", "listcryptousers", "-plist"}, Kind: state.ChangedWording, Old: "6A1C7E0E", Text: "6A1C7E0F"}},
		{"filevault-list-lines", state.Fault{Tool: "fdesetup", Kind: state.ChangedWording, Old: ",", Text: ";"}},
		{"dscl-missing-record", state.Fault{Tool: "dscl", Kind: state.WrongExit, Exit: 1}},
		{"grant-shows-everywhere", state.Fault{Tool: "sysadminctl", Args: []string{"-secureTokenOn"}, Kind: state.Lies}},
		{"token-off-shows-everywhere", state.Fault{Tool: "sysadminctl", Args: []string{"-secureTokenOff"}, Kind: state.Lies}},
		{"filevault-remove-keeps-token", state.Fault{Tool: "fdesetup", Args: []string{"remove"}, Kind: state.Lies}},
		{"root-reset-on-holder", state.Fault{Tool: "sysadminctl", Args: []string{"-resetPasswordFor"}, Kind: state.WrongExit, Exit: 1}},
		{"bootstrap-remove", state.Fault{Tool: "profiles", Args: []string{"remove"}, Kind: state.Lies}},
	} {
		t.Run(tc.id, func(t *testing.T) {
			t.Parallel()
			s, dir := folder(t, nil)
			err := macsim.Change(dir, func(m *state.Mac) error {
				_, err := m.Do(m.Clock, &state.Break{Fault: tc.fault})
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if result := s.Run(t.Context(), caseOf(t, tc.id)); result.Verdict != conform.Differs {
				t.Errorf("%s: %s\n%+v", result.Verdict, result.Says, result.Seen)
			}
		})
	}
}

// No password is among the arguments or in the environment of any tool: the tools
// themselves refuse such a call.
func TestPasswordsStaySecret(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"grant-by-pipe", "grant-to-oneself", "filevault-add-grants", "bootstrap-validate", "reset-by-holder-keeps-token", "bootstrap-remove"} {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			s, _ := folder(t, func(m *state.Mac) {
				facts, err := conform.Survey(t.Context(), conform.NewSimulated(*m), true)
				if err != nil {
					t.Fatal(err)
				}
				n := conform.NamesFor(m, &facts)
				m.Canaries = []string{n.AdminPassword, n.TestPassword, n.NewPassword}
			})
			if result := s.Run(t.Context(), caseOf(t, id)); result.Verdict != conform.Holds && result.Verdict != conform.Unanswered {
				t.Errorf("%s: %s\n%+v", result.Verdict, result.Says, result.Seen)
			}
		})
	}
}

// What a process shows on its terminal is what the simulator shows in process.
func TestTerminal(t *testing.T) {
	t.Parallel()
	s, _ := folder(t, nil)
	m, err := macsim.Load("healthy")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []conform.Command{
		{Path: "/usr/bin/profiles", Args: []string{"install", "-type", "bootstraptoken"}, Typed: []string{"itadmin", "wrong"}},
		{Path: "/usr/bin/passwd", Args: []string{"itadmin"}, Typed: []string{"a", "b", "c", "c"}},
		{Path: "/usr/bin/dscl", Args: []string{".", "-authonly", "itadmin"}, Typed: []string{"wrong"}},
	} {
		c.Limit = time.Minute
		got, err := s.Target.Run(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		want, err := conform.NewSimulated(m).Run(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		if got != want {
			t.Errorf("%s\ngot  %+v\nwant %+v", filepath.Base(c.Path), got, want)
		}
	}
}

// A tool that never ends is killed, and so is one that waits for an answer that
// does not come.
func TestLimits(t *testing.T) {
	t.Parallel()
	s, _ := folder(t, func(m *state.Mac) {
		m.Faults = []state.Fault{{Tool: "sw_vers", Kind: state.Hangs}}
	})
	for _, c := range []conform.Command{
		{Path: "/usr/bin/sw_vers", Limit: 100 * time.Millisecond},
		{Path: "/usr/bin/profiles", Args: []string{"install", "-type", "bootstraptoken"}, Typed: []string{"itadmin"}, Limit: 300 * time.Millisecond},
	} {
		if _, err := s.Target.Run(t.Context(), c); err == nil || !strings.Contains(err.Error(), "killed") {
			t.Errorf("%s: got %v", c.Path, err)
		}
	}
	if _, err := s.Target.Run(t.Context(), conform.Command{Path: "/usr/bin/nothing", Limit: time.Second}); err == nil {
		t.Error("a tool that is not there: no error")
	}
}
