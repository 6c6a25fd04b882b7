package tool

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// osascript runs an AppleScript that shows a dialog, an alert or a notification,
// and tells of the answer. The person of the state answers.
func osascript(m *state.Mac, c *Call) Reply {
	script, ok := scriptOf(c)
	if !ok {
		return notSimulated(c)
	}
	steps, ok := parseScript(script)
	if !ok {
		return notSimulated(c)
	}
	return runScript(m, c, steps)
}

// runScript prints the value of the last statement. documented: man osascript.
func runScript(m *state.Mac, c *Call, steps []scriptStep) Reply {
	values := map[string]scriptValue{}
	var last scriptValue
	for i := range steps {
		s := &steps[i]
		value, failed := values[s.from], Reply{}
		if s.from == "" {
			value, failed = show(m, c, s)
		}
		if failed.Exit != 0 {
			return failed
		}
		last = value.part(s.field)
		values[scriptResult] = last
		if s.into != "" {
			values[s.into] = last
		}
	}
	return last.reply()
}

// scriptOf is the script: lines that stand after -e, or standard input.
// documented: man osascript.
func scriptOf(c *Call) (string, bool) {
	var lines []string
	args := c.Args
	if len(args) > 1 && args[0] == "-l" && args[1] == "AppleScript" {
		args = args[2:]
	}
	for len(args) > 1 && args[0] == "-e" {
		lines, args = append(lines, args[1]), args[2:]
	}
	switch {
	case len(lines) > 0:
		return strings.Join(lines, "\n"), len(args) == 0
	case len(args) > 1 || len(args) == 1 && args[0] != "-":
		return "", false
	}
	script, err := c.Input.All()
	return script, err == nil
}

// show shows one dialog. It gives the answer, or how it failed.
func show(m *state.Mac, c *Call, s *scriptStep) (scriptValue, Reply) {
	switch {
	case !canShow(m, c) && s.app != "":
		return scriptValue{}, unpublished(c, 1, "where nobody is logged in")
	case !canShow(m, c):
		return scriptValue{}, scriptError(s, "No user interaction allowed. (-1713)")
	case s.verb == notification:
		return scriptValue{}, Reply{} // community
	}
	answer, there := nextAnswer(m)
	switch {
	case !there && s.givesUp:
		return scriptValue{of: s, text: s.defaultText, gaveUp: true}, Reply{}
	case !there:
		return scriptValue{}, own("nobody is at the Mac to answer")
	case answer.Quit:
		return scriptValue{}, own("an osascript dialog cannot be quit")
	}
	return press(c, s, answer)
}

// canShow says whether the caller has a screen. community: at the login window
// there is none; inferred: nor for a user who is not the one on the screen.
func canShow(m *state.Mac, c *Call) bool {
	return m.Console.User != "" && (c.isRoot() || strings.EqualFold(c.User, m.Console.User))
}

// nextAnswer is the person's next answer, if there is somebody. It is used up
// unless it is the last one.
func nextAnswer(m *state.Mac) (state.Answer, bool) {
	if len(m.Person.Answers) == 0 {
		return state.Answer{}, false
	}
	answer := m.Person.Answers[0]
	if len(m.Person.Answers) > 1 {
		m.Person.Answers = m.Person.Answers[1:]
		m.Revision++
	}
	return answer, !answer.Away
}

// press is the person who presses a button. documented: the cancel button, which
// is Cancel unless another is named, is an error of the script.
func press(c *Call, s *scriptStep, answer state.Answer) (scriptValue, Reply) {
	cancel := s.cancel()
	button := answer.Button
	switch {
	case answer.Cancel && cancel == "":
		return scriptValue{}, own("the dialog of " + c.name() + " has no button to cancel it")
	case answer.Cancel:
		button = cancel
	case button == "":
		button = s.usual()
	case !slices.Contains(s.names(), button):
		return scriptValue{}, own(fmt.Sprintf("the dialog of %s has no button %q", c.name(), button))
	}
	if button == cancel {
		return scriptValue{}, scriptError(s, "User canceled. (-128)")
	}
	return scriptValue{of: s, button: button, text: either(answer.Text == "", s.defaultText, answer.Text)}, Reply{}
}

// cancel is the button that cancels; empty where there is none.
func (s *scriptStep) cancel() string {
	return s.label(s.cancelName, either(slices.Contains(s.names(), "Cancel"), "Cancel", ""))
}

// usual is the button that the person presses without a wish: the default one.
// documented: the rightmost of an alert; inferred: of a dialog too.
func (s *scriptStep) usual() string {
	names := s.names()
	return s.label(s.defaultName, names[len(names)-1])
}

// scriptError is an error of the script. observed: the place, which counts the
// characters from 0 to behind the command, and the application's name before it;
// community: exit code 1; inferred: the same for a script on standard input.
func scriptError(s *scriptStep, message string) Reply {
	if s.app != "" {
		message = s.app + " got an error: " + message
	}
	return refused(1, fmt.Sprintf("%d:%d: execution error: %s", s.start, s.end, message))
}
