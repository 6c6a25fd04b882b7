package conform

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/tokenward/tokenward/internal/macsim/state"
	"github.com/tokenward/tokenward/internal/macsim/tool"
)

// Simulated is a simulated Mac in this process, and who plays the person at it.
// It is fast and repeatable: its clock stands still unless an event moves it.
type Simulated struct {
	mu  sync.Mutex
	mac state.Mac
}

var (
	_ Target = (*Simulated)(nil)
	_ Person = (*Simulated)(nil)
)

// NewSimulated returns a target for a copy of the Mac.
func NewSimulated(m state.Mac) *Simulated { return &Simulated{mac: m.Clone()} }

// Mac returns the Mac as it is now.
func (s *Simulated) Mac() state.Mac {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mac.Clone()
}

// Run answers as the tool does.
func (s *Simulated) Run(ctx context.Context, c Command) (Output, error) {
	if err := ctx.Err(); err != nil {
		return Output{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	at := s.mac.Clock
	if at.IsZero() {
		at = time.Date(2026, 1, 12, 8, 0, 0, 0, time.UTC)
	}
	in := &input{typed: c.Typed, stdin: c.Stdin}
	r := tool.Answer(&s.mac, tool.Call{Path: c.Path, Args: c.Args, Input: in, At: at, PID: 812, User: c.User})
	return Output{Exit: r.Exit, Stdout: r.Stdout, Stderr: in.asked.String() + r.Stderr, Terminal: in.shown.String()}, nil
}

// Do plays the person.
func (s *Simulated) Do(ctx context.Context, d Deed) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return d.Play(&s.mac)
}

// input answers a tool's questions: at a terminal where lines are typed, and
// otherwise, where the tool takes that, from a pipe.
type input struct {
	typed []string
	stdin string
	shown strings.Builder // on the terminal
	asked strings.Builder // on the error stream, for want of one
}

// Ask gives the next line.
func (in *input) Ask(q tool.Question) (string, error) {
	if in.typed == nil {
		return in.fromPipe(q)
	}
	in.shown.WriteString(q.Prompt)
	if len(in.typed) == 0 {
		return "", errors.New("nobody answers any more")
	}
	answer := in.typed[0]
	in.typed = in.typed[1:]
	if !q.Hidden {
		in.shown.WriteString(answer)
	}
	in.shown.WriteString("\n")
	if q.Limit > 0 && len(answer) > q.Limit {
		return "", tool.ErrTooLong
	}
	return answer, nil
}

func (in *input) fromPipe(q tool.Question) (string, error) {
	if !q.Pipe {
		return "", tool.ErrNoTerminal
	}
	in.asked.WriteString(q.Prompt)
	if in.stdin == "" {
		return "", io.EOF
	}
	line, rest, _ := strings.Cut(in.stdin, "\n")
	in.stdin = rest
	return line, nil
}

// All gives what is left of standard input.
func (in *input) All() (string, error) {
	all := in.stdin
	in.stdin = ""
	return all, nil
}

// NamesFor are names and passwords for a simulated Mac, which tells them.
func NamesFor(m *state.Mac, f *Facts) Names {
	n := Names{Mobile: f.mobile(), TestPassword: "Test-Password-1", NewPassword: "New-Password-2"}
	for _, r := range f.People {
		a, ok := m.Account(r.Name)
		if !ok || a.Disabled {
			continue
		}
		if n.Asker == "" {
			n.Asker = a.Name
		}
		if m.IsAdmin(a) && a.Usable() && a.Password != "" && n.Admin == "" {
			n.Admin, n.AdminPassword = a.Name, a.Password
		}
	}
	return n
}
