package tool

import (
	"fmt"
	"strings"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// ioreg answers for the platform expert, in either of the two ways in which
// scripts ask for it: the subtree below it, or the tree down to it. A real one
// has many more properties. documented: Apple's source of it, for the options
// and the form; inferred: the numbers in the nodes' lines.
func ioreg(m *state.Mac, c *Call) Reply {
	options, operands, ok := getopt(c.Args, "rlc:d:w:")
	if !ok || len(operands) > 0 {
		return notSimulated(c)
	}
	var class, depth string
	for _, o := range options {
		switch {
		case o.letter == 'c':
			class = o.value
		case o.letter == 'd':
			depth = o.value
		case o.letter == 'w' && o.value != "0":
			return notSimulated(c)
		}
	}
	given := letters(options)
	subtree := strings.Contains(given, "r")
	switch {
	case class != "IOPlatformExpertDevice":
		return notSimulated(c)
	case subtree && depth == "1":
		return printed(platformExpert(m, "")...)
	case !subtree && depth == "2" && !strings.Contains(given, "l"):
		lines := append([]string{"+-o Root  <class IORegistryEntry, id 0x100000100, retain 21>"}, platformExpert(m, "  ")...)
		return printed(append(lines, "      ")...)
	}
	return notSimulated(c)
}

// platformExpert is the node and its properties.
func platformExpert(m *state.Mac, indent string) []string {
	return []string{
		fmt.Sprintf("%s+-o %s  <class IOPlatformExpertDevice, id 0x100000224, registered, matched, active, busy 0 (37 ms), retain 34>", indent, m.Board),
		indent + "    {",
		fmt.Sprintf(`%s      "IOPlatformSerialNumber" = "%s"`, indent, m.Serial),
		fmt.Sprintf(`%s      "IOPlatformUUID" = "%s"`, indent, m.HardwareUUID),
		fmt.Sprintf(`%s      "model" = <"%s">`, indent, m.Model),
		indent + "    }",
	}
}
