package state

import "fmt"

// Break makes a tool fail in one of the ways of [Fault].
type Break struct {
	Fault `yaml:",inline"`
}

// Mend ends all faults of a tool, or all there are.
type Mend struct {
	Tool string `yaml:"tool"`
}

// Answers are what the person at the Mac will do with the next dialogs.
type Answers struct {
	Answers []Answer `yaml:"answers"`
}

func (e *Break) apply(m *Mac) (Refusal, error) {
	fault := e.Fault
	if fault.Kind == Stale {
		then := m.Clone()
		then.Faults = nil
		fault.Then = &then
	}
	m.Faults = append(m.Faults, fault)
	return NotRefused, fault.check()
}

func (e *Mend) apply(m *Mac) (Refusal, error) {
	var left []Fault
	for _, f := range m.Faults {
		if e.Tool != "" && f.Tool != e.Tool {
			left = append(left, f)
		}
	}
	if len(left) == len(m.Faults) {
		return "", fmt.Errorf("tool: nothing is wrong with %q", e.Tool)
	}
	m.Faults = left
	return NotRefused, nil
}

func (e *Answers) apply(m *Mac) (Refusal, error) {
	m.Person.Answers = e.Answers
	return NotRefused, nil
}
