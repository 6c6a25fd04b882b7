package tool

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// launchdPrint prints one service.
func launchdPrint(m *state.Mac, c *Call, args []string) Reply {
	if len(args) != 1 {
		return notSimulated(c)
	}
	s, ok := serviceTarget(args[0])
	switch {
	case !ok:
		return notSimulated(c) // a whole domain
	case !hasDomain(m, s.domain):
		return badRequest(m, s.domain, noDomain(s.domain))
	}
	j, ok := loadedJob(m, s)
	if !ok {
		return badRequest(m, s.domain, noService(s))
	}
	return Reply{Stdout: strings.Join(jobLines(s, j), "\n") + "\n"}
}

// jobLines is a service in the form of print, as far as a job of the state tells
// what stands there. observed (13 to 26): the form, its order and the constants.
func jobLines(s service, j *state.Job) []string {
	lines := []string{s.String() + " = {", "\tactive count = " + either(j.Running, "1", "0")}
	if j.Path != "" {
		lines = append(lines, "\tpath = "+j.Path)
	}
	lines = append(
		lines,
		"\ttype = "+either(isAgent(j), "LaunchAgent", "LaunchDaemon"),
		"\tstate = "+either(j.Running, "running", "not running"),
		"",
	)
	lines = append(lines, programLines(j)...)
	lines = append(
		lines,
		"\tdefault environment = {", "\t\tPATH => /usr/bin:/bin:/usr/sbin:/sbin", "\t}", "",
		"\tenvironment = {", "\t\tXPC_SERVICE_NAME => "+j.Label, "\t}", "",
		"\tdomain = "+s.domain, "\tminimum runtime = 10", "\texit timeout = 5",
	)
	lines = append(lines, runLines(j)...)
	return append(lines, spawnLines()...)
}

// programLines are the program and its arguments, of which the state knows the
// first alone.
func programLines(j *state.Job) []string {
	if j.Program == "" {
		return nil
	}
	return []string{"\tprogram = " + j.Program, "\targuments = {", "\t\t" + j.Program, "\t}", ""}
}

// runLines is how often a job ran and how it ended. inferred: as often as its
// state shows, since nothing counts the runs.
func runLines(j *state.Job) []string {
	runs := 0
	if j.Running {
		runs++
	}
	if j.LastExit != nil {
		runs++
	}
	lines := []string{"\truns = " + strconv.Itoa(runs)}
	if j.Running {
		lines = append(lines, "\tpid = "+strconv.Itoa(j.PID))
	}
	return append(lines, "\t"+lastExit(j), "")
}

// spawnLines are what a property list without further wishes comes to. observed
// (13).
func spawnLines() []string {
	return []string{
		"\tspawn type = daemon (3)",
		"\tjetsam priority = 40",
		"\tjetsam memory limit (active) = (unlimited)",
		"\tjetsam memory limit (inactive) = (unlimited)",
		"\tjetsamproperties category = daemon",
		"\tjetsam thread limit = 32",
		"\tcpumon = default",
		"\tprobabilistic guard malloc policy = {",
		"\t\tactivation rate = 1/1000",
		"\t\tsample rate = 1/0",
		"\t}",
		"",
		"\tproperties = ",
		"}",
	}
}

// lastExit is how the last run ended. A negative number stands for a signal, as
// in launchctl list. observed: never, 0, 78, and the signals 1, 9 and 15.
func lastExit(j *state.Job) string {
	switch {
	case j.LastExit == nil:
		return "last exit code = (never exited)"
	case *j.LastExit < 0 && -*j.LastExit < len(signalNames):
		return fmt.Sprintf("last terminating signal = %s: %d", signalNames[-*j.LastExit], -*j.LastExit)
	case *j.LastExit >= exUsage && *j.LastExit < exUsage+len(exitNames):
		return fmt.Sprintf("last exit code = %d: %s", *j.LastExit, exitNames[*j.LastExit-exUsage])
	}
	return "last exit code = " + strconv.Itoa(*j.LastExit)
}

const exUsage = 64

// exitNames are the names of sysexits.h from 64 on. documented.
var exitNames = [...]string{
	"EX_USAGE", "EX_DATAERR", "EX_NOINPUT", "EX_NOUSER", "EX_NOHOST", "EX_UNAVAILABLE", "EX_SOFTWARE", "EX_OSERR",
	"EX_OSFILE", "EX_CANTCREAT", "EX_IOERR", "EX_TEMPFAIL", "EX_PROTOCOL", "EX_NOPERM", "EX_CONFIG",
}

// signalNames are the names of strsignal on macOS. documented.
var signalNames = [...]string{
	"", "Hangup", "Interrupt", "Quit", "Illegal instruction", "Trace/BPT trap", "Abort trap", "EMT trap",
	"Floating point exception", "Killed", "Bus error", "Segmentation fault", "Bad system call", "Broken pipe",
	"Alarm clock", "Terminated",
}
