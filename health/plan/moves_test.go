package plan

import (
	"testing"

	"github.com/tokenward/tokenward/health"
)

// What can be done in the first state of a plan, whatever the way is then. A guard is
// tried here by itself: on a whole way another one often stands behind it.
func TestWhatIsNeverThoughtOf(t *testing.T) {
	t.Parallel()
	lost := lack(Password, "lea", "ada").With(know(RecoveryKey, ""))
	refused := lack(TokenOpens, "lea").With(know(Password, "ada", "lea"))
	for _, tc := range []struct {
		name   string
		goal   Goal
		said   Answers
		never  func(*move) bool
		change func(*health.Model)
		but    func(*health.Model) // with this it may be done
	}{
		{
			"the last administrator goes",
			Goal{RemoveUser, "ada"},
			nil,
			func(m *move) bool { return m.action == "A21" },
			standardHolder, func(m *health.Model) { m.Accounts[1].Admin = health.Yes },
		},
		{
			"the last administrator who can log in goes",
			Goal{RemoveUser, "ada"},
			nil,
			func(m *move) bool { return m.action == "A21" },
			func(m *health.Model) {
				standardHolder(m)
				m.Accounts[1].Admin, m.Accounts[1].CanLogIn = health.Yes, health.No
			},
			func(m *health.Model) { m.Accounts[1].CanLogIn = health.Yes },
		},
		{
			"a bystander gets another password",
			Goal{ResetPassword, "ada"},
			lost,
			func(m *move) bool { return m.action == "A13" && m.who == 1 },
			bothHold, nil,
		},
		{
			"a key is replaced before anybody looked for it",
			Goal{Kind: FileVaultOn},
			nil,
			func(m *move) bool { return m.action == "A16" },
			func(*health.Model) {}, func(m *health.Model) { m.FileVault.RecoveryKey = health.No },
		},
		{
			"a token is turned off by somebody who is not listed",
			Goal{RepairFor, "lea"},
			refused,
			func(m *move) bool { return m.action == "A09" },
			func(m *health.Model) { drifted(m); m.Accounts[0].Unlocks = health.No },
			func(m *health.Model) { m.Accounts[0].Unlocks = health.Yes },
		},
		{
			"an enrolment by hand lets the server authorise",
			Goal{Kind: Reenrol},
			nil,
			func(m *move) bool { return m.action == "A24" && m.to.auth },
			func(m *health.Model) { m.Bootstrap.Auth, m.Enrollment.DEP = health.No, health.No },
			func(m *health.Model) { m.Enrollment.DEP = health.Yes },
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if possible(office(tc.change), tc.goal, tc.said, tc.never) {
				t.Error("it is thought of")
			}
			if tc.but != nil && !possible(office(tc.change, tc.but), tc.goal, tc.said, tc.never) {
				t.Error("it is never thought of at all")
			}
		})
	}
}

func possible(m health.Model, g Goal, said Answers, is func(*move) bool) bool {
	b := newBoard(&m, g, said)
	var c moves
	c.from(b, b.start)
	for i := range c.all {
		if is(&c.all[i]) {
			return true
		}
	}
	return false
}
