package tool

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// osascript runs an AppleScript that shows a dialog, an alert or a notification.
// The person of the state answers.
func osascript(m *state.Mac, c *Call) Reply {
	script, ok := scriptOf(c)
	if !ok {
		return notSimulated(c)
	}
	steps, ok := parseScript(script)
	if !ok {
		return notSimulated(c)
	}
	var r Reply
	for i := range steps {
		if r = show(m, c, &steps[i]); r.Exit != 0 {
			return r
		}
	}
	return r
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

// show shows one dialog. Only the script's last one prints its answer.
func show(m *state.Mac, c *Call, s *scriptStep) Reply {
	switch {
	case !canShow(m, c) && s.app != "":
		return unpublished(c, 1, "where nobody is logged in")
	case !canShow(m, c):
		return scriptError(s, "No user interaction allowed. (-1713)")
	case s.verb == "notification":
		return Reply{} // community
	}
	answer, there := nextAnswer(m)
	switch {
	case !there && s.givesUp:
		return answered(s, "", s.defaultText, true)
	case !there:
		return own("nobody is at the Mac to answer")
	case answer.Quit:
		return own("an osascript dialog cannot be quit")
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
func press(c *Call, s *scriptStep, answer state.Answer) Reply {
	cancel := s.cancel()
	button := answer.Button
	switch {
	case answer.Cancel && cancel == "":
		return own("the dialog of " + c.name() + " has no button to cancel it")
	case answer.Cancel:
		button = cancel
	case button == "":
		button = s.usual()
	case !slices.Contains(s.names(), button):
		return own(fmt.Sprintf("the dialog of %s has no button %q", c.name(), button))
	}
	if button == cancel {
		return scriptError(s, "User canceled. (-128)")
	}
	return answered(s, button, either(answer.Text == "", s.defaultText, answer.Text), false)
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

// answered is the result as osascript prints it. observed: a record without
// quotes, in this order; documented: no button where it gave up; community: the
// text is the one that stood there.
func answered(s *scriptStep, button, text string, gaveUp bool) Reply {
	switch s.field {
	case "text returned":
		return printed(text)
	case "button returned":
		return printed(button)
	}
	fields := []string{"button returned:" + button}
	if s.asksText {
		fields = append(fields, "text returned:"+text)
	}
	if s.givesUp {
		fields = append(fields, "gave up:"+either(gaveUp, "true", "false"))
	}
	return printed(strings.Join(fields, ", "))
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
