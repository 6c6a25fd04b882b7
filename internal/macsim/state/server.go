package state

// keeper is who keeps the Mac's Bootstrap Token, by generation: the simulated
// server, or a real one behind a [Link]. It is asked only where it is reachable.
type keeper interface {
	enroll() Refusal // a first time or anew
	set(generation int) Refusal
	get() (generation int, why Refusal)
}

func (m *Mac) keeper() keeper {
	if m.link != nil {
		return linked{m}
	}
	return simulated{m}
}

// sendBootstrap is SetBootstrapToken. The Mac believes what the server answers;
// that is all that "escrowed" means. U7: what it believes after an error.
func (m *Mac) sendBootstrap() Refusal {
	if !m.reachable() {
		return ServerUnreachable
	}
	why := m.keeper().set(m.Bootstrap.Local)
	switch why {
	case NotRefused:
		m.Bootstrap.Escrowed, m.Bootstrap.Pending = true, false
	case ServerRefused:
		m.Bootstrap.Escrowed = m.Switches.FailedEscrowSetsFlag
	default:
	}
	return why
}

// fetchBootstrap is GetBootstrapToken: the generation that the server has; 0
// where it has none, which is an answer like any other.
func (m *Mac) fetchBootstrap() (int, Refusal) {
	if !m.reachable() {
		return 0, ServerUnreachable
	}
	return m.keeper().get()
}

// clearBootstrap is SetBootstrapToken without a token. documented: the server
// must remove it.
func (m *Mac) clearBootstrap() Refusal {
	if !m.reachable() {
		return ServerUnreachable
	}
	return m.keeper().set(0)
}

// authenticateAnew is the check-in Authenticate.
func (m *Mac) authenticateAnew() Refusal { return m.keeper().enroll() }

// simulated is the server that a few fields of the Mac describe, with the faults
// that they give it.
type simulated struct{ m *Mac }

// enroll: community: NanoMDM since 0.7 and Fleet until 2026 forget the Bootstrap
// Token then, also when a certificate is merely renewed.
func (s simulated) enroll() Refusal {
	if !s.m.Server.KeepsToken {
		s.m.Server.Token = 0
	}
	return NotRefused
}

func (s simulated) set(generation int) Refusal {
	switch {
	case s.m.Server.Refuses:
		return ServerRefused
	case generation == 0 || !s.m.Server.StoresNothing: // what it has it can remove
		s.m.Server.Token = generation
	}
	return NotRefused
}

func (s simulated) get() (int, Refusal) {
	server := &s.m.Server
	if server.Refuses {
		return 0, ServerRefused
	}
	token := server.Token
	if server.ForgetsAfter > 0 {
		server.ForgetsAfter--
		s.m.Revision++
		if server.ForgetsAfter == 0 {
			server.Token = 0
		}
	}
	return token, NotRefused
}
