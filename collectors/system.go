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
			s.OSVersion, s.OSBuild = evidence.Is(m, v.Version), evidence.Is(m, v.Build)
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
