package tool

import "github.com/tokenward/tokenward/internal/macsim/state"

// appSSO says that there is no single sign-on with the platform: the simulated
// Mac has none. community: the text, for root; documented: since 13, and the
// long option.
func appSSO(m *state.Mac, c *Call) Reply {
	if !m.OS.AtLeast(13) || !c.is("platform", "-s") && !c.is("platform", "--state") {
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
