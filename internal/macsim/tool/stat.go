package tool

import (
	"strings"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// stat says whose the console is, and so who is logged in on the screen.
// documented: man stat; community: root at the login window. Nothing else has
// an owner here.
func stat(m *state.Mac, c *Call) Reply {
	options, operands, ok := getopt(c.Args, "f:Ln")
	if !ok || len(operands) != 1 || operands[0] != "/dev/console" {
		return notSimulated(c)
	}
	var format string
	for _, o := range options {
		if o.letter == 'f' {
			format = o.value
		}
	}
	text, ok := consoleText(m, format)
	if !ok {
		return notSimulated(c)
	}
	if !strings.Contains(letters(options), "n") && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	return Reply{Stdout: text}
}

// consoleText fills the format in. It is not ok with a field that is not
// simulated.
func consoleText(m *state.Mac, format string) (string, bool) {
	owner, group := consoleOwner(m)
	if format == "" {
		return "", false
	}
	var b strings.Builder
	for format != "" {
		before, field, found := strings.Cut(format, "%")
		b.WriteString(before)
		if !found {
			break
		}
		var value string
		length := 1
		switch {
		case strings.HasPrefix(field, "Su"):
			value, length = owner.Name, 2
		case strings.HasPrefix(field, "Sg"):
			value, length = groupWord(m, group, true), 2
		case strings.HasPrefix(field, "u"):
			value = idNumber(owner.UID)
		case strings.HasPrefix(field, "g"):
			value = idNumber(group)
		case strings.HasPrefix(field, "N"):
			value = "/dev/console"
		case strings.HasPrefix(field, "n"):
			value = "\n"
		case strings.HasPrefix(field, "%"):
			value = "%"
		default:
			return "", false
		}
		b.WriteString(value)
		format = field[length:]
	}
	return b.String(), true
}

// consoleOwner is the user on the screen and the user's group, or root and
// wheel. community: a local user's is staff; inferred: the others'.
func consoleOwner(m *state.Mac) (owner *state.Account, group int) {
	if a, ok := m.Account(m.Console.User); ok {
		return a, a.PrimaryGroup()
	}
	return &state.Account{Name: "root", Kind: state.System}, 0
}
