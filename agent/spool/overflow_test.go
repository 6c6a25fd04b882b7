package spool

import (
	"testing"
	"time"
)

// A disk that came to another Mac, and a quarantine that is full, are no overflow.
func TestOverflowed(t *testing.T) {
	t.Parallel()
	s := &Spool{}
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	for reason, reports := range map[string]int{tooMany: 1, tooMuch: 2, tooOld: 4, tooLong: 8, lostEpoch: 16, outOfQuarantine: 32} {
		s.ledger = s.ledger.lost(reason, reports, now)
	}
	if got := s.Overflowed(); got != 7 || s.ledger.Dropped != 63 {
		t.Errorf("Overflowed = %d of %d", got, s.ledger.Dropped)
	}
}
