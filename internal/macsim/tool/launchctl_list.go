package tool

import (
	"fmt"
	"strconv"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// launchdPrintDisabled lists the labels that are disabled. community: the words,
// the form of 26.6 with its tabs, and true before 13; inferred: nothing stands
// there for a label that was enabled again, which a real Mac lists as such.
func launchdPrintDisabled(m *state.Mac, c *Call, args []string) Reply {
	if len(args) != 1 || args[0] != systemDomain && !isUserDomain(args[0]) {
		return notSimulated(c)
	}
	lines := []string{"", "\tdisabled services = {"}
	for i := range m.Jobs {
		j := &m.Jobs[i]
		if j.Disabled && isAgent(j) == (args[0] != systemDomain) {
			lines = append(lines, "\t\t\""+j.Label+"\" => "+either(m.OS.AtLeast(13), "disabled", "true"))
		}
	}
	if len(lines) == 2 {
		return printed("", "\tdisabled services = (no disabled services)")
	}
	return printed(append(lines, "\t}", "", "\tlogin item associations = {", "\t}")...)
}

// launchdList lists the jobs of the caller's own domain: daemons for root,
// agents for a user. documented: man launchctl.
func launchdList(m *state.Mac, c *Call, args []string) Reply {
	switch len(args) {
	case 0:
		return listAll(m, c)
	case 1:
		return listOne(m, c, args[0])
	}
	return notSimulated(c)
}

// listAll is the table. observed (15 to 27): the header, the hyphen for a job
// that does not run, and a negative status for a signal; inferred: the order.
func listAll(m *state.Mac, c *Call) Reply {
	lines := []string{"PID\tStatus\tLabel"}
	for i := range m.Jobs {
		j := &m.Jobs[i]
		if j.Unloaded || isAgent(j) == c.isRoot() {
			continue
		}
		pid := either(j.Running, strconv.Itoa(j.PID), "-")
		lines = append(lines, fmt.Sprintf("%s\t%d\t%s", pid, status(j), j.Label))
	}
	return printed(lines...)
}

// listOne is one job, as far as the state tells what stands there. observed
// (26): the form; community: a user's own domain is called "port".
func listOne(m *state.Mac, c *Call, label string) Reply {
	j, ok := findJob(m, func(j *state.Job) bool { return j.Label == label && !j.Unloaded && isAgent(j) != c.isRoot() })
	if !ok {
		return refused(113, `Could not find service "`+label+`" in domain for `+either(c.isRoot(), systemDomain, "port"))
	}
	lines := []string{
		"{",
		"\t\"LimitLoadToSessionType\" = \"" + either(isAgent(j), "Aqua", "System") + "\";",
		"\t\"Label\" = \"" + j.Label + "\";",
		"\t\"LastExitStatus\" = " + strconv.Itoa(waitStatus(status(j))) + ";",
	}
	if j.Running {
		lines = append(lines, "\t\"PID\" = "+strconv.Itoa(j.PID)+";")
	}
	if j.Program != "" {
		lines = append(lines, "\t\"Program\" = \""+j.Program+"\";")
	}
	return printed(append(lines, "};")...)
}

// status is how a job last ended; 0 where it never did.
func status(j *state.Job) int {
	if j.LastExit == nil {
		return 0
	}
	return *j.LastExit
}

// waitStatus is a status in the form of wait: an exit code in the second byte, a
// signal in the first. documented: wait(2).
func waitStatus(status int) int {
	if status < 0 {
		return -status
	}
	return status << 8
}
