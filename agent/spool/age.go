package spool

import (
	"slices"
	"time"
)

// longestStep is the most by which one report makes those before it older: the
// longest time between two checks.
const longestStep = 24 * time.Hour

// ticks is a clock that goes by reports alone. Every report moves it on by as
// much as the clock of the Mac shows to have passed since the report before, but
// never back and never by more than longestStep. So a clock that is set a year
// forward, or a Mac that lay in a drawer for one, costs a day and not what waits;
// and as long as nothing new comes in, nothing becomes older.
type ticks struct {
	spool time.Duration // since the spool was empty, more or less
	made  time.Time     // of the last report, by the clock of the Mac; zero: not known
}

func (t ticks) at(now time.Time) ticks {
	now = now.Round(0)
	if t.made.IsZero() {
		return ticks{t.spool, now}
	}
	return ticks{t.spool + min(max(now.Sub(t.made), 0), longestStep), now}
}

// lastTick reads the clock from the newest report that can be read. Where none
// can, or all are of the form without a clock, it begins anew.
func (s *Spool) lastTick() ticks {
	for i := range slices.Backward(s.waiting) {
		h, _, err := s.read(i)
		if err == nil && h.Kind != former {
			return ticks{s.waiting[i].clock, time.UnixMilli(h.Made)}
		}
	}
	return ticks{}
}

// madeAt is when a report was made, by the clock of the spool. One that cannot be
// read is taken for new, and left to Next.
func (s *Spool) madeAt(i int, now time.Duration) time.Duration {
	if s.waiting[i].clock < 0 {
		if _, _, err := s.read(i); err != nil {
			s.waiting[i].clock = now
		}
	}
	return s.waiting[i].clock
}
