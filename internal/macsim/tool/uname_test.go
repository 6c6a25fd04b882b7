package tool

import (
	"testing"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

func TestUname(t *testing.T) {
	chip := func(c state.Chip) func(*state.Mac) { return func(m *state.Mac) { m.Chip = c } }
	testAnswers(t, "/usr/bin/uname", []answerCase{
		{name: "apple silicon", args: "-m", want: out("arm64\n")},
		{name: "t2", args: "-m", change: chip(state.T2), want: out("x86_64\n")},
		{name: "intel", args: "-m", change: chip(state.Intel), want: out("x86_64\n")},
		{name: "processor", args: "-p", want: out("arm\n")},
		{name: "processor of intel", args: "-p", change: chip(state.Intel), want: out("i386\n")},
		{name: "system", want: out("Darwin\n")},
		{name: "in their own order", args: "-pm|-s", want: out("Darwin arm64 arm\n")},
		{name: "kernel", args: "-r", want: errText(125, "macsim: uname -r is not simulated\n")},
		{name: "operand", args: "-m|x", want: errText(125, "macsim: uname -m x is not simulated\n")},
	})
}
