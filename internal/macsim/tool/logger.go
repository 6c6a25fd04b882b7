package tool

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// logger takes a message for the system log, which is not simulated, and says
// nothing, but for -s. documented: man logger.
func logger(_ *state.Mac, c *Call) Reply {
	options, operands, ok := getopt(c.Args, "ist:p:")
	if !ok {
		return notSimulated(c)
	}
	tag, priority := either(c.User == "", "root", c.User), "notice"
	for _, o := range options {
		switch o.letter {
		case 't':
			tag = o.value
		case 'p':
			priority = o.value
		}
	}
	if !isPriority(priority) {
		return unpublished(c, 1, "with an unknown priority")
	}
	messages := []string{strings.Join(operands, " ")}
	if len(operands) == 0 {
		text, err := c.Input.All()
		if err != nil {
			return own(err.Error())
		}
		messages = strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	}
	if !strings.Contains(letters(options), "s") {
		return Reply{}
	}
	level := levelName(priority)
	if level == "" {
		return notSimulated(c)
	}
	return Reply{Stderr: loggedLines(c, tag, level, messages)}
}

// loggedLines are the messages as -s shows them. community: the form, in which
// the host is missing; inferred: that it is still so.
func loggedLines(c *Call, tag, level string, messages []string) string {
	var b strings.Builder
	for _, message := range messages {
		fmt.Fprintf(&b, "%s  %s[%d] <%s>: %s\n", c.At.Format("Jan _2 15:04:05"), tag, c.PID, level, message)
	}
	return b.String()
}

// levelName is what the system calls a level. documented: asl.h. Empty: it is a
// number, or no level.
func levelName(priority string) string {
	switch strings.ToLower(priority[strings.LastIndexByte(priority, '.')+1:]) {
	case "emerg", "panic":
		return "Emergency"
	case "alert":
		return "Alert"
	case "crit":
		return "Critical"
	case "err", "error":
		return "Error"
	case "warn", "warning":
		return "Warning"
	case "notice":
		return "Notice"
	case "info":
		return "Info"
	case "debug":
		return "Debug"
	}
	return ""
}

// isPriority knows a level, with a facility before it or without. documented:
// man 3 syslog; a number will do for either.
func isPriority(word string) bool {
	facility, level, both := strings.Cut(word, ".")
	if !both {
		facility, level = "user", word
	}
	return isOneOf(level, "alert crit debug emerg err error info none notice panic warn warning") &&
		isOneOf(facility, "auth authpriv cron daemon ftp install kern launchd lpr mail mark netinfo news ras remoteauth security syslog user uucp "+
			"local0 local1 local2 local3 local4 local5 local6 local7")
}

func isOneOf(word, list string) bool {
	number := word != "" && strings.Trim(word, "0123456789") == ""
	return number || slices.Contains(strings.Fields(list), strings.ToLower(word))
}
