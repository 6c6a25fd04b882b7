package health_test

import (
	"testing"
	"time"

	"github.com/tokenward/tokenward/collectors"
	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/health/evidence"
	"github.com/tokenward/tokenward/internal/macsim"
	"github.com/tokenward/tokenward/internal/macsim/state"
)

// watched is a simulated Mac that is checked again and again, as the daemon does
// it: each check knows what the ones before it found.
type watched struct {
	t       *testing.T
	mac     *macsim.Runner
	at      time.Time
	ledger  health.Ledger
	model   health.Model
	found   []health.Finding // what the last check reports
	changes []health.Change  // since the check before it
}

// watch checks a Mac for the first time, an hour after the last thing that
// happened to it.
func watch(t *testing.T, scenario string) *watched {
	t.Helper()
	mac, err := macsim.Load(scenario)
	if err != nil {
		t.Fatal(err)
	}
	w := &watched{t: t, mac: macsim.NewRunner(mac), at: mac.Clock}
	w.check(time.Hour)
	return w
}

// snapshot is what the Mac shows now.
func (w *watched) snapshot() evidence.Snapshot {
	return collectors.Take(w.t.Context(), collectors.Mac{Run: w.mac, Files: w.mac, Net: w.mac, Privileged: true}, w.at, collectors.All())
}

// check looks at the Mac when so much time has passed.
func (w *watched) check(after time.Duration) {
	w.t.Helper()
	w.at = w.at.Add(after)
	w.model = health.Derive(w.snapshot(), w.ledger)
	w.ledger, w.found, w.changes = health.Settle(w.ledger, w.model, health.Diagnose(w.model, health.Policy{}))
}

// happens lets an hour pass, then the events, a minute apart, and checks the Mac a
// quarter of an hour later. The Mac refuses none of them, or what comes after it
// would be about a Mac that nothing happened to: see refused.
func (w *watched) happens(events ...state.Event) {
	w.t.Helper()
	w.at = w.at.Add(time.Hour)
	for _, e := range events {
		w.at = w.at.Add(time.Minute)
		var wanted state.Refusal
		if r, is := e.(refusedEvent); is {
			e, wanted = r.Event, r.why
		}
		if why := w.does(e); why != wanted {
			w.t.Fatalf("%s is refused: %q, want %q", state.EventName(e), why, wanted)
		}
	}
	w.check(15 * time.Minute)
}

// does lets one event happen, and returns why the Mac refused it.
func (w *watched) does(e state.Event) (why state.Refusal) {
	w.t.Helper()
	if err := w.mac.Change(func(m *state.Mac) (err error) {
		why, err = m.Do(w.at, e)
		return err
	}); err != nil {
		w.t.Fatal(err)
	}
	return why
}

// refusedEvent is something that somebody tries and the Mac refuses.
type refusedEvent struct {
	state.Event
	why state.Refusal
}

// refused says that an event is to be refused, and why.
func refused(e state.Event, why state.Refusal) state.Event { return refusedEvent{e, why} }

// finds returns the finding of that code, and whether there is one.
func (w *watched) finds(code health.Code) (health.Finding, bool) {
	for _, f := range w.found {
		if f.Code == code {
			return f, true
		}
	}
	return health.Finding{}, false
}

// saw says whether the last check noticed such a change, of that account or of
// the Mac.
func (w *watched) saw(kind health.ChangeKind, who string) bool {
	for _, c := range w.changes {
		if c.Kind == kind && (c.Name == who || (who == "" && c.Subject == health.DeviceSubject)) {
			return true
		}
	}
	return false
}

// What happened to a Mac between two checks is seen by its consequences.
func TestChangesAreSeen(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, scenario string
		event          state.Event
		kind           health.ChangeKind
		who            string
	}{
		{"nothing", "healthy", &state.Connect{Network: true}, "", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			w := watch(t, tc.scenario)
			w.happens(tc.event)
			if tc.kind == "" && len(w.changes) > 0 || tc.kind != "" && !w.saw(tc.kind, tc.who) {
				t.Errorf("changes: %+v", w.changes)
			}
		})
	}
}
