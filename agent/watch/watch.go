// Package watch notices that something has happened on this Mac: it woke up, the
// network or who sits at it changed, or a file did that what we judge rests on.
// It starts no process and reads no content. What it says is a reason to look,
// and no evidence.
package watch

import (
	"context"
	"slices"
	"sync"
	"time"
)

// A Cause is what happened.
type Cause string

// What can happen.
const (
	Wake               Cause = "wake"
	ClockSet           Cause = "clock_set" // the clock on the wall was set: the Mac did not sleep
	Network            Cause = "network"   // an interface, or an address of one
	ConsoleUser        Cause = "console_user"
	AdminGroup         Cause = "admin_group"
	ManagedPreferences Cause = "managed_preferences"
	Profiles           Cause = "profiles"
	RecoveryKey        Cause = "recovery_key" // sealed for the server, or fetched by it
	Settings           Cause = "settings"     // a file of this program's own
)

const (
	minute = time.Minute // a shorter beat would be felt by the battery
	gather = time.Second // events come in swarms: one look serves a swarm
)

// Watch looks at one Mac. Make it with New, run it once.
type Watch struct {
	tell   func(Cause)
	beat   time.Duration // between two looks if nothing happens
	gather time.Duration // between an event and the look that it causes

	clock   clock
	read    reading // at the latest look
	console console
	places  []*place
	files   files
	network network
	stirred bool // the network, since the latest look

	mu      sync.Mutex
	sources []Source
}

// New prepares to watch the Mac below root, which is "/" on a Mac, and files with
// settings of this program; the clock and the network are always those of this
// machine. What happens is told to tell, in
// one goroutine, and however often it happens, each cause at most once a second.
func New(root string, settings []string, tell func(Cause)) *Watch {
	places := placesBelow(root)
	for _, file := range settings {
		places = append(places, &place{cause: Settings, path: file, room: mostEntries})
	}
	return &Watch{tell: tell, beat: minute, gather: gather, clock: newClock(), console: consoleBelow(root), places: places}
}

// Run watches until the context ends. It does not fail: what cannot be watched
// is compared once a minute, and [Watch.State] says so.
func (w *Watch) Run(ctx context.Context) {
	w.files, w.network = watchFiles(), listen()
	defer w.files.close()
	defer w.network.close()
	w.loop(ctx)
}

func (w *Watch) loop(ctx context.Context) {
	w.read = w.clock.read()
	beat := time.NewTicker(w.beat)
	defer beat.Stop()
	for goesOn := true; goesOn; goesOn = w.wait(ctx, beat.C) {
		w.look()
	}
}

// wait returns when it is time to look again, or false when the context has
// ended. After an event it lets a moment pass: what is under way may end in it,
// and a swarm makes one look.
func (w *Watch) wait(ctx context.Context, beat <-chan time.Time) bool {
	var gathered <-chan time.Time
	for {
		select {
		case <-ctx.Done():
			return false
		case <-gathered:
			return true
		case <-beat:
			if gathered == nil {
				return true
			}
			continue // the look after the event is as good
		case <-w.files.events():
		case <-w.files.errors(): //nolint:errcheck // the kernel's queue was too short: something happened
		case <-w.network.changed:
			w.stirred = true
		}
		if gathered == nil {
			gathered = time.After(w.gather)
		}
	}
}

// look compares everything with how it was. An event only says when: what is
// told rests on two looks, so a lost event is noticed a minute later, and one
// that changed nothing is not told.
func (w *Watch) look() {
	var causes []Cause
	now := w.clock.read()
	if cause, ok := between(w.read, now); ok {
		causes = append(causes, cause)
	}
	w.read = now
	if w.stirred {
		causes = append(causes, Network)
	}
	w.stirred = false
	if w.console.changed() {
		causes = append(causes, ConsoleUser)
	}
	for _, p := range w.places {
		if w.files.look(p) && !p.hint {
			causes = append(causes, p.cause)
		}
	}
	w.note()
	for _, cause := range causes {
		w.tell(cause)
	}
}

// note keeps how everything is watched for those who ask.
func (w *Watch) note() {
	sources := []Source{{Cause: Wake, How: Compared}, w.network.source(), w.console.source()}
	for _, p := range w.places {
		sources = append(sources, p.source())
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sources = sources
}

// State says how each cause is noticed, in an order that stays the same. It is
// empty before Run has looked for the first time, and safe for concurrent use.
func (w *Watch) State() []Source {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.sources)
}
