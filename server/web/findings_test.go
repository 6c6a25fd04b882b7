package web

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tokenward/tokenward/internal/wire"
)

// Whoever may choose the name of an account on a Mac cannot choose what an admin
// copies from this page.
func TestNamesAreNoCommands(t *testing.T) {
	t.Parallel()
	const name = "a` or `sudo evil` b"
	do := "Ask " + name + ", then run `sudo fdesetup list`."
	r := wire.Report{Accounts: []wire.Account{{GUID: "G", Name: name}}, Findings: []wire.Finding{{Subject: "G", Summary: do, Consequence: do, NextStep: do, DoNot: do, Muted: ""}}}
	for whole, want := range map[bool][]string{true: {"sudo fdesetup list"}, false: nil} {
		counted, _ := apart(r, whole)
		f := counted[0]
		for _, text := range []string{f.Summary, f.Consequence, f.NextStep, f.DoNot} {
			var commands []string
			for _, s := range spans(text) {
				if s.Code {
					commands = append(commands, s.Text)
				}
			}
			if !slices.Equal(commands, want) {
				t.Errorf("whole: %t: %q are commands in %q", whole, commands, text)
			}
		}
	}
}

func TestFold(t *testing.T) {
	t.Parallel()
	cases := []struct{ name, in, want string }{
		{"nothing", "", ""},
		{"alone", "A B", "A B"},
		{"one cause", "A<B B C<B", "B(A,C)"},
		{"a chain", "A<B B<C C", "C(A,B)"},
		{"a cause that is not there", "A<X", "A"},
		{"its own cause", "A<A", "A"},
		{"a circle", "A<B B<A", "A B"},
		{"under a circle", "A<B B<C C<B", "A B C"},
		{"the same twice", "A<B A<B B", "B(A,A)"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var all []wire.Finding
			for text := range strings.FieldsSeq(c.in) {
				code, cause, _ := strings.Cut(text, "<")
				all = append(all, wire.Finding{Code: code, CausedBy: cause})
			}
			if got := outline(fold(all)); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// outline writes causes as "CAUSE(EFFECT,EFFECT)".
func outline(causes []cause) string {
	words := []string{}
	for _, c := range causes {
		var effects []string
		for _, f := range c.Explains {
			effects = append(effects, f.Code)
		}
		word := c.Code
		if effects != nil {
			word += "(" + strings.Join(effects, ",") + ")"
		}
		words = append(words, word)
	}
	return strings.Join(words, " ")
}

func TestWorstFindingFirst(t *testing.T) {
	t.Parallel()
	all := []wire.Finding{
		{Code: "A", Severity: "info"}, {Code: "B", Severity: "new"}, {Code: "C", Severity: "medium"}, {Code: "D", Severity: "critical"},
	}
	if got := outline(fold(all)); got != "D C B A" {
		t.Errorf("got %s", got)
	}
}

func TestAgo(t *testing.T) {
	t.Parallel()
	now := time.Date(2025, 3, 1, 12, 0, 0, 0, time.UTC)
	cases := []struct {
		before time.Duration
		want   string
	}{
		{-time.Hour, "just now"},
		{59 * time.Second, "just now"},
		{3*time.Minute + 50*time.Second, "3 min ago"},
		{47 * time.Hour, "47 h ago"},
		{48 * time.Hour, "2 days ago"},
	}
	for _, c := range cases {
		if got := ago(now.Add(-c.before), now); got != c.want {
			t.Errorf("%s before: got %q, want %q", c.before, got, c.want)
		}
	}
	if got := ago(time.Time{}, now); got != "never" {
		t.Errorf("no time: got %q", got)
	}
}

func TestVisible(t *testing.T) {
	t.Parallel()
	got := string(visible([]byte("a\nb\x00\x1b\u202e\u2028\u00ad é 👩\u200d💻")))
	if want := "a\nb␀␛��� é 👩\u200d💻"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
