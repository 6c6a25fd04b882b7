package simdisk

import (
	"cmp"
	"iter"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
)

// Futures yields the disks that may be found after a power cut now: each one once
// if they are no more than most, else as many drawn at random, the same for the
// same seed. Each has the room that it has, and no faults.
func (d *Disk) Futures(most int, seed uint64) iter.Seq[*Disk] {
	return func(yield func(*Disk) bool) {
		if all := d.countFutures(most); all <= most {
			for c := new(every); c.next(); {
				if !yield(d.future(c)) {
					return
				}
			}
			return
		}
		c := &some{rand.New(rand.NewPCG(seed, 1))} //nolint:gosec // draws tests
		for range most {
			if !yield(d.future(c)) {
				return
			}
		}
	}
}

// countFutures stops where there are more than most.
func (d *Disk) countFutures(most int) (n int) {
	for c := new(every); n <= most && c.next(); n++ {
		d.future(c)
	}
	return n
}

// Future is one of the futures, drawn by whoever chooses below n.
func (d *Disk) Future(below func(n int) int) *Disk { return d.future(drawn(below)) }

// chooser decides what a power cut does.
type chooser interface {
	choose(n int) int // 0 to n-1
	within(n int) int // a place in what is n long: any of them if there are too many for all
}

// future follows the choices. What is in a folder that was lost is lost.
func (d *Disk) future(c chooser) *Disk {
	d.mu.Lock()
	defer d.mu.Unlock()
	names := maps.Clone(d.safe)
	var lost []change
	for _, change := range d.pending {
		if slices.ContainsFunc(lost, change.follows) || c.choose(2) == 1 {
			lost = append(lost, change)
		} else {
			apply(names, change)
		}
	}
	after := &Disk{live: map[string]*node{}, bytes: d.bytes, inodes: d.inodes, temps: d.temps, steps: 0, copying: d.copying}
	copied := map[*node]*node{}
	for _, name := range slices.SortedFunc(maps.Keys(names), shorter) {
		if name != "/" && after.live[filepath.Dir(name)] == nil {
			continue
		}
		n := names[name]
		if copied[n] == nil {
			copied[n] = &node{dir: n.dir, mode: n.mode, changed: n.changed, data: n.future(c), bad: n.bad}
		}
		after.live[name] = copied[n]
	}
	after.settle()
	return after
}

func shorter(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) }

// future is the content: of each write that was not synced all, nothing, the
// beginning, the end, or the length of it in zeros.
func (n *node) future(c chooser) []byte {
	data := n.safe
	for _, w := range n.unsynced {
		switch c.choose(5) {
		case 0:
			data = splice(data, w.at, w.data)
		case 1:
		case 2:
			data = splice(data, w.at, w.data[:c.within(len(w.data)+1)])
		case 3:
			from := c.within(len(w.data) + 1)
			data = splice(data, w.at+from, w.data[from:])
		case 4:
			data = splice(data, w.at, make([]byte, len(w.data)))
		}
	}
	return data
}

// every takes all ways through the choices, one after the other.
type every struct {
	path  []choice
	at    int
	begun bool
}

type choice struct{ taken, of int }

// next goes back to the start, on the next way; false when there is none.
func (e *every) next() bool {
	e.at = 0
	if !e.begun {
		e.begun = true
		return true
	}
	for len(e.path) > 0 {
		last := &e.path[len(e.path)-1]
		if last.taken++; last.taken < last.of {
			return true
		}
		e.path = e.path[:len(e.path)-1]
	}
	return false
}

func (e *every) choose(n int) int {
	if e.at == len(e.path) {
		e.path = append(e.path, choice{0, n})
	}
	e.at++
	return e.path[e.at-1].taken
}

// within tries three places rather than each.
func (e *every) within(n int) int { return []int{n / 3, n - 1, min(1, n-1)}[e.choose(3)] }

type some struct{ rand *rand.Rand }

func (s *some) choose(n int) int { return s.rand.IntN(n) }
func (s *some) within(n int) int { return s.rand.IntN(n) }

type drawn func(n int) int

func (d drawn) choose(n int) int { return d(n) }
func (d drawn) within(n int) int { return d(n) }
