package tool

import (
	"testing"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

func TestCsrutil(t *testing.T) {
	const recovery = "csrutil: This tool needs to be executed from Recovery OS.\n"
	testAnswers(t, "/usr/bin/csrutil", []answerCase{
		{name: "on", args: "status", want: out("System Integrity Protection status: enabled.\n")},
		{name: "off", args: "status", change: func(m *state.Mac) { m.Security.SIPDisabled = true }, want: out("System Integrity Protection status: disabled.\n")},
		{name: "signed system volume", args: "authenticated-root|status", want: out("Authenticated Root status: enabled\n")},
		{name: "no such volume before 11", args: "authenticated-root|status", change: version("10.15.7"), want: errText(125, "macsim: csrutil authenticated-root status is not simulated\n")},
		{name: "disable", args: "disable", want: errText(1, recovery)},
		{name: "enable", args: "enable", want: errText(1, recovery)},
		{name: "clear", args: "clear", want: errText(1, recovery)},
		{name: "unknown", args: "report", want: errText(125, "macsim: csrutil report is not simulated\n")},
	})
}
