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
	usual     = 4_050
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
				explore(t, from, limit, func(at *seenState) { all.judge(t, at, from.policy) })
			})
		}
	})
	fmt.Print(all.report(time.Since(began)))
	if raceDetector || *statesWanted < usual {
		return
	}
	if all.deceived == 0 || all.misled == 0 || all.outdated == 0 {
		t.Errorf("no state was reached of which a look does not tell what is wrong: %d, %d and %d", all.deceived, all.misled, all.outdated)
	}
	for _, b := range health.Behaviours() {
		if all.mattered[b] == 0 {
			t.Errorf("%s is the reason of no answer that it decides", b)
		}
	}
}

// A view is how much of a Mac is known to whoever asks for forecasts.
type view struct {
	name  string
	model health.Model
	alone bool // nobody looked before: what cannot be seen at one look is left out
	new   bool // a proof that it goes by is not older than an hour
}

// views are: everything, all but what makes the Mac talk to its server, and nothing
// of what only a deep check asks; each at a first check. Then everything and little
// again by an agent that looked after every event, and by one that was away for more
// than a month since.
func views(at *seenState) []view {
	full := witness(&at.mac)
	device := full
	device.EACSPreflight, device.Managed = evidence.Obs[string]{}, evidence.Managed{}
	quick := device
	quick.Security = evidence.Security{}
	monthLater := quick
	monthLater.TakenAt = full.TakenAt.Add(40 * 24 * time.Hour)
	return []view{
		{"full", at.model, true, true},
		{"without the preflight", health.Derive(device, health.Ledger{}), true, true},
		{"quick", health.Derive(quick, health.Ledger{}), true, true},
		{"watched", at.watched, false, false},
		{"watched, quick", health.Derive(quick, at.past), false, false},
		{"watched, a month later", health.Derive(monthLater, at.past), false, true},
	}
}

// judge asks a state for its forecasts. A Mac that is not running is asked by nobody.
func (all *tally) judge(t *testing.T, at *seenState, p health.Policy) {
	t.Helper()
	if at.mac.Phase != state.Running {
		return
	}
	eraseAsForeseen(t, at)
	truth := &truths{mac: &at.mac, known: map[string]outcome{}, outcomes: outcomes()}
	for _, v := range views(at) {
		if all.hidden(t, at, &v) {
			continue
		}
		for _, f := range health.Forecasts(v.model, p) {
			err := all.hold(truth, &v.model, f)
			if v.name == "full" {
				all.sort(truth, &v.model, f)
			}
			if err != nil {
				all.count(func() { all.wrong[f.Name]++ })
				if all.wrong[f.Name] <= 2 {
					t.Errorf("%s of %s, %s: %v\n%+v\nafter\n  %s", f.Name, v.model.NameOf(f.Subject), v.name, err, f, at.path())
				}
			}
		}
	}
	all.count(func() { all.states++ })
}

// hidden says whether nothing on the Mac tells what is wrong with it, and counts it:
// at a single look, that a login did not mend a token, and that the sealed recovery
// key is a former one, whose file stayed; and with a past, that the server has lost
// since what was proven not long ago.
func (all *tally) hidden(t *testing.T, at *seenState, v *view) bool {
	t.Helper()
	var of *int
	_, _, file := at.mac.SealedKey()
	switch {
	case deceived(&at.mac, &v.model):
		of = &all.deceived
		if !v.alone {
			t.Errorf("%s: a password that was seen set anew counts as mended after\n  %s", v.name, at.path())
		}
	case v.alone && file && at.mac.FileVault.EscrowProfile && !sealed(&at.mac):
		of = &all.misled
	case !v.new && v.model.Bootstrap.Strength == health.StrengthProven && v.model.Bootstrap.ProvenAt.Before(v.model.TakenAt) && lost(&at.mac):
		of = &all.outdated
	default:
		return false
	}
	all.count(func() { *of++ })
	return true
}

// lost: with the network up and the server there, the Mac would not get its token.
func lost(m *state.Mac) bool { return !m.Offline && !m.Server.Down && !gets(m) }

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
