package schedule

import "time"

// SetWall replaces the clock on the wall by one that a test can move, as sleep
// moves it.
func (s *Schedule) SetWall(wall func() time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wall = wall
}
