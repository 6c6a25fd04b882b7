package plan

import (
	"slices"
	"strings"
	"testing"

	"github.com/tokenward/tokenward/health"
)

// office is a Mac with an administrator who holds a token, ada, and lea, who is
// standard and holds none; FileVault is on, and nothing is escrowed. Each test
// changes what it is about.
func office(change ...func(*health.Model)) health.Model {
	yes, no := health.Yes, health.No
	person := func(name string, uid int, admin, token health.Tri) health.Account {
		a := health.Account{
			Name: name, GUID: "AAAAAAAA-0000-0000-0000-000000000" + string(rune('0'+uid-500)) + "00", UID: uid, UIDKnown: true, Kind: health.KindLocal,
			Person: yes, Admin: admin, CanLogIn: yes, Tag: token, CryptoUser: token, Status: token, Holder: token, Unlocks: token, VolumeOwner: token,
			LoggedIn: yes, Drift: no, Token: health.TokenAbsent,
		}
		if token == yes {
			a.Token = health.TokenUsable
		}
		return a
	}
	m := health.Model{
		OS: health.ParseVersion("15.7.1"), AppleSilicon: yes, Chip: health.AppleSilicon, APFS: yes,
		Enrolled: yes, UserApproved: yes, Enrollment: health.Enrollment{DEP: yes, UserEnrollment: no, Reachable: yes},
		Bootstrap: health.Bootstrap{Supported: yes, Escrowed: no, CryptoUser: no, Auth: yes, Strength: health.StrengthNone},
		FileVault: health.FileVault{On: yes, Busy: no, RecoveryKey: yes},
		Startup:   health.Startup{RecoveryLock: no, FirmwarePassword: no},
		Accounts:  []health.Account{person("ada", 501, yes, yes), person("lea", 502, no, no)},
	}
	for _, c := range change {
		c(&m)
	}
	return m
}

func escrowed(strength health.Strength) func(*health.Model) {
	return func(m *health.Model) {
		m.Bootstrap.Escrowed, m.Bootstrap.CryptoUser, m.Bootstrap.Strength = health.Yes, health.Yes, strength
	}
}

func alone(name string) func(*health.Model) {
	return func(m *health.Model) {
		m.Accounts = slices.DeleteFunc(m.Accounts, func(a health.Account) bool { return a.Name != name })
	}
}

func on(version string) func(*health.Model) {
	return func(m *health.Model) { m.OS = health.ParseVersion(version) }
}

// standardHolder makes lea the only one who holds a token, and a standard user.
func standardHolder(m *health.Model) {
	ada, lea := &m.Accounts[0], &m.Accounts[1]
	lea.Tag, lea.CryptoUser, lea.Status, lea.Holder, lea.Unlocks, lea.VolumeOwner, lea.Token = health.Yes, health.Yes, health.Yes, health.Yes, health.Yes, health.Yes, health.TokenUsable
	ada.Tag, ada.CryptoUser, ada.Status, ada.Holder, ada.Unlocks, ada.VolumeOwner, ada.Token = health.No, health.No, health.No, health.No, health.No, health.No, health.TokenAbsent
}

// drifted gives lea a token, and a password that somebody else set.
func drifted(m *health.Model) {
	lea := &m.Accounts[1]
	lea.Tag, lea.CryptoUser, lea.Status, lea.Holder, lea.Unlocks, lea.VolumeOwner, lea.Token, lea.Drift = health.Yes, health.Yes, health.Yes, health.Yes, health.Yes, health.Yes, health.TokenUsable, health.Yes
}

func know(kind CredentialKind, users ...string) Answers {
	all := Answers{}
	for _, user := range users {
		all[Credential{kind, user}] = health.Yes
	}
	return all
}

func lack(kind CredentialKind, users ...string) Answers {
	all := know(kind, users...)
	for about := range all {
		all[about] = health.No
	}
	return all
}

// printed are the actions of a plan, for a comparison by eye.
func printed(p Plan) string {
	var words []string
	for _, st := range p.Steps {
		words = append(words, strings.Join(strings.Fields(strings.Join([]string{string(st.Action), st.User, st.Helper}, " ")), " "))
	}
	return strings.Join(words, ", ")
}

// says looks for words in the step of that action.
func says(t *testing.T, p Plan, id ActionID, words ...string) {
	t.Helper()
	i := slices.IndexFunc(p.Steps, func(s Step) bool { return s.Action == id })
	if i < 0 {
		t.Fatalf("no %s in %s", id, printed(p))
	}
	st := p.Steps[i]
	text := strings.Join(append([]string{st.Do, st.Expect, st.Verify, st.Warning, st.Undo}, st.Before...), "\n")
	for _, word := range words {
		if !strings.Contains(text, word) {
			t.Errorf("%s does not say %q:\n%s", id, word, text)
		}
	}
}

func follows(t *testing.T, p Plan, outcome Outcome, want string) {
	t.Helper()
	if got := printed(p); p.Outcome != outcome || got != want {
		t.Errorf("outcome %d, %q; want %d, %q", p.Outcome, got, outcome, want)
	}
	for _, wrong := range sound(&p) {
		t.Error(wrong)
	}
}

func TestSeed_A3(t *testing.T) {
	t.Parallel()
	both := know(Password, "ada", "lea")
	p := For(office(on("10.15.2")), Goal{Kind: Escrow}, both)
	follows(t, p, Steps, "A05 ada")
	says(t, p, "A05", "`sudo profiles install -type bootstraptoken`", "`profiles: Bootstrap Token escrowed`")
	follows(t, For(office(), Goal{Kind: Escrow}, both), Steps, "A03 ada")
	tried := For(office(), Goal{Kind: Escrow}, both).Steps[0].Failed
	follows(t, For(office(), Goal{Kind: Escrow}, both.With(tried)), Steps, "A05 ada")
}

func TestSeed_A4(t *testing.T) {
	t.Parallel()
	p := For(office(escrowed(health.StrengthClaimed)), Goal{TokenFor, "lea"}, know(Presence, "lea"))
	follows(t, p, Steps, "A04 lea")
	says(t, p, "A04", "logs out without a restart", "Unlocking a locked screen is no login.", "on the network", "`sysadminctl -secureTokenStatus lea` says ENABLED", "`sudo fdesetup list` names lea")
}

func TestSeed_A5(t *testing.T) {
	t.Parallel()
	p := For(office(), Goal{TokenFor, "lea"}, know(Password, "ada", "lea"))
	follows(t, p, Steps, "A03 ada, A04 lea")
	none := office(func(m *health.Model) { m.Enrolled = health.No; m.Bootstrap = health.Bootstrap{} })
	p = For(none, Goal{TokenFor, "lea"}, know(Password, "ada", "lea"))
	follows(t, p, Steps, "A08 lea ada")
	says(t, p, "A08", "`sudo sysadminctl -secureTokenOn lea -password - -adminUser ada -adminPassword -`", "Done! alone proves nothing.")
}

func TestSeed_A6(t *testing.T) {
	t.Parallel()
	p := For(office(), Goal{Kind: Escrow}, lack(Password, "ada"))
	if p.Outcome != Asks || p.Ask.About.Kind != RecoveryKey {
		t.Fatalf("asks %+v", p.Ask)
	}
	walk(&p, func(p *Plan) {
		for _, st := range p.Steps {
			if st.Action == "A12" {
				t.Error("the password of the one who holds the token is reset by the server")
			}
		}
	})
}

func TestSeed_A7(t *testing.T) {
	t.Parallel()
	nobodyKnows := lack(Password, "ada", "lea").With(lack(FormerPassword, "ada"))
	p := For(office(), Goal{TokenFor, "lea"}, nobodyKnows)
	if p.Outcome != Asks || p.Ask.Text != "Is the recovery key of FileVault at hand?" {
		t.Fatalf("asks %+v", p.Ask)
	}
	follows(t, *p.Ask.Yes, Steps, "A13 lea")
	says(t, *p.Ask.Yes, "A13", "recoveryOS", "recovery key", "`resetpassword`", "login keychain")
	no := p.Ask.No
	follows(t, *no, NoWay, "")
	if len(no.Blocked.LeastBad) != 1 || !strings.Contains(no.Blocked.LeastBad[0].Inevitable, "The recovery key of FileVault is not at hand.") {
		t.Errorf("what is left: %+v", no.Blocked)
	}
	for _, text := range []string{"the recovery key of FileVault", "the password of ada"} {
		if !slices.Contains(no.Blocked.Missing, text) {
			t.Errorf("%q is not in %q", text, no.Blocked.Missing)
		}
	}
	open := office(func(m *health.Model) {
		m.FileVault = health.FileVault{On: health.No, Busy: health.No, RecoveryKey: health.No}
	})
	follows(t, For(open, Goal{TokenFor, "lea"}, nobodyKnows), Steps, "A13 lea")
}

// The former password mends the token, and so does a login where the Bootstrap Token
// works; until then nobody restarts.
func TestSeed_A9(t *testing.T) {
	t.Parallel()
	p := For(office(drifted), Goal{RepairFor, "lea"}, nil)
	if p.Outcome != Asks || p.Ask.About != (Credential{TokenOpens, "lea"}) {
		t.Fatalf("asks %+v", p.Ask)
	}
	if p.Ask.Yes.Outcome != Reached {
		t.Errorf("a password that the user set is in order: outcome %d", p.Ask.Yes.Outcome)
	}
	dead := lack(TokenOpens, "lea")
	p = For(office(drifted), Goal{RepairFor, "lea"}, dead.With(know(FormerPassword, "lea")).With(know(Presence, "lea")))
	follows(t, p, Steps, "A14 lea")
	says(t, p, "A14", "Do not restart the Mac", "former password")
	p = For(office(drifted, escrowed(health.StrengthProven)), Goal{RepairFor, "lea"}, dead.With(know(Presence, "lea")))
	follows(t, p, Steps, "A04 lea")
	says(t, p, "A04", "Do not restart the Mac")
}

func TestSeed_A11(t *testing.T) {
	t.Parallel()
	p := For(office(drifted), Goal{ResetPassword, "lea"}, know(TokenOpens, "lea").With(know(Password, "ada")).With(lack(Password, "lea")))
	follows(t, p, Steps, "A11 lea ada")
	says(t, p, "A11", "`sudo sysadminctl -adminUser ada -adminPassword - -resetPasswordFor lea -newPassword -`", "login keychain")
}

func TestSeed_A12(t *testing.T) {
	t.Parallel()
	p := For(office(alone("ada"), escrowed(health.StrengthProven)), Goal{ResetPassword, "ada"}, lack(Password, "ada").With(lack(RecoveryKey, "")).With(know(Visit, "ada")))
	follows(t, p, Steps, "A12 ada, A04 ada")
	says(t, p, "A12", "Do not restart the Mac", "The Bootstrap Token is proven.")
	says(t, p, "A04", "Do not restart the Mac")
	p = For(office(alone("ada"), escrowed(health.StrengthClaimed)), Goal{ResetPassword, "ada"}, lack(Password, "ada").With(lack(RecoveryKey, "")).With(know(Visit, "ada")))
	if strings.Contains(printed(p), "A12") && !strings.HasPrefix(printed(p), "A02") {
		t.Errorf("a reset before the proof: %s", printed(p))
	}
}

func TestSeed_A13(t *testing.T) {
	t.Parallel()
	known := know(Password, "lea").With(lack(StepWorks, "A03 0 lea -"))
	p := For(office(standardHolder), Goal{Kind: Escrow}, known)
	follows(t, p, Steps, "A07 lea, A05 lea, A07 lea")
	says(t, p, "A07", "`sudo dseditgroup -o edit -a lea -t user admin`", "must be taken back")
	if last := p.Steps[2]; !strings.Contains(last.Do, "`sudo dseditgroup -o edit -d lea -t user admin`") {
		t.Errorf("the rights are not taken back: %s", last.Do)
	}
	promoted := office(standardHolder, func(m *health.Model) { m.Accounts[1].Admin = health.Yes })
	failed := known.With(p.Steps[0].Done).With(p.Steps[1].Failed).With(know(TokenOpens, "lea")).With(lack(Password, "ada"))
	p = For(promoted, Goal{Kind: Escrow}, failed)
	if len(p.Steps) == 0 || p.Steps[len(p.Steps)-1].Action != "A07" {
		t.Errorf("after a failure the rights stay: outcome %d, %s", p.Outcome, printed(p))
	}
}

func TestSeed_F3(t *testing.T) {
	t.Parallel()
	p := For(office(escrowed(health.StrengthRefuted)), Goal{Kind: ValidEscrow}, know(Password, "ada"))
	follows(t, p, Steps, "A05 ada, A02")
	p = For(office(on("12.6"), escrowed(health.StrengthRefuted)), Goal{Kind: ValidEscrow}, know(Password, "ada"))
	follows(t, p, Steps, "A05 ada, A02 ada")
	says(t, p, "A02", "`profiles: Bootstrap Token validated.`")
}

// A token that does not open is turned off, and the next login brings it back.
func TestSeed_F7(t *testing.T) {
	t.Parallel()
	phantom := func(m *health.Model) {
		lea := &m.Accounts[1]
		lea.Tag, lea.Status, lea.Token = health.Yes, health.Yes, health.TokenUnusable
	}
	p := For(office(phantom, escrowed(health.StrengthClaimed)), Goal{TokenFor, "lea"}, know(Presence, "lea"))
	follows(t, p, Steps, "A04 lea")
}

func TestSeed_F12(t *testing.T) {
	t.Parallel()
	mobile := func(m *health.Model) { m.Accounts[1].Kind, m.Accounts[1].Admin = health.KindMobile, health.Unknown }
	follows(t, For(office(mobile, escrowed(health.StrengthClaimed)), Goal{UnlockFor, "lea"}, know(Presence, "lea")), Steps, "A04 lea")
}

func TestSeed_F13(t *testing.T) {
	t.Parallel()
	mobile := func(m *health.Model) { m.Accounts[1].Kind, m.Accounts[1].Admin = health.KindMobile, health.Unknown }
	for _, tc := range []struct{ name, version, want string }{
		{"granted at login", "10.15.7", "A04 lea"},
		{"nobody grants at login", "10.14.6", "A08 lea ada"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			m := office(mobile, on(tc.version), escrowed(health.StrengthClaimed))
			if tc.version == "10.14.6" {
				m.Bootstrap = health.Bootstrap{Strength: health.StrengthNone}
			}
			follows(t, For(m, Goal{TokenFor, "lea"}, know(Password, "ada", "lea")), Steps, tc.want)
		})
	}
	local := For(office(on("10.15.7"), escrowed(health.StrengthClaimed)), Goal{TokenFor, "lea"}, know(Password, "ada", "lea"))
	follows(t, local, Steps, "A08 lea ada")
}
