package health_test

import (
	"os/exec"
	"strings"
	"testing"
	"unicode"

	"github.com/tokenward/tokenward/health"
)

func TestSpoken(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"ada": "ada", "van der berg": "van der berg", "bjørn": "bjørn", "o'brien": "o'brien", "": "",
		"`id`": "?id?", "a\nb": "a?b", "\x1b[2J": "?[2J", "a\u202eb": "a?b", "a\u0085b": "a?b", "a\tb": "a?b",
	} {
		if got := health.Spoken(name); got != want {
			t.Errorf("Spoken(%q) = %q, want %q", name, got, want)
		}
	}
}

// wicked is a name that would end the line, clear the terminal and pass for a command.
const wicked = "a\n`rm -rf x`\x1b[2J'\\b"

// In no text of a finding or a conflict does a name do more than name somebody, and a
// command between backquotes still means the account.
func TestNamesInTexts(t *testing.T) {
	t.Parallel()
	seen := 0
	for _, scenario := range []string{"user-without-token", "healthy", "colleague-opens-the-mac", "removed-from-filevault-list", "enrolled-by-the-contractor", "headless-build-mac"} {
		s := observe(t, scenario)
		for i := range s.Directory.Value {
			if r := &s.Directory.Value[i]; r.UID >= 500 {
				delete(s.TokenStatus, r.Name)
				for j := range s.Passwords.Value {
					if s.Passwords.Value[j].Name == r.Name {
						s.Passwords.Value[j].Name = wicked
					}
				}
				r.Name = wicked
			}
		}
		m := health.Derive(s, health.Ledger{})
		for _, f := range health.Diagnose(m, health.Policy{}) {
			for _, text := range []string{f.Summary, f.Consequence, f.NextStep, f.DoNot} {
				seen += strings.Count(text, health.Spoken(wicked)) + strings.Count(text, "$'")
				if strings.IndexFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) >= 0 || strings.Count(text, "`")%2 != 0 || strings.Contains(text, "`rm") {
					t.Errorf("%s on %s: %q", f.Code, scenario, text)
				}
				inAShell(t, text)
			}
		}
		for _, c := range m.Conflicts {
			if strings.Contains(c.Text, "`rm") || strings.Contains(c.Text, "\n") {
				t.Errorf("%s: %q", scenario, c.Text)
			}
		}
	}
	if seen == 0 {
		t.Error("no text names the account")
	}
}

// An account may be called what stands for a name in the sentences of forecasts.
func TestNamesInForecasts(t *testing.T) {
	t.Parallel()
	m := health.Derive(observe(t, "healthy"), health.Ledger{})
	for i := range m.Accounts {
		if m.Accounts[i].Name == "itadmin" {
			m.Accounts[i].Name, m.Accounts[i].Drift = "WHO`id`", health.Yes
		}
	}
	for _, f := range health.Forecasts(m, health.Policy{}) {
		if strings.Contains(f.Summary+f.DoNot, "mbauer`") || strings.Contains(f.Summary+f.DoNot, "mbauer?") {
			t.Errorf("%s of %s: %s %s", f.Name, f.Subject, f.Summary, f.DoNot)
		}
	}
}

// inAShell checks that the word of a command is the name.
func inAShell(t *testing.T, text string) {
	t.Helper()
	from := strings.Index(text, "$'")
	if from < 0 {
		return
	}
	end := from + 2 + strings.Index(text[from+2:], "'") + 1
	out, err := exec.CommandContext(t.Context(), "bash", "-c", "printf %s "+text[from:end]).Output()
	if err != nil || string(out) != wicked {
		t.Errorf("a shell reads %s as %q, %v", text[from:end], out, err)
	}
}
