package tool

import "github.com/tokenward/tokenward/internal/macsim/state"

// csrutil says whether System Integrity Protection is on. observed (10.11 to
// 26); community: the signed system volume, since 11; the refusal to change
// anything outside recoveryOS, of which the stream and the code are inferred.
func csrutil(m *state.Mac, c *Call) Reply {
	switch {
	case c.is("status"):
		return printed("System Integrity Protection status: " + either(m.Security.SIPDisabled, "disabled", "enabled") + ".")
	case c.is("authenticated-root", "status") && m.OS.AtLeast(11):
		return printed("Authenticated Root status: enabled")
	case c.is("disable"), c.is("enable"), c.is("clear"):
		return refused(1, "csrutil: This tool needs to be executed from Recovery OS.")
	}
	return notSimulated(c)
}
