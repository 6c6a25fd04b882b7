package ingest

import (
	"fmt"
	"testing"

	"github.com/tokenward/tokenward/health"
)

// A list shows what counts first. A code that counts anywhere on the Mac is not
// muted.
func TestMutedFindingsAreShownLast(t *testing.T) {
	t.Parallel()
	all := []finding{
		{Code: "WORST", Severity: "critical", Muted: "Known"},
		{Code: "HERE_AND_THERE", Severity: "high", Muted: "Known"},
		{Code: "EFFECT", Severity: "high", CausedBy: "LEAST"},
		{Code: "HERE_AND_THERE", Severity: "medium"},
		{Code: "LEAST", Severity: "low"},
	}
	got := ""
	for _, f := range shown(all) {
		got += fmt.Sprintf("%s %t, ", f.Code, f.Muted)
	}
	if want := "HERE_AND_THERE false, LEAST false, EFFECT false, WORST true, "; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestForecastsOfTheMacAreCounted(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		in   []forecast
		want map[string]health.Tri
	}{
		{"none", nil, map[string]health.Tri{}},
		{"about the Mac", []forecast{{"hold_restart", "device", health.Yes}}, map[string]health.Tri{"hold_restart": health.Yes}},
		{"about an account", []forecast{{"safe_to_reset", "GUID", health.Yes}}, map[string]health.Tri{}},
		{"names that are none", []forecast{{"", "device", health.Yes}, {"A", "device", health.Yes}, {"a b", "device", health.Yes}}, map[string]health.Tri{}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := foreseen(tc.in); fmt.Sprint(got) != fmt.Sprint(tc.want) {
				t.Errorf("got %v, want %v", got, tc.want)
			}
		})
	}
	var many []forecast
	for i := range 1000 {
		many = append(many, forecast{Name: fmt.Sprint("name_", i), Subject: "device"})
	}
	if n := len(foreseen(many)); n != mostForecasts {
		t.Errorf("%d names of one report are counted, want %d", n, mostForecasts)
	}
}
