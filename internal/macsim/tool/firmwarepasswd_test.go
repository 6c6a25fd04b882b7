package tool

import (
	"testing"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

func TestFirmwarepasswd(t *testing.T) {
	intel := func(chip state.Chip, password string) func(*state.Mac) {
		return func(m *state.Mac) { m.Chip, m.Security.Firmware = chip, password }
	}
	testAnswers(t, "/usr/sbin/firmwarepasswd", []answerCase{
		{name: "set", args: "-check", change: intel(state.Intel, "x"), want: out("Password Enabled: Yes\n")},
		{name: "not set", args: "-check", change: intel(state.T2, ""), want: out("Password Enabled: No\n")},
		{name: "mode", args: "-mode", change: intel(state.T2, "x"), want: out("Mode: command\nOption roms not allowed\n")},
		{name: "mode none", args: "-mode", change: intel(state.Intel, ""), want: out("Mode: none\nOption roms allowed\n\n")},
		{name: "apple silicon", args: "-check", want: errText(1, "macsim: firmwarepasswd -check fails on Apple silicon, in words that nobody has published\n")},
		{
			name: "not root", args: "-check", user: "boss", change: intel(state.Intel, "x"),
			want: errText(1, "macsim: firmwarepasswd -check fails for everybody but root, in words that nobody has published\n"),
		},
		{name: "unknown", args: "-delete", change: intel(state.Intel, "x"), want: errText(125, "macsim: firmwarepasswd -delete is not simulated\n")},
	})
}
