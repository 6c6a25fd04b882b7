package tool

import (
	"testing"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

func TestInstaller(t *testing.T) {
	missing := errText(1, "installer: Error - the package path specified was invalid: '/tmp/a b.pkg'.\n")
	testAnswers(t, "/usr/sbin/installer", []answerCase{
		{name: "no package", args: "-pkg|/tmp/a b.pkg|-target|/", want: missing},
		{name: "no package, other order", args: "-target|/|-pkg|/tmp/a b.pkg", want: missing},
		{
			name: "a package", args: "-pkg|/tmp/a b.pkg|-target|/", change: func(m *state.Mac) { m.Files = []state.File{{Path: "/tmp/a b.pkg"}} },
			want: errText(125, "macsim: installer -pkg /tmp/a b.pkg -target / is not simulated\n"),
		},
		{name: "elsewhere", args: "-pkg|/tmp/a b.pkg|-target|/Volumes/X", want: errText(125, "macsim: installer -pkg /tmp/a b.pkg -target /Volumes/X is not simulated\n")},
		{name: "unknown", args: "-volinfo", want: errText(125, "macsim: installer -volinfo is not simulated\n")},
	})
}
