package wire_test

import (
	"slices"
	"testing"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/macsim"
	"github.com/tokenward/tokenward/internal/wire"
)

// Every answer is in the report, the one about restarts in the envelope too, and
// whoever could act is one of the accounts.
func TestForecastsInReports(t *testing.T) {
	t.Parallel()
	for _, name := range macsim.Scenarios() {
		s := scenario(t, name)
		r := wire.Build(s)
		if len(r.Forecasts) != len(s.Forecasts) || len(r.Forecasts) < 11 {
			t.Errorf("%s: %d forecasts of %d", name, len(r.Forecasts), len(s.Forecasts))
		}
		for i, f := range s.Forecasts {
			if is := r.Forecasts[i]; is.Name != string(f.Name) || is.Answer != f.Answer || len(is.Because) != len(f.Because) {
				t.Errorf("%s: %+v, want %+v", name, is, f)
			}
			if f.Name == health.HoldRestart && (r.HoldRestart != f.Answer || r.AsHeartbeat().HoldRestart != f.Answer) {
				t.Errorf("%s: hold_restart is %s, want %s", name, r.HoldRestart, f.Answer)
			}
		}
		for _, guid := range slices.Concat(r.Able.Holders, r.Able.Granters, r.Able.Escrowers, r.Able.Owners, r.Able.Unlockers) {
			if !slices.ContainsFunc(r.Accounts, func(a wire.Account) bool { return a.GUID == guid }) {
				t.Errorf("%s: %s is no account of the report", name, guid)
			}
		}
	}
}

// Without any forecast nothing is said about restarts.
func TestHoldRestartIsUnknownWithoutForecasts(t *testing.T) {
	t.Parallel()
	if r := wire.Build(wire.Source{}); r.HoldRestart != health.Unknown || r.Forecasts == nil || r.Able == nil {
		t.Errorf("got %s, %v, %v", r.HoldRestart, r.Forecasts, r.Able)
	}
}
