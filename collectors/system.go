package collectors

import (
	"github.com/tokenward/tokenward/collectors/parse"
	"github.com/tokenward/tokenward/health/evidence"
	"github.com/tokenward/tokenward/internal/run"
)

func osVersion() Collector {
	return ask("os-version", run.Command{Tool: run.SwVers}, reader[parse.OSVersion]{
		parse: parse.SwVers,
		set: func(s *evidence.Snapshot, m evidence.Meta, v parse.OSVersion) {
			s.OSVersion, s.OSBuild, s.OSExtra = evidence.Is(m, v.Version), evidence.Is(m, v.Build), evidence.IsPointer(m, v.Extra)
		},
	})
}

func platform() Collector {
	c := run.Command{Tool: run.Ioreg, Args: words("-rd1 -c IOPlatformExpertDevice")}
	return ask("platform", c, reader[parse.Platform]{
		parse: parse.IoregPlatform,
		set: func(s *evidence.Snapshot, m evidence.Meta, v parse.Platform) {
			s.Serial, s.HardwareUUID, s.Model = evidence.IsPointer(m, v.Serial), evidence.IsPointer(m, v.UUID), evidence.IsPointer(m, v.Model)
		},
	})
}

func machine() Collector {
	return ask("machine", run.Command{Tool: run.Uname, Args: words("-m")}, reader[string]{
		parse: parse.Machine,
		set:   func(s *evidence.Snapshot, m evidence.Meta, v string) { s.Arch = evidence.Is(m, v) },
	})
}

// consoleUser asks configd. The owner of /dev/console is no substitute: it is
// root at the login window and during Setup Assistant alike.
func consoleUser() Collector {
	c := run.Command{Tool: run.Scutil, Stdin: "show State:/Users/ConsoleUser\n"}
	return ask("console-user", c, reader[parse.ConsoleSession]{
		parse: parse.ScutilConsoleUser,
		set: func(s *evidence.Snapshot, m evidence.Meta, v parse.ConsoleSession) {
			var user *evidence.ConsoleUser
			if v.User != nil && v.UID != nil {
				user = &evidence.ConsoleUser{Name: *v.User, UID: *v.UID}
			}
			s.ConsoleUser = evidence.IsPointer(m, user)
		},
	})
}

// kernel asks for what the kernel alone knows. The exit status is the number of
// names that this kernel has not: Intel has no hw.optional.arm64.
func kernel() Collector {
	c := run.Command{Tool: run.Sysctl, Args: words("kern.boottime kern.hv_vmm_present hw.optional.arm64")}
	return ask("kernel", c, reader[parse.Kernel]{
		parse: parse.Sysctl, anyExit: true,
		set: func(s *evidence.Snapshot, m evidence.Meta, v parse.Kernel) {
			s.Machine.BootedAt = evidence.IsPointer(m, v.BootedAt)
			s.Machine.Virtual, s.Machine.AppleSilicon = evidence.IsPointer(m, v.Virtual), evidence.IsPointer(m, v.AppleSilicon)
		},
	})
}

func systemIntegrity() Collector {
	return ask("system-integrity", run.Command{Tool: run.Csrutil, Args: words("status")}, reader[evidence.SIP]{
		parse: parse.CsrutilStatus,
		set:   func(s *evidence.Snapshot, m evidence.Meta, v evidence.SIP) { s.Machine.SIP = evidence.Is(m, v) },
	})
}

func startupVolume() Collector {
	return ask("startup-volume", run.Command{Tool: run.Diskutil, Args: words("info -plist /")}, reader[parse.Volume]{
		parse: parse.DiskutilInfo,
		set: func(s *evidence.Snapshot, m evidence.Meta, v parse.Volume) {
			s.Machine.FileSystem = evidence.IsPointer(m, v.FileSystem)
		},
	})
}

// startupPolicy asks for the policies of all systems: for the one that runs,
// bputil asks back where there are several (-d).
func startupPolicy() Collector {
	c := run.Command{Tool: run.Bputil, Args: words("-e")}
	return askWhere(onAppleSilicon, "startup-policy", c, reader[parse.StartupPolicy]{
		parse: parse.BputilPolicies, needsRoot: true,
		set: func(s *evidence.Snapshot, m evidence.Meta, v parse.StartupPolicy) {
			s.Startup.Mode = evidence.IsPointer(m, v.Mode)
			s.Startup.UserMDM, s.Startup.DEPMDM = evidence.IsPointer(m, v.UserMDM), evidence.IsPointer(m, v.DEPMDM)
		},
	})
}

func firmwarePassword() Collector {
	c := run.Command{Tool: run.Firmwarepasswd, Args: words("-check")}
	return askWhere(onIntel, "firmware-password", c, reader[bool]{
		parse: parse.FirmwarepasswdCheck, needsRoot: true,
		set: func(s *evidence.Snapshot, m evidence.Meta, v bool) { s.Startup.FirmwarePassword = evidence.Is(m, v) },
	})
}

func onAppleSilicon(s evidence.Snapshot) evidence.State { return onChip(s, true) }

func onIntel(s evidence.Snapshot) evidence.State { return onChip(s, false) }

// onChip says whether a question for one kind of Mac is to be asked.
func onChip(s evidence.Snapshot, wanted bool) evidence.State {
	apple, known := s.OnAppleSilicon()
	switch {
	case !known:
		return evidence.NotObserved
	case apple != wanted:
		return evidence.Unsupported
	}
	return evidence.Observed
}
