package macsim

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/tokenward/tokenward/internal/macsim/state"
	"github.com/tokenward/tokenward/internal/plistx"
)

func TestScenarios(t *testing.T) {
	t.Parallel()
	names := Scenarios()
	for _, wanted := range []string{"healthy", "bootstrap-not-escrowed-standard-holder", "user-without-token"} {
		if !slices.Contains(names, wanted) {
			t.Errorf("there is no scenario %s", wanted)
		}
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			testScenario(t, name)
		})
	}
}

func testScenario(t *testing.T, name string) {
	t.Helper()
	m, err := Load(name)
	if err != nil {
		t.Fatal(err)
	}
	story, err := Story(name)
	if err != nil || !strings.HasSuffix(story, ".") {
		t.Errorf("its story is %q (%v), want a sentence", story, err)
	}
	if regexp.MustCompile(`\b(ST|BT|FV|VO|EN)_[A-Z]`).MatchString(name + story) {
		t.Errorf("it names the code of a finding: %s", story)
	}
	answersAll(t, m)
}

// A state file is a scenario with nothing left out, and must read back as it is.
func TestEncodeDecode(t *testing.T) {
	t.Parallel()
	for _, name := range Scenarios() {
		want, err := Load(name)
		if err != nil {
			t.Fatal(err)
		}
		text, err := want.Encode()
		if err != nil {
			t.Fatal(err)
		}
		got, err := state.Decode(name, text)
		if err != nil {
			t.Fatalf("%v in\n%s", err, text)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got\n%+v\nwant\n%+v", name, got, want)
		}
	}
}

// What the simulator prints as a property list, another decoder must read.
func TestPlistsAreReadable(t *testing.T) {
	t.Parallel()
	m, err := Load("directory-user-with-odd-names")
	if err != nil {
		t.Fatal(err)
	}
	runner := NewRunner(m)
	for _, question := range Questions(&m) {
		if !slices.Contains(question.Args, "-plist") {
			continue
		}
		result, err := runner.Run(t.Context(), question)
		if err != nil {
			t.Fatal(err)
		}
		var v any
		if err := plistx.Decode(result.Stdout, &v); err != nil {
			t.Errorf("%s: %v in\n%s", question, err, result.Stdout)
		}
	}
}

// Every scenario tells how its Mac ends, and every event happens in one.
func TestScenariosAreWhole(t *testing.T) {
	t.Parallel()
	if n := len(Scenarios()); n < 40 {
		t.Errorf("there are %d scenarios, want 40", n)
	}
	happened := map[string]bool{}
	for _, name := range Scenarios() {
		data, err := Source(name)
		if err != nil {
			t.Fatal(err)
		}
		s, err := DecodeScenario(name, data)
		if err != nil {
			t.Fatal(err)
		}
		if s.Ends == nil || len(s.History) == 0 {
			t.Errorf("%s: has no history or no end", name)
		}
		for _, step := range s.History {
			happened[state.EventName(step.Event)] = true
		}
	}
	for _, name := range state.EventNames() {
		if !happened[name] {
			t.Errorf("%s happens in no scenario", name)
		}
	}
}

func TestLoadUnknown(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"nonsense":    "no scenario \"nonsense\": `macsim scenarios` lists them all",
		"../scenario": "no scenario \"../scenario\": `macsim scenarios` lists them all",
		"":            "no scenario \"\": `macsim scenarios` lists them all",
		"healty":      "no scenario \"healty\": is it healthy? `macsim scenarios` lists them all",
		"kiosk":       "no scenario \"kiosk\": is it kiosk-without-a-password? `macsim scenarios` lists them all",
	} {
		if _, err := Load(name); err == nil || err.Error() != want {
			t.Errorf("Load(%q) = %v, want %s", name, err, want)
		}
	}
}
