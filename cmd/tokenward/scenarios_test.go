//go:build !darwin

package main

import (
	"bytes"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mattn/go-runewidth"

	"github.com/tokenward/tokenward/agent"
	"github.com/tokenward/tokenward/cmd/tokenward/internal/doctor"
	"github.com/tokenward/tokenward/cmd/tokenward/internal/view"
	"github.com/tokenward/tokenward/collectors"
	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/macsim"
	"github.com/tokenward/tokenward/internal/wire"
)

// looked is the report of a scenario's Mac, asked everything.
func looked(t *testing.T, scenario string) wire.Report {
	t.Helper()
	state, err := macsim.Load(scenario)
	if err != nil {
		t.Fatal(err)
	}
	runner := macsim.NewRunner(state)
	mac := collectors.Mac{Run: runner, Files: runner, Net: runner, Privileged: true}
	found := agent.Look(t.Context(), mac, time.Now(), collectors.All(), health.Policy{})
	return found.Report(wire.Source{Reason: wire.Requested})
}

// What the simulated tools have no words for, since nobody has published them.
func speechless() []string {
	return []string{
		"profiles status -type bootstraptoken",   // of a Mac that is not enrolled
		"diskutil apfs listcryptousers -plist /", // of a volume that is not APFS
	}
}

// The doctor and the list of facts are readable for every Mac there is: each
// source that does not work has a reason and a remedy, nothing is wider than the
// screen, and no source is in trouble that a Mac would answer.
func TestDoctorAndFactsOfEveryScenario(t *testing.T) {
	t.Parallel()
	for _, scenario := range macsim.Scenarios() {
		t.Run(scenario, func(t *testing.T) {
			t.Parallel()
			r := looked(t, scenario)
			exam := doctor.Exam{Sources: doctor.Examine(r, nil, doctor.Circumstances{Root: true, OS: r.Device.OS.Version})}
			for _, s := range exam.Sources {
				if s.State != doctor.Works && s.Why == "" || s.Troubled() != (s.Remedy != "") {
					t.Errorf("%s is %s %s: %q, %q", s.Source, s.State, s.Reason, s.Why, s.Remedy)
				}
				if s.Troubled() && !slices.Contains(speechless(), s.Source) {
					t.Errorf("%s is %s %s", s.Source, s.State, s.Reason)
				}
			}
			for _, width := range []int{60, 110} {
				var out bytes.Buffer
				if err := view.WriteExam(&out, view.Screen{Width: width}, exam); err != nil {
					t.Fatal(err)
				}
				if err := view.WriteFacts(&out, view.Screen{Width: width}, view.Page{Report: r, Now: time.Now()}); err != nil {
					t.Fatal(err)
				}
				for name := range maps.Keys(r.Facts) {
					if !strings.Contains(out.String(), name) {
						t.Errorf("%s is not listed", name)
					}
				}
				checkWidth(t, out.String(), width)
			}
		})
	}
}

// checkWidth lets a word alone be wider than the screen: it is there to be copied.
func checkWidth(t *testing.T, text string, width int) {
	t.Helper()
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		if runewidth.StringWidth(line) > width && strings.Contains(strings.TrimSpace(line), " ") {
			t.Errorf("wider than %d: %q", width, line)
		}
	}
}
