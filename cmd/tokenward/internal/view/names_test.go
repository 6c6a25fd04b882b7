package view_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/tokenward/tokenward/cmd/tokenward/internal/view"
	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/wire"
)

const (
	smuggled = "sudo dseditgroup -o edit -a evil -t user admin"
	evil     = "a` or `" + smuggled + "` b"
	hidden   = "le\u200ba"
)

// Whoever may choose the name of an account cannot choose what the admin types who
// reads about it, and no command names another account because its name cannot be
// shown.
func TestNamesAreNoCommands(t *testing.T) {
	t.Parallel()
	for _, name := range []string{evil, hidden} {
		do := "Tell " + name + " what happens, then run `sudo sysadminctl -deleteUser " + health.ShellWord(name) + "`. Look at `sudo fdesetup list`."
		r := healthy()
		r.Accounts[0].Name = name
		r.Findings = []wire.Finding{{Code: "ST_PHANTOM", Severity: "high", Subject: "G", Title: "A title", Summary: name + " has it.", Consequence: do, NextStep: do, DoNot: do}}
		r.Forecasts = []wire.Forecast{{Name: string(health.SafeToReset), Subject: r.Accounts[0].GUID, Answer: health.No}}
		step := wire.PlanStep{Who: "user", User: name, Helper: name, Do: do, Verify: do, Undo: do, Warning: do, Before: []string{do}, Done: []string{"--yes password:" + health.ShellWord(name)}}
		way := wire.Plan{Steps: []wire.PlanStep{step}, Ask: &wire.PlanAsk{Text: "Is it " + name + "? `id " + health.ShellWord(name) + "` tells.", Answer: "password:" + health.ShellWord(name)}}
		e := explanation()
		e.Conditions[0].Shown[0].Summary, e.Conditions[0].Shown[0].NextStep = do, do
		names := wire.NamesOf(r)
		for _, width := range []int{60, 110} {
			s := view.Screen{Width: width}
			for page, write := range map[string]func(*bytes.Buffer) error{
				"status":  func(w *bytes.Buffer) error { return view.Write(w, s, view.Page{Report: r, Now: now}) },
				"plan":    func(w *bytes.Buffer) error { return view.WritePlan(w, s, names, way, name) },
				"explain": func(w *bytes.Buffer) error { return view.WriteExplanation(w, s, names, e, now) },
			} {
				var out bytes.Buffer
				if err := write(&out); err != nil {
					t.Fatal(err)
				}
				noCommand(t, page, out.String())
			}
		}
	}
}

func noCommand(t *testing.T, page, text string) {
	t.Helper()
	for line := range strings.Lines(text) {
		if typed := strings.TrimSpace(line); typed == smuggled || strings.HasPrefix(typed, "sudo sysadminctl -deleteUser") {
			t.Errorf("%s: a name is a command, or a command names somebody else: %s", page, typed)
		}
	}
	flat := strings.Join(strings.Fields(text), " ")
	if strings.Contains(flat, "`"+smuggled) || strings.Contains(flat, "`sudo sysadminctl") || strings.Contains(flat, "--yes password:'") {
		t.Errorf("%s: a name is a command, or a command names somebody else:\n%s", page, text)
	}
	if !strings.Contains(flat, "sudo fdesetup list") || !strings.Contains(flat, "cannot be typed") {
		t.Errorf("%s: what can be typed is not there, or nothing says what cannot:\n%s", page, text)
	}
}
