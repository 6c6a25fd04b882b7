package tool

import (
	"testing"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

func TestCodesign(t *testing.T) {
	files := func(m *state.Mac) {
		m.Files = []state.File{{Path: "/opt/agent", Signer: "ABCDE12345"}, {Path: "/opt/script"}}
	}
	const (
		short = "Executable=/opt/agent\n"
		long  = short + "Identifier=agent\nTeamIdentifier=ABCDE12345\n"
		valid = "/opt/agent: valid on disk\n/opt/agent: satisfies its Designated Requirement\n"
	)
	testAnswers(t, "/usr/bin/codesign", []answerCase{
		{name: "display", args: "-dv|--verbose=4|/opt/agent", change: files, want: errText(0, long)},
		{name: "display in letters", args: "-dvvv|/opt/agent", change: files, want: errText(0, long)},
		{name: "display a little", args: "--display|/opt/agent", change: files, want: errText(0, short)},
		{name: "verify", args: "--verify|/opt/agent", change: files, want: Reply{}},
		{name: "verify in a letter", args: "-v|/opt/agent", change: files, want: Reply{}},
		{name: "verify aloud", args: "-vv|--strict|--deep|/opt/agent", change: files, want: errText(0, valid)},
		{name: "verify aloud in words", args: "--verify|--verbose|/opt/agent", change: files, want: errText(0, valid)},
		{name: "not signed", args: "-dv|--verbose=4|/opt/script", change: files, want: errText(1, "/opt/script: code object is not signed at all\n")},
		{name: "not signed, verified", args: "--verify|/opt/script", change: files, want: errText(1, "/opt/script: code object is not signed at all\n")},
		{name: "not there", args: "--verify|/opt/ghost", change: files, want: errText(1, "/opt/ghost: No such file or directory\n")},
		{name: "of the system", args: "--verify|/usr/bin/profiles", want: errText(125, "macsim: codesign --verify /usr/bin/profiles is not simulated\n")},
		{name: "both", args: "-d|--verify|/opt/agent", change: files, want: errText(125, "macsim: codesign -d --verify /opt/agent is not simulated\n")},
		{name: "neither", args: "/opt/agent", change: files, want: errText(125, "macsim: codesign /opt/agent is not simulated\n")},
		{name: "no level", args: "-d|--verbose=x|/opt/agent", change: files, want: errText(125, "macsim: codesign -d --verbose=x /opt/agent is not simulated\n")},
		{name: "two files", args: "-d|/opt/agent|/opt/script", change: files, want: errText(125, "macsim: codesign -d /opt/agent /opt/script is not simulated\n")},
		{name: "sign", args: "-s|-|/opt/script", change: files, want: errText(125, "macsim: codesign -s - /opt/script is not simulated\n")},
	})
}
