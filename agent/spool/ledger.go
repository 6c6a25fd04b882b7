package spool

import (
	"maps"
	"time"

	"github.com/google/uuid"
)

// ledger is what must survive the reports themselves.
type ledger struct {
	Epoch          string            `json:"epoch"`           // empty: what waits belongs to none, and a new one is about to begin
	Done           uint64            `json:"done"`            // the highest number that was acknowledged or went to quarantine
	DroppedThrough uint64            `json:"dropped_through"` // all reports up to this number are gone; audit records may not be
	Dropped        uint64            `json:"dropped"`
	Reasons        map[string]uint64 `json:"reasons,omitempty"` // of the dropped, how many for what
	DroppedSince   *time.Time        `json:"dropped_since,omitempty"`
}

// valid says whether this program can have written it.
func (l ledger) valid() bool {
	return max(l.Done, l.DroppedThrough) <= maxSeq && (l.Epoch == "" || uuid.Validate(l.Epoch) == nil)
}

func (l ledger) hasDropped(seq uint64, k kind) bool { return k != audit && seq <= l.DroppedThrough }

// lost counts reports that will never reach the server.
func (l ledger) lost(reason string, reports int, now time.Time) ledger {
	if reports == 0 {
		return l
	}
	l.Reasons = maps.Clone(l.Reasons)
	if l.Reasons == nil {
		l.Reasons = map[string]uint64{}
	}
	l.Reasons[reason] += uint64(reports)
	l.Dropped += uint64(reports)
	if l.DroppedSince == nil {
		since := now.UTC()
		l.DroppedSince = &since
	}
	return l
}

// ended is the ledger when an epoch ends with so many reports still waiting.
// What was lost before stays in it.
func (l ledger) ended(waiting int, now time.Time) ledger {
	l = l.lost(lostEpoch, waiting, now)
	l.Epoch, l.Done, l.DroppedThrough = "", 0, 0
	return l
}

// with adds what another ledger counted, if there is one.
func (l ledger) with(other *ledger) ledger {
	if other == nil {
		return l
	}
	l.Dropped += other.Dropped
	if l.DroppedSince == nil {
		l.DroppedSince = other.DroppedSince
	}
	return l
}
