package schedule

import "time"

// SetClocks replaces the clocks by some that a test can move: the one on the wall
// as a person sets it, and the one that goes on as sleep does.
func (s *Schedule) SetClocks(wall func() time.Time, sleepless func() (time.Duration, error)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clocks = clocks{wall: wall, sleepless: sleepless}
}
