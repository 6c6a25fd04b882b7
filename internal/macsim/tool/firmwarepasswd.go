package tool

import "github.com/tokenward/tokenward/internal/macsim/state"

// firmwarepasswd says whether an Intel Mac has a firmware password. observed:
// the answers, the blank line after the last of them too; documented: for root,
// and not on Apple silicon; inferred: exit code 1 there, and that a password
// means the mode "command".
func firmwarepasswd(m *state.Mac, c *Call) Reply {
	set := m.Security.Firmware != ""
	check, mode := c.is("-check"), c.is("-mode")
	switch {
	case !check && !mode:
		return notSimulated(c)
	case m.Chip == state.AppleSilicon:
		return unpublished(c, 1, "on Apple silicon")
	case !c.isRoot():
		return unpublished(c, 1, "for everybody but root")
	case check:
		return printed("Password Enabled: " + either(set, "Yes", "No"))
	case set:
		return printed("Mode: command", "Option roms not allowed")
	default:
		return printed("Mode: none", "Option roms allowed", "")
	}
}
