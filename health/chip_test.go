package health_test

import (
	"testing"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/health/evidence"
)

// A T2 is known by the secure boot that no other Intel Mac has, and no Mac is
// called Intel because something was not told.
func TestChip(t *testing.T) {
	t.Parallel()
	says := func(v string) evidence.Obs[string] { return evidence.Obs[string]{State: evidence.Observed, Value: v} }
	var (
		yes     = evidence.Obs[bool]{State: evidence.Observed, Value: true}
		absent  = evidence.Obs[bool]{State: evidence.Absent}
		failed  = evidence.Obs[bool]{State: evidence.Failed, Reason: evidence.Timeout}
		nothing = evidence.Obs[string]{}
	)
	for _, tc := range []struct {
		name       string
		arch       evidence.Obs[string]
		kernel     evidence.Obs[bool]
		secureBoot evidence.Obs[string]
		chip       health.Chip
		appleChip  health.Tri
	}{
		{name: "Apple silicon", arch: says("arm64"), kernel: yes, secureBoot: says("full"), chip: health.AppleSilicon, appleChip: health.Yes},
		{name: "Apple silicon by uname alone", arch: says("arm64"), chip: health.AppleSilicon, appleChip: health.Yes},
		{name: "Apple silicon, asked by a translated process", arch: says("x86_64"), kernel: yes, chip: health.AppleSilicon, appleChip: health.Yes},
		{name: "T2", arch: says("x86_64"), kernel: absent, secureBoot: says("medium"), chip: health.T2, appleChip: health.No},
		{name: "T2 with full security", arch: says("x86_64"), kernel: absent, secureBoot: says("full"), chip: health.T2, appleChip: health.No},
		{name: "T2 with no security", arch: says("x86_64"), kernel: absent, secureBoot: says("off"), chip: health.T2, appleChip: health.No},
		{name: "a level that says nothing", arch: says("x86_64"), kernel: absent, secureBoot: says("unknown"), chip: health.UnknownChip, appleChip: health.No},
		{name: "a level in other capitals", arch: says("x86_64"), kernel: absent, secureBoot: says("Not Supported"), chip: health.UnknownChip, appleChip: health.No},
		{name: "an empty level", arch: says("x86_64"), kernel: absent, secureBoot: says(""), chip: health.UnknownChip, appleChip: health.No},
		{name: "Intel", arch: says("x86_64"), kernel: absent, secureBoot: says("not supported"), chip: health.Intel, appleChip: health.No},
		{name: "an Intel processor, and no more is known", arch: says("x86_64"), kernel: absent, chip: health.UnknownChip, appleChip: health.No},
		{name: "the kernel did not answer", arch: says("x86_64"), kernel: failed, secureBoot: says("full"), chip: health.UnknownChip, appleChip: health.Unknown},
		{name: "nothing known", arch: nothing, chip: health.UnknownChip, appleChip: health.Unknown},
		{name: "a kernel without the name, and no processor", arch: nothing, kernel: absent, chip: health.UnknownChip, appleChip: health.Unknown},
	} {
		m := health.Derive(evidence.Snapshot{
			Arch: tc.arch, Machine: evidence.Machine{AppleSilicon: tc.kernel}, Security: evidence.Security{SecureBoot: tc.secureBoot},
		}, health.Ledger{})
		if m.Chip != tc.chip || m.AppleSilicon != tc.appleChip {
			t.Errorf("%s: %s, Apple silicon %s", tc.name, m.Chip, m.AppleSilicon)
		}
	}
}
