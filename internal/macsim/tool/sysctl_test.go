package tool

import (
	"testing"
	"time"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

func TestSysctl(t *testing.T) {
	intel := func(m *state.Mac) {
		version("10.13.3")(m)
		m.Chip, m.Model = state.Intel, "Macmini6,2"
	}
	model := func(name string) func(*state.Mac) { return func(m *state.Mac) { m.Model = name } }
	booted := func(m *state.Mac) { m.Booted = time.Unix(1790153387, 566452000) }
	testAnswers(t, "/usr/sbin/sysctl", []answerCase{
		{name: "model", args: "hw.model", want: out("hw.model: Mac16,1\n")},
		{name: "model alone", args: "-n|hw.model", want: out("Mac16,1\n")},
		{name: "boot time", args: "-n|kern.boottime", change: booted, want: out("{ sec = 1790153387, usec = 566452 } Wed Sep 23 08:49:47 2026\n")},
		{name: "boot time not known", args: "-n|kern.boottime", want: errText(125, "macsim: sysctl -n kern.boottime is not simulated\n")},
		{name: "virtual", args: "-n|kern.hv_vmm_present", change: func(m *state.Mac) { m.Virtual = true }, want: out("1\n")},
		{name: "not virtual", args: "-n|kern.hv_vmm_present", want: out("0\n")},
		{name: "apple silicon", args: "hw.optional.arm64|hw.machine", want: out("hw.optional.arm64: 1\nhw.machine: arm64\n")},
		{name: "intel", args: "hw.optional.arm64|hw.machine", change: intel, want: Reply{Exit: 1, Stdout: "hw.machine: x86_64\n", Stderr: "sysctl: unknown oid 'hw.optional.arm64'\n"}},
		{name: "too old", args: "-n|kern.hv_vmm_present|kern.osproductversion", change: intel, want: errText(2, "sysctl: unknown oid 'kern.hv_vmm_present'\nsysctl: unknown oid 'kern.osproductversion'\n")},
		{name: "system", args: "-n|kern.ostype|kern.osversion|kern.osproductversion", want: out("Darwin\n25B78\n26.1\n")},
		{name: "chip", args: "-n|machdep.cpu.brand_string", want: out("Apple M4\n")},
		{name: "virtual chip", args: "machdep.cpu.brand_string", change: model("VirtualMac2,1"), want: out("machdep.cpu.brand_string: Apple M1 (Virtual)\n")},
		{name: "a chip among several", args: "-n|machdep.cpu.brand_string", change: model("Mac15,8"), want: errText(125, "macsim: sysctl -n machdep.cpu.brand_string is not simulated\n")},
		{name: "no such name", args: "x.y", want: errText(1, "sysctl: unknown oid 'x.y'\n")},
		{name: "no such name, quietly", args: "-q|x.y", want: Reply{Exit: 1}},
		{name: "no such name, ignored", args: "-i|x.y", want: Reply{}},
		{name: "not simulated", args: "hw.model|hw.memsize", want: errText(125, "macsim: sysctl hw.model hw.memsize is not simulated\n")},
		{name: "set", args: "x=1", want: errText(125, "macsim: sysctl x=1 is not simulated\n")},
		{name: "all", args: "-a", want: errText(125, "macsim: sysctl -a is not simulated\n")},
		{name: "nothing", want: errText(125, "macsim: sysctl is not simulated\n")},
	})
}

func TestSysctlInZone(t *testing.T) {
	t.Parallel()
	m := officeWith(t, func(m *state.Mac) { m.Booted = time.Unix(1790153387, 566452000) })
	c := answerCase{args: "-n|kern.boottime"}.call("/usr/sbin/sysctl")
	c.At = c.At.In(time.FixedZone("PDT", -7*3600))
	want := out("{ sec = 1790153387, usec = 566452 } Wed Sep 23 01:49:47 2026\n") // observed (26.6)
	if got := Answer(m, c); got != want {
		t.Errorf("got %q, want %q", got.Stdout, want.Stdout)
	}
}

func TestProcessor(t *testing.T) {
	t.Parallel()
	for model, want := range map[string]string{
		"MacBookAir10,1": "Apple M1", "MacBookPro18,3": "Apple M1 Pro", "MacBookPro18,2": "Apple M1 Max", "Mac14,2": "Apple M2",
		"Mac15,3": "Apple M3", "Mac15,6": "Apple M3 Pro", "Mac16,12": "Apple M4", "MacBookPro16,1": "",
	} {
		if got, _ := processor(&state.Mac{Model: model}); got != want {
			t.Errorf("processor of %s: %q, want %q", model, got, want)
		}
	}
}
