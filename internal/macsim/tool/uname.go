package tool

import (
	"strings"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// uname answers with the system's name, the machine's and the processor's.
// documented: man uname, and that they come in this order; community: "arm" and
// "i386". The kernel's version and the host's name are not simulated.
func uname(m *state.Mac, c *Call) Reply {
	options, operands, ok := getopt(c.Args, "mps")
	if !ok || len(operands) > 0 {
		return notSimulated(c)
	}
	given := letters(options)
	var words []string
	if given == "" || strings.Contains(given, "s") {
		words = append(words, "Darwin")
	}
	if strings.Contains(given, "m") {
		words = append(words, machine(m))
	}
	if strings.Contains(given, "p") {
		words = append(words, either(m.Chip == state.AppleSilicon, "arm", "i386"))
	}
	return printed(strings.Join(words, " "))
}

// machine is the kernel's word for the hardware. documented.
func machine(m *state.Mac) string {
	return either(m.Chip == state.AppleSilicon, "arm64", "x86_64")
}
