package doctor

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tokenward/tokenward/internal/wire"
)

// An Exam is everything that was looked at.
type Exam struct {
	Checks  []Check  `json:"checks"`
	Sources []Source `json:"sources"`
}

// Troubled says whether anything is to be mended.
func (e Exam) Troubled() bool {
	return slices.ContainsFunc(e.Checks, func(c Check) bool { return c.State.Broken() }) ||
		slices.ContainsFunc(e.Sources, Source.Troubled)
}

// A Check is about this program rather than about a source.
type Check struct {
	Name   string `json:"name"`
	State  State  `json:"state"`
	Text   string `json:"text"`
	Remedy string `json:"remedy,omitempty"`
}

// DiskAccess says whether macOS lets the program read what it protects. It is
// the daemon's access that counts: a command that is typed has that of the
// terminal it is typed in.
func DiskAccess(here wire.Report, daemon *wire.Report) Check {
	c := Check{Name: "Full Disk Access"}
	fact, who := here.Facts["agent.full_disk_access"], "This command"
	if daemon != nil {
		fact, who = daemon.Facts["agent.full_disk_access"], "The daemon"
	}
	switch fact.Value {
	case true:
		c.State, c.Text = Works, who+" has it."
	case false:
		c.State, c.Text, c.Remedy = Denied, who+" does not have it.", grant
	default:
		c.State, c.Text = NotAsked, "It could not be found out."
	}
	return c
}

// Triggers says what the daemon is told of at once. What it is not told of is
// found at the next look or check, so nothing here keeps a Mac from being judged.
func Triggers(watched []wire.Watched) Check {
	c := Check{Name: "Triggers", State: Works}
	late := map[string][]string{}
	for _, w := range watched {
		if !slices.Contains(late[w.How], w.Cause) {
			late[w.How] = append(late[w.How], w.Cause)
		}
	}
	words := func(how string) string { return strings.ReplaceAll(strings.Join(late[how], ", "), "_", " ") }
	if len(watched) == 0 {
		return Check{Name: c.Name, State: NotAsked, Text: "The daemon does not say what it watches."}
	}
	c.Text = fmt.Sprintf("Noticed at once: %s.", words("watched"))
	if len(late["compared"]) > 0 {
		c.Text += fmt.Sprintf(" Looked at once a minute: %s.", words("compared"))
	}
	if len(late["denied"]) > 0 {
		c.Text += fmt.Sprintf(" Not before the next check, since macOS denies it: %s.", words("denied"))
		c.Remedy = grant
	}
	return c
}
