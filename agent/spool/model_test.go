package spool_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tokenward/tokenward/agent/spool"
	"github.com/tokenward/tokenward/internal/wire"
)

// machine runs a spool beside a model of it that is simple enough to be right.
type machine struct {
	dir    string
	limits spool.Limits
	spool  *spool.Spool

	made    int // reports ever, for their names
	epoch   string
	last    uint64
	waiting []report
	done    int // reports that the server has
	cleared int // reports that a person removed from quarantine
	dropped uint64
}

func TestSpoolIsItsModel(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp(folder, "")
		if err != nil {
			t.Fatal(err)
		}
		m := &machine{dir: dir, limits: spool.Limits{
			Reports: rapid.IntRange(1, 6).Draw(t, "reports"),
			Bytes:   rapid.IntRange(1000, 3000).Draw(t, "bytes"),
		}}
		m.spool = open(t, dir, m.limits)
		t.Repeat(map[string]func(*rapid.T){
			"put":        m.put,
			"put more":   m.put,
			"done":       m.acknowledge,
			"quarantine": m.quarantine,
			"damage":     m.damage,
			"clear":      m.clear,
			"reopen":     m.reopen,
			"renew":      m.renew,
			"":           m.check,
		})
	})
}

func (m *machine) put(t *rapid.T) {
	m.made++
	made := put(t, m.spool, fmt.Sprintf("report-%d", m.made), rapid.IntRange(0, 800).Draw(t, "pad"))
	if m.epoch == "" {
		m.epoch = made.Epoch
	}
	if made.Epoch != m.epoch || made.Seq != m.last+1 || made.Dropped != m.dropped {
		t.Fatalf("stamped %s %d, %d dropped; want %s %d, %d", made.Epoch, made.Seq, made.Dropped, m.epoch, m.last+1, m.dropped)
	}
	m.last++
	m.waiting = append(m.waiting, made)
	for len(m.waiting) > m.limits.Reports || m.size(t) > m.limits.Bytes {
		m.waiting = m.waiting[1:]
	}
}

// size is how many bytes wait.
func (m *machine) size(t *rapid.T) (all int) {
	for _, r := range m.waiting {
		data, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		all += len(data)
	}
	return all
}

// some draws a part of what Next returns.
func (m *machine) some(t *rapid.T) []wire.Queued {
	batch := next(t, m.spool)
	if len(batch) == 0 {
		t.Skip("nothing waits")
	}
	chosen := rapid.SliceOfNDistinct(rapid.IntRange(0, len(batch)-1), 1, len(batch), rapid.ID).Draw(t, "chosen")
	var part []wire.Queued
	for _, i := range chosen {
		part = append(part, batch[i])
		m.forget(batch[i].Seq)
	}
	return part
}

func (m *machine) forget(seq uint64) {
	m.waiting = slices.DeleteFunc(m.waiting, func(r report) bool { return r.Seq == seq })
}

func (m *machine) acknowledge(t *rapid.T) {
	part := m.some(t)
	done(t, m.spool, part...)
	m.done += len(part)
}

func (m *machine) quarantine(t *rapid.T) {
	for _, q := range m.some(t) {
		quarantine(t, m.spool, q)
	}
}

// damage tears a report. It is found out when it is read.
func (m *machine) damage(t *rapid.T) {
	if len(m.waiting) == 0 {
		t.Skip("nothing waits")
	}
	seq := rapid.SampledFrom(m.waiting).Draw(t, "torn").Seq
	if err := os.Truncate(fileOf(m.dir, seq), 3); err != nil {
		t.Fatal(err)
	}
	m.forget(seq)
	next(t, m.spool)
}

// clear empties the quarantine, as a person may.
func (m *machine) clear(t *rapid.T) {
	files, _ := m.quarantined(t)
	m.cleared += notLost(files)
	for _, name := range files {
		if err := os.Remove(filepath.Join(m.dir, "quarantine", name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.spool.Refresh(); err != nil {
		t.Fatal(err)
	}
}

func (m *machine) quarantined(t *rapid.T) (files []string, bytes int) {
	folder := filepath.Join(m.dir, "quarantine")
	files = names(t, folder)
	for _, name := range files {
		bytes += len(read(t, filepath.Join(folder, name)))
	}
	return files, bytes
}

// notLost counts those that were not counted as lost when they came in.
func notLost(files []string) (n int) {
	for _, name := range files {
		if !strings.HasPrefix(name, "lost-epoch-") {
			n++
		}
	}
	return n
}

// reopen is a restart after a crash that left a file half written.
func (m *machine) reopen(t *rapid.T) {
	write(t, filepath.Join(m.dir, ".writing-1"), "half")
	m.spool = open(t, m.dir, m.limits)
}

func (m *machine) renew(t *rapid.T) {
	if err := m.spool.Renew(); err != nil {
		t.Fatal(err)
	}
	m.epoch, m.last, m.waiting = "", 0, nil
}

// check also counts: a report waits, is with the server, is in quarantine, was
// removed from there by a person, or is dropped, and never two of these.
func (m *machine) check(t *rapid.T) {
	w, q, d := m.spool.Waiting()
	files, bytes := m.quarantined(t)
	m.dropped = uint64(m.made - len(m.waiting) - m.done - m.cleared - notLost(files))
	if w != len(m.waiting) || q != len(files) || d != m.dropped {
		t.Fatalf("%d waiting, %d in quarantine, %d dropped; want %d, %d, %d", w, q, d, len(m.waiting), len(files), m.dropped)
	}
	if bytes > m.limits.Bytes {
		t.Fatalf("%d bytes in quarantine", bytes)
	}
	batch := next(t, m.spool)
	if len(batch) != len(m.waiting) {
		t.Fatalf("Next = %d reports, want %d", len(batch), len(m.waiting))
	}
	for i, want := range m.waiting {
		if batch[i].ID != want.ID || batch[i].Seq != want.Seq {
			t.Fatalf("report %d is %s with number %d, want %s with %d", i, batch[i].ID, batch[i].Seq, want.ID, want.Seq)
		}
	}
	if temp, _ := filepath.Glob(filepath.Join(m.dir, ".writing-*")); len(temp) > 0 {
		t.Fatalf("left behind: %q", temp)
	}
}
