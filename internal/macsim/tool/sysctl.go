package tool

import (
	"fmt"
	"strings"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// sysctl reads values of the kernel. documented: Apple's source of it, where the
// exit code is the number of names that the kernel does not know; observed (15,
// 26): the lines.
//
// Names that a Mac has and this one does not simulate fail the whole call, so
// that nobody takes them for unknown.
func sysctl(m *state.Mac, c *Call) Reply {
	options, names, ok := getopt(c.Args, "niq")
	if !ok || len(names) == 0 {
		return notSimulated(c)
	}
	given := letters(options)
	var reply Reply
	for _, name := range names {
		value, what := kernelValue(m, c, name)
		switch {
		case what == valueElsewhere:
			return notSimulated(c)
		case what == valueKnown:
			reply.Stdout += either(strings.Contains(given, "n"), "", name+": ") + value + "\n"
		case strings.Contains(given, "i"):
		default:
			reply.Exit++
			reply.Stderr += either(strings.Contains(given, "q"), "", "sysctl: unknown oid '"+name+"'\n")
		}
	}
	return reply
}

// valueKind is what becomes of a name.
type valueKind int

const (
	valueKnown     valueKind = iota
	valueUnknown             // the kernel of this Mac has no such name
	valueElsewhere           // it may have, but the simulator has not
)

// kernelValue looks a name up. documented: the names, in Apple's headers and
// notes; community: since when there are some.
func kernelValue(m *state.Mac, c *Call, name string) (string, valueKind) {
	apple := m.Chip == state.AppleSilicon
	switch name {
	case "hw.model":
		return m.Model, valueKnown
	case "hw.machine":
		return machine(m), valueKnown
	case "kern.ostype":
		return "Darwin", valueKnown
	case "kern.osversion":
		return m.OS.Build, valueKnown
	case "kern.boottime":
		return bootTime(m, c)
	case "hw.optional.arm64":
		return "1", knownIf(apple)
	case "kern.hv_vmm_present":
		return either(m.Virtual, "1", "0"), knownIf(m.OS.AtLeast(11))
	case "kern.osproductversion":
		return m.OS.Version, knownIf(m.OS.AtLeast(10, 13, 4))
	case "machdep.cpu.brand_string":
		return processor(m)
	}
	top, _, _ := strings.Cut(name, ".")
	if isOneOf(top, "audit debug hw iogpu kern kpc ktrace machdep net security user vfs vm") || strings.ContainsAny(name, "=:") {
		return "", valueElsewhere
	}
	return "", valueUnknown
}

func knownIf(known bool) valueKind {
	if known {
		return valueKnown
	}
	return valueUnknown
}

// bootTime is when the Mac started. observed (26.6).
func bootTime(m *state.Mac, c *Call) (string, valueKind) {
	if m.Booted.IsZero() {
		return "", valueElsewhere
	}
	local := m.Booted.In(c.At.Location())
	return fmt.Sprintf("{ sec = %d, usec = %d } %s", m.Booted.Unix(), m.Booted.Nanosecond()/1000, local.Format("Mon Jan _2 15:04:05 2006")), valueKnown
}

// processor is the name of the chip. observed (26): that of a virtual machine;
// documented: the others, by model, as far as a model has one chip alone.
func processor(m *state.Mac) (string, valueKind) {
	switch m.Model {
	case "VirtualMac2,1":
		return "Apple M1 (Virtual)", valueKnown
	case "MacBookAir10,1", "MacBookPro17,1", "Macmini9,1", "iMac21,1", "iMac21,2":
		return "Apple M1", valueKnown
	case "MacBookPro18,1", "MacBookPro18,3":
		return "Apple M1 Pro", valueKnown
	case "MacBookPro18,2", "MacBookPro18,4":
		return "Apple M1 Max", valueKnown
	case "Mac14,2", "Mac14,3", "Mac14,7", "Mac14,15":
		return "Apple M2", valueKnown
	case "Mac15,3", "Mac15,12", "Mac15,13":
		return "Apple M3", valueKnown
	case "Mac15,6", "Mac15,7":
		return "Apple M3 Pro", valueKnown
	case "Mac16,1", "Mac16,10", "Mac16,12", "Mac16,13":
		return "Apple M4", valueKnown
	}
	return "", valueElsewhere
}
