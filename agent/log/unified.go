package log

import (
	"context"
	"strings"
	"time"
	"unicode"

	"github.com/tokenward/tokenward/internal/run"
)

// Every admin of a Mac can read the unified log, and management systems collect it.
// So an event has words that this program chose, and no name of a person, a Mac or a
// server: see the functions that make one.

// An Event is something worth a line there.
type Event struct{ text string }

// Started is the start of the daemon in that version.
func Started(version string) Event { return Event{"started, version " + version} }

// Stopped is the daemon's end; part names what failed, empty where it was asked to
// end.
func Stopped(part string) Event {
	if part == "" {
		return Event{"stopped"}
	}
	return Event{"stopped: the part " + part + " failed"}
}

// VerdictChanged is another verdict than that of the check before.
func VerdictChanged(was, is string) Event { return Event{"the verdict is " + is + ", it was " + was} }

// ConfigRefused is a configuration with a mistake that is not used.
func ConfigRefused() Event {
	return Event{"a configuration was refused, see sudo tokenward config check"}
}

// EnrollmentChanged is another state of this Mac at the server.
func EnrollmentChanged(state string) Event { return Event{"the enrolment is " + state} }

const (
	mostAnHour  = 6
	longestText = 200
)

// Unified tells the Mac's unified log. Make it with NewUnified, run it once.
type Unified struct {
	tools  run.Runner
	events chan Event
	told   []time.Time // within the last hour; of Run alone
}

// NewUnified tells through the Mac's logger(1): a program in Go reaches the unified
// log only by cgo or by that.
func NewUnified(tools run.Runner) *Unified {
	return &Unified{tools: tools, events: make(chan Event, mostAnHour)}
}

// Tell has an event told soon. It never waits: the unified log is a courtesy, and
// what finds no room is in the daemon's own log as well.
func (u *Unified) Tell(e Event) {
	select {
	case u.events <- e:
	default:
	}
}

// Run tells until the context ends, at most a few events an hour, and then what
// still waits, for a second at most.
func (u *Unified) Run(ctx context.Context) {
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case e := <-u.events:
			u.tell(ctx, e)
		}
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	for {
		select {
		case e := <-u.events:
			u.tell(last, e)
		default:
			return
		}
	}
}

// tell starts the tool. Whether it worked makes no difference to anybody.
func (u *Unified) tell(ctx context.Context, e Event) {
	now := time.Now()
	for len(u.told) > 0 && now.Sub(u.told[0]) >= time.Hour {
		u.told = u.told[1:]
	}
	if len(u.told) == mostAnHour {
		return
	}
	u.told = append(u.told, now)
	_, _ = u.tools.Run(ctx, run.Command{Tool: run.Logger, Args: []string{"-t", "tokenward", "-p", "daemon.notice", oneLine(e.text)}})
}

// oneLine is a text that begins no option and ends no line.
func oneLine(text string) string {
	text = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, strings.TrimLeft(text, "- "))
	if len(text) > longestText {
		text = strings.ToValidUTF8(text[:longestText], "")
	}
	return text
}
