package tool

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// isAgent tells an agent from a daemon by the folder of its property list.
func isAgent(j *state.Job) bool { return isAgentPath(j.Path) }

func isAgentPath(path string) bool { return strings.Contains(path, "/LaunchAgents/") }

// loadedJob is the job that a target names, if launchd has it.
func loadedJob(m *state.Mac, s service) (*state.Job, bool) {
	j, ok := knownJob(m, s)
	return j, ok && !j.Unloaded
}

// knownJob is the job that a target names, loaded or not.
func knownJob(m *state.Mac, s service) (*state.Job, bool) {
	return findJob(m, func(j *state.Job) bool {
		return j.Label == s.label && isAgent(j) == (s.domain != systemDomain)
	})
}

// jobOfFile is the job whose property list that is.
func jobOfFile(m *state.Mac, path string) (*state.Job, bool) {
	return findJob(m, func(j *state.Job) bool { return path != "" && j.Path == path })
}

func findJob(m *state.Mac, matches func(*state.Job) bool) (*state.Job, bool) {
	for i := range m.Jobs {
		if matches(&m.Jobs[i]) {
			return &m.Jobs[i], true
		}
	}
	return nil, false
}

// hasDomain says whether the domain exists: that of a user only while the user
// is logged in on the screen. observed (15): for gui; inferred: for user.
func hasDomain(m *state.Mac, domain string) bool {
	if domain == systemDomain {
		return true
	}
	_, uid, _ := strings.Cut(domain, "/")
	return slices.ContainsFunc(append([]string{m.Console.User}, m.Console.Background...), func(name string) bool {
		a, ok := m.Account(name)
		return name != "" && ok && strconv.Itoa(a.UID) == uid
	})
}

// mayChange says whether the caller may change a domain: everything as root, the
// own one as a user. documented: man launchctl.
func mayChange(m *state.Mac, c *Call, domain string) bool {
	_, uid, _ := strings.Cut(domain, "/")
	return c.isRoot() || uid == strconv.Itoa(c.caller(m).UID)
}

// start lets a job run. A job that starts at once is what management software
// installs; the number of its process is made up from the tool's own. Where the
// Mac has a folder, and the program is not in it, the job is loaded and nothing
// runs. community: that, and 78 for it.
func start(c *Call, j *state.Job) {
	j.Unloaded = false
	if _, there := c.look(j.Program); c.Disk != nil && j.FromFile && !there {
		noProgram := exConfig
		j.Running, j.PID, j.LastExit = false, 0, &noProgram
		return
	}
	former := j.PID
	j.Running, j.PID = true, c.PID+1
	if j.PID == former { // a new process has a new number
		j.PID++
	}
}

const exConfig = 78

// stop ends a job that runs. inferred: it ends as if by itself.
func stop(j *state.Job) {
	if j.Running {
		ended := 0
		j.Running, j.PID, j.LastExit = false, 0, &ended
	}
}

// settle unloads the jobs whose processes have had the time to end.
func settle(m *state.Mac, now time.Time) {
	for i := range m.Jobs {
		if j := &m.Jobs[i]; !j.Ending.IsZero() && !now.Before(j.Ending) {
			unload(j)
		}
	}
	m.Jobs = slices.DeleteFunc(m.Jobs, forgotten)
}

// unload takes a job from launchd.
func unload(j *state.Job) {
	stop(j)
	j.Unloaded, j.Ending = true, time.Time{}
	if j.FromFile { // of which only a label that is disabled is remembered
		*j = state.Job{Label: j.Label, Disabled: j.Disabled, Unloaded: true}
	}
}

// forgotten is a label that nothing holds any more.
func forgotten(j state.Job) bool { return j.Path == "" && j.Program == "" && j.Unloaded && !j.Disabled }
