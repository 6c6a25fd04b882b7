package macsim

import (
	"bytes"
	"slices"
	"strings"

	"github.com/tokenward/tokenward/internal/macsim/state"
	"github.com/tokenward/tokenward/internal/macsim/tool"
)

// lasting is the fault of a tool that does not depend on how it is called.
func lasting(m *state.Mac, name string) state.FaultKind {
	for _, f := range m.Faults {
		if f.Tool == name && (f.Kind == state.Missing || f.Kind == state.Denied) {
			return f.Kind
		}
	}
	return ""
}

// faultOf returns the first fault that a call meets, and its place in the list;
// -1 where it meets none.
func faultOf(m *state.Mac, c *tool.Call) (state.Fault, int) {
	name := c.Path[strings.LastIndexByte(c.Path, '/')+1:]
	i := slices.IndexFunc(m.Faults, func(f state.Fault) bool {
		return f.Tool == name && len(c.Args) >= len(f.Args) && slices.Equal(c.Args[:len(f.Args)], f.Args)
	})
	if i < 0 {
		return state.Fault{}, i
	}
	return m.Faults[i], i
}

// outcome is what a call comes to with its fault: the answer, and what happens
// around it.
type outcome struct {
	tool.Reply
	fault state.Fault
}

// answer runs a tool on the Mac with the fault that it meets. A fault that lasts
// for some calls is used up by one.
func answer(m *state.Mac, c tool.Call) outcome {
	fault, i := faultOf(m, &c)
	if i >= 0 && fault.Left > 0 {
		useUp(m, i)
	}
	if fault.Kind == state.PromptsTwice {
		c.Input = twice{c.Input}
	}
	return outcome{distort(fault, perform(m, c, fault)), fault}
}

// useUp counts a call, and ends the fault after its last.
func useUp(m *state.Mac, i int) {
	m.Faults = slices.Clone(m.Faults)
	m.Faults[i].Left--
	if m.Faults[i].Left == 0 {
		m.Faults = slices.Delete(m.Faults, i, i+1)
	}
	if len(m.Faults) == 0 {
		m.Faults = nil
	}
	m.Revision++
}

// perform lets the tool answer, on another Mac where what it does must not count.
func perform(m *state.Mac, c tool.Call, fault state.Fault) tool.Reply {
	switch fault.Kind {
	case state.Hangs, state.DiesBefore:
		return tool.Reply{}
	case state.Lies:
		shadow := m.Clone()
		shadow.Attach(nil) // a real server must not hear of it
		return tool.Answer(&shadow, c)
	case state.Stale:
		then := fault.Then.Clone()
		return tool.Answer(&then, c)
	default:
		return tool.Answer(m, c)
	}
}

// distort changes what is printed.
func distort(fault state.Fault, r tool.Reply) tool.Reply {
	switch fault.Kind {
	case state.Floods:
		r.Stdout = string(bytes.Repeat([]byte("flood\n"), fault.Bytes/6+1)[:fault.Bytes]) + r.Stdout
	case state.Truncated:
		r.Stdout, r.Stderr = r.Stdout[:min(fault.Bytes, len(r.Stdout))], r.Stderr[:min(fault.Bytes, len(r.Stderr))]
	case state.WrongExit:
		r.Exit = fault.Exit
	case state.ChangedWording:
		r.Stdout, r.Stderr = strings.ReplaceAll(r.Stdout, fault.Old, fault.Text), strings.ReplaceAll(r.Stderr, fault.Old, fault.Text)
	case state.Dies:
		r.Stdout, r.Stderr = r.Stdout[:len(r.Stdout)/2], r.Stderr[:len(r.Stderr)/2]
	default:
	}
	return r
}

// twice is an Input that asks every question a second time, and takes the second
// answer.
type twice struct{ tool.Input }

func (t twice) Ask(q tool.Question) (string, error) {
	if _, err := t.Input.Ask(q); err != nil {
		return "", err
	}
	return t.Input.Ask(q)
}
