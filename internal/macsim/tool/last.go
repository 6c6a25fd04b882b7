package tool

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// last lists the logins, the newest first. documented: Apple's two sources of
// it; observed (10.11, and a recent macOS): a line of each; inferred: that the
// second came with 13.
//
// Where more was asked for than it may print it ends without its last line.
func last(m *state.Mac, c *Call) Reply {
	recent := m.OS.AtLeast(13)
	q, ok := askedOfLast(c.Args, recent)
	if !ok {
		return notSimulated(c)
	}
	if q.limit == 0 {
		return Reply{}
	}
	entries := wtmp(m, c.At.Location())
	var lines []string
	for _, e := range entries {
		if !q.wants(e) {
			continue
		}
		if recent && len(lines) == q.limit {
			return printed(lines...)
		}
		lines = append(lines, e.line(recent))
		if !recent && len(lines) == q.limit {
			return printed(lines...)
		}
	}
	begin := c.At
	if n := len(entries); n > 0 {
		begin = entries[n-1].in
	}
	return printed(append(lines, "", begin.Format(either(recent, "wtmp begins Mon Jan _2 15:04:05 MST 2006", "wtmp begins Mon Jan _2 15:04 ")))...)
}

// lastQuery is what a command line asks for.
type lastQuery struct {
	limit int // -1: no limit
	users []string
	lines []string
	hosts []string
}

// askedOfLast reads the options -N, -t, -h and, in the newer one, -n. An operand
// may be a user or a line. documented.
func askedOfLast(args []string, recent bool) (lastQuery, bool) {
	q := lastQuery{limit: -1}
	if len(args) > 0 && len(args[0]) > 1 && args[0][0] == '-' && args[0][1] >= '0' && args[0][1] <= '9' {
		n, err := strconv.Atoi(args[0][1:])
		if err != nil {
			return q, false
		}
		q.limit, args = n, args[1:]
	}
	options, operands, ok := getopt(args, either(recent, "t:h:n:", "t:h:"))
	for _, o := range options {
		switch o.letter {
		case 't':
			q.lines = append(q.lines, terminal(o.value))
		case 'h':
			q.hosts = append(q.hosts, o.value)
		case 'n':
			n, err := strconv.Atoi(o.value)
			if err != nil || n <= 0 {
				return q, false
			}
			q.limit = n
		}
	}
	for _, word := range operands {
		q.users, q.lines = append(q.users, word), append(q.lines, terminal(word))
	}
	return q, ok
}

// terminal completes a line's name of two letters. documented.
func terminal(word string) string {
	switch {
	case word == "co":
		return "console"
	case len(word) == 2:
		return "tty" + word
	}
	return strings.TrimPrefix(word, "/dev/")
}

func (q lastQuery) wants(e wtmpEntry) bool {
	if len(q.users)+len(q.lines)+len(q.hosts) == 0 {
		return true
	}
	return slices.Contains(q.users, e.user) || slices.Contains(q.lines, e.terminal) ||
		slices.ContainsFunc(q.hosts, func(h string) bool { return strings.EqualFold(h, e.host) })
}

// wtmpEntry is a login, or a start of the Mac.
type wtmpEntry struct {
	user, terminal, host string
	in, out              time.Time
	boot                 bool
	crash                bool // the Mac was started anew while it lasted
}

// wtmp are the entries, the newest first. documented: a login that a start of
// the Mac ended is one that ended in a crash, where no shutdown was noted.
func wtmp(m *state.Mac, zone *time.Location) []wtmpEntry {
	booted := m.Booted.In(zone)
	boot := wtmpEntry{user: "reboot", terminal: "~", in: booted, boot: true}
	noted := m.Booted.IsZero()
	var entries []wtmpEntry
	for _, s := range m.Sessions {
		e := wtmpEntry{user: s.User, terminal: s.Line, host: s.From, in: s.In.In(zone), out: s.Out.In(zone)}
		if !noted && s.In.Before(booted) {
			entries, noted = append(entries, boot), true
		}
		if s.In.Before(booted) && (s.Out.IsZero() || s.Out.After(booted)) {
			e.out, e.crash = booted, true
		}
		entries = append(entries, e)
	}
	if !noted {
		entries = append(entries, boot)
	}
	return entries
}

// line is the entry as it is printed.
func (e wtmpEntry) line(recent bool) string {
	at := e.in.Format("Mon Jan _2 15:04")
	switch {
	case e.boot && recent:
		return fmt.Sprintf("%-42s %s", "reboot time", at)
	case e.boot:
		return fmt.Sprintf("%-8s  %-8s %-16s %s ", "reboot", "~", "", at)
	case recent:
		return fmt.Sprintf("%-10s %-8s %-22.22s %s %s", e.user, e.terminal, e.host, at, e.end())
	default:
		return fmt.Sprintf("%-8s  %-8s %-16s %s %s", e.user, e.terminal, e.host, at, e.end())
	}
}

// end is when the login ended, and how long it lasted.
func (e wtmpEntry) end() string {
	if e.out.IsZero() {
		return "  still logged in"
	}
	took := e.out.Sub(e.in).Truncate(time.Minute)
	days, rest := took/(24*time.Hour), took%(24*time.Hour)
	length := fmt.Sprintf("%02d:%02d", rest/time.Hour, rest%time.Hour/time.Minute)
	if days > 0 {
		length = fmt.Sprintf("(%d+%s)", days, length)
	} else {
		length = " (" + length + ")"
	}
	return "- " + either(e.crash, "crash", e.out.Format("15:04")) + " " + length
}
