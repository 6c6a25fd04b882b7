package state

// apply fits a battery where there was none: a scenario is about accounts, and
// rarely says what the Mac runs on.
func (e *Charge) apply(m *Mac) (Refusal, error) {
	p := Power{Battery: true, Percent: e.Percent, Unplugged: e.Unplugged}
	if err := p.check(); err != nil {
		return "", err
	}
	m.Power = p
	return NotRefused, nil
}
