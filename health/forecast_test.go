package health_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/health/evidence"
	"github.com/tokenward/tokenward/internal/macsim"
)

func foresee(t *testing.T, m health.Model, name health.ForecastName, who string) health.Forecast {
	t.Helper()
	f, err := health.Foresee(&m, health.Policy{}, name, who)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// Every answer says something, names what it rests on, and forbids something where
// it is not yes.
func TestForecastsAreWhole(t *testing.T) {
	t.Parallel()
	for _, name := range macsim.Scenarios() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := judge(observe(t, name)).model
			for _, f := range health.Forecasts(m, health.Policy{}) {
				if !strings.HasSuffix(f.Summary, ".") || strings.Contains(f.Summary+f.DoNot, "WHO") {
					t.Errorf("%s: %q, %q", f.Name, f.Summary, f.DoNot)
				}
				if f.Answer != health.Yes && f.Name != health.HoldRestart && f.DoNot == "" {
					t.Errorf("%s is %s and forbids nothing", f.Name, f.Answer)
				}
				if len(f.Facts) == 0 && len(f.Depends) == 0 {
					t.Errorf("%s rests on nothing", f.Name)
				}
				if len(f.Depends) > 0 && f.Answer != health.Unknown || !slices.IsSorted(f.Facts) {
					t.Errorf("%+v", f)
				}
			}
		})
	}
}

// Taking evidence away never turns one answer into another: it becomes unknown.
func TestLosingEvidenceOfForecasts(t *testing.T) {
	t.Parallel()
	for _, name := range macsim.Scenarios() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			full := observe(t, name)
			before := answers(judge(full).model)
			for _, fact := range full.Facts() {
				for key, f := range answers(judge(full.Without(fact.Name, evidence.Meta{State: evidence.Denied})).model) {
					was, asked := before[key]
					if asked && f.Answer != health.Unknown && f.Answer != was.Answer {
						t.Errorf("without %s, %s turns from %s to %s: %s", fact.Name, key, was.Answer, f.Answer, f.Summary)
					}
				}
			}
		})
	}
}

func answers(m health.Model) map[string]health.Forecast {
	all := map[string]health.Forecast{}
	for _, f := range health.Forecasts(m, health.Policy{}) {
		all[string(f.Name)+" "+m.NameOf(f.Subject)] = f
	}
	return all
}

// What the server says of itself is not evidence, and nothing observed is nothing
// known.
func TestNothingIsForeseenOfAnUnknownMac(t *testing.T) {
	t.Parallel()
	m := health.Derive(evidence.Snapshot{TakenAt: now}, health.Ledger{})
	for _, f := range health.Forecasts(m, health.Policy{}) {
		if f.Answer != health.Unknown || len(f.Facts) == 0 {
			t.Errorf("%+v", f)
		}
	}
	for _, e := range health.Erasures(m) {
		if e.Erases != health.Unknown && e.Behavior != "Always" || e.Silently == health.Yes {
			t.Errorf("%+v", e)
		}
	}
}

// A report stays small on a Mac with thousands of accounts, and any of them can be
// asked about.
func TestForecastsAreBounded(t *testing.T) {
	t.Parallel()
	m := judge(observe(t, "healthy")).model
	for i := range 2000 {
		m.Accounts = append(m.Accounts, health.Account{Name: fmt.Sprintf("p%d", i), GUID: fmt.Sprintf("G%d", i), Person: health.Yes})
	}
	began := time.Now()
	if all := health.Forecasts(m, health.Policy{}); len(all) != 11+4*32 {
		t.Errorf("%d forecasts", len(all))
	}
	t.Logf("%s for 2,000 accounts", time.Since(began))
	if f := foresee(t, m, health.SafeToRemove, "p1999"); f.Subject != "G1999" {
		t.Errorf("got %+v", f)
	}
	for _, wrong := range [][2]string{{"rain", health.DeviceSubject}, {string(health.SafeToRemove), "nobody-at-all"}, {string(health.HoldRestart), "p1"}} {
		if f, err := health.Foresee(&m, health.Policy{}, health.ForecastName(wrong[0]), wrong[1]); err == nil {
			t.Errorf("%v: %+v", wrong, f)
		}
	}
}

// Who could act, on a Mac where an admin and a user hold tokens.
func TestWhoIsAble(t *testing.T) {
	t.Parallel()
	names := func(actors []health.Actor) (all []string) {
		for _, a := range actors {
			all = append(all, a.Name)
		}
		return all
	}
	for _, tc := range []struct {
		scenario                                        string
		holders, granters, escrowers, owners, unlockers string
	}{
		{"healthy", "[itadmin mbauer]", "[itadmin]", "[itadmin]", "[itadmin mbauer]", "[itadmin mbauer]"},
		{"bootstrap-not-escrowed-standard-holder", "[jokafor]", "[]", "[]", "[jokafor]", "[jokafor]"},
		{"still-on-catalina", "[itadmin cdumitrescu]", "[itadmin cdumitrescu]", "[itadmin cdumitrescu]", "[]", "[itadmin cdumitrescu]"},
	} {
		t.Run(tc.scenario, func(t *testing.T) {
			t.Parallel()
			able := health.WhoIsAble(judge(observe(t, tc.scenario)).model)
			got := fmt.Sprint(names(able.Holders), names(able.Granters), names(able.Escrowers), names(able.Owners), names(able.Unlockers))
			if want := strings.Join([]string{tc.holders, tc.granters, tc.escrowers, tc.owners, tc.unlockers}, " "); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}
