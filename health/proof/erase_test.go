package proof

import (
	"testing"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/macsim/state"
)

// eraseAsForeseen tries every behaviour of EraseDevice on a state. An order that
// cannot arrive is no test.
func eraseAsForeseen(t *testing.T, at *seenState) {
	t.Helper()
	if at.mac.Enrollment.MDM != state.NotEnrolled && !reachable(&at.mac) {
		return
	}
	for _, path := range health.Erasures(at.model) {
		after, _ := try(&at.mac, &state.Erase{Behavior: state.Obliteration(path.Behavior)})
		contradicts(t, at, path, "erased", path.Erases, after.Phase != at.mac.Phase)
		contradicts(t, at, path, "ready for the next user", path.Silently, after.Phase == state.SetupAssistant)
	}
}

func contradicts(t *testing.T, at *seenState, path health.ErasePath, what string, said health.Tri, is bool) {
	t.Helper()
	if said == health.Not(health.TriOf(is)) {
		t.Errorf("%s: %s is said to be %s, and is not so, after\n  %s", path.Behavior, what, said, at.path())
	}
}
