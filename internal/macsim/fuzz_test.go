package macsim

import (
	"reflect"
	"testing"
)

// Whatever a scenario says, it is refused or it makes a Mac that survives its
// own state file and answers every question.
func FuzzDecode(f *testing.F) {
	for _, name := range Scenarios() {
		data, err := source(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := Decode("fuzz", data)
		if err != nil {
			return
		}
		state, err := m.Encode()
		if err != nil {
			t.Fatal(err)
		}
		again, err := Decode("state", state)
		if err != nil {
			t.Fatalf("%v in\n%s", err, state)
		}
		if !reflect.DeepEqual(m, again) {
			t.Fatalf("%+v\nbecame\n%+v", m, again)
		}
		for _, c := range frozen("root") {
			if m.Answer(Call{Command: c}) == (Reply{}) && c.String() != "fdesetup list" {
				t.Errorf("%s: no answer", c)
			}
		}
	})
}
