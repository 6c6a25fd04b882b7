package parse

import (
	"strconv"
	"time"

	"github.com/tokenward/tokenward/internal/pattern"
)

// Kernel is what sysctl says; nil is what this kernel does not know. BootedAt is
// in the zone of the Mac.
type Kernel struct {
	BootedAt     *time.Time `json:"booted_at"`
	Virtual      *bool      `json:"virtual"`
	AppleSilicon *bool      `json:"apple_silicon"`
}

var (
	// observed (26.6): the value; documented (Apple's sysctl): the name before it,
	// and the year at the end.
	kernelStart   = pattern.Lazy(`^(?:kern\.boottime: )?\{ sec = (\d{1,11}), usec = \d+ \} (\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4})$`)
	kernelSwitch  = pattern.Lazy(`^(kern\.hv_vmm_present|hw\.optional\.arm64): ([01])$`)
	kernelValue   = pattern.Lazy(`^(?:kern\.boottime|kern\.hv_vmm_present|hw\.optional\.arm64)\b`)
	kernelUnknown = pattern.Lazy(`^sysctl: unknown oid '([\w.]+)'$`)
)

// Sysctl reads sysctl kern.boottime kern.hv_vmm_present hw.optional.arm64. A name
// that this kernel has not is named in a line of its own, or in none.
func Sysctl(out []byte) (Kernel, error) {
	all, err := lines(out)
	if err != nil {
		return Kernel{}, err
	}
	var k kernelLines
	for _, line := range all {
		if err := k.line(line); err != nil {
			return Kernel{}, err
		}
	}
	return k.finish()
}

// kernelLines collects what the lines of sysctl say.
type kernelLines struct {
	booted         once[time.Time]
	virtual, apple once[bool]
	unknown        []string
}

func (k *kernelLines) line(line string) error {
	if m := kernelStart.FindStringSubmatch(line); m != nil {
		at, err := startOf(m[1], m[2])
		if err != nil || k.booted.said && !k.booted.value.Equal(at) {
			return unreadable("the start %s", clip(line))
		}
		k.booted = once[time.Time]{at, true}
		return nil
	}
	if m := kernelSwitch.FindStringSubmatch(line); m != nil {
		if m[1] == "hw.optional.arm64" {
			return k.apple.say(m[1], m[2] == "1")
		}
		return k.virtual.say(m[1], m[2] == "1")
	}
	if kernelValue.MatchString(line) {
		return unreadable("the line %s", clip(line))
	}
	if m := kernelUnknown.FindStringSubmatch(line); m != nil {
		k.unknown = append(k.unknown, m[1])
	}
	return nil
}

func (k *kernelLines) finish() (Kernel, error) {
	said := map[string]bool{"kern.boottime": k.booted.said, "kern.hv_vmm_present": k.virtual.said, "hw.optional.arm64": k.apple.said}
	for _, name := range k.unknown {
		if said[name] {
			return Kernel{}, unreadable("%s is known and is not", name)
		}
	}
	if !k.booted.said && !k.virtual.said && !k.apple.said {
		return Kernel{}, unreadable("no value of the kernel")
	}
	return Kernel{k.booted.pointer(), k.virtual.pointer(), k.apple.pointer()}, nil
}

// startOf is when the Mac started. The kernel counts the seconds; sysctl prints
// them once more as the clock on the wall, so that the difference is the zone.
// documented (IANA): no zone is further than 15 hours from UTC, and since 1972
// all are a multiple of 15 minutes away.
func startOf(seconds, clock string) (time.Time, error) {
	const furthest, step = 15 * time.Hour, 15 * time.Minute
	count, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil {
		return time.Time{}, unreadable("the seconds %s", clip(seconds))
	}
	at := time.Unix(count, 0).UTC()
	wall, err := time.Parse(time.ANSIC, clock)
	if err != nil || wall.Format(time.ANSIC) != clock {
		return time.Time{}, unreadable("the time %s", clip(clock))
	}
	offset := wall.Sub(at)
	if offset.Abs() > furthest || offset%step != 0 {
		return time.Time{}, unreadable("a zone of %s", offset)
	}
	return at.In(time.FixedZone("", int(offset/time.Second))), nil
}
