package tool

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// launchdBootstrap loads a job by its property list: that in the Mac's folder, or
// the one that a job of the state names. Any other cannot be loaded.
func launchdBootstrap(m *state.Mac, c *Call, args []string) Reply {
	if len(args) != 2 || args[0] != systemDomain && !isUserDomain(args[0]) {
		return notSimulated(c)
	}
	file := readJob(c, args[1])
	j, ok := jobOfFile(m, args[1])
	switch {
	case !ok && !file.there && c.Disk == nil:
		return notSimulated(c)
	case !hasDomain(m, args[0]):
		return noDomain(args[0])
	case !mayChange(m, c, args[0]), !ok && !file.there, isAgentPath(args[1]) != (args[0] != systemDomain):
		return bootstrapFailed(m, c, ioError)
	case file.wrong != 0:
		return bootstrapFailed(m, c, file.wrong)
	}
	if file.there {
		j = jobFromFile(m, file, args[1])
	}
	if wrong := unloadable(j); wrong != 0 {
		return bootstrapFailed(m, c, wrong)
	}
	j.Unloaded = false
	if !file.there || file.runAtLoad {
		start(c, j)
	}
	m.Revision++
	return Reply{}
}

// jobFromFile is the job of the state that has the label, or a new one, with what
// its property list says now.
func jobFromFile(m *state.Mac, file jobFile, path string) *state.Job {
	j, ok := findJob(m, func(j *state.Job) bool { return j.Label == file.label && (j.Path == path || j.Path == "") })
	if !ok {
		m.Jobs = append(m.Jobs, state.Job{Label: file.label, Unloaded: true, FromFile: true})
		j = &m.Jobs[len(m.Jobs)-1]
	}
	if j.Unloaded { // what is loaded was read before
		j.FromFile = j.FromFile || j.Path == ""
		j.Path, j.Program = path, file.program
	}
	return j
}

// unloadable is the number of why a job cannot be loaded.
func unloadable(j *state.Job) int {
	switch {
	case !j.Ending.IsZero():
		return inProgress
	case !j.Unloaded:
		return ioError
	case j.Disabled:
		return disabledNo
	}
	return 0
}

// The numbers of errno.h. documented.
const (
	ioError    = 5
	nowBusy    = 36
	inProgress = 37
)

// bootstrapFailed is the refusal, mostly one for everything. observed (11, 14 to
// 27): 5, also for what is loaded already, for a disabled label, and while the
// job is being unloaded; the second line since 12 and not as root. observed
// (13): 37 as root; community: 119 and the others as root before 14, the "richer
// errors" of that line; for a user who wants to change the system.
func bootstrapFailed(m *state.Mac, c *Call, number int) Reply {
	if words := richer(number); words != "" && c.isRoot() && m.OS.AtLeast(12) && !m.OS.AtLeast(14) {
		return refused(number, fmt.Sprintf("Bootstrap failed: %d: %s", number, words))
	}
	r := refused(ioError, "Bootstrap failed: 5: Input/output error")
	if m.OS.AtLeast(12) && !c.isRoot() {
		r.Stderr += "Try re-running the command as root for richer errors.\n"
	}
	return r
}

// richer is what launchctl error says of a number. community.
func richer(number int) string {
	switch number {
	case inProgress:
		return "Operation already in progress"
	case badList:
		return "Invalid property list"
	case badLabel:
		return "Invalid or missing service identifier"
	case badProgram:
		return "Invalid or missing Program/ProgramArguments"
	case disabledNo:
		return "Service is disabled"
	case badOwner:
		return "Path had bad ownership/permissions"
	}
	return ""
}

// launchdBootout unloads a job, by its target or by its property list. observed
// (14, 15): a target that is not loaded gives 3, a file that is not gives 5.
// observed (15 to 27): it ends before the job does, which is there for as long as
// its process takes to end, about 5 s at most.
func launchdBootout(m *state.Mac, c *Call, args []string) Reply {
	if len(args) > 0 && args[0] == "--wait" {
		if !m.OS.AtLeast(26) {
			return bootoutUsage()
		}
		args = args[1:] // community: since 26
	}
	switch {
	case len(args) == 1:
		s, ok := serviceTarget(args[0])
		if !ok {
			return notSimulated(c)
		}
		j, loaded := loadedJob(m, s)
		return bootOut(m, c, s.domain, j, loaded, refused(3, "Boot-out failed: 3: No such process"))
	case len(args) == 2 && (args[0] == systemDomain || isUserDomain(args[0])):
		j, known := jobOfFile(m, args[1])
		return bootOut(m, c, args[0], j, known && !j.Unloaded, refused(5, "Boot-out failed: 5: Input/output error"))
	}
	return notSimulated(c)
}

func bootOut(m *state.Mac, c *Call, domain string, j *state.Job, loaded bool, absent Reply) Reply {
	switch {
	case !hasDomain(m, domain):
		return noDomain(domain)
	case !mayChange(m, c, domain):
		return refused(1, "Boot-out failed: 1: Operation not permitted") // community
	case !loaded:
		return absent
	}
	m.Revision++
	if waits := c.starts("bootout", "--wait"); j.Ends > 0 && j.Running && !waits {
		return endLater(m, c, j)
	}
	unload(j)
	m.Jobs = slices.DeleteFunc(m.Jobs, forgotten)
	return Reply{}
}

// endLater unloads a job whose process takes its time. observed (10.15): 36,
// though it will end; inferred: until 11, and of a job that is ending already.
func endLater(m *state.Mac, c *Call, j *state.Job) Reply {
	already := !j.Ending.IsZero()
	if !already {
		j.Ending = c.At.Add(time.Duration(j.Ends))
	}
	if already || !m.OS.AtLeast(11) {
		return refused(nowBusy, "Boot-out failed: 36: Operation now in progress")
	}
	return Reply{}
}

// bootoutUsage is the answer to an option that bootout does not know. observed
// (15.7.9); inferred: the stream.
func bootoutUsage() Reply {
	return Reply{Exit: 64, Stderr: "Unrecognized target specifier.\n" +
		"Usage: launchctl bootout <domain-target> [service-path1, service-path2, ...] | <service-target>\n" +
		"<service-target> takes a form of <domain-target>/<service-id>.\n" +
		"Please refer to `man launchctl` for explanation of the <domain-target> specifiers.\n"}
}

// launchdEnable enables or disables a label, whether launchd knows it or not.
// documented: it lasts over a restart and starts or stops nothing. observed
// (15.6): exit code 0 also where nothing changes, and the refusal of enable.
func launchdEnable(m *state.Mac, c *Call, args []string) Reply {
	if len(args) != 1 {
		return notSimulated(c)
	}
	s, ok := serviceTarget(args[0])
	disable := c.Args[0] == "disable"
	switch {
	case !ok:
		return notSimulated(c)
	case !hasDomain(m, s.domain):
		return noDomain(s.domain)
	case !mayChange(m, c, s.domain) && disable:
		return unpublished(c, 1, "because only root may do that")
	case !mayChange(m, c, s.domain):
		return refused(1, "Could not enable service: 1: Operation not permitted")
	}
	setDisabled(m, s, disable)
	m.Revision++
	return Reply{}
}

// setDisabled changes a job, or notes a label that no job has. What is known by
// being disabled alone is forgotten with that.
func setDisabled(m *state.Mac, s service, disabled bool) {
	j, ok := knownJob(m, s)
	switch {
	case ok:
		j.Disabled = disabled
	case disabled && s.domain == systemDomain:
		m.Jobs = append(m.Jobs, state.Job{Label: s.label, Disabled: true, Unloaded: true})
	}
	m.Jobs = slices.DeleteFunc(m.Jobs, forgotten)
}

// launchdKickstart starts a job, with -k anew. observed (27): the refusal for a
// service that is not there; community: the others; inferred: their exit codes.
func launchdKickstart(m *state.Mac, c *Call, args []string) Reply {
	kill, pid, args := kickstartOptions(args)
	if len(args) != 1 {
		return notSimulated(c)
	}
	s, ok := serviceTarget(args[0])
	if !ok {
		return notSimulated(c)
	}
	j, loaded := loadedJob(m, s)
	switch {
	case !hasDomain(m, s.domain):
		return noDomain(s.domain)
	case !mayChange(m, c, s.domain):
		return refused(1, "Could not kickstart service: 1: Operation not permitted")
	case !loaded:
		return noService(s)
	case !j.Ending.IsZero():
		return unpublished(c, inProgress, "for a job that is being unloaded")
	case kill && strings.HasPrefix(s.label, "com.apple.") && m.OS.AtLeast(14, 4) && !m.Security.SIPDisabled:
		return refused(150, "Could not kickstart service: 150: Operation not permitted while System Integrity Protection is engaged")
	}
	if kill && j.Running {
		killed := -9
		j.Running, j.LastExit = false, &killed
	}
	if !j.Running {
		start(c, j)
		m.Revision++
	}
	if pid {
		return printed(strconv.Itoa(j.PID)) // community: alone where standard output is no terminal
	}
	return Reply{}
}

// kickstartOptions reads -k and -p, also as one word. documented.
func kickstartOptions(args []string) (kill, pid bool, rest []string) {
	for len(args) > 0 {
		letters, ok := strings.CutPrefix(args[0], "-")
		if !ok || letters == "" || strings.Trim(letters, "kp") != "" {
			break
		}
		kill = kill || strings.Contains(letters, "k")
		pid = pid || strings.Contains(letters, "p")
		args = args[1:]
	}
	return kill, pid, args
}
