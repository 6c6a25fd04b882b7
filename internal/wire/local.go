package wire

import (
	"slices"
	"time"

	"github.com/tokenward/tokenward/health"
)

// The schema of what every user of a Mac may read.
const (
	PublicSchema  = "tokenward.public"
	PublicVersion = "1.0"
)

// Public is what every user of a Mac may know of its last check. There is no name
// in it, no number of a Mac and no finding.
type Public struct {
	Schema        string         `json:"schema"`
	SchemaVersion string         `json:"schema_version"`
	Verdict       health.Verdict `json:"verdict"`
	HoldRestart   health.Tri     `json:"hold_restart"`
	CheckedAt     time.Time      `json:"checked_at"`
	NextCheck     time.Time      `json:"next_check"` // at the latest, while the Mac is awake
}

// PublicOf is what of a report is for everybody.
func PublicOf(r Report, next time.Time) Public {
	return Public{
		Schema: PublicSchema, SchemaVersion: PublicVersion, Verdict: r.Verdict, HoldRestart: r.HoldRestart,
		CheckedAt: r.ObservedAt.UTC(), NextCheck: next.UTC(),
	}
}

// Fresh says whether the daemon checks as it promised, at that time. A Mac that
// has woken up may be late.
func (p Public) Fresh(now time.Time) bool {
	const late, skew = 30 * time.Minute, time.Minute
	return !p.CheckedAt.After(now.Add(skew)) && now.Before(p.NextCheck.Add(late))
}

// History is what changed on a Mac, the newest first, as far as is remembered.
type History struct {
	Since   time.Time       `json:"since"` // of the oldest change that is remembered
	Last    time.Time       `json:"last_check"`
	Changes []health.Change `json:"changes"`
}

// HistoryOf is what a ledger remembers.
func HistoryOf(l health.Ledger) History {
	h := History{Last: l.Mac.At.UTC(), Changes: make([]health.Change, 0, len(l.Changes))}
	for _, c := range slices.Backward(l.Changes) {
		h.Changes = append(h.Changes, named(c, l.Mac))
	}
	if len(l.Changes) > 0 {
		h.Since = l.Changes[0].At.UTC()
	}
	return h
}

// named adds whose account a change is about where the change does not say, such
// as a finding that came or went.
func named(c health.Change, m health.Memory) health.Change {
	if a, known := m.Accounts[c.Subject]; known && c.Name == "" {
		c.Name = a.Name
	}
	return c
}
