package plan

import (
	"strings"
	"testing"

	"github.com/tokenward/tokenward/health"
)

// What a goal hangs on and nobody knows is asked for, and neither well nor hopeless.
func TestUnknownIsNotSettled(t *testing.T) {
	t.Parallel()
	wellOff := func(m *health.Model) {
		escrowed(health.StrengthProven)(m)
		m.Bootstrap.VolumeOwner = health.Yes
	}
	for _, tc := range []struct {
		name   string
		goal   Goal
		change func(*health.Model)
		want   Outcome
	}{
		{"all is known", Goal{Kind: Update}, func(*health.Model) {}, Reached},
		{"the chip", Goal{Kind: Update}, func(m *health.Model) { m.AppleSilicon = health.Unknown }, NotKnown},
		{"the approval", Goal{Kind: Update}, func(m *health.Model) { m.UserApproved = health.Unknown }, NotKnown},
		{"whether the Bootstrap Token owns the volume", Goal{Kind: Update}, func(m *health.Model) { m.Bootstrap.VolumeOwner = health.No }, NotKnown},
		{"a Mac that asks a person", Goal{Kind: Update}, on("11.1"), NoWay},
		{"the version", Goal{Kind: Escrow}, on(""), NotKnown},
		{"whether somebody can log in", Goal{TokenFor, "lea"}, func(m *health.Model) { m.Accounts[1].CanLogIn = health.Unknown }, NotKnown},
		{"whether somebody works there", Goal{Kind: TokensForAll}, func(m *health.Model) { m.Accounts[1].Person = health.Unknown }, NotKnown},
		{"whether everybody can log in", Goal{Kind: TokensForAll}, func(m *health.Model) { m.Accounts[1].CanLogIn = health.Unknown }, NotKnown},
		{"whether the disk is being decrypted", Goal{Kind: FileVaultOn}, func(m *health.Model) { m.FileVault.Busy = health.Unknown }, NotKnown},
		{"the chip, for an erase", Goal{Kind: SafeToWipe}, func(m *health.Model) { m.Chip = health.UnknownChip }, NotKnown},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p := For(office(wellOff, tc.change), tc.goal, nil)
			if p.Outcome != tc.want {
				t.Errorf("outcome %d, want %d: %s", p.Outcome, tc.want, printed(p))
			}
			for _, wrong := range sound(&p) {
				t.Error(wrong)
			}
		})
	}
}

// What was observed decides, and not what usually is so.
func TestAuthorisationIsWhatTheMacSays(t *testing.T) {
	t.Parallel()
	refused := func(m *health.Model) {
		escrowed(health.StrengthProven)(m)
		m.Bootstrap.VolumeOwner, m.Bootstrap.Auth = health.Yes, health.No
	}
	p := For(office(refused), Goal{Kind: Update}, know(Password, "ada"))
	follows(t, p, Steps, "A23 ada")
	byHand := office(refused, func(m *health.Model) { m.Enrollment.DEP = health.No })
	follows(t, For(byHand, Goal{Kind: Update}, know(Password, "ada")), Steps, "A23 ada")
	drifts := office(drifted, refused)
	if p := For(drifts, Goal{Kind: Update}, know(Password, "ada")); p.Outcome == Steps && p.Steps[0].Action == "A23" {
		t.Error("the Mac is shut down while the token of lea may be on a former password")
	}
	notOwner := office(refused, func(m *health.Model) { m.Accounts[0].VolumeOwner = health.No })
	if p := For(notOwner, Goal{Kind: Update}, know(Password, "ada")); strings.Contains(printed(p), "A23 ada") {
		t.Error("ada owns nothing, and is to authorise the server")
	}
}

// A way into the Mac is one that somebody can go after a restart.
func TestWaysInAreCountedAsTheyAre(t *testing.T) {
	t.Parallel()
	both := Goal{Kind: NoLockOut}
	if p := For(office(bothHold), both, nil); p.Outcome != Reached {
		t.Errorf("two ways in: outcome %d", p.Outcome)
	}
	for _, tc := range []struct {
		name   string
		change func(*health.Model)
		said   Answers
	}{
		{"nobody is listed", func(m *health.Model) { m.Accounts[0].Unlocks, m.Accounts[1].Unlocks = health.No, health.No }, nil},
		{"nobody knows a password", func(*health.Model) {}, lack(Password, "ada", "lea")},
		{"nobody owns the volume", func(m *health.Model) { m.Accounts[0].VolumeOwner, m.Accounts[1].VolumeOwner = health.No, health.No }, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if p := For(office(bothHold, tc.change), both, tc.said); p.Outcome == Reached {
				t.Error("nobody gets in, and all is said to be well")
			}
		})
	}
}

// A recovery key is replaced where nobody has the one that is there, and a new one is
// promised where somebody sees it.
func TestRecoveryKeys(t *testing.T) {
	t.Parallel()
	p := For(office(), Goal{Kind: NoLockOut}, know(Password, "ada"))
	if p.Outcome != Asks || p.Ask.About.Kind != RecoveryKey {
		t.Errorf("outcome %d, %s", p.Outcome, printed(p))
	}
	p = For(office(), Goal{Kind: FileVaultOn}, know(Password, "ada").With(lack(RecoveryKey, "")))
	says(t, p, "A16", "neither here nor at the server", "second person", "opens nothing any more")
	off := func(key health.Tri) func(*health.Model) {
		return func(m *health.Model) {
			m.FileVault = health.FileVault{On: health.No, Busy: health.No, RecoveryKey: key}
		}
	}
	p = For(office(off(health.No), on("26.1")), Goal{Kind: FileVaultOn}, know(Password, "ada"))
	follows(t, p, Steps, "A17 ada")
	says(t, p, "A17", "-outputplist", "fdesetup validaterecovery")
	p = For(office(off(health.Yes)), Goal{Kind: FileVaultOn}, know(Password, "ada").With(lack(RecoveryKey, "")))
	follows(t, p, Steps, "A17 ada, A16 ada")
}

// A token is never turned off where nobody else is left to unlock the disk.
func TestTurningOffKeepsSomebodyAtTheWindow(t *testing.T) {
	t.Parallel()
	alone := office(drifted, func(m *health.Model) { m.Accounts[0].Unlocks = health.No })
	said := know(Password, "ada", "lea").With(lack(TokenOpens, "lea")).With(Answers{{StepWorks, "A11 0 lea ada"}: health.No})
	p := For(alone, Goal{RepairFor, "lea"}, said)
	walk(&p, func(p *Plan) {
		listed := false
		for _, st := range p.Steps {
			listed = listed || st.Action == "A19" && st.User == "ada"
			if st.Action == "A09" && !listed {
				t.Errorf("the list of FileVault is emptied: %s", printed(*p))
			}
		}
	})
}

// A name that could be read as something else stands in no command.
func TestNamesThatCannotBeTyped(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"-keepHome", "a` or `sudo dseditgroup -o edit -a evil", "le\u202ea", "a\nb"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			target := office(escrowed(health.StrengthProven), func(m *health.Model) { m.Accounts[1].Name = name })
			for _, g := range Goals() {
				goal := Goal{Kind: g.Kind}
				if g.User {
					goal.User = name
				}
				p := For(target, goal, nil)
				if g.User && p.Outcome != NoWay {
					t.Errorf("%s: outcome %d", g.Kind, p.Outcome)
				}
				walk(&p, func(p *Plan) {
					for _, st := range p.Steps {
						if strings.Contains(st.Do+st.Verify+st.Undo, name) || st.User == name || st.Helper == name {
							t.Errorf("%s: %s names it", g.Kind, st.Action)
						}
					}
				})
			}
		})
	}
	for word, want := range map[string]string{"lea": "lea", "o'neil": `'o'\''neil'`, "le a": "'le a'", "a;b": "'a;b'"} {
		if got := health.ShellWord(word); got != want {
			t.Errorf("%s becomes %s", word, got)
		}
	}
}

// An erase by the server is offered where the Mac can do it, and not where a way
// failed whose means are at hand.
func TestWhatIsLeft(t *testing.T) {
	t.Parallel()
	lost := lack(Password, "ada", "lea").With(lack(FormerPassword, "ada", "lea"))
	m := office(escrowed(health.StrengthProven))
	p := For(m, Goal{TokenFor, "lea"}, lost.With(lack(RecoveryKey, "")).With(Answers{{Kind: BootstrapWorks}: health.No}))
	if p.Blocked == nil || len(p.Blocked.LeastBad) != 1 || p.Blocked.LeastBad[0].Action != "A26" {
		t.Errorf("outcome %d, %+v", p.Outcome, p.Blocked)
	}
	said := lost.With(know(RecoveryKey, "")).With(Answers{{Kind: BootstrapWorks}: health.No, {StepWorks, "A13 6 lea -"}: health.No})
	if p := For(m, Goal{TokenFor, "lea"}, said); p.Blocked != nil && len(p.Blocked.LeastBad) > 0 {
		t.Error("one refusal, and the Mac is to be erased")
	}
}

// The first token of a Mac comes by rules of its version.
func TestFirstTokenByVersion(t *testing.T) {
	t.Parallel()
	bare := func(m *health.Model) {
		standardHolder(m)
		lea := &m.Accounts[1]
		lea.Tag, lea.CryptoUser, lea.Status, lea.Holder, lea.Unlocks, lea.VolumeOwner, lea.Token = health.No, health.No, health.No, health.No, health.No, health.No, health.TokenAbsent
		m.AppleSilicon, m.Chip, m.FileVault = health.No, health.Intel, health.FileVault{On: health.No, Busy: health.No, RecoveryKey: health.No}
		m.Bootstrap, m.Enrolled = health.Bootstrap{}, health.No
	}
	service := func(m *health.Model) { m.Accounts[0].Kind, m.Accounts[0].UID = health.KindService, 505 }
	p := For(office(bare, service, on("10.14.6")), Goal{TokenFor, "lea"}, know(Presence, "lea"))
	if strings.HasPrefix(printed(p), "A04") {
		t.Error("with two accounts from 500 on nobody gets the first token at a login in 10.14")
	}
	maybe := func(m *health.Model) { m.Accounts[1].Admin = health.Unknown }
	p = For(office(bare, maybe, alone("lea"), on("10.15.7")), Goal{TokenFor, "lea"}, know(Presence, "lea"))
	if p.Outcome != Asks || p.Ask.About != (Credential{Administers, "lea"}) {
		t.Errorf("lea is taken for an administrator: outcome %d, %s", p.Outcome, printed(p))
	}
}

// The password of a mobile account is the directory's.
func TestMobilePasswordsAreSetInTheDirectory(t *testing.T) {
	t.Parallel()
	m := office(bothHold, func(m *health.Model) { m.Accounts[1].Kind = health.KindMobile })
	p := For(m, Goal{ResetPassword, "lea"}, know(Password, "ada").With(lack(Password, "lea")))
	says(t, p, "A11", "in the directory first")
}

// Who enrols a Mac anew is one who can make its next Bootstrap Token.
func TestEnrollingAnewNeedsSomebodyAtHand(t *testing.T) {
	t.Parallel()
	p := For(office(escrowed(health.StrengthRefuted)), Goal{Kind: Reenrol}, lack(Password, "ada").With(know(RecoveryKey, "")))
	walk(&p, func(p *Plan) {
		if p.Outcome == Steps && p.Steps[0].Action == "A24" {
			t.Errorf("nobody is at hand: %s", printed(*p))
		}
	})
}
