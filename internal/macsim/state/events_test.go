package state

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"
)

// Every event can be made by its name, and says what it is and which keys it has.
func TestEventNames(t *testing.T) {
	t.Parallel()
	all := EventNames()
	if len(all) < 50 {
		t.Errorf("%d events: %v", len(all), all)
	}
	for i, name := range all {
		e, err := NewEvent(name)
		if err != nil || EventName(e) != name || slices.Contains(all[:i], name) {
			t.Errorf("%s: got %T, %v", name, e, err)
			continue
		}
		if !reflect.ValueOf(e).Elem().IsZero() {
			t.Errorf("%s: %+v is not empty", name, e)
		}
		if about := EventAbout(name); !strings.HasSuffix(about, ".") || strings.Contains(about, "\n") {
			t.Errorf("%s: %q is no sentence", name, about)
		}
		fields := EventFields(e)
		if slices.Contains(fields, "") || len(fields) < reflect.TypeOf(e).Elem().NumField() {
			t.Errorf("%s: keys %q", name, fields)
		}
	}
}

// No event is left out of the list: whatever the package can apply is in it.
func TestEventsAreComplete(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("do_*.go")
	if err != nil {
		t.Fatal(err)
	}
	var listed []string
	for _, name := range EventNames() {
		e, err := NewEvent(name)
		if err != nil {
			t.Fatal(err)
		}
		listed = append(listed, reflect.TypeOf(e).Elem().Name())
	}
	applied := 0
	for _, file := range append(files, "events_person.go") {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range regexp.MustCompile(`(?m)^func \(e \*(\w+)\) apply\(`).FindAllSubmatch(source, -1) {
			applied++
			if !slices.Contains(listed, string(found[1])) {
				t.Errorf("%s can happen and is not in the list of events", found[1])
			}
		}
	}
	if applied != len(listed) {
		t.Errorf("%d events are applied, %d are listed", applied, len(listed))
	}
}

// Names that scenarios write.
func TestEventNameOf(t *testing.T) {
	t.Parallel()
	for want, e := range map[string]Event{
		"login": &Login{}, "set_up": &SetUp{}, "create_mobile": &CreateMobile{}, "filevault_on": &FileVaultOn{},
		"update_preboot": &UpdatePreboot{}, "allow_bootstrap_auth": &AllowBootstrapAuth{}, "server_does": &ServerDoes{},
	} {
		if got := EventName(e); got != want {
			t.Errorf("%T: got %s, want %s", e, got, want)
		}
	}
}

// The keys of an event are those of its fields, with those of what is embedded.
func TestEventFields(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][]string{
		"login":        {"user", "password", "via", "old"},
		"unlock":       {"user", "password", "key", "ssh"},
		"restart":      nil,
		"token_on":     {"user", "password", "granter", "granter_password"},
		"filevault_on": {"user", "password", "icloud"},
		"break":        {"tool", "args", "kind", "text", "old", "bytes", "exit", "takes", "calls_left", "then"},
		"edit":         {"user", "account", "mac"},
	} {
		e, err := NewEvent(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := EventFields(e); !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

// An unknown name is answered with those there are.
func TestUnknownEvent(t *testing.T) {
	t.Parallel()
	_, err := NewEvent("log_in")
	if err == nil {
		t.Fatal("no error")
	}
	for _, name := range append(EventNames(), `"log_in"`) {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("%s is not in: %v", name, err)
		}
	}
	if about := EventAbout("log_in"); about != "" {
		t.Errorf("got %q", about)
	}
}

// The clock follows the events, and never goes back.
func TestClock(t *testing.T) {
	t.Parallel()
	m := start("15.7.1", person("lea"))
	if _, err := m.Do(begins, &Create{User: "tim"}); err != nil {
		t.Fatal(err)
	}
	if tim, _ := m.Account("tim"); !tim.Set.Created.Equal(begins) || !tim.Set.Password.Equal(begins) {
		t.Errorf("made at %s: %+v", begins, tim.Set)
	}
	for _, tc := range []struct{ at, want time.Time }{
		{time.Time{}, begins},
		{begins.Add(time.Hour), begins.Add(time.Hour)},
		{begins, begins.Add(time.Hour)},
		{time.Time{}, begins.Add(time.Hour)},
	} {
		revision := m.Revision
		if _, err := m.Do(tc.at, &Login{User: "lea"}); err != nil {
			t.Fatal(err)
		}
		lea, _ := m.Account("lea")
		if !m.Clock.Equal(tc.want) || !lea.Set.LastLogin.Equal(tc.want) || !m.Sessions[0].In.Equal(tc.want) {
			t.Errorf("at %s: clock %s, login %s", tc.at, m.Clock, lea.Set.LastLogin)
		}
		if m.Revision != revision+1 {
			t.Errorf("revision %d after %d", m.Revision, revision)
		}
	}
}

// Sessions are what last prints: the newest first, closed by logging out or by a
// restart.
func TestSessions(t *testing.T) {
	t.Parallel()
	m := start("15.7.1", person("lea"), person("tim"))
	play(t, m, &Login{User: "lea"}, &Login{User: "tim"}, &Login{User: "lea", Via: SSH})
	if got := m.Console; got.User != "tim" || !slices.Equal(got.Background, []string{"lea"}) {
		t.Errorf("got %+v", got)
	}
	open := func() (open []string) {
		for _, s := range m.Sessions {
			if s.Out.IsZero() {
				open = append(open, s.User+" "+s.Line)
			}
		}
		return open
	}
	if got := open(); !slices.Equal(got, []string{"lea ttys000", "tim console", "lea console"}) {
		t.Errorf("got %q", got)
	}
	play(t, m, &Logout{})
	if got := open(); !slices.Equal(got, []string{"lea ttys000", "lea console"}) {
		t.Errorf("after the logout: %q", got)
	}
	play(t, m, &Restart{})
	if got := open(); got != nil || len(m.Sessions) != 3 || !m.Booted.Equal(m.Clock) {
		t.Errorf("after the restart: %q of %+v", got, m.Sessions)
	}
}

// What a person will answer, and what is wrong with a tool.
func TestAroundTheMac(t *testing.T) {
	t.Parallel()
	m := start("15.7.1", person("lea"))
	play(t, m, &Answers{Answers: []Answer{{Button: "OK"}}}, &Break{Fault{Tool: "profiles", Kind: Hangs}}, &Break{Fault{Tool: "fdesetup", Kind: Stale}})
	if len(m.Person.Answers) != 1 || m.Person.Answers[0].Button != "OK" {
		t.Errorf("got %+v", m.Person)
	}
	play(t, m, &Create{User: "tim"}, &Mend{Tool: "profiles"})
	if len(m.Faults) != 1 || m.Faults[0].Tool != "fdesetup" || m.Faults[0].Then == nil {
		t.Fatalf("got %+v", m.Faults)
	}
	if _, there := m.Faults[0].Then.Account("tim"); there {
		t.Error("what is stale is as it was when the fault began")
	}
	play(t, m, senseless{&Mend{Tool: "profiles"}, "nothing is wrong"}, &Mend{}, senseless{&Mend{}, "nothing is wrong"},
		senseless{&Break{Fault{Tool: "profiles", Kind: "moody"}}, "kind"}, senseless{&Break{Fault{Kind: Hangs}}, "no tool"})
	if m.Faults != nil {
		t.Errorf("got %+v", m.Faults)
	}
}

// An edit lays keys over what is there, and what it does not name stays.
func TestEdit(t *testing.T) {
	t.Parallel()
	edit := func(text string) *Edit {
		var e Edit
		var n yaml.Node
		if err := yaml.Unmarshal([]byte(text), &n); err != nil {
			t.Fatal(err)
		}
		if err := DecodeNode(n.Content[0], &e); err != nil {
			t.Fatal(err)
		}
		return &e
	}
	testRules(t, []ruleCase{
		{"a part of the token", passwords("15.7.1"), []Event{edit("{user: lea, account: {token: {crypto_user: false, volume_owner: false}}}")}, "lea: tag alone; lea.opens: lea-pw"},
		{"a former password", passwords("15.7.1"), []Event{edit("{user: lea, account: {token: {password: old}}}")}, "lea: token, drifted; lea.opens: old"},
		{"a token where none was", passwords("15.7.1"), []Event{edit("{user: tim, account: {token: true}}")}, "tim: token, not listed; tim.opens: tim-pw"},
		{"the Mac", managedMac("15.7.1"), []Event{edit("{mac: {server: {token: 0}}}")}, "bootstrap: volume 1, believed, server 0"},
		{"nobody", passwords("15.7.1"), []Event{senseless{edit("{user: ghost, account: {uid: 7}}"), "ghost"}}, same},
		{"an unknown key", passwords("15.7.1"), []Event{senseless{edit("{user: lea, account: {shoe: 7}}"), "shoe"}}, same},
		{"an unknown key of the Mac", passwords("15.7.1"), []Event{senseless{edit("{mac: {colour: blue}}"), "colour"}}, same},
		{"no such Mac", passwords("15.7.1"), []Event{senseless{edit("{user: lea, account: {uid: 501}}"), "uid 501 is taken"}}, same},
		{"nothing", passwords("15.7.1"), []Event{&Edit{}}, same},
	})
}

// While the Mac waits at the FileVault window, only what happens around it and at
// that window can happen.
func TestLockedMac(t *testing.T) {
	t.Parallel()
	possible := []string{
		"unlock", "restart", "recovery_reset", "allow_bootstrap_auth", "restore", "edit", "server_does",
		"break", "mend", "answers", "directory_password", "connect", "expire_identity",
	}
	for _, name := range EventNames() {
		e, err := NewEvent(name)
		if err != nil {
			t.Fatal(err)
		}
		m := fileVault("15.7.1", encrypted)
		play(t, m, &Restart{})
		_, err = m.Do(m.Clock, e)
		if impossible := err != nil && strings.Contains(err.Error(), "the Mac is locked"); impossible == slices.Contains(possible, name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
