package tool

import (
	"testing"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

func TestStat(t *testing.T) {
	loginWindow := func(m *state.Mac) { m.Console = state.Console{} }
	testAnswers(t, "/usr/bin/stat", []answerCase{
		{name: "user", args: "-f|%Su|/dev/console", want: out("clerk\n")},
		{name: "in one word", args: "-f%Su|/dev/console", want: out("clerk\n")},
		{name: "number", args: "-f|%u|/dev/console", want: out("502\n")},
		{name: "group", args: "-f|%Sg %g|/dev/console", want: out("staff 20\n")},
		{name: "login window", args: "-f|%Su:%u:%Sg:%g|/dev/console", change: loginWindow, want: out("root:0:wheel:0\n")},
		{name: "early in the start", args: "-f|%Su|/dev/console", change: func(m *state.Mac) { m.Console = state.Console{EarlyBoot: true} }, want: out("root\n")},
		{name: "setup assistant", args: "-f|%Su|/dev/console", change: func(m *state.Mac) { m.Console.User = "_mbsetupuser" }, want: out("_mbsetupuser\n")},
		{name: "whole text", args: "-L|-f|100%% %N is %Su's|/dev/console", want: out("100% /dev/console is clerk's\n")},
		{name: "without a newline", args: "-nf|%u|/dev/console", want: out("502")},
		{name: "with one of its own", args: "-f|%u%n|/dev/console", want: out("502\n")},
		{name: "unknown field", args: "-f|%Sm|/dev/console", want: errText(125, "macsim: stat -f %Sm /dev/console is not simulated\n")},
		{name: "half a field", args: "-f|%|/dev/console", want: errText(125, "macsim: stat -f % /dev/console is not simulated\n")},
		{name: "no format", args: "/dev/console", want: errText(125, "macsim: stat /dev/console is not simulated\n")},
		{name: "another file", args: "-f|%Su|/", want: errText(125, "macsim: stat -f %Su / is not simulated\n")},
		{name: "unknown option", args: "-x|/dev/console", want: errText(125, "macsim: stat -x /dev/console is not simulated\n")},
	})
}
