package macsim

import (
	"reflect"
	"testing"

	"github.com/tokenward/tokenward/internal/macsim/state"
	"github.com/tokenward/tokenward/internal/run"
)

// Whatever a scenario says, it is refused or it makes a Mac that survives its
// own state file and answers every question.
func FuzzScenario(f *testing.F) {
	for _, name := range Scenarios() {
		data, err := Source(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := DecodeScenario("fuzz", data)
		if err != nil {
			return
		}
		m, err := s.Play()
		if err != nil {
			return
		}
		text, err := m.Encode()
		if err != nil {
			t.Fatal(err)
		}
		again, err := state.Decode("state", text)
		if err != nil {
			t.Fatalf("%v in\n%s", err, text)
		}
		if !reflect.DeepEqual(m, again) {
			t.Fatalf("%+v\nbecame\n%+v", m, again)
		}
		answersAll(t, m)
	})
}

// answersAll asks the Mac every question and wants an answer to each.
func answersAll(t *testing.T, m state.Mac) {
	t.Helper()
	runner := NewRunner(m)
	for _, question := range Questions(&m) {
		result, err := runner.Run(t.Context(), question)
		silent := question.Tool == run.Fdesetup || question.Tool == run.Dsconfigad
		if err == nil && len(result.Stdout)+len(result.Stderr) == 0 && !silent {
			t.Errorf("%s: no answer", question)
		}
	}
}
