package tool

import "github.com/tokenward/tokenward/internal/macsim/state"

// dsconfigad says which Active Directory the Mac is bound to. community: the
// first three lines, after which a real one lists its options, and nothing at
// all where it is not bound. It reads its own settings: whether the directory
// answers makes no difference.
func dsconfigad(m *state.Mac, c *Call) Reply {
	switch {
	case !c.is("-show"):
		return notSimulated(c)
	case m.Directory.Forest == "":
		return Reply{}
	}
	return printed(
		"Active Directory Forest          = "+m.Directory.Forest,
		"Active Directory Domain          = "+m.Directory.Domain,
		"Computer Account                 = "+m.Directory.Computer,
	)
}
