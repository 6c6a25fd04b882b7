package conform

import (
	"slices"
	"strings"
	"time"
)

// usualLimit is how long a tool may take. A busy Mac is slow.
const usualLimit = time.Minute

// ask is a command as a person types it. The tool stands there by its name, and
// is started by its path.
func ask(line string) Step {
	words := strings.Fields(line)
	words[0] = pathOf(words[0])
	return Step{Argv: words, Limit: usualLimit}
}

// with appends arguments that hold blanks or are empty.
func (s Step) with(args ...string) Step {
	s.Argv = append(slices.Clip(s.Argv), args...)
	return s
}

// typed gives it a terminal, and somebody who types these lines.
func (s Step) typed(answers ...string) Step {
	s.Typed = append([]string{}, answers...)
	return s
}

// piped gives it a standard input.
func (s Step) piped(text string) Step {
	s.Stdin = text
	return s
}

func (s Step) asUser() Step {
	s.AsUser = true
	return s
}

func (s Step) each() Step {
	s.Each = true
	return s
}

// only keeps all other lines out of reports: they hold more than is asked for.
func (s Step) only(keys ...string) Step {
	s.Only = keys
	return s
}

// slowly is for what searches a log, removes a home or writes a volume.
func (s Step) slowly() Step {
	s.Limit = 3 * usualLimit
	return s
}

// deed is something that a person does.
func deed(text string, play Play) Step { return Step{Deed: text, Play: play} }

// question is a deed with a question at its end, answered yes or no.
func question(text string, play Play) Step { return Step{Deed: text, Play: play, Asks: true} }

// afterRestart is a deed that ends the program, which is started again after it.
func afterRestart(text string, play Play) Step { return Step{Deed: text, Play: play, Restart: true} }

// pathOf is where a tool lies on a Mac.
func pathOf(name string) string {
	switch name {
	case "launchctl":
		return "/bin/launchctl"
	case "sysadminctl", "diskutil", "dseditgroup", "ioreg", "sysctl", "scutil", "firmwarepasswd":
		return "/usr/sbin/" + name
	case "mdmclient":
		return "/usr/libexec/mdmclient"
	default:
		return "/usr/bin/" + name
	}
}

// String is the step in words, with the names still in braces. What is typed or
// piped is told by what it is; passwords are names in braces too.
func (s Step) String() string {
	if s.Deed != "" {
		return "(a person) " + s.Deed
	}
	words := make([]string, 0, len(s.Argv))
	for _, w := range s.Argv {
		if w == "" || strings.ContainsAny(w, " ;") {
			w = "'" + w + "'"
		}
		words = append(words, w)
	}
	text := strings.Join(words, " ")
	if s.Typed != nil {
		text += "  [typed: " + strings.Join(s.Typed, ", ") + "]"
	}
	if s.Stdin != "" {
		text += "  [standard input: " + strings.Join(strings.Fields(s.Stdin), " ") + "]"
	}
	return text + suffix(s.AsUser, " (as a user)") + suffix(s.Each, " (for every person)")
}

func suffix(condition bool, text string) string {
	if condition {
		return text
	}
	return ""
}
