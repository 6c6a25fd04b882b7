// Package simdisk is a disk in memory that loses what was not synced.
//
// It stands in for [rootfile.OS] in tests. What was written is seen at once, as
// on a real one, and is safe only after the file was synced, and its name only
// after each folder that holds it was. [Disk.Futures] yields what a power cut may
// leave: of unsynced content nothing, a part, zeros or all; of unsynced names any
// subset that their order allows. It is harsher than any file system is known to
// be, so that what survives here survives everywhere. What it leaves out: links,
// owners other than whoever runs the test, and the space that names take.
package simdisk

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/tokenward/tokenward/internal/rootfile"
)

// ErrPowerCut is what every operation returns once the power is gone.
var ErrPowerCut = errors.New("the power is cut")

// An Op is a kind of step: something that changes the disk.
type Op string

// The steps.
const (
	Create     Op = "create" // a file or a folder
	Write      Op = "write"
	Sync       Op = "sync"
	SyncFolder Op = "sync folder"
	Rename     Op = "rename"
	Remove     Op = "remove"
	Chmod      Op = "chmod"
)

// Disk is one simulated disk. It is safe for concurrent use.
type Disk struct {
	mu      sync.Mutex
	live    map[string]*node // what is seen
	safe    map[string]*node // what is sure to be there after a power cut
	pending []change         // from safe to live, in order
	temps   int

	steps   int
	cutAt   int // the step that does not happen any more; 0: none
	off     bool
	bytes   int // free; less than 0: without end
	inodes  int // free; less than 0: without end
	copying bool
	before  func(op Op, name string) error
}

// node is a file or a folder, whatever its names.
type node struct {
	dir      bool
	mode     fs.FileMode
	changed  time.Time
	data     []byte
	safe     []byte
	unsynced []write
	bad      int // how many more reads fail; less than 0: all
}

type write struct {
	at   int
	data []byte
}

// New is a disk that holds empty folders and has room without end.
func New(folders ...string) *Disk {
	d := &Disk{live: map[string]*node{}, bytes: -1, inodes: -1}
	for _, dir := range append(folders, "/") {
		for ; d.live[dir] == nil; dir = filepath.Dir(dir) {
			d.live[dir] = &node{dir: true, mode: 0o700}
		}
	}
	d.settle()
	return d
}

// settle makes what is seen what is safe.
func (d *Disk) settle() {
	d.safe, d.pending = map[string]*node{}, nil
	for name, n := range d.live {
		n.safe, n.unsynced = append([]byte(nil), n.data...), nil
		d.safe[name] = n
	}
}

// CutAt takes the power away at a step, counted from 1 as [Disk.Steps] does: it and
// whatever comes later fail with ErrPowerCut, reading too.
func (d *Disk) CutAt(step int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.cutAt = step
}

// Resume gives back what CutAt took away, with nothing lost: it was not the power that
// went but whoever used the disk. What was not synced still is not.
func (d *Disk) Resume() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.cutAt, d.off = 0, false
}

// Steps says how many steps were taken.
func (d *Disk) Steps() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.steps
}

// Room sets how many bytes and inodes are free from now on; less than 0: without
// end. A write that does not fit writes what does, and fails with ENOSPC.
func (d *Disk) Room(bytes, inodes int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.bytes, d.inodes = bytes, inodes
}

// CopyOnWrite makes writing over old content need as much room as writing new
// content, as where a snapshot holds on to the old.
func (d *Disk) CopyOnWrite() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.copying = true
}

// Before is called before each step. An error is the step's: it does not happen.
// Where it is that of a Sync, what the file had unsynced is lost at the next
// power cut whatever is synced later, though it is still seen (as on Linux; see
// LWN, "PostgreSQL's fsync() surprise"). It may sleep: a slow disk does.
func (d *Disk) Before(hook func(op Op, name string) error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.before = hook
}

// step begins a step and takes the lock, which the caller gives back.
func (d *Disk) step(op Op, name string) error {
	d.mu.Lock()
	hook := d.before
	d.mu.Unlock()
	var failed error
	if hook != nil {
		failed = hook(op, name)
	}
	d.mu.Lock()
	if d.steps++; d.cutAt > 0 && d.steps >= d.cutAt {
		d.off = true
	}
	if d.off {
		return ErrPowerCut
	}
	return failed
}

// look begins what changes nothing and takes the lock, which the caller gives back.
func (d *Disk) look() error {
	d.mu.Lock()
	if d.off {
		return ErrPowerCut
	}
	return nil
}

func failure(op, name string, err error) error {
	if err == nil {
		return nil
	}
	return &fs.PathError{Op: op, Path: name, Err: err}
}

// folder says whether names can be put into a folder.
func (d *Disk) folder(dir string) error {
	switch n := d.live[dir]; {
	case n == nil && dir != "/" && d.isFile(filepath.Dir(dir)):
		return syscall.ENOTDIR
	case n == nil:
		return syscall.ENOENT
	case !n.dir:
		return syscall.ENOTDIR
	}
	return nil
}

func (d *Disk) isFile(name string) bool { n := d.live[name]; return n != nil && !n.dir }

// find returns what is under a name.
func (d *Disk) find(name string) (*node, error) {
	name = filepath.Clean(name)
	if n := d.live[name]; n != nil {
		return n, nil
	}
	if name != "/" {
		if err := d.folder(filepath.Dir(name)); err != nil {
			return nil, err
		}
	}
	return nil, syscall.ENOENT
}

// take uses up room; it returns how much of what was asked for there is.
func (d *Disk) take(bytes int) int {
	if d.bytes < 0 || bytes <= 0 {
		return bytes
	}
	got := min(bytes, d.bytes)
	d.bytes -= got
	return got
}

func (d *Disk) takeInode() error {
	if d.inodes == 0 {
		return syscall.ENOSPC
	}
	if d.inodes > 0 {
		d.inodes--
	}
	return nil
}

// free gives back the room of what has no name any more.
func (d *Disk) free(n *node) {
	if d.bytes >= 0 {
		d.bytes += len(n.data)
	}
	if d.inodes >= 0 {
		d.inodes++
	}
}

// now is a clock that shows the order of things and nothing else.
func (d *Disk) now() time.Time { return time.Unix(1_700_000_000+int64(d.steps), 0) }

type info struct {
	name string
	node node
}

func (n *node) info(name string) info {
	return info{filepath.Base(name), node{dir: n.dir, mode: n.mode, changed: n.changed, data: slices.Clip(n.data)}}
}

func (i info) Name() string       { return i.name }
func (i info) Size() int64        { return int64(len(i.node.data)) }
func (i info) ModTime() time.Time { return i.node.changed }
func (i info) IsDir() bool        { return i.node.dir }
func (i info) Sys() any           { return &syscall.Stat_t{Uid: uint32(os.Geteuid())} }
func (i info) Mode() fs.FileMode {
	if i.node.dir {
		return i.node.mode | fs.ModeDir
	}
	return i.node.mode
}

var _ rootfile.Disk = (*Disk)(nil)
