package tool

import (
	"strings"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// swVers answers sw_vers. documented: man sw_vers; community: two dashes since
// 11, the extra of a rapid security response since 13.3; inferred: an empty line
// where there is none.
func swVers(m *state.Mac, c *Call) Reply {
	if len(c.Args) == 0 {
		return printed(versionLines(m.OS)...)
	}
	if len(c.Args) > 1 {
		return notSimulated(c)
	}
	field := c.Args[0]
	if m.OS.AtLeast(11) && strings.HasPrefix(field, "--") {
		field = field[1:]
	}
	switch {
	case field == "-productName":
		return printed(m.OS.Product)
	case field == "-productVersion":
		return printed(m.OS.Version)
	case field == "-productVersionExtra" && m.OS.AtLeast(13, 3):
		return printed(m.OS.Extra)
	case field == "-buildVersion":
		return printed(m.OS.Build)
	}
	return notSimulated(c)
}

// versionLines are the report. observed (15.7.9, 26.6.2): two tabs; community:
// one tab before 13, and the extra line of a rapid security response since 13.3.
func versionLines(o state.OS) []string {
	gap, extraGap := "\t\t", "\t"
	if !o.AtLeast(13) {
		gap = "\t"
	}
	lines := []string{"ProductName:" + gap + o.Product, "ProductVersion:" + gap + o.Version}
	if o.Extra != "" && o.AtLeast(13, 3) {
		lines = append(lines, "ProductVersionExtra:"+extraGap+o.Extra)
	}
	return append(lines, "BuildVersion:"+gap+o.Build)
}
