package macsim

import (
	"fmt"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// Step is one thing that happened in a Mac's history.
type Step struct {
	After   state.Duration // since the step before; ten minutes unless given
	At      time.Time      // instead of After
	Refused state.Refusal  // what the Mac is expected to refuse it for
	Event   state.Event
	line    int
}

// UnmarshalYAML reads a mapping of one event's name to its fields, with after,
// at and refused beside it.
func (s *Step) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind != yaml.MappingNode {
		return fmt.Errorf("line %d: a step is a mapping such as login: {user: lea}", n.Line)
	}
	s.line, s.After = n.Line, state.Duration(10*time.Minute)
	if err := oneTime(n); err != nil {
		return err
	}
	for i := 0; i < len(n.Content); i += 2 {
		if err := s.read(n.Content[i], n.Content[i+1]); err != nil {
			return err
		}
	}
	if s.Event == nil {
		return fmt.Errorf("line %d: this step names no event", n.Line)
	}
	return nil
}

// oneTime refuses a step that says twice when it happened.
func oneTime(n *yaml.Node) error {
	said := ""
	for i := 0; i < len(n.Content); i += 2 {
		key := n.Content[i]
		if key.Value != "after" && key.Value != "at" {
			continue
		}
		if said != "" {
			return fmt.Errorf("line %d: this step has %s and %s: give one of them", key.Line, said, key.Value)
		}
		said = key.Value
	}
	return nil
}

func (s *Step) read(key, value *yaml.Node) error {
	switch key.Value {
	case "after":
		return value.Decode(&s.After)
	case "at":
		return value.Decode(&s.At)
	case "refused":
		return value.Decode(&s.Refused)
	}
	event, err := state.NewEvent(key.Value)
	if err != nil {
		return fmt.Errorf("line %d: %w", key.Line, err)
	}
	if s.Event != nil {
		return fmt.Errorf("line %d: this step has a second event, %s", key.Line, key.Value)
	}
	s.Event = event
	if err := decodeEvent(value, event); err != nil {
		return err
	}
	if err := checkEvent(event); err != nil {
		return fmt.Errorf("line %d: %s: %w", key.Line, key.Value, err)
	}
	return nil
}

// decodeEvent reads an event's fields; an event without any may stand alone.
func decodeEvent(n *yaml.Node, into state.Event) error {
	if n.Kind == yaml.ScalarNode && n.Tag == "!!null" {
		return nil
	}
	return state.DecodeNode(n, into)
}

// play lets the step happen.
func (s *Step) play(m *state.Mac) error {
	at := s.At
	if at.IsZero() {
		at = m.Clock.Add(time.Duration(s.After))
	}
	why, err := Happen(m, at, s.Event)
	switch {
	case err != nil:
		return fmt.Errorf("line %d: %w", s.line, err)
	case why != s.Refused && s.Refused == state.NotRefused:
		return fmt.Errorf("line %d: %s: the Mac refuses it: %s", s.line, state.EventName(s.Event), why)
	case why != s.Refused:
		return fmt.Errorf("line %d: %s: refused for %q, and not for %q", s.line, state.EventName(s.Event), why, s.Refused)
	}
	return nil
}

// Happen lets an event happen to a Mac at a time; the zero time is the Mac's own
// clock. In contrast to the Mac's own Do it refuses a time that has passed, and
// faults of what is no tool. After an error the Mac is not to be used.
func Happen(m *state.Mac, at time.Time, e state.Event) (state.Refusal, error) {
	if !at.IsZero() && at.Before(m.Clock) {
		return "", fmt.Errorf("%s: %s has passed: the Mac's clock says %s",
			state.EventName(e), at.UTC().Format(time.RFC3339), m.Clock.UTC().Format(time.RFC3339))
	}
	why, err := m.Do(at, e)
	if err == nil {
		err = checkFaults(m.Faults) // an edit can write them too
	}
	return why, err
}
