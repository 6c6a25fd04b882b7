package tool

import (
	"fmt"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// pmset answers for the power: what the Mac runs on, and that nothing keeps it
// awake. documented: man pmset; community: the lines. The settings themselves,
// which differ from model to model, are left out.
func pmset(m *state.Mac, c *Call) Reply {
	switch {
	case c.is("-g"):
		return printed("System-wide power settings:", "Currently in use:")
	case c.is("-g", "batt"), c.is("-g", "ps"):
		return printed(powerLines(m.Power)...)
	case c.is("-g", "assertions"):
		return printed(assertionLines(c)...)
	}
	return notSimulated(c)
}

// powerLines are those of a Mac whose battery gains or loses charge. community: the
// lines, of macOS 10.15 to 26; "(no estimate)" stands in the first minute.
func powerLines(p state.Power) []string {
	source, does := "AC Power", "charging; (no estimate)"
	switch {
	case !p.Battery:
		return []string{"Now drawing from 'AC Power'"}
	case p.Unplugged:
		source, does = "Battery Power", "discharging; (no estimate)"
	case p.Percent == 100:
		does = "charged; 0:00 remaining"
	}
	return []string{
		"Now drawing from '" + source + "'",
		fmt.Sprintf(" -InternalBattery-0 (id=1234567)\t%d%%; %s present: true", p.Percent, does),
	}
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
