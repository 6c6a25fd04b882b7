package tool

import (
	"slices"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// launchdLegacy is load and unload, which say that they failed and exit with 0.
// observed (15.6): that, for what is loaded already or not loaded; documented:
// -w also enables or disables the label.
func launchdLegacy(m *state.Mac, c *Call, args []string) Reply {
	write := len(args) == 2 && args[0] == "-w"
	if write {
		args = args[1:]
	}
	if len(args) != 1 {
		return notSimulated(c)
	}
	j, ok := jobOfFile(m, args[0])
	if !ok {
		return notSimulated(c)
	}
	if isAgent(j) == c.isRoot() {
		return wrongFolder(m, c, j)
	}
	if write {
		j.Disabled = c.Args[0] == "unload"
		m.Revision++
	}
	if c.Args[0] == "load" {
		return legacyLoad(m, c, j)
	}
	return legacyUnload(m, j)
}

// legacyLoad loads a job unless it is loaded or disabled. community: the words
// before 12.
func legacyLoad(m *state.Mac, c *Call, j *state.Job) Reply {
	switch {
	case !j.Unloaded:
		return legacyFailed(m, "load", j.Path+": service already loaded")
	case j.Disabled:
		return legacyFailed(m, "load", j.Path+": Service is disabled")
	}
	start(c, j)
	m.Revision++
	return Reply{}
}

// legacyUnload unloads a job. community: the words before 12.
func legacyUnload(m *state.Mac, j *state.Job) Reply {
	if j.Unloaded {
		return legacyFailed(m, "unload", j.Path+": Could not find specified service")
	}
	unload(j)
	m.Jobs = slices.DeleteFunc(m.Jobs, forgotten)
	m.Revision++
	return Reply{}
}

// legacyFailed is the refusal of the release. observed (12 to 26): the words.
func legacyFailed(m *state.Mac, verb, before12 string) Reply {
	switch {
	case !m.OS.AtLeast(12):
		return refused(0, before12)
	case verb == "load":
		return refused(0, "Load failed: 5: Input/output error\nTry running `launchctl bootstrap` as root for richer errors.")
	}
	return refused(0, "Unload failed: 5: Input/output error\nTry running `launchctl bootout` as root for richer errors.")
}

// wrongFolder is the warning for an agent that root meant, or a daemon that a
// user meant, and the failure that follows. observed (14, 15): for root and
// unload; community: the others; before 12 nobody has published it.
func wrongFolder(m *state.Mac, c *Call, j *state.Job) Reply {
	if !m.OS.AtLeast(12) {
		return unpublished(c, 0, "for a file of the wrong folder")
	}
	verb := c.Args[0]
	folder, got, who := "LaunchAgents", "LaunchDaemons", "user"
	if isAgent(j) {
		folder, got, who = got, folder, "root"
	}
	r := legacyFailed(m, verb, "")
	r.Stderr = "Warning: Expecting a " + folder + " path since the command was ran as " + who + ". Got " + got + " instead.\n" +
		"`launchctl " + either(verb == "load", "bootstrap", "bootout") + "` is a recommended alternative.\n" + r.Stderr
	return r
}
