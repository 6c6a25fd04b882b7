package wire_test

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/wire"
)

// Everybody on a Mac may read it, so a key that is added here is a decision.
func TestPublicHoldsNothingPrivate(t *testing.T) {
	t.Parallel()
	report := wire.Report{
		Verdict: health.VerdictCritical, HoldRestart: health.Yes, ObservedAt: now,
		Device:   wire.Device{Serial: "SERIAL", Name: "Lea's Mac", HardwareUUID: "UUID"},
		Accounts: []wire.Account{{Name: "lea"}}, Findings: []wire.Finding{{Code: "ST_PHANTOM", Summary: "lea"}},
	}
	data, err := json.Marshal(wire.PublicOf(report, now.Add(time.Hour)))
	if err != nil {
		t.Fatal(err)
	}
	var keys map[string]any
	if err := json.Unmarshal(data, &keys); err != nil {
		t.Fatal(err)
	}
	want := []string{"checked_at", "hold_restart", "next_check", "schema", "schema_version", "verdict"}
	if got := slices.Sorted(maps.Keys(keys)); !slices.Equal(got, want) {
		t.Errorf("it tells %v, want %v", got, want)
	}
	if keys["verdict"] != "critical" || keys["hold_restart"] != "yes" {
		t.Errorf("%s", data)
	}
}

func TestFresh(t *testing.T) {
	t.Parallel()
	p := wire.Public{CheckedAt: now, NextCheck: now.Add(15 * time.Minute)}
	for _, tc := range []struct {
		name string
		at   time.Time
		want bool
	}{
		{"at once", now, true},
		{"when the next check is due", now.Add(15 * time.Minute), true},
		{"a little late", now.Add(44 * time.Minute), true},
		{"much too late", now.Add(46 * time.Minute), false},
		{"clocks that differ a little", now.Add(-30 * time.Second), true},
		{"a check in the future", now.Add(-time.Hour), false},
	} {
		if got := p.Fresh(tc.at); got != tc.want {
			t.Errorf("%s: %t", tc.name, got)
		}
	}
	if (wire.Public{}).Fresh(now) {
		t.Error("what was never written is fresh")
	}
}

func TestHistoryOf(t *testing.T) {
	t.Parallel()
	ledger := health.Ledger{
		Mac: health.Memory{At: now, Accounts: map[string]health.AccountMemory{"GUID": {Name: "lea"}}},
		Changes: []health.Change{
			{At: now.Add(-time.Hour), Kind: health.FileVaultChanged, Subject: health.DeviceSubject},
			{At: now.Add(-time.Minute), Kind: health.FindingRaised, Subject: "GUID", Code: "ST_PHANTOM"},
			{At: now, Kind: health.HolderGone, Subject: "GONE", Name: "former"},
		},
	}
	h := wire.HistoryOf(ledger)
	if len(h.Changes) != 3 || !h.Since.Equal(now.Add(-time.Hour)) || !h.Last.Equal(now) {
		t.Fatalf("%+v", h)
	}
	for i, want := range []string{"former", "lea", ""} {
		if h.Changes[i].Name != want {
			t.Errorf("change %d is about %q, want %q: the newest first, by name", i, h.Changes[i].Name, want)
		}
	}
	if ledger.Changes[1].Name != "" {
		t.Error("the ledger was changed")
	}
	if none := wire.HistoryOf(health.Ledger{}); none.Changes == nil || len(none.Changes) != 0 {
		t.Errorf("of a Mac that nobody checked: %+v", none)
	}
}
