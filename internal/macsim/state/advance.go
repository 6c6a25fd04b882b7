package state

import "time"

// advance sets the clock. It never goes back.
func (m *Mac) advance(at time.Time) {
	if at.After(m.Clock) {
		m.Clock = at
	}
}
