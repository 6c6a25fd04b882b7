package health_test

import (
	"os/exec"
	"testing"

	"github.com/tokenward/tokenward/health"
)

// What a real shell makes of the word is the name, whatever the name holds.
func TestShellWord(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"ada":             "ada",
		"ada.l@corp":      "ada.l@corp",
		"van der berg":    "'van der berg'",
		"":                "''",
		"-rf":             "'-rf'",
		"o'brien":         `'o'\''brien'`,
		"x; touch /tmp/x": "'x; touch /tmp/x'",
		"$(id)`id`":       "'$(id)`id`'",
		"bjørn":           "'bjørn'",
		"a\nb":            "'a\nb'",
	} {
		got := health.ShellWord(name)
		if got != want {
			t.Errorf("ShellWord(%q) = %s, want %s", name, got, want)
		}
		out, err := exec.CommandContext(t.Context(), "/bin/sh", "-c", "printf %s "+got).Output()
		if err != nil || string(out) != name {
			t.Errorf("a shell reads %s as %q, %v", got, out, err)
		}
	}
}
