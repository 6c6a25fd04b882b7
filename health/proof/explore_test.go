package proof

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/macsim/state"
)

// seenState is a state on the way to others, with how it was reached. It is checked
// twice: as if nobody had ever looked at the Mac, and by an agent that looks after
// every event.
type seenState struct {
	mac     state.Mac
	model   health.Model  // of the full evidence, of a first check
	past    health.Ledger // of the checks before
	watched health.Model  // of the full evidence, with that past
	ledger  health.Ledger // for the next check
	from    *seenState
	event   state.Event
}

// look checks a state both ways.
func (s *seenState) look() {
	full := witness(&s.mac)
	if s.from != nil {
		s.past = s.from.ledger
	}
	s.model, s.watched = health.Derive(full, health.Ledger{}), health.Derive(full, s.past)
	s.ledger, _, _ = health.Settle(s.past, s.watched, nil)
	s.ledger.Changes = nil // nothing here goes by them
}

func (s *seenState) key() string { return keyOf(&s.mac, &s.model, &s.watched) }

// path is the history that leads to a state.
func (s *seenState) path() string {
	var steps []string
	for at := s; at.from != nil; at = at.from {
		fields, _ := yaml.Marshal(at.event)
		var kept []string
		for line := range strings.Lines(string(fields)) {
			if _, value, _ := strings.Cut(strings.TrimSpace(line), ": "); value != "" && value != `""` && value != "null" && value != "false" && value != "0" {
				kept = append(kept, strings.TrimSpace(line))
			}
		}
		steps = append([]string{state.EventName(at.event) + " {" + strings.Join(kept, ", ") + "}"}, steps...)
	}
	return strings.Join(steps, "\n  ")
}

// explore lets everything happen from a start on, and calls visit for each of the
// first states that come of it: by turns the next in breadth and any one, so that
// all short histories are among them and some long ones.
func explore(t *testing.T, from start, limit int, visit func(*seenState)) {
	t.Helper()
	first := from.state(t)
	known := map[string]bool{first.key(): true}
	queue, events := []*seenState{first}, menu()
	random := rand.New(rand.NewPCG(7, 7))
	for turn := 0; len(queue) > 0; turn++ {
		i := 0
		if turn%2 == 1 {
			i = random.IntN(len(queue))
		}
		at := queue[i]
		queue = slices.Delete(queue, i, i+1)
		visit(at)
		for _, event := range events {
			if len(known) >= limit {
				break
			}
			next := &seenState{mac: at.mac, from: at, event: event}
			if _, err := next.mac.Do(at.mac.Clock.Add(step), event); err != nil {
				continue
			}
			next.look()
			if key := next.key(); !known[key] {
				known[key] = true
				queue = append(queue, next)
			}
		}
	}
}
