package collectors

import (
	"cmp"
	"context"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/tokenward/tokenward/health/evidence"
	"github.com/tokenward/tokenward/internal/wallclock"
)

// What a check may cost. The number of accounts does not come into it.
const (
	atATime       = 4  // tools: a check must not be felt by whoever works at the Mac
	mostProcesses = 16 // of a check
	mostAtFirst   = 32 // of the first, after a pause, where somebody waits, and where something has changed
	forStatus     = 2  // of them, about single accounts
)

const (
	askAgain = time.Hour // after a failure of what is slow, or a refusal
	pause    = time.Hour // without a round: the Mac slept, and everything is due
)

// Rounds asks the same Mac again and again. What changes rarely or costs much is
// not asked at every check; its last answer stands until then, with the time at
// which it was given. Not safe for concurrent use.
type Rounds struct {
	which []Collector
	kept  map[string]answer // by the collector's name
	basis basis
	boot  string
	last  time.Time // of the latest round
	about map[string]aboutAccount
}

// answer is what a collector last said.
type answer struct {
	patch Patch
	state evidence.State // of the patch
	given time.Time      // of the patch
	asked time.Time      // the last time, whatever came of it; zero: ask again
	ended evidence.State // the last time
	soon  bool           // the answer may be another one soon
}

// NewRounds returns the rounds with those collectors, before the first.
func NewRounds(which []Collector) *Rounds {
	return &Rounds{which: which, kept: map[string]answer{}, about: map[string]aboutAccount{}}
}

// An Occasion is when and why a Mac is asked.
type Occasion struct {
	At     time.Time
	Boot   string // names the time since the Mac was started; empty: not known
	Wanted bool   // somebody waits for it and wants to know how it is now: everything is asked

	// Stirred says that something has happened that may have changed what no
	// answer shows.
	Stirred bool
}

// Take asks what is due, at most four tools at a time: first what every Mac can
// be asked, then what depends on those answers, then what is slow, with what a
// change has made worthless, and at last sysadminctl about the few accounts for
// which the answers leave a doubt. It returns when the context ends at the
// latest; what was not answered by then is evidence too.
func (r *Rounds) Take(ctx context.Context, mac Mac, o Occasion) evidence.Snapshot {
	if o.Boot != r.boot {
		r.forget(func(c Collector) bool { return c.PerBoot })
		r.boot = o.Boot
	}
	budget := r.budget(mac, o)
	r.last = o.At.Round(0)
	chosen := r.choose(o, budget-forStatus)
	early, late, slow := split(chosen)
	spent := cost(chosen)
	r.ask(ctx, mac, early, o)
	r.ask(ctx, mac, late, o)
	if changed := r.compare(); changed != 0 {
		budget = max(budget, mostAtFirst)
		again := r.renewed(changed, slow, budget-forStatus-spent)
		spent += cost(again)
		slow = append(again, slow...)
	}
	r.ask(ctx, mac, slow, o)
	s := r.snapshot(o.At)
	s.TokenStatus = r.tokenStatus(ctx, mac, s, o, budget-spent)
	return s
}

func (r *Rounds) budget(mac Mac, o Occasion) int {
	switch {
	case mac.Free:
		const noLimit = 1 << 20
		return noLimit
	case o.Wanted || wallclock.Elapsed(r.last, o.At, pause):
		return mostAtFirst
	}
	return mostProcesses
}

// choose returns what is due: what is asked at every check, and of the rest as
// much as the budget allows, what waited longest first. What failed the last time
// is started last: it may hang, and there it keeps nobody waiting.
func (r *Rounds) choose(o Occasion, budget int) []Collector {
	var regular, others []Collector
	for _, c := range r.which {
		switch {
		case c.regular():
			regular = append(regular, c)
		case r.due(c, o):
			others = append(others, c)
		}
	}
	slices.SortStableFunc(others, func(a, b Collector) int {
		return r.kept[a.Name].asked.Compare(r.kept[b.Name].asked)
	})
	chosen := afford(regular, others, budget)
	slices.SortStableFunc(chosen, func(a, b Collector) int { return cmp.Compare(r.trouble(a), r.trouble(b)) })
	return chosen
}

func afford(chosen, others []Collector, budget int) []Collector {
	for _, c := range others {
		if cost(chosen)+c.processes() <= budget {
			chosen = append(chosen, c)
		}
	}
	return chosen
}

func cost(which []Collector) (processes int) {
	for _, c := range which {
		processes += c.processes()
	}
	return processes
}

// split parts the questions by what they have to wait for: nothing, the answers of
// others, everything else.
func split(all []Collector) (early, late, slow []Collector) {
	for _, c := range all {
		switch {
		case c.Slow:
			slow = append(slow, c)
		case c.needs != nil:
			late = append(late, c)
		default:
			early = append(early, c)
		}
	}
	return early, late, slow
}

func number(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (r *Rounds) trouble(c Collector) int { return number(r.kept[c.Name].ended == evidence.Failed) }

// due says whether it is time to ask.
func (r *Rounds) due(c Collector, o Occasion) bool {
	was := r.kept[c.Name]
	if was.asked.IsZero() || o.Wanted || (o.Stirred && c.Stirred) {
		return true
	}
	switch {
	case was.ended == evidence.Denied, was.soon && c.Slow, !definite(was.ended) && c.Slow:
		return wallclock.Elapsed(was.asked, o.At, min(askAgain, c.standsFor()))
	case was.soon, !definite(was.ended):
		return true
	}
	return wallclock.Elapsed(was.asked, o.At, c.standsFor())
}

// ask asks those, in that order.
func (r *Rounds) ask(ctx context.Context, mac Mac, which []Collector, o Occasion) {
	seen := r.snapshot(o.At)
	patches, states := make([]Patch, len(which)), make([]evidence.State, len(which))
	var group errgroup.Group
	group.SetLimit(atATime)
	for i, c := range which {
		group.Go(func() error {
			patches[i], states[i] = c.Collect(ctx, mac, seen)
			return nil
		})
	}
	_ = group.Wait() // a collector never fails
	for i, c := range which {
		r.learn(c, patches[i], states[i], o)
	}
}

// learn takes an answer. A failure replaces none, unless that one is old or
// somebody wants to know how it is now: it says something about the tool, not
// about the Mac. What is asked at every check is never older than the check.
func (r *Rounds) learn(c Collector, patch Patch, state evidence.State, o Occasion) {
	was, known := r.kept[c.Name]
	at := o.At.Round(0)
	is := answer{patch: patch, state: state, given: at, asked: at, ended: state}
	if known && !definite(state) && !o.Wanted && r.serves(c, was, at) {
		is.patch, is.state, is.given = was.patch, was.state, was.given
	}
	if c.passing != nil {
		var alone evidence.Snapshot
		is.patch(&alone)
		is.soon = c.passing(alone)
	}
	r.kept[c.Name] = is
}

// serves says whether an answer may still stand for one that does not come.
func (r *Rounds) serves(c Collector, was answer, at time.Time) bool {
	return definite(was.state) && !c.regular() && !wallclock.Elapsed(was.given, at, 2*c.standsFor())
}

func definite(s evidence.State) bool {
	return s == evidence.Observed || s == evidence.Absent || s == evidence.Unsupported
}

// snapshot is everything that is known by now.
func (r *Rounds) snapshot(at time.Time) evidence.Snapshot {
	s := evidence.Snapshot{TakenAt: at}
	for _, c := range r.which {
		known, ok := r.kept[c.Name]
		if ok && known.patch != nil && (!definite(known.state) || c.regular() || r.serves(c, known, at)) {
			known.patch(&s)
		}
	}
	return s
}

// compare says what has changed since the last round.
func (r *Rounds) compare() Change {
	is := basisOf(r.snapshot(r.last))
	changed := r.basis.changes(is)
	r.basis = r.basis.updated(is)
	return changed
}

// renewed forgets the answers that a change made worthless, and returns whose
// questions are to be asked again at once, as many as the budget allows; the
// others are due at the next check. What is about to be asked is not among them,
// nor what was asked in this round, which is as new as the change. A slow tool
// that failed waits its hour, and is known to have failed.
func (r *Rounds) renewed(changed Change, about []Collector, budget int) []Collector {
	var again []Collector
	for _, c := range r.which {
		was, known := r.kept[c.Name]
		switch {
		case c.Renewed&changed == 0 || !known:
		case slices.ContainsFunc(about, func(a Collector) bool { return a.Name == c.Name }):
			delete(r.kept, c.Name)
		case was.asked.Equal(r.last):
		case c.Slow && !definite(was.ended):
			if definite(was.state) {
				was.patch, was.state = nil, was.ended
			}
			r.kept[c.Name] = was
		default:
			delete(r.kept, c.Name)
			again = append(again, c)
		}
	}
	return afford(nil, again, budget)
}

func (r *Rounds) forget(which func(Collector) bool) {
	for _, c := range r.which {
		if which(c) {
			delete(r.kept, c.Name)
		}
	}
}
