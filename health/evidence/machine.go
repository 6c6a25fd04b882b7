package evidence

import "time"

// Machine is what the kernel and the disk say of the machine. It changes with a
// restart at the earliest.
type Machine struct {
	AppleSilicon Obs[bool] // hw.optional.arm64, which also tells it to a translated process
	Virtual      Obs[bool] // kern.hv_vmm_present
	BootedAt     Obs[time.Time]
	FileSystem   Obs[string] // of the startup volume, such as apfs
	SIP          Obs[SIP]
}

// SIP is the state of System Integrity Protection.
type SIP string

// The states that csrutil is known to print.
const (
	SIPEnabled  SIP = "enabled"
	SIPDisabled SIP = "disabled"
	SIPCustom   SIP = "custom"  // a part of it is off
	SIPUnknown  SIP = "unknown" // in the tool's own words
)

// Startup is the local startup policy: bputil on Apple silicon, firmwarepasswd
// on Intel. What the Mac has not is Unsupported.
type Startup struct {
	Mode             Obs[StartupMode]
	UserMDM          Obs[bool] // a user let the server manage extensions and updates, in recoveryOS
	DEPMDM           Obs[bool] // Automated Device Enrollment let it
	FirmwarePassword Obs[bool]
}

// A StartupMode is the security mode of the local policy.
type StartupMode string

// The modes of bputil.
const (
	FullSecurity       StartupMode = "full"
	ReducedSecurity    StartupMode = "reduced"
	PermissiveSecurity StartupMode = "permissive"
)

// OnAppleSilicon puts together what uname and the kernel say of the processor.
// What a translated process starts is told x86_64 there too, so that word counts
// only where the kernel has not the name that Apple silicon has. Known is false
// where neither of them decides.
func (s Snapshot) OnAppleSilicon() (is, known bool) {
	arch, _ := s.Arch.Known()
	named, _ := s.Machine.AppleSilicon.Known()
	apple := arch == "arm64" || named
	intel := arch == "x86_64" && s.Machine.AppleSilicon.State == Absent
	return apple, apple || intel
}
