package agent

import (
	"slices"
	"time"

	"github.com/tokenward/tokenward/health/evidence"
)

const (
	askAgain = time.Hour     // after a failure: a tool that hangs must not slow down every check
	keepFor  = 2 * fullEvery // how long an answer is kept that cannot be had anew
)

// deep keeps what the occasional collectors said, since they are too slow for
// every check.
type deep struct {
	asked     time.Time // on the wall clock; zero: never, or the answer is worthless
	failed    bool      // the last time it was asked
	preflight evidence.Obs[string]
	basis     basis
}

// due says whether it is time to ask.
func (d *deep) due(now time.Time) bool {
	wait := fullEvery
	if d.failed {
		wait = askAgain
	}
	return d.asked.IsZero() || elapsed(d.asked, now, wait)
}

// learn takes an answer. A failure replaces none, unless that one is old: it
// says something about the tool, not about the Mac.
func (d *deep) learn(is evidence.Obs[string], now time.Time) {
	d.asked, d.failed = now.Round(0), !definite(is)
	if !d.failed || !definite(d.preflight) || elapsed(d.preflight.At, now, keepFor) {
		d.preflight = is
	}
}

func definite(o evidence.Obs[string]) bool { return o.Answered() || o.State == evidence.Unsupported }

// compare forgets the answer if what it depends on has changed. It is then due,
// at once or an hour after it failed.
func (d *deep) compare(s evidence.Snapshot) {
	is := basisOf(s)
	if d.basis.changed(is) {
		d.preflight = evidence.Obs[string]{}
		if !d.failed {
			d.asked = time.Time{}
		}
	}
	d.basis = d.basis.updated(is)
}

// basis are the facts that the preflight depends on. With another server or
// another Bootstrap Token, an older answer would overrule what is known now.
type basis struct {
	enrolled, supported, escrowed evidence.Obs[bool]
	server                        evidence.Obs[string]
	token                         evidence.Obs[bool] // the volume has a user for the Bootstrap Token
}

func basisOf(s evidence.Snapshot) basis {
	has := slices.ContainsFunc(s.CryptoUsers.Value, func(u evidence.CryptoUser) bool { return u.Type == evidence.BootstrapTokenUser })
	return basis{
		enrolled: s.EnrolledMDM, supported: s.BootstrapSupported, escrowed: s.BootstrapEscrowed,
		server: s.MDMServer, token: evidence.Is(s.CryptoUsers.Meta(), has),
	}
}

func (b basis) changed(is basis) bool {
	return differs(b.enrolled, is.enrolled) || differs(b.supported, is.supported) || differs(b.escrowed, is.escrowed) ||
		differs(b.server, is.server) || differs(b.token, is.token)
}

// updated is the basis with what was answered this time. What was not stays as
// it was, so that a tool that fails in between hides no change.
func (b basis) updated(is basis) basis {
	return basis{
		enrolled: latest(b.enrolled, is.enrolled), supported: latest(b.supported, is.supported), escrowed: latest(b.escrowed, is.escrowed),
		server: latest(b.server, is.server), token: latest(b.token, is.token),
	}
}

// differs compares two answers. A tool that failed is no change.
func differs[T comparable](was, is evidence.Obs[T]) bool {
	return was.Answered() && is.Answered() && (was.State != is.State || was.Value != is.Value)
}

func latest[T any](was, is evidence.Obs[T]) evidence.Obs[T] {
	if is.Answered() {
		return is
	}
	return was
}
