package proof

import (
	"flag"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/health/evidence"
	"github.com/tokenward/tokenward/internal/macsim/state"
)

// The race detector makes everything ten times slower, and finds nothing in code
// that runs alone: a few states per start must do then.
const (
	fewStates = 6
	usual     = 2_850
)

var statesWanted = flag.Int("states", usual, "how many states to ask for forecasts")

// Every forecast of every state is held against what happens: a yes goes well and a
// no goes wrong, however macOS behaves where nobody is sure; an answer that hangs on
// such a behaviour is unknown and names it.
func TestForecastsComeTrue(t *testing.T) {
	began, all := time.Now(), newTally()
	t.Run("starts", func(t *testing.T) {
		for _, from := range starts() {
			t.Run(from.name, func(t *testing.T) {
				t.Parallel()
				limit := max(*statesWanted/len(starts()), fewStates)
				if raceDetector {
					limit = fewStates
				}
				explore(t, from, limit, func(at *seenState) { all.judge(t, at) })
			})
		}
	})
	fmt.Print(all.report(time.Since(began)))
	if raceDetector || *statesWanted < usual {
		return
	}
	for _, b := range health.Behaviours() {
		if all.mattered[b] == 0 {
			t.Errorf("%s is the reason of no answer that it decides", b)
		}
	}
}

// witnesses are how much of a Mac has been asked: everything, all but what makes it
// talk to its server, and nothing of what only a deep check asks.
func witnesses(full evidence.Snapshot) map[string]evidence.Snapshot {
	device := full
	device.EACSPreflight, device.Managed = evidence.Obs[string]{}, evidence.Managed{}
	quick := device
	quick.Security = evidence.Security{}
	return map[string]evidence.Snapshot{"full": full, "without the preflight": device, "quick": quick}
}

// judge asks a state for its forecasts. A Mac that is not running is asked by
// nobody. Where a login hid that a token still wants a former password, nothing on
// the Mac tells, and the forecasts take it for mended: such states are counted and
// left out.
func (all *tally) judge(t *testing.T, at *seenState) {
	t.Helper()
	if at.mac.Phase != state.Running {
		return
	}
	if deceived(&at.mac, &at.model) {
		all.count(func() { all.deceived++ })
		return
	}
	eraseAsForeseen(t, at)
	truth := &truths{mac: &at.mac, known: map[string]outcome{}, outcomes: outcomes()}
	for name, s := range witnesses(witness(&at.mac)) {
		m := health.Derive(s, health.Ledger{})
		for _, f := range health.Forecasts(m, health.Policy{}) {
			err := all.hold(truth, &m, f)
			if name == "full" {
				all.sort(truth, &m, f)
			}
			if err != nil {
				all.count(func() { all.wrong[f.Name]++ })
				if all.wrong[f.Name] <= 2 {
					t.Errorf("%s of %s, %s: %v\n%+v\nafter\n  %s", f.Name, m.NameOf(f.Subject), name, err, f, at.path())
				}
			}
		}
	}
	all.count(func() { all.states++ })
}

// deceived: a user got a password from somebody else and logged in with it since.
func deceived(mac *state.Mac, seen *health.Model) bool {
	return slices.ContainsFunc(mac.Accounts, func(a state.Account) bool {
		known, there := seen.Account(a.Name)
		return there && a.Drifted() && known.Drift == health.No && known.Holder == health.Yes
	})
}

// truths are what comes of the forecasts' events on one state, under each setting.
type truths struct {
	mac      *state.Mac
	known    map[string]outcome
	outcomes map[health.ForecastName]func(*state.Mac, string) outcome
}

func (tr *truths) of(f health.Forecast, who string, with *setting) outcome {
	key := string(f.Name) + " " + who
	if with != nil {
		key += " " + string(with.name)
	}
	is, known := tr.known[key]
	if !known {
		m := tr.mac.Clone()
		if with != nil {
			with.on(&m)
		}
		is = tr.outcomes[f.Name](&m, who)
		tr.known[key] = is
	}
	return is
}

// hold compares an answer with what happens under every setting that the evidence
// leaves open.
func (all *tally) hold(truth *truths, seen *health.Model, f health.Forecast) error {
	who := subject(seen, f)
	usually := truth.of(f, who, nil)
	err := fits(f, usually, "as usual")
	for _, s := range all.settings {
		if s.ruledOut(truth.mac, seen) {
			continue
		}
		other := truth.of(f, who, &s)
		if err == nil {
			err = fits(f, other, "with "+string(s.name))
		}
		if other == usually {
			continue
		}
		named := slices.Contains(f.Depends, s.name)
		if err == nil && !named && len(f.Facts) == 0 {
			err = fmt.Errorf("it hangs on %s, which is not named", s.name)
		}
		if named {
			all.count(func() { all.mattered[s.name]++ })
		}
	}
	return err
}

// fits compares one answer with one outcome. That a restart is to be held is a
// suspicion, which promises nothing.
func fits(f health.Forecast, is outcome, when string) error {
	switch {
	case f.Answer == health.Yes && is == bad && f.Name != health.HoldRestart:
		return fmt.Errorf("%s it goes wrong", when)
	case f.Answer == health.No && is == good:
		return fmt.Errorf("%s it goes well", when)
	}
	return nil
}

func subject(seen *health.Model, f health.Forecast) string {
	if f.Subject == health.DeviceSubject {
		return ""
	}
	return seen.NameOf(f.Subject)
}
