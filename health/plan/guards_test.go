package plan

import (
	"slices"
	"strings"
	"testing"

	"github.com/tokenward/tokenward/health"
)

// bothHold gives lea a token like ada's.
func bothHold(m *health.Model) {
	drifted(m)
	m.Accounts[1].Drift = health.No
}

// crowd adds people without a token.
func crowd(names ...string) func(*health.Model) {
	return func(m *health.Model) {
		for i, name := range names {
			a := m.Accounts[1]
			a.Name, a.GUID, a.UID = name, "CCCCCCCC-0000-0000-0000-00000000000"+string(rune('0'+i)), 510+i
			m.Accounts = append(m.Accounts, a)
		}
	}
}

func everybody(p *Plan, is func(Step) bool) (found bool) {
	walk(p, func(p *Plan) { found = found || slices.ContainsFunc(p.Steps, is) })
	return found
}

// A removal leaves somebody who is known to open the Mac, or it is none.
func TestRemovalKeepsAWayIn(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		change func(*health.Model)
		said   Answers
		want   bool
	}{
		{"another opens, and the password is known", bothHold, know(Password, "lea"), true},
		{"nobody knows the other's password", bothHold, lack(Password, "lea"), false},
		{"the other is not offered at the FileVault window", func(m *health.Model) { bothHold(m); m.Accounts[1].Unlocks = health.Unknown }, know(Password, "lea"), false},
		{"the other owns nothing", func(m *health.Model) { bothHold(m); m.Accounts[1].VolumeOwner = health.No }, know(Password, "lea"), false},
		{"the other administrator cannot log in", func(m *health.Model) { bothHold(m); m.Accounts[2].CanLogIn = health.No }, know(Password, "lea"), false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			m := office(crowd("eve"), func(m *health.Model) { m.Accounts[2].Admin = health.Yes }, tc.change)
			m.Accounts[0].Admin = health.No
			if tc.name == "the other administrator cannot log in" {
				m.Accounts[0].Admin = health.Yes
			}
			p := For(m, Goal{RemoveUser, "ada"}, tc.said)
			if got := p.Outcome == Steps && p.Steps[0].Action == "A21"; got != tc.want {
				t.Errorf("outcome %d, %s", p.Outcome, printed(p))
			}
		})
	}
	unknown := office(func(m *health.Model) {
		m.Accounts[0].Admin, m.Accounts[1].Admin = health.Yes, health.No
		lea := &m.Accounts[1]
		lea.Tag, lea.CryptoUser, lea.Status, lea.Holder, lea.Token = health.Unknown, health.Unknown, health.Unknown, health.Unknown, health.TokenUnknown
		ada := &m.Accounts[0]
		ada.Tag, ada.CryptoUser, ada.Status, ada.Holder, ada.Token = health.No, health.No, health.No, health.No, health.TokenAbsent
	})
	if p := For(unknown, Goal{RemoveUser, "lea"}, nil); p.Outcome == Steps && p.Steps[0].Action == "A21" {
		t.Error("whether lea holds the only token is not known, and she is removed")
	}
}

// Who cannot come may know the password all the same, and nobody resets it for that.
func TestAbsenceIsNoLostPassword(t *testing.T) {
	t.Parallel()
	away := lack(Presence, "lea")
	m := office(alone("lea"), escrowed(health.StrengthProven), func(m *health.Model) {
		a := &m.Accounts[0]
		a.Tag, a.CryptoUser, a.Status, a.Holder, a.Unlocks, a.VolumeOwner, a.Token = health.Yes, health.Yes, health.Yes, health.Yes, health.Yes, health.Yes, health.TokenUsable
	})
	neverComes := away.With(lack(Visit, "lea"))
	for _, said := range []Answers{neverComes, neverComes.With(lack(Password, "lea")), neverComes.With(know(Password, "lea"))} {
		p := For(m, Goal{ResetPassword, "lea"}, said)
		if everybody(&p, func(s Step) bool { return s.Action == "A12" || s.Action == "A04" }) {
			t.Errorf("somebody who is away is to log in: %s", printed(p))
		}
	}
	p := For(m, Goal{ResetPassword, "lea"}, away.With(lack(Password, "lea")))
	if p.Outcome != Asks || p.Ask.About != (Credential{Visit, "lea"}) {
		t.Errorf("nobody asks whether lea comes: outcome %d, %s", p.Outcome, printed(p))
	}
	p = For(m, Goal{Kind: NoLockOut}, away.With(lack(RecoveryKey, "")))
	walk(&p, func(p *Plan) {
		if p.Blocked != nil && len(p.Blocked.LeastBad) > 0 && !slices.Contains(p.Blocked.Missing, "the password of lea") {
			t.Error("a Mac is erased whose user is away")
		}
	})
	both := office(bothHold)
	p = For(both, Goal{ResetPassword, "ada"}, lack(Password, "lea", "ada").With(know(RecoveryKey, "")))
	if everybody(&p, func(s Step) bool {
		return s.User == "lea" && (s.Action == "A11" || s.Action == "A13" || s.Action == "A12")
	}) {
		t.Error("a bystander gets another password")
	}
}

// With more people than a plan thinks about, those who can help stay on it.
func TestManyPeopleAreServedInTurn(t *testing.T) {
	t.Parallel()
	m := office(crowd("p1", "p2", "p3", "p4", "p5", "p6", "p7"))
	p := For(m, Goal{Kind: TokensForAll}, know(Password, "ada", "lea", "p1", "p2", "p3", "p4", "p5", "p6", "p7"))
	if p.Outcome != Steps || strings.Contains(printed(p), "A11") {
		t.Fatalf("outcome %d, %s", p.Outcome, printed(p))
	}
	if last := p.Steps[len(p.Steps)-1].Expect; !strings.Contains(last, "3 more people") {
		t.Errorf("nobody is told who is left: %q", last)
	}
}

// What undoes an elevation comes before everything, whatever else is so.
func TestElevationEndsFirst(t *testing.T) {
	t.Parallel()
	promoted := func(m *health.Model) { standardHolder(m); m.Accounts[1].Admin = health.Yes }
	said := know(Promoted, "lea")
	failed := Answers{{StepWorks, "A05 0 - lea"}: health.No, stepWorks("A07", plain, "lea", "-"): health.No}
	for _, tc := range []struct {
		name   string
		goal   Goal
		change func(*health.Model)
		said   Answers
	}{
		{"evidence is missing", Goal{Kind: Escrow}, func(m *health.Model) { m.Gaps = append(m.Gaps, "crypto users") }, nil},
		{"a fact of the goal is missing", Goal{Kind: Update}, func(m *health.Model) { m.Bootstrap.Auth, m.Enrollment.DEP = health.Unknown, health.Unknown }, nil},
		{"the account in question is closed", Goal{TokenFor, "ada"}, func(m *health.Model) { m.Accounts[0].CanLogIn = health.No }, nil},
		{"the step failed", Goal{Kind: Escrow}, func(*health.Model) {}, know(Password, "lea").With(failed)},
		{"a question is open", Goal{Kind: Escrow}, func(*health.Model) {}, lack(StepWorks, "A03 0 lea -")},
		{"nothing else is to be done", Goal{Kind: Escrow}, escrowed(health.StrengthProven), nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p := For(office(promoted, tc.change), tc.goal, said.With(tc.said))
			if len(p.Steps) == 0 || p.Steps[0].Action != "A07" || p.Steps[0].Done[Credential{Promoted, "lea"}] != health.Unknown {
				t.Errorf("outcome %d, %s", p.Outcome, printed(p))
			}
			again := For(office(standardHolder, tc.change), tc.goal, said.With(tc.said))
			if len(again.Steps) > 0 && again.Steps[0].Action == "A07" && again.Steps[0].Done[Credential{Promoted, "lea"}] == health.Unknown {
				t.Error("the rights are gone, and are taken back for ever")
			}
		})
	}
}

// A command as root needs somebody who can be root.
func TestSomebodyActsAsRoot(t *testing.T) {
	t.Parallel()
	login := lack(StepWorks, "A03 0 lea -")
	p := For(office(standardHolder), Goal{Kind: Escrow}, know(Password, "lea").With(lack(Password, "ada")).With(login))
	says(t, p, "A07", "by a script of the management server")
	p = For(office(standardHolder), Goal{Kind: Escrow}, know(Password, "lea", "ada").With(login))
	if before := strings.Join(p.Steps[0].Before, " "); strings.Contains(before, "as root") {
		t.Errorf("ada can use sudo: %s", before)
	}
}

// Promotion, the step it is for and its end are one thing: whichever answer of them
// somebody asks again with, the end is in the plan.
func TestElevationIsOneBlock(t *testing.T) {
	t.Parallel()
	p := For(office(standardHolder), Goal{Kind: Escrow}, know(Password, "lea").With(lack(StepWorks, "A03 0 lea -")))
	follows(t, p, Steps, "A07 lea, A05 lea, A07 lea")
	for i, st := range p.Steps {
		if st.Elevated != "lea" {
			t.Errorf("step %d does not belong to the others", i+1)
		}
		if i < 2 && (st.Done[Credential{Promoted, "lea"}] != health.Yes || st.Failed[Credential{Promoted, "lea"}] != health.Yes) {
			t.Errorf("step %d forgets the rights: %v, %v", i+1, st.Done, st.Failed)
		}
	}
}
