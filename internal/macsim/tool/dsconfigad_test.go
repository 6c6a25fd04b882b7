package tool

import (
	"testing"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

func TestDsconfigad(t *testing.T) {
	bound := func(down bool) func(*state.Mac) {
		return func(m *state.Mac) {
			m.Directory = state.Directory{Forest: "corp.example.com", Domain: "eu.corp.example.com", Computer: "mac-01$", Down: down}
		}
	}
	const lines = "Active Directory Forest          = corp.example.com\nActive Directory Domain          = eu.corp.example.com\nComputer Account                 = mac-01$\n"
	testAnswers(t, "/usr/sbin/dsconfigad", []answerCase{
		{name: "not bound", args: "-show", want: Reply{}},
		{name: "bound", args: "-show", change: bound(false), want: out(lines)},
		{name: "bound, away", args: "-show", change: bound(true), want: out(lines)},
		{name: "unknown", args: "-leave", want: errText(125, "macsim: dsconfigad -leave is not simulated\n")},
	})
}
