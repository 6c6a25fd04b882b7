package doctor

import (
	"fmt"
	"slices"
	"strings"
)

// What is no program, by the names under which reports have it.
const (
	connection = "connection to the MDM server"
	otherTools = "files of known tools"
)

// A kind of source decides what can be wrong with it, and what an admin can try.
type kind int

const (
	program kind = iota
	file
	files
	network
)

func (s Source) kind() kind {
	switch {
	case strings.HasPrefix(s.Source, "/"):
		return file
	case s.Source == otherTools:
		return files
	case s.Source == connection:
		return network
	}
	return program
}

// tool is the first word of a source: the program, where it is one.
func (s Source) tool() string {
	name, _, _ := strings.Cut(s.Source, " ")
	return name
}

// typed is what an admin types to see what the program saw. The names of sources
// leave out what a tool reads from its input, an account's name, and the path of
// what no shell finds.
func (s Source) typed() string {
	line := s.Source
	switch {
	case line == "scutil":
		return "echo 'show State:/Users/ConsoleUser' | scutil"
	case line == "sysadminctl -secureTokenStatus":
		line += " NAME"
	case s.tool() == "mdmclient":
		line = "/usr/libexec/" + line
	}
	if s.forRoot() {
		return "sudo " + line
	}
	return line
}

// forRoot says whether the program answers root alone, or tells others less.
func (s Source) forRoot() bool {
	return slices.Contains([]string{"bputil", "fdesetup", "firmwarepasswd", "mdmclient", "profiles"}, s.tool()) ||
		s.tool() == "dscl" && strings.HasSuffix(s.Source, " accountPolicyData")
}

// failedOther is for sources that are no programs: there is nothing to type that
// would do what failed.
func failedOther(s Source) (why, remedy string) {
	const send = "Send the developers a `tokenward bundle`."
	switch s.kind() {
	case file:
		if s.Reason == "timeout" {
			return "Looking at the file came to no end in time.", "Restart the Mac. If it happens again: " + send
		}
		return "The file could not be looked at.", fmt.Sprintf("See what `sudo ls -le \"%s\"` says. %s", s.Source, send)
	case files:
		return "The places of other tools could not be looked at.",
			"See whether `ls /Applications /Library/Security/SecurityAgentPlugins` ends, and what it says. " + send
	case network:
		if s.Reason == "timeout" {
			return "The connection came to no end in time.", "Check the network between this Mac and its MDM server, and its proxy."
		}
	case program:
	}
	return "It gave no answer.", send
}
