// Package run starts Apple's command-line tools, and is the only package that
// may start a program at all.
//
// A tool is one of a closed list with an absolute path; nothing that comes from
// a file, a server or a user can add to it. There is no shell, the environment
// is four fixed variables, every run has a deadline and a cap on its output, and
// a tool that does not end is killed together with all that it started.
package run

import (
	"slices"
	"time"
)

// A Tool is one of the programs that the agent may start. The zero value is no
// tool, and running it is an error.
type Tool uint8

// The tools, in the order of the documentation.
const (
	_ Tool = iota
	SwVers
	Ioreg
	Uname
	Scutil
	Profiles
	Sysadminctl
	Fdesetup
	Diskutil
	Dscl
	Mdmclient
	Sysctl
	Csrutil
	Bputil
	Firmwarepasswd
	Pwpolicy
	Last
	AppSSO
	Dsconfigad
	Launchctl // changes the Mac; see Changes
	Logger
	Pmset
)

// Tools lists every tool that a check may ask.
func Tools() []Tool {
	return []Tool{
		SwVers, Ioreg, Uname, Scutil, Profiles, Sysadminctl, Fdesetup, Diskutil, Dscl, Mdmclient,
		Sysctl, Csrutil, Bputil, Firmwarepasswd, Pwpolicy, Last, AppSSO, Dsconfigad, Pmset,
	}
}

// Changing lists the tools that do something to the Mac, and be it a line in its log.
func Changing() []Tool { return []Tool{Launchctl, Logger} }

type spec struct {
	path  string
	limit time.Duration // how long it may take; generous, since a busy Mac is slow and a timeout is "unknown"
}

// spec is a switch and not a map, so that no code anywhere can change it.
func (t Tool) spec() spec {
	switch t {
	case SwVers:
		return spec{"/usr/bin/sw_vers", 10 * time.Second}
	case Ioreg:
		return spec{"/usr/sbin/ioreg", 10 * time.Second}
	case Uname:
		return spec{"/usr/bin/uname", 10 * time.Second}
	case Scutil:
		return spec{"/usr/sbin/scutil", 10 * time.Second}
	case Profiles:
		return spec{"/usr/bin/profiles", 20 * time.Second}
	case Sysadminctl:
		return spec{"/usr/sbin/sysadminctl", 15 * time.Second}
	case Fdesetup:
		return spec{"/usr/bin/fdesetup", 20 * time.Second}
	case Diskutil:
		return spec{"/usr/sbin/diskutil", 30 * time.Second}
	case Dscl:
		return spec{"/usr/bin/dscl", 20 * time.Second}
	case Mdmclient:
		return spec{"/usr/libexec/mdmclient", 60 * time.Second} // about 11 s were seen
	case Sysctl:
		return spec{"/usr/sbin/sysctl", 10 * time.Second}
	case Csrutil:
		return spec{"/usr/bin/csrutil", 10 * time.Second}
	case Bputil:
		return spec{"/usr/bin/bputil", 20 * time.Second}
	case Firmwarepasswd:
		return spec{"/usr/sbin/firmwarepasswd", 20 * time.Second}
	case Pwpolicy:
		return spec{"/usr/bin/pwpolicy", 20 * time.Second}
	case Last:
		return spec{"/usr/bin/last", 15 * time.Second}
	case AppSSO:
		return spec{"/usr/bin/app-sso", 15 * time.Second}
	case Dsconfigad:
		return spec{"/usr/sbin/dsconfigad", 20 * time.Second}
	case Launchctl:
		return spec{"/bin/launchctl", 30 * time.Second} // a bootout was seen to wait for the job's end, 10 s of ours
	case Logger:
		return spec{"/usr/bin/logger", 2 * time.Second} // a courtesy that nobody waits for
	case Pmset:
		return spec{"/usr/bin/pmset", 5 * time.Second} // no evidence: a check does not wait for it
	}
	return spec{}
}

// Path returns where the tool is on a Mac; empty for what is no tool.
func (t Tool) Path() string { return t.spec().path }

// Limit returns how long one run of the tool may take.
func (t Tool) Limit() time.Duration { return t.spec().limit }

// Changes says whether the tool does something to the Mac. It is no part of a
// check: a [Recorder] does not pass it on, and a recording that names it is not
// one that this program made.
func (t Tool) Changes() bool { return slices.Contains(Changing(), t) }

// ByPath returns the tool of a check at that path.
func ByPath(path string) (Tool, bool) {
	for _, t := range Tools() {
		if t.Path() == path {
			return t, true
		}
	}
	return 0, false
}
