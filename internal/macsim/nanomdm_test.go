package macsim

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// nanoMDM is a real MDM server on loopback that keeps what it stores in files.
type nanoMDM struct {
	t       *testing.T
	dir     string // of its storage
	url     string
	program string
	args    []string
	cmd     *exec.Cmd
	ended   chan struct{}
}

// builtNanoMDM builds the server once for all tests, from the module that
// tools/go.mod names.
var builtNanoMDM = sync.OnceValues(func() (string, error) {
	cache, err := os.UserCacheDir() // one place, so that nothing is left behind
	if err != nil {
		return "", err
	}
	program := filepath.Join(cache, "tokenward-tests", "nanomdm")
	build := exec.Command("go", "build", "-o", program, "github.com/micromdm/nanomdm/cmd/nanomdm")
	build.Dir = "../../tools"
	if text, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build NanoMDM: %w\n%s", err, text)
	}
	return program, nil
})

// startNanoMDM starts a server that trusts the authority in a folder.
func startNanoMDM(t *testing.T, authority string) *nanoMDM {
	t.Helper()
	program, err := builtNanoMDM()
	if err != nil {
		t.Fatal(err)
	}
	s := &nanoMDM{t: t, dir: t.TempDir(), program: program}
	for range 5 { // somebody else may take the port first
		address := freeAddress(t)
		s.url = "http://" + address + "/mdm"
		s.args = []string{"-listen", address, "-ca", filepath.Join(authority, "ca.pem"), "-storage", "filekv", "-storage-dsn", s.dir, "-api", "secret"}
		if s.start() {
			t.Cleanup(s.stop)
			return s
		}
	}
	t.Fatal("NanoMDM does not start")
	return nil
}

func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// start says whether this server, and no other, answers at its address.
func (s *nanoMDM) start() bool {
	s.t.Helper()
	s.cmd = exec.CommandContext(context.WithoutCancel(s.t.Context()), s.program, s.args...)
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.ended = make(chan struct{})
	go func() {
		_ = s.cmd.Wait() // it is killed in the end
		close(s.ended)
	}()
	client := http.Client{Timeout: time.Second}
	for {
		response, err := client.Get(strings.TrimSuffix(s.url, "/mdm") + "/version")
		if err == nil {
			_ = response.Body.Close()
		}
		select {
		case <-s.ended:
			return false
		case <-time.After(20 * time.Millisecond):
		}
		if err == nil {
			return true
		}
	}
}

func (s *nanoMDM) stop() {
	_ = s.cmd.Process.Kill()
	<-s.ended
}

// stored is the token on the server's disk.
func (s *nanoMDM) stored() []byte {
	s.t.Helper()
	var found []byte
	err := filepath.WalkDir(s.dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && d.Name() == udid+".bstoken" {
			found, err = os.ReadFile(path)
		}
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return found
}

// managed is a Mac that was enrolled with a NanoMDM of its own.
type managed struct {
	*nanoMDM
	mac string // its folder
}

// enrolled plays a history in a Mac's folder with a new server.
func enrolled(t *testing.T, history string) *managed {
	t.Helper()
	authority, mac := t.TempDir(), t.TempDir()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	server := RealServer{Authority: authority}
	if err := MakeAuthority(authority); err != nil { // before the server starts
		t.Fatal(err)
	}
	nano := startNanoMDM(t, authority)
	server.URL = nano.url
	m, err := PlayIn(mac, scenarioOf(t, history), server)
	if err != nil {
		t.Fatal(err)
	}
	if err := Layout(mac, m, exe); err != nil {
		t.Fatal(err)
	}
	return &managed{nano, mac}
}

// scenarioOf is a new Mac with a history.
func scenarioOf(t *testing.T, history string) *Scenario {
	t.Helper()
	text := `
mac:
  os: {version: 15.7.1, build: 24G231}
  chip: apple_silicon
  model: Mac15,6
  serial: NANO0001
  hardware_uuid: 0B6E6E1B-6C2C-5D0E-9D5C-3E9C6B1F0A77
  phase: setup_assistant
  directory: {forest: corp.example.com}
history:
` + history
	s, err := DecodeScenario("nano", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return &s
}

const (
	udid      = "0B6E6E1B-6C2C-5D0E-9D5C-3E9C6B1F0A77"
	setUpMac  = "  - enroll: {way: ade}\n  - set_up: {user: lea}\n"
	notifying = "profiles: Bootstrap Token created\nprofiles: Bootstrap Token escrowed\n"
)

// run starts a tool of the Mac.
func (m *managed) run(path string, args ...string) string {
	m.t.Helper()
	r := start(m.t, exec.CommandContext(m.t.Context(), filepath.Join(m.mac, path), args...))
	return r.Stdout + r.Stderr
}

// Setup Assistant escrows, and the server has exactly the token.
func TestSeed_F8_NanoMDMStoresTheToken(t *testing.T) {
	t.Parallel()
	m := enrolled(t, setUpMac)
	mac := opened(t, m.mac)
	if got := m.stored(); !mac.BootstrapValid() || !bytes.Equal(got, mac.BootstrapBytes(1)) {
		t.Errorf("the server has %x, valid: %v", got, mac.BootstrapValid())
	}
	if got := m.run(profilesPath, "install", "-type", "bootstraptoken", "-user", "lea", "-password", "lea-pw"); got != notifying {
		t.Errorf("got %s", got)
	}
	if got := m.stored(); !bytes.Equal(got, mac.BootstrapBytes(2)) {
		t.Errorf("the server has %x, want the second token", got)
	}
	if got := m.run(profilesPath, "validate", "-type", "bootstraptoken", "-user", "lea", "-password", "lea-pw"); got != "profiles: Bootstrap Token validated.\n" {
		t.Errorf("got %s", got)
	}
}

// A directory user who logs in gets a Secure Token with the server's help, and
// unlocks FileVault.
func TestSeed_F9_NanoMDMHelpsTheNextUser(t *testing.T) {
	t.Parallel()
	m := enrolled(t, setUpMac+"  - filevault_on: {user: lea}\n  - logout:\n")
	happens(t, m.mac, &state.CreateMobile{User: "mobile"})
	mac := opened(t, m.mac)
	if a, _ := mac.Account("mobile"); !a.Usable() || !a.FileVault {
		t.Errorf("token %v, unlocks %v", a.Usable(), a.FileVault)
	}
	if got := m.run("usr/bin/fdesetup", "list"); !strings.Contains(got, "mobile,") {
		t.Errorf("fdesetup list:\n%s", got)
	}
}

// A renewed certificate makes the server forget, and the Mac goes on saying YES.
func TestNanoMDMForgetsAtRenewal(t *testing.T) {
	t.Parallel()
	m := enrolled(t, setUpMac)
	happens(t, m.mac, &state.RenewIdentity{})
	if got := m.stored(); len(got) > 0 {
		t.Errorf("the server has %x, want nothing", got)
	}
	if got := m.run(profilesPath, "status", "-type", "bootstraptoken"); !strings.Contains(got, "escrowed to server: YES") {
		t.Errorf("got %s", got)
	}
	if got := m.run("usr/libexec/mdmclient", "QueryDeviceInformation"); !strings.Contains(got, "Unable to get Bootstrap Token") {
		t.Errorf("got %s", got)
	}
	if got := m.run(profilesPath, "validate", "-type", "bootstraptoken", "-user", "lea", "-password", "lea-pw"); got != "Unable to verify token (err = -69594).\n" {
		t.Errorf("got %s", got)
	}
	happens(t, m.mac, &state.Logout{}, &state.CreateMobile{User: "mobile"})
	mac := opened(t, m.mac)
	if a, _ := mac.Account("mobile"); a.Holds() {
		t.Error("a token that the server has forgotten has helped a user")
	}
}

// A token that is removed on the Mac is removed on the server, where "none" comes
// as an empty value.
func TestNanoMDMRemoves(t *testing.T) {
	t.Parallel()
	m := enrolled(t, setUpMac)
	m.run(profilesPath, "remove", "-type", "bootstraptoken", "-user", "lea", "-password", "lea-pw")
	mac := opened(t, m.mac)
	if got := m.stored(); len(got) > 0 || mac.Bootstrap.Local != 0 || mac.Server.Token != 0 {
		t.Errorf("the server has %x, the Mac %+v", got, mac.Bootstrap)
	}
	happens(t, m.mac, &state.Login{User: "lea"})
	if mac := opened(t, m.mac); !mac.BootstrapValid() {
		t.Error("the next login has escrowed nothing")
	}
}

// While the server is away, a login makes a token and escrows nothing; the next
// one with a server does.
func TestNanoMDMAway(t *testing.T) {
	t.Parallel()
	m := enrolled(t, "  - enroll: {way: ade, capability: \"\"}\n  - set_up: {user: lea}\n  - update_profile: {capability: profile}\n")
	m.stop()
	happens(t, m.mac, &state.Login{User: "lea"})
	mac := opened(t, m.mac)
	if mac.Bootstrap.Local != 1 || mac.Bootstrap.Escrowed {
		t.Errorf("without a server: %+v", mac.Bootstrap)
	}
	if got := m.run(profilesPath, "install", "-type", "bootstraptoken", "-user", "lea", "-password", "lea-pw"); got != "profiles: Bootstrap Token created\n" {
		t.Errorf("got %s", got)
	}
	if !m.start() {
		t.Fatal("NanoMDM does not come back")
	}
	happens(t, m.mac, &state.Login{User: "lea"})
	if mac := opened(t, m.mac); !mac.BootstrapValid() || !bytes.Equal(m.stored(), mac.BootstrapBytes(2)) {
		t.Errorf("with the server back: %+v, server %x", mac.Bootstrap, m.stored())
	}
}

// The server refuses a Mac whose certificate it does not know. The Mac believes
// nothing else than before.
func TestNanoMDMRefuses(t *testing.T) {
	t.Parallel()
	m := enrolled(t, setUpMac)
	other := enrolled(t, setUpMac)
	const file = identityPath + "/identity.pem"
	stolen, err := os.ReadFile(folder(other.mac).path(file))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(folder(m.mac).path(file), stolen, 0o600); err != nil {
		t.Fatal(err)
	}
	before := opened(t, m.mac)
	if got := m.run(profilesPath, "install", "-type", "bootstraptoken", "-user", "lea", "-password", "lea-pw"); got != "profiles: Bootstrap Token created\n" {
		t.Errorf("got %s", got)
	}
	if after := opened(t, m.mac); after.Bootstrap.Escrowed || !bytes.Equal(m.stored(), before.BootstrapBytes(1)) {
		t.Errorf("the Mac believes %v, the server has %x", after.Bootstrap.Escrowed, m.stored())
	}
}

// An enrolment that is removed leaves the token on the server, which goes on
// serving it: to a Mac that does not ask any more.
func TestNanoMDMAfterCheckOut(t *testing.T) {
	t.Parallel()
	m := enrolled(t, setUpMac)
	happens(t, m.mac, &state.Unenroll{})
	if mac := opened(t, m.mac); len(m.stored()) == 0 || mac.BootstrapValid() || mac.Bootstrap.Local != 1 {
		t.Errorf("the server has %x, the Mac %+v", m.stored(), mac.Bootstrap)
	}
	happens(t, m.mac, &state.Enroll{})
	if got := m.stored(); len(got) > 0 {
		t.Errorf("after a new enrolment the server has %x", got)
	}
}

// A tool that lies does not tell the server either.
func TestNanoMDMHearsNoLies(t *testing.T) {
	t.Parallel()
	m := enrolled(t, setUpMac)
	happens(t, m.mac, &state.Break{Fault: state.Fault{Tool: "profiles", Kind: state.Lies}})
	before := m.stored()
	if got := m.run(profilesPath, "install", "-type", "bootstraptoken", "-user", "lea", "-password", "lea-pw"); got != notifying {
		t.Errorf("got %s", got)
	}
	if !bytes.Equal(m.stored(), before) {
		t.Error("the server has another token")
	}
}

// A server that does not answer costs the Mac nothing: its certificate stays the
// one that works, and its authority is not made anew.
func TestNanoMDMRenewalFails(t *testing.T) {
	t.Parallel()
	m := enrolled(t, setUpMac)
	m.stop()
	err := Change(m.mac, func(mac *state.Mac) error {
		why, err := mac.Do(time.Time{}, &state.RenewIdentity{})
		if why != state.ServerUnreachable {
			t.Errorf("refused for %q", why)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if !m.start() {
		t.Fatal("NanoMDM does not come back")
	}
	if got := m.run(profilesPath, "install", "-type", "bootstraptoken", "-user", "lea", "-password", "lea-pw"); got != notifying {
		t.Errorf("got %s", got)
	}
	mac := opened(t, m.mac)
	if err := os.RemoveAll(mac.Server.Authority); err != nil {
		t.Fatal(err)
	}
	if mac := opened(t, m.mac); !mac.BootstrapValid() {
		t.Error("without its authority a Mac cannot talk")
	}
	if _, err := os.Stat(mac.Server.Authority); !os.IsNotExist(err) {
		t.Errorf("looking at the Mac has made an authority: %v", err)
	}
}

// What a simulated server would do wrong cannot be asked of a real one.
func TestNanoMDMDoesWhatItDoes(t *testing.T) {
	t.Parallel()
	m := enrolled(t, setUpMac)
	err := Change(m.mac, func(mac *state.Mac) error {
		_, err := mac.Do(time.Time{}, &state.ServerDoes{Forgets: true})
		return err
	})
	if err == nil || !strings.Contains(err.Error(), "a real one") {
		t.Errorf("got %v", err)
	}
}
