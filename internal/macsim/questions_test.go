package macsim

import (
	"testing"

	"github.com/tokenward/tokenward/internal/macsim/state"
	"github.com/tokenward/tokenward/internal/macsim/tool"
	"github.com/tokenward/tokenward/internal/run"
)

// The simulator knows every question, on every Mac that answers at all. It may
// say that nobody has published the words of an answer.
func TestQuestionsAreAnswered(t *testing.T) {
	t.Parallel()
	asked := 0
	for _, name := range Scenarios() {
		m, err := Load(name)
		if err != nil {
			t.Fatal(err)
		}
		if m.Phase == state.Locked || m.Phase == state.Wiped {
			continue
		}
		m.Faults = nil
		runner := NewRunner(m)
		for _, question := range Questions(&m) {
			asked++
			result, err := runner.Run(t.Context(), question)
			if err != nil || result.Exit == tool.OwnExit {
				t.Errorf("%s: %s: exit %d, %v\n%s", name, question, result.Exit, err, result.Stderr)
			}
		}
	}
	if asked < 1000 {
		t.Errorf("only %d questions were asked", asked)
	}
}

// A question is asked of the Macs that know it.
func TestQuestionsOfAKind(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		scenario              string
		bputil, firmware, sso bool
	}{
		{"healthy", true, false, true},
		{"catalina-intel-office-mac", false, true, false},
	} {
		m, err := Load(tc.scenario)
		if err != nil {
			t.Fatal(err)
		}
		tools := map[run.Tool]bool{}
		for _, question := range Questions(&m) {
			tools[question.Tool] = true
		}
		if tools[run.Bputil] != tc.bputil || tools[run.Firmwarepasswd] != tc.firmware || tools[run.AppSSO] != tc.sso {
			t.Errorf("%s: got %v", tc.scenario, tools)
		}
	}
}
