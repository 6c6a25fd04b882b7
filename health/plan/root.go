package plan

import (
	"strings"

	"github.com/tokenward/tokenward/health"
)

// asRoot says who runs a command with sudo where no administrator's password is known:
// a plan that nobody can begin is none.
func (b *board) asRoot(st *Step, s state) {
	if !strings.Contains(st.Do, "`sudo ") || b.rooted(st, s) {
		return
	}
	if s.enrolled && !strings.Contains(st.Do, " asks") { // a script answers no prompt
		st.Before = append(st.Before, "The password of no administrator is known. The command is run as root, by a script of the management server.")
		return
	}
	st.Before = append(st.Before, "The password of no administrator is known. Somebody is there who can run the command as root all the same.")
}

// rooted says whether somebody may use sudo whose password nobody called forgotten.
// Who is not on the board was not asked about.
func (b *board) rooted(st *Step, s state) bool {
	for i := range b.m.Accounts {
		a := &b.m.Accounts[i]
		who := b.place(a.Name)
		admin, there := a.Admin == health.Yes, true
		if who != nobody {
			admin, there = s.administers(who), s.there.has(who)
		}
		denied := b.said[Credential{Password, a.Name}] == health.No && !s.fresh.has(who)
		changes := st.Action == "A07" && st.User == a.Name // the rights of whom it is about
		if admin && there && !denied && !changes && a.CanLogIn != health.No {
			return true
		}
	}
	return false
}

func (b *board) place(name string) int8 {
	for i, a := range b.people {
		if a.Name == name {
			return int8(i)
		}
	}
	return nobody
}
