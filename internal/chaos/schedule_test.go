//go:build !darwin

package chaos

import (
	"context"
	"os"
	"testing"
	"testing/synctest"
	"time"
)

// outcome is what came of one schedule.
type outcome struct {
	broken []string // laws
	story  string
	counts counts
}

// perform lets one schedule happen, heals everything, and asks what came of it.
func perform(t *testing.T, s *site, seed uint64, v variant) (o outcome) {
	t.Helper()
	folder := inMemory(t)
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)))
		w := newWorld(t, s, folder, seed, v)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { defer close(ended); w.keep(ctx) }()
		w.happen()
		w.heal()
		reasons := w.converge()
		cancel()
		<-ended
		after := func() {}
		if v.last != nil {
			after = v.last(w)
		}
		o = w.judge(reasons)
		if err := w.backend.stop(); err != nil {
			t.Error(err)
		}
		synctest.Wait()
		o.broken = append(o.broken, leaked()...)
		after()
		o.story = w.story.String()
	})
	return o
}

// inMemory is a folder in which to sync costs nothing, where the machine has one: what
// a power cut leaves of the server's database is not asked here.
func inMemory(t *testing.T) string {
	t.Helper()
	const shared = "/dev/shm"
	folder, err := os.MkdirTemp(shared, "tokenward-chaos-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	return folder
}

// happen draws what happens, and when.
func (w *world) happen() {
	all, total := acts(), 0
	for _, a := range all {
		total += a.weight
	}
	for range 12 + w.below(25) {
		time.Sleep(w.until())
		n := w.below(total)
		for _, a := range all {
			if n -= a.weight; n < 0 {
				w.story.note("--- %s", a.does(w))
				break
			}
		}
	}
}

// until the next act it is often a moment, and sometimes hours.
func (w *world) until() time.Duration {
	switch w.below(10) {
	case 0, 1:
		return time.Duration(w.below(3000)) * time.Millisecond
	case 2, 3, 4:
		return time.Duration(w.below(120)) * time.Second
	case 5, 6, 7, 8:
		return time.Duration(w.below(60)) * time.Minute
	default:
		return time.Duration(w.below(8)) * time.Hour
	}
}

// settle waits until nothing goes on at this moment.
func (w *world) settle() {
	const enough = 4 * time.Second // for a daemon to end
	time.Sleep(enough)
	synctest.Wait()
}

// heal ends all faults.
func (w *world) heal() {
	w.story.note("=== everything is healed")
	w.network.set(weather{})
	w.network.lieInWait(ambush{})
	w.drive.heal()
	w.drive.dieAt(0, nil)
	w.mac.mend()
	w.sleeping.Store(false)
	w.rest(0)
	w.story.note("server starts: %v", w.backend.restart())
}

// patience is how many hours a world may take after everything was healed: a server may
// have asked for six hours, and a key that was revoked has no successor for a day.
// What is wrong on purpose is not waited for.
func (v variant) patience() int {
	if v.name != "" {
		return 12
	}
	return 72
}

// converge lets time pass until nothing is left to be done, with a person who approves
// what waits. It returns what is left.
func (w *world) converge() (left []string) {
	for range w.variant.patience() {
		time.Sleep(time.Hour)
		w.story.note("--- %s", w.decide("pending", "approve"))
		if left = w.unfinished(); len(left) == 0 {
			return nil
		}
	}
	return left
}
