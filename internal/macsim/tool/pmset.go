package tool

import "github.com/tokenward/tokenward/internal/macsim/state"

// pmset answers for the power: the simulated Mac is plugged in, has no battery
// and nothing keeps it awake. documented: man pmset; community: the lines. The
// settings themselves, which differ from model to model, are left out.
func pmset(_ *state.Mac, c *Call) Reply {
	switch {
	case c.is("-g"):
		return printed("System-wide power settings:", "Currently in use:")
	case c.is("-g", "batt"), c.is("-g", "ps"):
		return printed("Now drawing from 'AC Power'")
	case c.is("-g", "assertions"):
		return printed(assertionLines(c)...)
	}
	return notSimulated(c)
}

// assertionLines are those of a Mac on which no process asserts anything.
// community: the lines; inferred: that nothing stands in for the processes, and
// the blank after the time.
func assertionLines(c *Call) []string {
	return []string{
		c.At.Format("2006-01-02 15:04:05 -0700 "),
		"Assertion status system-wide:",
		"   BackgroundTask                 0",
		"   ApplePushServiceTask           0",
		"   UserIsActive                   0",
		"   PreventUserIdleDisplaySleep    0",
		"   PreventSystemSleep             0",
		"   ExternalMedia                  0",
		"   PreventUserIdleSystemSleep     0",
		"   NetworkClientActive            0",
		"Listed by owning process:",
		"No kernel assertions.",
	}
}
