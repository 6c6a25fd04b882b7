package macsim

import (
	"strings"
	"testing"
	"time"

	"github.com/tokenward/tokenward/internal/macsim/state"
	"github.com/tokenward/tokenward/internal/macsim/tool"
)

// The behaviours that two vendors describe in their articles about these tokens,
// F of FileWave and A of Addigy, as far as they are a Mac's own. F8 and F9 are
// with the real server.

// seed is a Mac in the middle of its story.
type seed struct {
	t   *testing.T
	mac state.Mac
}

func seedOf(t *testing.T, scenario string) *seed {
	t.Helper()
	m, err := Load(scenario)
	if err != nil {
		t.Fatal(err)
	}
	return &seed{t, m}
}

// run starts a tool and returns all that it prints.
func (s *seed) run(path string, args ...string) string {
	s.t.Helper()
	r := tool.Answer(&s.mac, tool.Call{Path: path, Args: args, At: time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC), PID: 77})
	return r.Stdout + r.Stderr
}

func (s *seed) does(events ...state.Event) {
	s.t.Helper()
	for _, e := range events {
		if why, err := s.mac.Do(time.Time{}, e); err != nil || why != state.NotRefused {
			s.t.Fatalf("%s: %s, %v", state.EventName(e), why, err)
		}
	}
}

func (s *seed) refuses(e state.Event, want state.Refusal) {
	s.t.Helper()
	if why, err := s.mac.Do(time.Time{}, e); err != nil || why != want {
		s.t.Fatalf("%s: %s, %v; want %s", state.EventName(e), why, err, want)
	}
}

func (s *seed) wants(what, got, part string) {
	s.t.Helper()
	if !strings.Contains(got, part) {
		s.t.Errorf("%s:\n%s\nwants %q", what, got, part)
	}
}

func (s *seed) is(name, want string) {
	s.t.Helper()
	if got := SummaryOf(&s.mac).People[name]; got != want {
		s.t.Errorf("%s is %q, want %q", name, got, want)
	}
}

const (
	profiles    = "/usr/bin/profiles"
	sysadminctl = "/usr/sbin/sysadminctl"
	whole       = "token, owner, unlocks, window"
)

// The escrow is triggered, and ends in the article's four lines.
func TestSeed_F3(t *testing.T) {
	t.Parallel()
	s := seedOf(t, "still-on-catalina")
	got := s.run(profiles, "install", "-type", "bootstraptoken", "-user", "itadmin", "-password", "itadmin-pw")
	want := "profiles: Create Bootstrap Token created\nprofiles: Bootstrap Token created\n" +
		"profiles: Bootstrap Token escrowing to server...\nprofiles: Bootstrap Token escrowed\n"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// The type in two words, and an old system, are not recognised.
func TestSeed_F4(t *testing.T) {
	t.Parallel()
	const notRecognised = "Error: The profile type option was not recognized.\n"
	s := seedOf(t, "healthy")
	s.wants("two words", s.run(profiles, "install", "-type", "bootstrap", "token"), notRecognised)
	s = seedOf(t, "mojave-directory-user")
	s.wants("an old system", s.run(profiles, "install", "-type", "bootstraptoken"), notRecognised)
}

// A token is turned off, and comes back at the next login while the Bootstrap
// Token is valid; without that it does not.
func TestSeed_F7(t *testing.T) {
	t.Parallel()
	for _, forgets := range []bool{false, true} {
		s := seedOf(t, "token-turned-off-and-on")
		s.wants("off", s.run(sysadminctl, "-secureTokenOff", "bkaya", "-password", "bkaya-pw", "-adminUser", "itadmin", "-adminPassword", "itadmin-pw"), "- Done!")
		s.wants("status", s.run(sysadminctl, "-secureTokenStatus", "bkaya"), "Secure token is DISABLED")
		s.does(&state.ServerDoes{Forgets: forgets}, &state.Logout{}, &state.Login{User: "bkaya"})
		want := "Secure token is ENABLED"
		if forgets {
			want = "Secure token is DISABLED"
		}
		s.wants("after the login", s.run(sysadminctl, "-secureTokenStatus", "bkaya"), want)
	}
}

// Three configurations that suppress the escrow at enrolment on early 10.15, and
// what the two later ones of them do since.
func TestSeed_F10(t *testing.T) {
	t.Parallel()
	for scenario, want := range map[string]string{
		"catalina-standard-user-at-first-start":  "none",
		"catalina-without-a-user-at-first-start": "none",
		"sequoia-standard-user-at-first-start":   "volume, believed, server, valid",
		"second-login-of-the-directory-user":     "volume, believed, server, valid",
		"managed-administrator-beside-the-user":  "volume, believed, server, valid",
		"at-setup-assistant":                     "none",
	} {
		s := seedOf(t, scenario)
		if got := SummaryOf(&s.mac).Bootstrap; got != want {
			t.Errorf("%s: Bootstrap Token %q, want %q", scenario, got, want)
		}
	}
}

// The server announces that it keeps tokens, in the way of the system's version.
func TestSeed_F11(t *testing.T) {
	t.Parallel()
	s := seedOf(t, "upgraded-from-catalina")
	s.wants("the old way on a new system", s.run(profiles, "status", "-type", "bootstraptoken"), "supported on server: NO\n")
	s = seedOf(t, "upgraded-and-given-a-new-profile")
	s.wants("the new way", s.run(profiles, "status", "-type", "bootstraptoken"), "escrowed to server: YES\n")
}

// With the escrow a mobile account may pass the dialog by: its user is there at
// the startup window.
func TestSeed_F12(t *testing.T) {
	t.Parallel()
	s := seedOf(t, "catalina-second-administrator-adds-a-colleague")
	s.is("akrüger", whole)
	s.is("helpdesk", "admin") // made without a token, and 10.15 helps no local account
	s.does(&state.Restart{}, &state.Unlock{User: "akrüger"})
}

// The same account by the same dialog on 10.14 and on 10.15.
func TestSeed_F13(t *testing.T) {
	t.Parallel()
	s := seedOf(t, "mojave-directory-user")
	s.is("pdesai", "none")
	s = seedOf(t, "catalina-directory-user")
	s.is("jgroß", whole)
}

// A user who got a token by the Bootstrap Token is at the startup window without
// anybody updating it.
func TestSeed_F14(t *testing.T) {
	t.Parallel()
	s := seedOf(t, "catalina-directory-user")
	s.does(&state.Restart{}, &state.Unlock{User: `CORP\jgross`})
	s.wants("fdesetup list", s.run("/usr/bin/fdesetup", "list"), "jgroß,")
}

// A user without a token cannot start the Mac. Somebody else does, logs out, and
// the user logs in: unlocking a screen or restarting would not do.
func TestSeed_A4(t *testing.T) {
	t.Parallel()
	s := seedOf(t, "someone-else-starts-it-in-the-morning")
	s.is("vdimitrova", whole)
	s.does(&state.Create{User: "new", With: state.InstallPackage}, &state.Restart{})
	s.refuses(&state.Unlock{User: "new"}, state.NotListed)
	s.does(&state.Unlock{User: "itadmin"})
	s.is("new", "none")
	s.does(&state.Logout{}, &state.Login{User: "new"})
	s.is("new", whole)
}

// Where nobody can be reached, the password is reset in recoveryOS, with
// FileVault on after the recovery key.
func TestSeed_A7(t *testing.T) {
	t.Parallel()
	s := seedOf(t, "forgotten-password-and-the-recovery-key")
	name := s.mac.People()[0].Name
	s.refuses(&state.RecoveryReset{User: name, New: "Roses2", Key: "AAAA-BBBB"}, state.WrongKey)
	s.does(&state.RecoveryReset{User: name, New: "Roses2", Key: "right"})
	s.refuses(&state.Unlock{User: name, Password: new("Lilies1")}, state.WrongPassword)
	s.does(&state.Unlock{User: name, Password: new("Roses2")})
}

// After a reset past the token the startup window wants the old password.
func TestSeed_A9(t *testing.T) {
	t.Parallel()
	s := seedOf(t, "help-desk-reset-and-restart")
	s.does(&state.ServerDoes{Forgets: true}, &state.ResetPassword{User: "abah", New: "Lilies1", By: state.ByAgent}, &state.Restart{})
	s.refuses(&state.Unlock{User: "abah", Password: new("Lilies1")}, state.WrongPassword)
	s.does(&state.Unlock{User: "abah", Password: new("Roses2")})
	if s.mac.Console.User != "" {
		t.Error("the old password has logged the user in")
	}
	s.wants("status", s.run(sysadminctl, "-secureTokenStatus", "abah"), "Secure token is ENABLED")
	s.is("abah", "admin, drifted, owner, unlocks, window")
}

// Another token user opens the Mac; after that the password is reset properly.
func TestSeed_A10(t *testing.T) {
	t.Parallel()
	s := seedOf(t, "colleague-opens-the-mac")
	s.is("mabebe", whole)
	s.is("oshevchenko", whole)
}

// A reset with a token administrator's credentials keeps the token, and leaves
// the login keychain on the old password.
func TestSeed_A11(t *testing.T) {
	t.Parallel()
	s := seedOf(t, "new-password-from-the-it-room")
	reset := []string{"-resetPasswordFor", "rlindqvist", "-newPassword", "Tulips3"}
	s.wants("without credentials", s.run(sysadminctl, reset...), "Operation is not permitted without secure token unlock.")
	s.run(sysadminctl, append(reset, "-adminUser", "itadmin", "-adminPassword", "itadmin-pw")...)
	s.is("rlindqvist", whole)
	a, _ := s.mac.Account("rlindqvist")
	if a.Password != "Tulips3" || a.Keychain == "" || a.Keychain == "Tulips3" {
		t.Errorf("password %q, keychain %q", a.Password, a.Keychain)
	}
}

// The only token user's password may be reset where the Bootstrap Token is valid,
// with a login before any restart.
func TestSeed_A12(t *testing.T) {
	t.Parallel()
	s := seedOf(t, "help-desk-reset-and-login-the-same-day")
	s.is("cbianchi", "admin, "+whole)
}

// A standard user who holds the only token is made an administrator for the
// escrow, and a standard user again.
func TestSeed_A13(t *testing.T) {
	t.Parallel()
	s := seedOf(t, "bootstrap-not-escrowed-standard-holder")
	install := []string{"install", "-type", "bootstraptoken", "-user", "jokafor", "-password", "jokafor-pw"}
	s.wants("as a standard user", s.run(profiles, install...), "macsim:")
	s.run("/usr/sbin/dseditgroup", "-o", "edit", "-a", "jokafor", "-t", "user", "admin")
	s.wants("as an administrator", s.run(profiles, install...), "profiles: Bootstrap Token escrowed\n")
	s.run("/usr/sbin/dseditgroup", "-o", "edit", "-d", "jokafor", "-t", "user", "admin")
	s.is("jokafor", whole)
	if !s.mac.BootstrapValid() {
		t.Error("the server does not have the token")
	}
}

// A Mac that an administrator without a token enrolled by hand has not escrowed.
func TestSeed_A14(t *testing.T) {
	t.Parallel()
	s := seedOf(t, "enrolled-by-the-contractor")
	s.wants("status", s.run(profiles, "status", "-type", "bootstraptoken"), "escrowed to server: NO\n")
	s.does(&state.Logout{}, &state.Login{User: "lnikolaidis"})
	s.wants("after a token user's login", s.run(profiles, "status", "-type", "bootstraptoken"), "escrowed to server: YES\n")
}
