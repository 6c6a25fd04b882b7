//go:build linux

package macsim

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/tokenward/tokenward/internal/macsim/state"
	"github.com/tokenward/tokenward/internal/macsim/tool"
)

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
	master, slave := openTerminal(t)
	defer slave.Close()
	if _, err := master.WriteString("typed ahead\n"); err != nil {
		t.Fatal(err)
	}
	for waiting := 0; waiting < len("typed ahead\n"); {
		var err error
		if waiting, err = unix.IoctlGetInt(int(slave.Fd()), unix.TIOCINQ); err != nil {
			t.Fatal(err)
		}
	}
	answers := make(chan string, 1)
	go func() {
		answer, err := askOn(slave, tool.Question{Prompt: "Password:", Hidden: true})
		answers <- fmt.Sprint(answer, err)
	}()
	p := &terminal{t: t, master: master}
	p.wait("Password:")
	p.write("the answer\n")
	if got, want := <-answers, "the answer<nil>"; got != want {
		t.Errorf("got %q, want %q", got, want)
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

// A tool with that fault asks every question a second time.
func TestAsksTwice(t *testing.T) {
	t.Parallel()
	dir, _ := layOutOffice(t)
	happens(t, dir, &state.Break{Fault: state.Fault{Tool: "profiles", Kind: state.PromptsTwice}})
	p := atTerminal(t, filepath.Join(dir, profilesPath), "install", "-type", "bootstraptoken", "-user", "boss")
	for range 2 {
		p.wait("Enter the password for user 'boss':")
		p.shown.Reset()
		p.write("boss-pw\n")
	}
	if shown, exit := p.end(); exit != 0 {
		t.Errorf("exit %d\n%s", exit, shown)
	}
}

// A pipe is taken although there is a terminal.
func TestPipeBesideTerminal(t *testing.T) {
	t.Parallel()
	dir, _ := layOutOffice(t)
	p := atTerminal(t, "/bin/sh", "-c", "printf 'boss-pw\\nclerk-pw\\n' | "+filepath.Join(dir, sysadminctlPath)+
		" -secureTokenOn clerk -password - -adminUser boss -adminPassword -")
	if shown, exit := p.end(); exit != 0 || !strings.Contains(shown, "- Done!") {
		t.Errorf("exit %d\n%s", exit, shown)
	}
}

// A question holds nobody up with a real server either.
func TestNanoMDMQuestionsHoldNobodyUp(t *testing.T) {
	t.Parallel()
	m := enrolled(t, setUpMac)
	p := atTerminal(t, filepath.Join(m.mac, profilesPath), "install", "-type", "bootstraptoken", "-user", "lea")
	p.wait("Enter the password for user 'lea':")
	m.run(sysadminctlPath, "-addUser", "meanwhile", "-password", "x")
	p.write("lea-pw\n")
	if shown, exit := p.end(); exit != 0 {
		t.Fatalf("exit %d\n%s", exit, shown)
	}
	mac := opened(t, m.mac)
	if _, ok := mac.Account("meanwhile"); !ok || !mac.BootstrapValid() || mac.Bootstrap.Local != 2 {
		t.Errorf("account %v, Bootstrap Token %+v", ok, mac.Bootstrap)
	}
}
