//go:build !darwin

package chaos

import (
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"

	"github.com/tokenward/tokenward/internal/rootfile"
	"github.com/tokenward/tokenward/internal/simdisk"
)

// ailment is what is wrong with the disk for a while.
type ailment struct {
	name  string
	often int // of a hundred steps
	fails func(op simdisk.Op) error
}

// ailments are all kinds but those of room. A disk that is slow in simulated time
// cannot be had: whoever waits for a lock is not waiting in the eyes of synctest, and
// the time would stand still. It lets the others go first instead.
func ailments() []ailment {
	return []ailment{
		{"it is read-only", 100, func(simdisk.Op) error { return syscall.EROFS }},
		{"it cannot sync", 30, onSync(syscall.EIO)},
		{"it cannot sync at all", 100, onSync(syscall.EIO)},
		{"its quota is used up", 50, func(op simdisk.Op) error {
			if op == simdisk.Write || op == simdisk.Create {
				return syscall.EDQUOT
			}
			return nil
		}},
		{"it fails now and then", 10, func(simdisk.Op) error { return syscall.EIO }},
		{"it lets others go first", 100, func(simdisk.Op) error {
			for range 50 {
				runtime.Gosched()
			}
			return nil
		}},
	}
}

func onSync(err error) func(simdisk.Op) error {
	return func(op simdisk.Op) error {
		if op == simdisk.Sync || op == simdisk.SyncFolder {
			return err
		}
		return nil
	}
}

// drive is the disk of the Mac. It outlives the daemons, and a power cut leaves what it
// leaves.
type drive struct {
	below func(n int) int

	mu     sync.Mutex
	disk   *simdisk.Disk
	ails   ailment
	budget int    // steps until whoever uses it dies; 0: nobody dies
	died   func() // called once, at that step
}

func newDrive(below func(int) int, folders ...string) *drive {
	d := &drive{below: below, disk: simdisk.New(folders...)}
	d.disk.Before(d.before)
	return d
}

// before is called at each step of the disk.
func (d *drive) before(op simdisk.Op, _ string) error {
	d.mu.Lock()
	ails, disk, died := d.ails, d.disk, func() {}
	if d.budget > 0 {
		if d.budget--; d.budget == 0 {
			died = d.died
		}
	}
	d.mu.Unlock()
	died()
	if ails.fails != nil && disk != nil && d.below(100) < ails.often {
		return ails.fails(op)
	}
	return nil
}

// now is the disk as it is plugged in.
func (d *drive) now() *simdisk.Disk {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.disk
}

func (d *drive) ail(a ailment) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.ails = a
}

// ailing says whether the disk is a reason for a daemon not to start.
func (d *drive) ailing() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.ails.fails != nil
}

// dieAt has whoever uses the disk die at a step from now on.
func (d *drive) dieAt(steps int, died func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.budget, d.died = steps, died
}

// off stops everything: nothing is read or written any more.
func (d *drive) off() { d.now().CutAt(1) }

// resume is the disk after a process died: the system goes on.
func (d *drive) resume() {
	d.dieAt(0, nil)
	d.now().Resume()
}

// powerCut puts what a power cut leaves in the place of the disk.
func (d *drive) powerCut() {
	after := d.now().Future(d.below)
	after.Before(d.before)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.disk, d.budget = after, 0
}

// files names what is below a folder and not empty. It needs no power.
func (d *drive) files(dir string) []string {
	var found []string
	disk := d.now()
	for _, name := range disk.Names() {
		if strings.HasPrefix(name, strings.TrimSuffix(dir, "/")+"/") && len(disk.Content(name)) > 0 {
			found = append(found, name)
		}
	}
	return found
}

// flip turns over a bit of a report that waits; false where none does.
func (d *drive) flip(spool string) (name string, done bool) {
	var waiting []string
	for _, f := range d.files(spool) {
		base := filepath.Base(f)
		if filepath.Dir(f) == spool && base != "ledger" && !strings.HasPrefix(base, rootfile.TempPrefix) {
			waiting = append(waiting, f)
		}
	}
	if len(waiting) == 0 {
		return "", false
	}
	name = waiting[d.below(len(waiting))]
	disk := d.now()
	disk.Flip(name, d.below(len(disk.Content(name))*8))
	return filepath.Base(name), true
}

// heal ends what is wrong with the disk. What it lost stays lost.
func (d *drive) heal() {
	d.ail(ailment{})
	d.now().Room(-1, -1)
}
