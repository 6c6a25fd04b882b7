package state

import (
	"fmt"
)

// apply installs a newer system. Tokens stay. documented.
func (e *Upgrade) apply(m *Mac) (Refusal, error) {
	next := OS{Version: e.Version, Build: e.Build}
	if err := next.check(); err != nil {
		return "", err
	}
	have, _ := numbers(m.OS.Version) // checked when the Mac was described
	if !next.AtLeast(have...) {
		return "", fmt.Errorf("version: %s is older than %s", e.Version, m.OS.Version)
	}
	next.Product = next.product()
	usual := m.Volume == m.volume()
	m.OS = next
	if usual {
		m.Volume = m.volume()
	}
	m.EACSPreflight = ""
	if m.Phase == Running {
		m.restart()
	}
	return NotRefused, nil
}
