package tool

import (
	"slices"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// appSSO says that there is no single sign-on with the platform. What it says of
// one that is there is not simulated. community: the text, for root; documented:
// since 13, and the long option.
func appSSO(m *state.Mac, c *Call) Reply {
	asked := c.is("platform", "-s") || c.is("platform", "--state")
	if !m.OS.AtLeast(13) || !asked || slices.ContainsFunc(m.Accounts, func(a state.Account) bool { return a.SSO }) {
		return notSimulated(c)
	}
	return printed(
		"Time: "+c.At.UTC().Format("2006-01-02 15:04:05 -0700"),
		"",
		"Device Configuration:",
		" (null)",
		"",
		"Login Configuration:",
		" (null)",
	)
}
