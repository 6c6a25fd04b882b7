package doctor

import "fmt"

const grant = "Grant it Full Disk Access with a privacy preferences profile (PPPC: SystemPolicyAllFiles), then restart the daemon with " +
	"`sudo tokenward service restart`."

// explain says why a source does not work, and what to do. Both are empty where
// it works.
func explain(s Source, c Circumstances) (why, remedy string) {
	state := s.State
	if !state.Broken() && s.Daemon.Broken() {
		why, remedy = explainState(s, s.Daemon, Circumstances{Root: true, OS: c.OS})
		return "It works here, but not for the daemon. " + why, remedy
	}
	return explainState(s, state, c)
}

func explainState(s Source, state State, c Circumstances) (why, remedy string) {
	switch state {
	case Works:
		return "", ""
	case Unsupported:
		return "This Mac has no such thing.", ""
	case NotAsked, Waiting:
		return explainWaiting(s)
	case Denied:
		return denied(c)
	case Failed:
	}
	if s.kind() != program {
		return failedOther(s)
	}
	return failed(s, c)
}

func denied(c Circumstances) (why, remedy string) {
	if !c.Root {
		return "It tells the whole truth to root alone.", "Run `sudo tokenward doctor`."
	}
	return "macOS refuses it to this program: its privacy protection, System Integrity Protection, or the permissions of the file.", grant
}

func failed(s Source, c Circumstances) (why, remedy string) {
	send := "Send the developers a `tokenward bundle`."
	switch s.Reason {
	case "timeout":
		if s.tool() == "mdmclient" {
			return "It did not end in time. It asks the MDM server.", fmt.Sprintf("Check the network between this Mac and its MDM server, and whether `%s` ends.", s.typed())
		}
		return "It did not end in time and was stopped.", fmt.Sprintf("See whether `%s` ends when you type it. If it does not, restart the Mac.", s.typed())
	case "missing":
		return fmt.Sprintf("macOS %s on this Mac has no such program.", c.OS), "If other Macs with this macOS have it, the system is damaged: reinstall macOS over it. Nothing is lost by that."
	case "orphans":
		return "It ended and left a process that held its output.", "Restart the Mac. If it happens again: " + send
	case "exit":
		return "It ended with an error and gave no answer.", fmt.Sprintf("Type `%s` and read what it says. %s", s.typed(), send)
	case "unreadable":
		return "It printed something that this version of Tokenward cannot read.", "Update Tokenward. If that does not help: " + send
	}
	return "It gave no answer.", send
}
