package macsim

import (
	"strings"
	"testing"
)

// Every difference at the end has the scenario's name and its line.
func TestEnds(t *testing.T) {
	t.Parallel()
	s, err := DecodeScenario("mine", []byte(boxed+`ends:
  phase: locked
  console: lea
  filevault: on
  bootstrap: none
  people:
    lea: admin
    tim: admin
`))
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Play()
	want := `scenario mine: line 11: ends.phase: it is "running", and not "locked"
scenario mine: line 13: ends.filevault: it is "off", and not "on"
scenario mine: line 16: ends.people.lea: it is "admin, token, owner, unlocks, window", and not "admin"
scenario mine: line 17: ends.people.tim: it is "", and not "admin"`
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}

// What the end leaves out is missed where it should stand.
func TestEndsLeftOut(t *testing.T) {
	t.Parallel()
	for ends, want := range map[string]string{
		"ends: {filevault: off, bootstrap: none, console: lea}\n":                `scenario mine: line 10: ends.people.lea: it is "admin`,
		"ends:\n  {filevault: off, bootstrap: none, console: lea, people: {}}\n": `scenario mine: line 11: ends.people.lea: it is "admin`,
		"ends: {colour: blue}\n": "scenario mine: line 10: field colour not found",
		"ends: done\n":           "scenario mine: line 10: a mapping is wanted here",
	} {
		s, err := DecodeScenario("mine", []byte(boxed+ends))
		if err == nil {
			_, err = s.Play()
		}
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", ends, err, want)
		}
	}
}
