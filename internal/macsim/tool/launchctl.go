package tool

import (
	"strings"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// launchctl answers for the jobs of launchd. It has no events: it changes the
// jobs of the Mac itself.
func launchctl(m *state.Mac, c *Call) Reply {
	if len(c.Args) == 0 {
		return notSimulated(c)
	}
	settle(m, c.At)
	args := c.Args[1:]
	switch c.Args[0] {
	case "print":
		return launchdPrint(m, c, args)
	case "print-disabled":
		return launchdPrintDisabled(m, c, args)
	case "list":
		return launchdList(m, c, args)
	case "bootstrap":
		return launchdBootstrap(m, c, args)
	case "bootout":
		return launchdBootout(m, c, args)
	case "enable", "disable":
		return launchdEnable(m, c, args)
	case "kickstart":
		return launchdKickstart(m, c, args)
	case "load", "unload":
		return launchdLegacy(m, c, args)
	case "asuser":
		return launchdAsUser(m, c, args)
	case "managername":
		return launchdManagerName(m, c, args)
	}
	return notSimulated(c)
}

// service is what a service target names: a label in a domain. documented: man
// launchctl.
type service struct {
	domain string // system, gui/501 or user/501
	label  string
}

func (s service) String() string { return s.domain + "/" + s.label }

// serviceTarget reads a target such as system/LABEL or gui/501/LABEL.
func serviceTarget(target string) (service, bool) {
	parts := strings.SplitN(target, "/", 3)
	switch {
	case len(parts) == 2 && parts[0] == systemDomain && parts[1] != "":
		return service{systemDomain, parts[1]}, true
	case len(parts) == 3 && isUserDomain(parts[0]+"/"+parts[1]) && parts[2] != "":
		return service{parts[0] + "/" + parts[1], parts[2]}, true
	}
	return service{}, false
}

// systemDomain holds the daemons; a user's domain holds the agents.
const systemDomain = "system"

// isUserDomain knows the domains gui/UID and user/UID.
func isUserDomain(domain string) bool {
	kind, uid, _ := strings.Cut(domain, "/")
	return (kind == "gui" || kind == "user") && uid != "" && strings.Trim(uid, "0123456789") == ""
}

// domainText is a domain in launchctl's own words. observed (10.11 to 27):
// system and gui; community: user.
func domainText(domain string) string {
	kind, uid, _ := strings.Cut(domain, "/")
	switch kind {
	case "gui":
		return "user gui: " + uid
	case "user":
		return "uid: " + uid
	}
	return systemDomain
}

// noService is the refusal for a service that is not loaded. observed: exit
// code 113 and the words.
func noService(s service) Reply {
	return refused(113, `Could not find service "`+s.label+`" in domain for `+domainText(s.domain))
}

// badRequest is the line that print puts before a refusal for a user's domain.
// observed (26): for gui; inferred: since 13.
func badRequest(m *state.Mac, domain string, r Reply) Reply {
	if domain != systemDomain && m.OS.AtLeast(13) {
		r.Stderr = "Bad request.\n" + r.Stderr
	}
	return r
}

// noDomain is the refusal for the domain of a user who is not logged in.
// observed (15): the words; community: exit code 112.
func noDomain(domain string) Reply {
	return refused(112, "Could not find domain for "+domainText(domain))
}
