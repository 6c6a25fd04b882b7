package macsim

import (
	"strings"
	"testing"
	"time"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// boxed is the beginning of a scenario; what happens begins in line 9.
const boxed = `mac:
  os: {version: 15.7.1, build: 24G231}
  chip: apple_silicon
  model: Mac15,6
  serial: C02EXAMPLE
  hardware_uuid: 0B6E6E1B-6C2C-5D0E-9D5C-3E9C6B1F0A99
  phase: setup_assistant
history:
  - set_up: {user: lea}
`

// A time that is said twice or that has passed, and a fault of what is no tool,
// are errors with their line.
func TestStepRefuses(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, step, want string }{
		{"two times", "- {at: 2026-03-01, after: 1h, restart: }", "line 10: this step has at and after: give one of them"},
		{"two times, later", "- restart:\n    after: 1h\n    at: 2026-03-01", "line 12: this step has after and at: give one of them"},
		{"the same twice", "- {after: 1h, after: 2h, restart: }", "line 10: this step has after and after"},
		{"passed", "- {at: 2026-01-12T08:09:00Z, restart: }", "line 10: restart: 2026-01-12T08:09:00Z has passed: the Mac's clock says 2026-01-12T08:10:00Z"},
		{"backwards", "- {after: -1h, restart: }", "line 10: restart: 2026-01-12T07:10:00Z has passed"},
		{"no tool", "- break: {tool: nosuchtool, kind: hang}", `line 10: break: tool: there is no "nosuchtool"; there are app-sso, `},
		{"a path", "- break: {tool: /usr/bin/profiles, kind: hang}", `line 10: break: tool: there is no "/usr/bin/profiles"; is it profiles?`},
		{"a command line", "- break: {tool: profiles, kind: hang, args: [status -type bootstraptoken]}", `line 10: break: args: "status -type bootstraptoken" is a single argument: write [status, -type, bootstraptoken]`},
		{"by hand", "- edit: {mac: {faults: [{tool: nosuchtool, kind: hang}]}}", `line 10: faults: tool: there is no "nosuchtool"`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s, err := DecodeScenario("x", []byte(boxed+"  "+tc.step+"\n"))
			if err == nil {
				_, err = s.Play()
			}
			if err == nil || !strings.Contains(err.Error(), tc.want) || !strings.HasPrefix(err.Error(), "scenario x: ") {
				t.Errorf("got %v\nwant %s", err, tc.want)
			}
		})
	}
}

func TestStepTimes(t *testing.T) {
	t.Parallel()
	s, err := DecodeScenario("x", []byte(boxed+"  - {at: 2026-03-01, restart: }\n  - {after: 2d, restart: }\n  - {after: 0s, restart: }\n  - restart:\n"))
	if err != nil {
		t.Fatal(err)
	}
	m, err := s.Play()
	if want := time.Date(2026, 3, 3, 0, 10, 0, 0, time.UTC); err != nil || !m.Clock.Equal(want) {
		t.Errorf("got %v, %v; want %v", m.Clock, err, want)
	}
}

func TestHappen(t *testing.T) {
	t.Parallel()
	m := newOffice(t)
	m.Clock = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	if _, err := Happen(m, m.Clock.Add(-time.Second), &state.Logout{}); err == nil {
		t.Error("something happened in the past")
	}
	for _, at := range []time.Time{{}, m.Clock, m.Clock.Add(time.Hour)} {
		if why, err := Happen(m, at, &state.Connect{}); why != state.NotRefused || err != nil {
			t.Errorf("%v: %s, %v", at, why, err)
		}
	}
}
