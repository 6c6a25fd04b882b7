package tool

import (
	"slices"
	"strings"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// bputil shows the startup policy of a Mac with Apple silicon, which has one
// system here. documented: man bputil, for root; observed (12, 14.3): the text,
// where the first has a blank line before it that -e has not; community: the
// refusal on other Macs; inferred: its code and stream, that all else is on
// standard output, and where the line about -v stands.
func bputil(m *state.Mac, c *Call) Reply {
	group := volumeGroup(m)
	show := c.is("-d") || c.is("--display-policy")
	all := c.is("-e") || c.is("--display-all-policies")
	one := len(c.Args) == 3 && slices.Contains([]string{"-d", "--display-policy"}, c.Args[0]) && slices.Contains([]string{"-v", "--vuid"}, c.Args[1])
	switch {
	case !show && !all && !one || !m.OS.AtLeast(11):
		return notSimulated(c)
	case m.Chip != state.AppleSilicon:
		return refused(1, "bputil is not yet supported on this platform")
	case !c.isRoot():
		return unpublished(c, 1, "for everybody but root")
	case one && !strings.EqualFold(c.Args[2], group):
		return unpublished(c, 1, "for a volume group that is not there")
	}
	head := "Local policy for volume group " + group + ":"
	switch {
	case all:
		return printed(slices.Concat(bputilWarning(), []string{"", "", head}, localPolicy(m))...)
	case m.OS.AtLeast(13):
		head = "Current local policy:"
	}
	lines := slices.Concat([]string{""}, bputilWarning(), []string{"", head}, localPolicy(m))
	if one {
		lines = slices.Insert(lines, 0, "Operating on Volume Group UUID "+group)
	}
	return printed(lines...)
}

func bputilWarning() []string {
	return []string{
		"This utility is not meant for normal users or even sysadmins.",
		`It provides unabstracted access to capabilities which are normally handled for the user automatically when changing the security policy through GUIs such as the Startup Security Utility in macOS Recovery ("recoveryOS").`,
		"It is possible to make your system security much weaker and therefore easier to compromise using this tool.",
		"This tool is not to be used in production environments.",
		"It is possible to render your system unbootable with this tool.",
		"It should only be used to understand how the security of Apple Silicon Macs works.",
		"Use at your own risk!",
	}
}
