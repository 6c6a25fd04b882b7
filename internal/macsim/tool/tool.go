// Package tool is the command line of a simulated Mac: it answers as Apple's
// tools do, and changes the Mac as they do.
//
// What a tool does is an event of [state.Mac]; here is how it is asked for and
// what is printed. It must not invent Apple's words: what is not simulated, or
// what nobody has published, is answered by a text that begins with "macsim:"
// on the error stream and by a failure: exit code 125, unless more is known.
//
// Every text is marked with how well it is known: documented, observed (on a
// Mac, the version is named), community or inferred; see the package state.
package tool

import (
	"path"
	"slices"
	"strings"
	"time"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// Call is one start of a tool: all that its answer may depend on besides the
// Mac.
type Call struct {
	Path  string // on a Mac, such as /usr/bin/profiles
	Args  []string
	Input Input     // nil: neither a terminal nor anything on standard input
	At    time.Time // the Mac's clock and zone, which sysadminctl prints
	PID   int
	User  string // short name of who called; empty: root
	Disk  Disk   // the Mac's folder, where it has one; nil: none
}

// Reply is what the tool did.
type Reply struct {
	Exit           int
	Stdout, Stderr string

	// Then is what the tool becomes, in the Mac's folder: launchctl asuser and sudo
	// end as another command.
	Then *Command
}

// Command is a further command that a tool starts as another user.
type Command struct {
	User string
	Argv []string
}

// OwnExit is the exit code where the simulator speaks for itself. No tool that
// it stands for is known to use it.
const OwnExit = 125

// A Tool is one of the programs of a Mac.
type Tool struct {
	Path   string
	answer func(*state.Mac, *Call) Reply
}

// Name is the name that a person types.
func (t Tool) Name() string { return path.Base(t.Path) }

// ByName returns the tool of that name.
func ByName(name string) (Tool, bool) {
	i := slices.IndexFunc(all(), func(t Tool) bool { return t.Name() == name })
	if i < 0 {
		return Tool{}, false
	}
	return all()[i], true
}

// All lists every tool.
func All() []Tool { return all() }

// Answer runs the tool: it answers, and changes the Mac where the tool does. The
// answer depends on the Mac and the call alone.
func Answer(m *state.Mac, c Call) Reply {
	i := slices.IndexFunc(all(), func(t Tool) bool { return t.Path == c.Path })
	if i < 0 {
		return own("there is no such tool")
	}
	if c.Input == nil {
		c.Input = Script{}
	}
	if m.Phase == state.Locked || m.Phase == state.Wiped {
		return own("the Mac is " + string(m.Phase) + ": nothing runs on it")
	}
	return all()[i].answer(m, &c)
}

// name is the tool's name.
func (c *Call) name() string { return path.Base(c.Path) }

// String is the command as a person types it, for the simulator's own texts.
func (c *Call) String() string {
	return strings.Join(append([]string{c.name()}, c.Args...), " ")
}

// isRoot says whether root called.
func (c *Call) isRoot() bool { return c.User == "" || c.User == "root" }

// caller is the account that called.
func (c *Call) caller(m *state.Mac) *state.Account {
	name := c.User
	if name == "" {
		name = "root"
	}
	if a, ok := m.Account(name); ok {
		return a
	}
	return &state.Account{Name: name, Kind: state.System}
}

// is says whether the arguments are exactly these.
func (c *Call) is(args ...string) bool { return slices.Equal(c.Args, args) }

// starts says whether the first arguments are these.
func (c *Call) starts(args ...string) bool {
	return len(c.Args) >= len(args) && slices.Equal(c.Args[:len(args)], args)
}

// own is the simulator speaking for itself. Nobody must take it for Apple's.
func own(text string) Reply {
	return Reply{Exit: OwnExit, Stderr: "macsim: " + text + "\n"}
}

// notSimulated answers a command line that the simulator does not know.
func notSimulated(c *Call) Reply {
	return own(c.String() + " is not simulated")
}

// unpublished is a refusal that a Mac is known to give, in words that nobody
// has published.
func unpublished(c *Call, exit int, why string) Reply {
	return refused(exit, "macsim: "+c.String()+" fails "+why+", in words that nobody has published")
}

// wordless is a success whose words nobody has published.
func wordless(c *Call, what string) Reply {
	return Reply{Stderr: "macsim: " + c.name() + " " + what + ", in words that nobody has published\n"}
}

// printed is a success that prints these lines.
func printed(lines ...string) Reply {
	return Reply{Stdout: joined(lines)}
}

// refused is a failure that prints one line.
func refused(exit int, line string) Reply {
	return Reply{Exit: exit, Stderr: line + "\n"}
}

// joined ends every line with a newline.
func joined(lines []string) string {
	if len(lines) == 0 {
		return ""
	}
	return strings.Join(lines, "\n") + "\n"
}

func either(condition bool, yes, no string) string {
	if condition {
		return yes
	}
	return no
}
