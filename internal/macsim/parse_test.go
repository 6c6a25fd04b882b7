package macsim

import (
	"strings"
	"testing"
	"time"
)

func TestParseEvent(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		fields []string
		want   string // a part of the error; empty: none
	}{
		{"break", []string{"tool=profiles", "kind=hang", "args=[status, -type]"}, ""},
		{"break", []string{"tool=osascript", "kind=hang", "args=[-e, display dialog x]"}, ""},
		{"break", []string{"tool=logger", "kind=hang", "args=[two words]"}, ""},
		{"break", []string{"tool=codesign", "kind=hang", "args=[/Applications/Self Service.app]"}, ""},
		{"break", []string{"tool=nosuchtool", "kind=hang"}, `break: tool: there is no "nosuchtool"; there are app-sso, bputil, `},
		{"break", []string{"tool=profile", "kind=hang"}, "is it profiles?"},
		{"break", []string{"tool=fdesteup", "kind=hang"}, "is it fdesetup?"},
		{"break", []string{"tool=profiles", "kind=hang", "args=[profiles, status]"}, "they begin behind the tool's name: without profiles"},
		{"break", []string{"tool=profiles", "kind=hang", "args=[/usr/bin/profiles]"}, "without /usr/bin/profiles"},
		{"break", []string{"tool=fdesetup", "kind=hang", "args=[list -extended]"}, "write [list, -extended]"},
		{"break", []string{"tool=fdesetup", "kind=hang", `args=["a\0b"]`}, "no argument holds a zero byte"},
		{"break", []string{"tool"}, "is not of the form key=value"},
		{"login", []string{"colour=blue"}, "login: field colour not found in type Login; its keys are user, "},
	} {
		_, err := ParseEvent(tc.name, tc.fields)
		if (err == nil) != (tc.want == "") || err != nil && !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s %q: got %v, want %q", tc.name, tc.fields, err, tc.want)
		}
	}
}

// A Mac cannot begin with a fault of what is no tool.
func TestFaultsOfNoTool(t *testing.T) {
	t.Parallel()
	text := strings.Replace(boxed, "history:", "  faults: [{tool: nosuchtool, kind: hang}]\nhistory:", 1)
	if _, err := DecodeScenario("x", []byte(text)); err == nil || !strings.HasPrefix(err.Error(), `scenario x: mac: faults: tool: there is no "nosuchtool"`) {
		t.Errorf("got %v", err)
	}
}

func TestParseTimes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{"30d": 720 * time.Hour, "2h": 2 * time.Hour, "0s": 0, "": -1, "soon": -1, "[1]": -1, "3": -1} {
		if got, err := ParseDuration(text); (err == nil) != (want >= 0) || err == nil && got != want {
			t.Errorf("%q: got %v, %v", text, got, err)
		}
	}
	day := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"2026-03-01": day, "2026-03-01T09:30:00Z": day.Add(9*time.Hour + 30*time.Minute), "2026-03-01 09:30:00": day.Add(9*time.Hour + 30*time.Minute),
		"": {}, "soon": {}, "2026-13-01": {}, "~": {}, "[1]": {},
	} {
		if got, err := ParseTime(text); (err == nil) != !want.IsZero() || err == nil && !got.Equal(want) {
			t.Errorf("%q: got %v, %v", text, got, err)
		}
	}
}
