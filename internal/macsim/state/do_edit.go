package state

import (
	"fmt"
)

// apply lays the text over the state.
func (e *Edit) apply(m *Mac) (Refusal, error) {
	if err := e.Mac.over(m); err != nil {
		return "", fmt.Errorf("mac: %w", err)
	}
	if e.User != "" {
		a, ok := m.Account(e.User)
		if !ok {
			return "", fmt.Errorf("user: there is no account %q", e.User)
		}
		type plain Account // without the defaults of an account that is new
		if err := e.Account.over((*plain)(a)); err != nil {
			return "", fmt.Errorf("account: %w", err)
		}
	}
	return NotRefused, m.Complete()
}
