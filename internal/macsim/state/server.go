package state

// sendBootstrap is SetBootstrapToken. The Mac believes what the server answers;
// that is all that "escrowed" means. U7: what it believes after an error.
func (m *Mac) sendBootstrap() Refusal {
	switch {
	case !m.reachable():
		return ServerUnreachable
	case m.link != nil:
		if why := refusalOf(m.link.SetBootstrapToken(m.device(), m.BootstrapBytes(m.Bootstrap.Local))); why != NotRefused {
			m.Bootstrap.Escrowed = why == ServerRefused && m.Switches.FailedEscrowSetsFlag
			return why
		}
		m.Server.Token = m.Bootstrap.Local
	case m.Server.Refuses:
		m.Bootstrap.Escrowed = m.Switches.FailedEscrowSetsFlag
		return ServerRefused
	case !m.Server.StoresNothing:
		m.Server.Token = m.Bootstrap.Local
	}
	m.Bootstrap.Escrowed, m.Bootstrap.Pending = true, false
	return NotRefused
}

// fetchBootstrap is GetBootstrapToken: the generation that the server has; 0
// where it has none, which is an answer like any other.
func (m *Mac) fetchBootstrap() (int, Refusal) {
	switch {
	case !m.reachable():
		return 0, ServerUnreachable
	case m.link != nil:
		got, err := m.link.GetBootstrapToken(m.device())
		if err != nil {
			return 0, refusalOf(err)
		}
		m.Server.Token = m.generationOf(got)
		return m.Server.Token, NotRefused
	case m.Server.Refuses:
		return 0, ServerRefused
	}
	token := m.Server.Token
	if m.Server.ForgetsAfter > 0 {
		m.Server.ForgetsAfter--
		m.Revision++
		if m.Server.ForgetsAfter == 0 {
			m.Server.Token = 0
		}
	}
	return token, NotRefused
}

// clearBootstrap is SetBootstrapToken without a token. documented: the server
// must remove it.
func (m *Mac) clearBootstrap() Refusal {
	switch {
	case !m.reachable():
		return ServerUnreachable
	case m.link != nil:
		if why := refusalOf(m.link.SetBootstrapToken(m.device(), nil)); why != NotRefused {
			return why
		}
	case m.Server.Refuses:
		return ServerRefused
	}
	m.Server.Token = 0
	return NotRefused
}

// authenticateAnew is the check-in Authenticate. community: NanoMDM since 0.7
// and Fleet until 2026 forget the Bootstrap Token then, also when a certificate
// is merely renewed.
func (m *Mac) authenticateAnew() Refusal {
	if m.link != nil {
		why := refusalOf(m.link.Enroll(m.device()))
		m.Refresh()
		return why
	}
	if !m.Server.KeepsToken {
		m.Server.Token = 0
	}
	return NotRefused
}
