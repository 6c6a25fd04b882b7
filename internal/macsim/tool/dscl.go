package tool

import (
	"fmt"
	"strings"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// The nodes of the directory that are simulated.
const (
	localNode  = "/Local/Default"
	searchNode = "/Search"
)

// dscl answers for users and groups of the local node, and for the search node,
// which adds those of the directory service. documented: man dscl, and the
// source of version 10.7, which is public.
func dscl(m *state.Mac, c *Call) Reply {
	d, ok := newDirectory(m, c)
	switch {
	case !ok:
		return notSimulated(c)
	case len(d.args) < fewest(d.verb):
		return unpublished(c, 64, "for want of arguments")
	case d.node == "" && d.verb != "authonly":
		return d.invalidPath()
	case d.node == "":
		return notSimulated(c)
	}
	return d.answer()
}

// directory is one start of dscl.
type directory struct {
	m     *state.Mac
	c     *Call
	node  string // empty: there is none of that name
	verb  string // as it was typed, but for the dash
	args  []string
	plist bool
}

// newDirectory reads the command line up to the verb. Other options, and going
// without a command, which is a shell of its own, are not simulated.
func newDirectory(m *state.Mac, c *Call) (directory, bool) {
	args := c.Args
	plist := len(args) > 0 && args[0] == "-plist"
	if plist {
		args = args[1:]
	}
	if len(args) < 2 {
		return directory{}, false
	}
	node, ok := nodeNamed(m, args[0])
	return directory{m, c, node, strings.TrimPrefix(args[1], "-"), args[2:], plist}, ok
}

// nodeNamed finds the node. Names that begin with a slash are nodes, others are
// hosts. documented: man dscl; observed (26): what is no node has no path.
func nodeNamed(m *state.Mac, name string) (string, bool) {
	switch name {
	case ".", localNode:
		return localNode, true
	case searchNode:
		return searchNode, true
	case "/Local", "/Local/Target", "/BSD/local", "/Cache", "/Configure", "/Contacts", "/Search/Contacts":
		return "", false
	}
	ofDirectory := m.Directory.Forest != "" && strings.HasPrefix(name, "/Active Directory")
	return "", strings.HasPrefix(name, "/") && !ofDirectory
}

// fewest is how many arguments a verb wants at least. documented: in the source.
func fewest(verb string) int {
	switch verb {
	case "read", "readall", "list", "create", "delete", "authonly":
		return 1
	case "search", "append", "merge":
		return 3
	case "change":
		return 4
	}
	return 0
}

func (d directory) answer() Reply {
	switch d.verb {
	case "read":
		return d.read()
	case "readall":
		return d.readAll()
	case "list":
		return d.list()
	case "search":
		return d.search()
	case "create", "append", "merge", "change", "delete":
		return d.edit()
	case "passwd":
		return d.passwd()
	case "authonly":
		return d.authOnly()
	}
	return notSimulated(d.c)
}

// dsError is an error of the directory, without its sign. The exit code is the
// number modulo 256. observed (26): -14136, -14009.
type dsError int

// The errors. community: all of the others, in many logs.
const (
	unknownNode   dsError = 14009
	authFailed    dsError = 14090
	noPermission  dsError = 14120
	noAttribute   dsError = 14134
	alreadyExists dsError = 14135
	noRecord      dsError = 14136
	badQuality    dsError = 14165
)

// name is Apple's word for it.
func (e dsError) name() string {
	switch e {
	case unknownNode:
		return "eDSUnknownNodeName"
	case authFailed:
		return "eDSAuthFailed"
	case noPermission:
		return "eDSPermissionError"
	case noAttribute:
		return "eDSAttributeNotFound"
	case alreadyExists:
		return "eDSRecordAlreadyExists"
	case noRecord:
		return "eDSRecordNotFound"
	default:
		return "eDSAuthPasswordQualityCheckFailed"
	}
}

// exit is the exit code.
func (e dsError) exit() int { return int(e) % 256 }

// refusal is how every verb fails. observed (26): on the error stream.
func (e dsError) refusal() Reply {
	return refused(e.exit(), fmt.Sprintf("<dscl_cmd> DS Error: -%d (%s)", int(e), e.name()))
}

// status is how a verb that changes something fails: it says so twice.
// observed (26): with "attribute"; community: with "delete".
func (e dsError) status(what string) Reply {
	r := e.refusal()
	r.Stderr = fmt.Sprintf("<main> %s status: %s\n", what, e.name()) + r.Stderr
	return r
}

// invalidPath is a path that leads nowhere, which is told on standard output.
// documented: in the source; observed (26): the error.
func (d directory) invalidPath() Reply {
	r := unknownNode.refusal()
	r.Stdout = d.verb + ": Invalid Path\n"
	return r
}
