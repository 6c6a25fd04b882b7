// Package doctor says which sources of evidence do not work on a Mac, why, and
// what to do about it. It judges the sources, never the Mac's tokens, and asks
// nobody: it reads the facts of a report.
package doctor

import (
	"cmp"
	"maps"
	"slices"

	"github.com/tokenward/tokenward/internal/wire"
)

// A State is how a source is doing.
type State string

// The states of a source, the worst last.
const (
	Works       State = "works"       // it answered, also that there is none
	Unsupported State = "unsupported" // this macOS or chip has no such thing: nothing to mend
	NotAsked    State = "not_asked"
	Waiting     State = "waits_for" // not asked, since a source that it needs is in trouble
	Denied      State = "denied"
	Failed      State = "failed"
)

func states() []State { return []State{Works, Unsupported, NotAsked, Waiting, Denied, Failed} }

// Broken says whether there is something to mend about the source itself.
func (s State) Broken() bool { return s == Denied || s == Failed }

// A Source is one tool, file or connection, and how it is doing.
type Source struct {
	Source   string   `json:"source"` // as an admin would type it
	Facts    []string `json:"facts"`  // what is learned from it
	State    State    `json:"state"`
	Reason   string   `json:"reason,omitempty"` // of a failure: timeout, missing, unreadable, exit, orphans
	TookMS   int64    `json:"took_ms"`
	Daemon   State    `json:"daemon,omitempty"`    // how the daemon found it, where that is another state
	WaitsFor []string `json:"waits_for,omitempty"` // of one that was not asked: the sources whose answers it lacks
	Why      string   `json:"why,omitempty"`
	Remedy   string   `json:"remedy,omitempty"`
}

// Circumstances are what decides about the remedy.
type Circumstances struct {
	Root bool // the report was made as root
	OS   string
}

// Examine returns all sources of a report, those with trouble first, and then by
// their names. The daemon's report may be nil: none is there.
func Examine(here wire.Report, daemon *wire.Report, c Circumstances) []Source {
	sources := bySource(here)
	if daemon != nil {
		theirs := bySource(*daemon)
		for name, s := range sources {
			if d, ok := theirs[name]; ok && d.State != s.State && d.State != NotAsked {
				s.Daemon = d.State
				s.Reason = cmp.Or(s.Reason, d.Reason)
			}
		}
	}
	list := make([]Source, 0, len(sources))
	for _, s := range sources {
		s.wait(here.Facts)
		s.Why, s.Remedy = explain(*s, c)
		slices.Sort(s.Facts)
		list = append(list, *s)
	}
	slices.SortFunc(list, func(a, b Source) int {
		return cmp.Or(cmp.Compare(b.trouble(), a.trouble()), cmp.Compare(a.Source, b.Source))
	})
	return list
}

func (s Source) trouble() int {
	if !s.State.Broken() && !s.Daemon.Broken() && s.State != Waiting {
		return 0
	}
	return max(slices.Index(states(), s.State), slices.Index(states(), s.Daemon))
}

// Troubled says whether there is something to mend, here or for the daemon.
func (s Source) Troubled() bool { return s.trouble() > 0 }

func bySource(r wire.Report) map[string]*Source {
	sources := map[string]*Source{}
	for _, name := range slices.Sorted(maps.Keys(r.Facts)) {
		f := r.Facts[name]
		source := cmp.Or(f.Source, "nothing that was asked")
		s, ok := sources[source]
		if !ok {
			s = &Source{Source: source, State: Works}
			sources[source] = s
		}
		s.Facts = append(s.Facts, name)
		s.TookMS = max(s.TookMS, f.TookMS)
		if is := stateOf(f); slices.Index(states(), is) > slices.Index(states(), s.State) {
			s.State, s.Reason = is, f.Reason
		}
	}
	return sources
}

// stateOf reads the status of a fact. What this version does not know is no
// source that works.
func stateOf(f wire.Fact) State {
	switch f.Status {
	case "observed", "absent":
		return Works
	case "unsupported":
		return Unsupported
	case "not_observed":
		return NotAsked
	case "denied":
		return Denied
	}
	return Failed
}
