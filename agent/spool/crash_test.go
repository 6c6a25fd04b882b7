package spool_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tokenward/tokenward/agent/spool"
	"github.com/tokenward/tokenward/internal/simdisk"
	"github.com/tokenward/tokenward/internal/wire"
)

// A world is what others than the spool know of it: the agent that was told that
// a report is stored, and the server that has seen some. It outlives power cuts.
type world struct {
	disk   *simdisk.Disk
	spool  *spool.Spool
	limits spool.Limits

	made    int
	owed    map[string]bool   // stored, so Put said, and the spool's to keep
	audits  map[string]bool   // those of them that must not be dropped
	numbers map[number]string // who bears a number, of all that were stored or seen
	highest map[string]uint64 // number of an epoch
	dropped uint64            // told last
	either  uint64            // reports that may be counted as dropped: a Done failed, or they were in quarantine
	aside   int               // moved to quarantine because somebody said so

	epoch   string // of the last report
	renewed bool   // a Renew was under way when the power went
}

type number struct {
	epoch string
	seq   uint64
}

func newWorld(limits spool.Limits) *world {
	return &world{
		disk: simdisk.New("/var/db"), limits: limits, owed: map[string]bool{}, audits: map[string]bool{},
		numbers: map[number]string{}, highest: map[string]uint64{},
	}
}

// fork is the same world on another disk.
func (w *world) fork(disk *simdisk.Disk) *world {
	other := *w
	other.disk, other.spool = disk, nil
	other.owed, other.audits = maps.Clone(w.owed), maps.Clone(w.audits)
	other.numbers, other.highest = maps.Clone(w.numbers), maps.Clone(w.highest)
	return &other
}

// bears says who has a number; nobody else may have it ever after.
func (w *world) bears(t fataler, r report) {
	t.Helper()
	n := number{r.Epoch, r.Seq}
	if other := w.numbers[n]; other != "" && other != r.ID {
		t.Fatalf("number %d was given to %s and to %s", r.Seq, other, r.ID)
	}
	if r.Seq > w.highest[r.Epoch]+1 {
		t.Fatalf("%s has number %d, and the one before it is %d", r.ID, r.Seq, w.highest[r.Epoch])
	}
	w.numbers[n] = r.ID
	w.highest[r.Epoch] = max(w.highest[r.Epoch], r.Seq)
}

// An act is one thing that is done to a spool. It returns an error if the power
// goes, and fails the test if anything else is wrong.
type act struct {
	name string
	do   func(t fataler, w *world) error
}

func actOpen() act {
	return act{"open", func(t fataler, w *world) (err error) {
		w.spool, err = spool.OpenOn(w.disk, "/var/db/spool", w.limits)
		if err == nil {
			err = w.found(t)
		}
		return err
	}}
}

func actPut(pad int) act {
	return act{"put", func(t fataler, w *world) error { return w.store(t, pad, false) }}
}

func actAudit() act {
	return act{"audit", func(t fataler, w *world) error { return w.store(t, 0, true) }}
}

func (w *world) store(t fataler, pad int, isAudit bool) error {
	t.Helper()
	w.made++
	id := fmt.Sprintf("report-%d", w.made)
	store := w.spool.Put
	if isAudit {
		store = w.spool.PutAudit
	}
	made, err := tryPutAt(store, start.Add(time.Duration(w.made)*time.Hour), id, pad)
	if isAudit && errors.Is(err, spool.ErrAuditsFull) {
		return nil
	}
	if err != nil {
		return err
	}
	if w.epoch != "" && w.epoch != made.Epoch && !w.renewed {
		t.Fatalf("%s belongs to a new epoch for no reason", id)
	}
	w.epoch = made.Epoch
	w.bears(t, made)
	w.owed[id] = true
	if isAudit {
		w.audits[id] = true
	}
	w.forgetDropped(t)
	w.renewed = false
	return nil
}

// found is what a start finds: whatever it is, it is the spool's to keep.
func (w *world) found(t fataler) error {
	t.Helper()
	batch, err := w.spool.Next(everything, everything)
	if err != nil {
		return err
	}
	for _, q := range batch {
		w.bears(t, seen(t, q))
	}
	_, _, dropped := w.spool.Waiting()
	w.reconcile(t, batch, dropped)
	return nil
}

// forgetDropped compares what was dropped with what the spool owns up to.
func (w *world) forgetDropped(t fataler) {
	t.Helper()
	_, _, dropped := w.spool.Waiting()
	if dropped == w.dropped {
		return
	}
	batch, err := w.spool.Next(everything, everything)
	if err != nil {
		return // the power went
	}
	w.reconcile(t, batch, dropped)
}

// reconcile wants everything that is owed to be there, or to be counted, once.
// What is there although nobody was told is the spool's to keep from now on.
func (w *world) reconcile(t fataler, batch []wire.Queued, dropped uint64) {
	t.Helper()
	here := map[string]bool{}
	for _, q := range batch {
		here[q.ID] = true
	}
	lost := uint64(0)
	for id := range w.owed {
		if here[id] {
			continue
		}
		if w.audits[id] && !w.renewed {
			t.Fatalf("the audit record %s is lost", id)
		}
		lost++
		delete(w.owed, id)
	}
	if counted := dropped - w.dropped; counted < lost || counted > lost+w.either {
		t.Fatalf("%d reports are lost, and %d are counted", lost, dropped-w.dropped)
	}
	for id := range here {
		w.owed[id] = true
	}
	w.dropped = dropped
}

func actDone(pick func(n int) []int) act {
	return act{"done", func(t fataler, w *world) error {
		batch, err := w.part(t, pick)
		if err != nil {
			return err
		}
		return w.release(batch, w.spool.Done(batch))
	}}
}

func actQuarantine(pick func(n int) []int) act {
	return act{"quarantine", func(t fataler, w *world) error {
		batch, err := w.part(t, pick)
		if err != nil {
			return err
		}
		for _, q := range batch {
			w.either++
			if err := w.release([]wire.Queued{q}, w.spool.Quarantine(q)); err != nil {
				return err
			}
		}
		return nil
	}}
}

// part is some of what waits.
func (w *world) part(t fataler, pick func(n int) []int) ([]wire.Queued, error) {
	t.Helper()
	batch, err := w.spool.Next(everything, everything)
	if err != nil {
		return nil, err
	}
	var part []wire.Queued
	for _, i := range pick(len(batch)) {
		part = append(part, batch[i])
	}
	return part, nil
}

// release: the spool need not have these any more, and if it failed, it may.
func (w *world) release(batch []wire.Queued, err error) error {
	for _, q := range batch {
		delete(w.owed, q.ID)
	}
	if err != nil {
		w.either += uint64(len(batch))
	}
	return err
}

func actRenew() act {
	return act{"renew", func(t fataler, w *world) error {
		w.renewed = true
		if err := w.spool.Renew(); err != nil {
			return err
		}
		w.forgetDropped(t)
		return nil
	}}
}

// live opens what the power cut left and wants everything to be in order.
func (w *world) live(t fataler) {
	t.Helper()
	s, err := spool.OpenOn(w.disk, "/var/db/spool", w.limits)
	if err != nil {
		t.Fatalf("open after the power cut: %v", err)
	}
	w.spool = s
	if err := w.found(t); err != nil {
		t.Fatal(err)
	}
	_, quarantined, _ := s.Waiting()
	damaged := slices.ContainsFunc(w.disk.Names(), func(name string) bool {
		return strings.Contains(name, "quarantine/") && !strings.Contains(name, "lost-epoch") && w.aside == 0
	})
	if damaged && quarantined > 0 {
		t.Fatalf("in quarantine for no reason: %q", w.disk.Names())
	}
	if i := slices.IndexFunc(w.disk.Names(), func(name string) bool { return strings.Contains(name, ".writing-") }); i >= 0 {
		t.Fatalf("left behind: %s", w.disk.Names()[i])
	}
	if err := w.store(t, 0, false); err != nil {
		t.Fatalf("put after the power cut: %v", err)
	}
	if err := s.Done(next(t, s)); err != nil {
		t.Fatalf("done after the power cut: %v", err)
	}
	clear(w.owed)
	if n := len(next(t, s)); n != 0 {
		t.Fatalf("%d reports do not leave", n)
	}
	if err := w.store(t, 0, false); err != nil {
		t.Fatalf("put after all was acknowledged: %v", err)
	}
}

// seen is a report as the server would see it.
func seen(t fataler, q wire.Queued) report {
	t.Helper()
	h, err := parse(q.Data)
	if err != nil || h.ID != q.ID || h.Seq != q.Seq {
		t.Fatalf("number %d, %s, came out as %q (%v)", q.Seq, q.ID, q.Data, err)
	}
	return h
}

// scripts are short, and have between them every step of every operation.
func scripts() map[string][]act {
	first := func(n int) []int { return []int{0}[:min(n, 1)] }
	last := func(n int) []int { return []int{n - 1}[:min(n, 1)] }
	return map[string][]act{
		"put and done":      {actOpen(), actPut(0), actPut(9), actDone(first), actDone(allOf), actPut(0)},
		"out of order":      {actOpen(), actPut(0), actPut(0), actDone(last), actPut(0), actDone(last)},
		"quarantine":        {actOpen(), actPut(0), actPut(0), actQuarantine(last), actPut(0), actQuarantine(allOf)},
		"full":              {actOpen(), actPut(0), actPut(0), actPut(0), actPut(0), actPut(0), actDone(first), actPut(0)},
		"full by size":      {actOpen(), actPut(0), actPut(0), actPut(1800), actDone(allOf)},
		"full of audits":    {actOpen(), actAudit(), actPut(0), actAudit(), actPut(0), actAudit(), actPut(0), actPut(0)},
		"renew":             {actOpen(), actPut(0), actPut(0), actRenew(), actPut(0), actRenew(), actDone(allOf), actPut(0)},
		"renew of nothing":  {actOpen(), actRenew(), actPut(0), actOpen(), actPut(0)},
		"renew after done":  {actOpen(), actPut(0), actDone(allOf), actRenew()},
		"done after done":   {actOpen(), actPut(0), actDone(allOf), actOpen(), actDone(allOf)},
		"start after start": {actOpen(), actPut(0), actOpen(), actDone(allOf), actOpen(), actPut(0), actOpen()},
	}
}

func allOf(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

// tight are limits that the scripts reach.
func tight() spool.Limits {
	return spool.Limits{Reports: 3, Bytes: 2000, Age: 100 * time.Hour, Audits: 2}
}

// play acts until the power goes, and says whether it did.
func play(t fataler, w *world, script []act) (cut bool) {
	t.Helper()
	for _, a := range script {
		if a.name == "quarantine" {
			w.aside++
		}
		if err := a.do(t, w); errors.Is(err, simdisk.ErrPowerCut) {
			return true
		} else if err != nil {
			t.Fatalf("%s: %v", a.name, err)
		}
	}
	return false
}

// TestPowerCutAtEveryStep takes the power at every step of every script, and
// visits every disk that may be found after it.
func TestPowerCutAtEveryStep(t *testing.T) {
	t.Parallel()
	for name, script := range scripts() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			visited := 0
			for step, cut := 1, true; cut; step++ {
				w := newWorld(tight())
				w.disk.CutAt(step)
				cut = play(t, w, script)
				for after := range w.disk.Futures(400, uint64(step)) {
					w.fork(after).live(t)
					visited++
				}
			}
			t.Logf("%d disks", visited)
		})
	}
}
