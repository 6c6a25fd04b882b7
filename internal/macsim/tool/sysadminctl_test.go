package tool

import (
	"testing"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

func TestSysadminctl(t *testing.T) {
	const stamp = "2026-03-09 08:07:06.543 sysadminctl[77:777] "
	testAnswers(t, "/usr/sbin/sysadminctl", []answerCase{
		{name: "enabled, by full name", args: "-secureTokenStatus|boss", want: errText(0, stamp+"Secure token is ENABLED for user The Boss\n")},
		{name: "disabled", args: "-secureTokenStatus|clerk", want: errText(0, stamp+"Secure token is DISABLED for user Clara Clerk\n")},
		{name: "short name before 11", args: "-secureTokenStatus|boss", change: version("10.15.7"), want: errText(0, stamp+"Secure token is ENABLED for user boss\n")},
		{
			name: "status of its own", args: "-secureTokenStatus|boss",
			change: func(m *state.Mac) { m.Accounts[len(m.Accounts)-2].Token.Status = state.Disabled },
			want:   errText(0, stamp+"Secure token is DISABLED for user The Boss\n"),
		},
		{name: "unknown user", args: "-secureTokenStatus|nobody.here", want: errText(0, stamp+"Unknown user nobody.here\n")},
		{name: "changing verb", args: "-secureTokenOff|boss", want: errText(125, "macsim: sysadminctl -secureTokenOff boss is not simulated\n")},
	})
}
