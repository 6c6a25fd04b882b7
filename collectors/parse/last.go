package parse

import (
	"strings"
	"time"

	"github.com/tokenward/tokenward/internal/pattern"
)

// LoginHistory is what last prints: a line a login, the newest first.
type LoginHistory struct {
	Entries []LoginEntry `json:"entries"`
	// Begins is when the history begins, by the clock of the Mac and without its
	// zone: 2026-03-06T20:00:33. nil where the year is left out, and where the
	// history goes back further than it was asked for.
	Begins *string `json:"begins"`
}

// A LoginEntry is one line of last, of a login or of a start or shutdown of the
// Mac, which has neither user nor terminal.
type LoginEntry struct {
	User     string `json:"user"`     // before macOS 13 it can be cut off after eight characters
	Terminal string `json:"terminal"` // "console" is the login window; ssh and windows have ttys000
	Remote   bool   `json:"remote"`   // from another host
	At       string `json:"at"`       // as printed, without the year: "Mon Mar  9 08:00"
	Open     bool   `json:"open"`     // still logged in
}

// console is the terminal of the login window.
const console = "console"

// askedOfLast is how many lines last is asked for. Where there are more, it ends
// without its last line. documented (Apple's source).
const askedOfLast = 1000

const (
	lastTime  = "Mon Jan _2 15:04"
	localTime = "2006-01-02T15:04:05"
	timeText  = `([A-Z][a-z]{2} [A-Z][a-z]{2} [ 123]\d \d\d:\d\d)`
)

// The line of a login around its host. Names may hold blanks and be longer than
// their column: what follows them is found from the right, where all is of one
// width but for hosts before macOS 13. observed (10.11, 26): the columns, and how
// a login ends.
const (
	loginBegin = `^(\S(?:.*\S)?) +(console |tty[\w ]{5}) `
	loginEnd   = ` +(still logged in|- (?:\d\d:\d\d|crash|shutdown) +\((?:\d+\+)?\d\d:\d\d\))$`
)

var (
	recentLogin = pattern.Lazy(loginBegin + `(.{22}) ` + timeText + loginEnd)
	olderLogin  = pattern.Lazy(loginBegin + `(.{16}|\S{17,}) ` + timeText + loginEnd)

	// observed (26): the words; documented: the tilde of those before macOS 13.
	startLine = pattern.Lazy(`^(?:reboot|shutdown) +(?:time|~) +` + timeText + `$`)
	// observed (10.11): without seconds and year; documented: with them.
	beginLine = pattern.Lazy(`^wtmp begins ` + timeText + `(?:(:\d\d)(?: [A-Z]{1,5}| [+-]\d{2,4})? (\d{4}))?$`)
)

// Last reads last -1000. The answer in another language is not read.
func Last(out []byte) (LoginHistory, error) {
	all, err := lines(out)
	if err != nil {
		return LoginHistory{}, err
	}
	h := LoginHistory{Entries: []LoginEntry{}}
	for n, line := range all {
		if m := beginLine.FindStringSubmatch(line); m != nil {
			if h.Begins, err = beginning(m[1], m[2], m[3]); err != nil {
				return LoginHistory{}, err
			}
			return h, blank(all[n+1:])
		}
		if err := h.line(line); err != nil {
			return LoginHistory{}, err
		}
	}
	if len(h.Entries) < askedOfLast {
		return LoginHistory{}, unreadable("it ends after %d lines without saying where the history begins", len(h.Entries))
	}
	return h, nil
}

func (h *LoginHistory) line(line string) error {
	entry, ok := loginEntry(line)
	switch {
	case ok:
	case startLine.MatchString(line):
		entry = LoginEntry{At: startLine.FindStringSubmatch(line)[1]}
	case line == "" || logPrefix.MatchString(line):
		return nil
	}
	if !onACalendar(entry.At) {
		return unreadable("the line %s", clip(line))
	}
	h.Entries = append(h.Entries, entry)
	return nil
}

// loginEntry reads the line of a login. Nobody logs in at the login window from
// another host.
func loginEntry(line string) (LoginEntry, bool) {
	m := recentLogin.FindStringSubmatch(line)
	if m == nil {
		m = olderLogin.FindStringSubmatch(line)
	}
	if m == nil {
		return LoginEntry{}, false
	}
	terminal, host := strings.TrimRight(m[2], " "), strings.TrimRight(m[3], " ")
	if strings.Contains(terminal+host, " ") || terminal == console && host != "" {
		return LoginEntry{}, false
	}
	return LoginEntry{User: m[1], Terminal: terminal, Remote: host != "", At: m[4], Open: m[5] == "still logged in"}, true
}

// onACalendar says whether a year can have that time. None has an empty one.
func onACalendar(at string) bool {
	_, err := time.Parse(lastTime, at) // of the year 0, a leap year
	return err == nil
}

// beginning is when the history begins. seconds and year are both there or
// neither.
func beginning(at, seconds, year string) (*string, error) {
	if !onACalendar(at) {
		return nil, unreadable("it begins on %s", clip(at))
	}
	if year == "" {
		return nil, nil
	}
	t, err := time.Parse(lastTime+":05 2006", at+seconds+" "+year)
	if err != nil || t.Format("Mon") != at[:3] {
		return nil, unreadable("it begins on %s of %s", clip(at+seconds), year)
	}
	text := t.Format(localTime)
	return &text, nil
}
