package macsim

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

const (
	profilesPath    = "usr/bin/profiles"
	sysadminctlPath = "usr/sbin/sysadminctl"
)

func opened(t *testing.T, dir string) state.Mac {
	t.Helper()
	m, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// The tool asks on the terminal, shows no password, and has done what it says.
func TestPrompts(t *testing.T) {
	t.Parallel()
	dir, _ := layOutOffice(t)
	p := atTerminal(t, filepath.Join(dir, profilesPath), "install", "-type", "bootstraptoken")
	p.wait("Enter the admin user name:")
	p.write("boss\n")
	p.wait("Enter the password for user 'boss':")
	if p.echoes() {
		t.Error("the terminal shows the password")
	}
	p.write("boss-pw\n")
	shown, exit := p.end()
	want := "Enter the admin user name:boss\nEnter the password for user 'boss':\nprofiles: Bootstrap Token created\nprofiles: Bootstrap Token escrowed\n"
	if shown != want || exit != 0 {
		t.Errorf("exit %d, shown\n%s\nwant\n%s", exit, shown, want)
	}
	if m := opened(t, dir); m.Bootstrap.Local != 2 || m.Server.Token != 2 {
		t.Errorf("the Bootstrap Token is %+v, of the server %d", m.Bootstrap, m.Server.Token)
	}
}

// What is typed before the question is no answer to it.
func TestTypedAheadIsForgotten(t *testing.T) {
	t.Parallel()
	dir, _ := layOutOffice(t)
	p := atTerminal(t, filepath.Join(dir, profilesPath), "install", "-type", "bootstraptoken", "-user", "boss")
	p.write("wrong\n")
	p.wait("Enter the password for user 'boss':")
	p.write("boss-pw\n")
	if shown, exit := p.end(); exit != 0 || !strings.HasSuffix(shown, "profiles: Bootstrap Token escrowed\n") {
		t.Skipf("the line was read before echo was off: exit %d\n%s", exit, shown)
	}
}

// While one tool waits for an answer, others change the Mac, and nothing is lost.
func TestQuestionsHoldNobodyUp(t *testing.T) {
	t.Parallel()
	dir, _ := layOutOffice(t)
	p := atTerminal(t, filepath.Join(dir, profilesPath), "install", "-type", "bootstraptoken", "-user", "boss")
	p.wait("Enter the password for user 'boss':")
	start(t, exec.CommandContext(t.Context(), filepath.Join(dir, sysadminctlPath), "-addUser", "meanwhile", "-password", "x"))
	p.write("boss-pw\n")
	if shown, exit := p.end(); exit != 0 {
		t.Fatalf("exit %d\n%s", exit, shown)
	}
	m := opened(t, dir)
	if _, ok := m.Account("meanwhile"); !ok || m.Bootstrap.Local != 2 {
		t.Errorf("one of two changes is lost: account %v, Bootstrap Token %d", ok, m.Bootstrap.Local)
	}
}

// Without a terminal profiles asks in vain; sysadminctl takes a pipe, the
// administrator's password first.
func TestWithoutTerminal(t *testing.T) {
	t.Parallel()
	dir, _ := layOutOffice(t)
	install := exec.CommandContext(t.Context(), filepath.Join(dir, profilesPath), "install", "-type", "bootstraptoken")
	install.SysProcAttr = ownSession()
	install.Stdin = strings.NewReader("boss\nboss-pw\n")
	if got := start(t, install); got.Exit != 1 || !strings.Contains(got.Stderr, "fails without a terminal") {
		t.Errorf("profiles: %+v", got)
	}
	grant := exec.CommandContext(t.Context(), filepath.Join(dir, sysadminctlPath),
		"-secureTokenOn", "clerk", "-password", "-", "-adminUser", "boss", "-adminPassword", "-")
	grant.SysProcAttr = ownSession()
	grant.Stdin = strings.NewReader("boss-pw\nclerk-pw\n")
	if got := start(t, grant); got.Exit != 0 || !strings.HasSuffix(got.Stderr, "- Done!\n") {
		t.Errorf("sysadminctl: %+v", got)
	}
	m := opened(t, dir)
	if clerk, _ := m.Account("clerk"); !clerk.Usable() {
		t.Error("the clerk has no token")
	}
}
