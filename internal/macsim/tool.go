package macsim

import (
	"slices"
	"strings"
	"time"

	"github.com/tokenward/tokenward/internal/run"
)

// Call is one start of a tool: all that its answer may depend on besides the
// Mac.
type Call struct {
	run.Command
	At  time.Time // the Mac's clock and zone, which sysadminctl prints
	PID int
}

// Reply is what the tool did.
type Reply struct {
	Exit           int
	Stdout, Stderr string
}

// OwnExit is the exit code where the simulator speaks for itself. No tool that
// it stands for is known to use it.
const OwnExit = 125

// Answer answers as the tool does. It is a pure function of the Mac and the
// call, and safe for concurrent use while nobody changes the Mac.
func (m *Mac) Answer(c Call) Reply {
	switch c.Tool {
	case run.SwVers:
		return m.swVers(c)
	case run.Ioreg:
		return m.ioreg(c)
	case run.Uname:
		return m.uname(c)
	case run.Scutil:
		return m.scutil(c)
	case run.Profiles:
		return m.profiles(c)
	case run.Sysadminctl:
		return m.sysadminctl(c)
	case run.Fdesetup:
		return m.fdesetup(c)
	case run.Diskutil:
		return m.diskutil(c)
	case run.Dscl:
		return m.dscl(c)
	case run.Mdmclient:
		return m.mdmclient(c)
	}
	return own("there is no such tool")
}

// own is the simulator speaking for itself. Nobody must take it for Apple's.
func own(text string) Reply {
	return Reply{Exit: OwnExit, Stderr: "macsim: " + text + "\n"}
}

// notSimulated answers a command line that the simulator does not know.
func notSimulated(c Call) Reply {
	return own(c.String() + " is not simulated")
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

// is says whether the arguments are exactly these.
func (c Call) is(args ...string) bool {
	return slices.Equal(c.Args, args)
}

func either(condition bool, yes, no string) string {
	if condition {
		return yes
	}
	return no
}
