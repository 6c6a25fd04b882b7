package simdisk

import (
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"syscall"

	"github.com/tokenward/tokenward/internal/rootfile"
)

// file is an open one. It outlives its name.
type file struct {
	disk  *Disk
	node  *node
	name  string
	at    int
	write bool
}

// Open opens a file for reading.
func (d *Disk) Open(name string) (rootfile.File, error) { return d.open(name, false) }

// Edit opens a file to write over what is there.
func (d *Disk) Edit(name string) (rootfile.File, error) { return d.open(name, true) }

func (d *Disk) open(name string, write bool) (rootfile.File, error) {
	err := d.look()
	defer d.mu.Unlock()
	var n *node
	if err == nil {
		n, err = d.find(name)
	}
	if err == nil && n.dir && write {
		err = syscall.EISDIR
	}
	if err != nil {
		return nil, failure("open", name, err)
	}
	return &file{disk: d, node: n, name: name, write: write}, nil
}

// CreateTemp makes a file with a name of its own.
func (d *Disk) CreateTemp(dir, prefix string) (rootfile.File, error) {
	err := d.step(Create, dir)
	defer d.mu.Unlock()
	dir = filepath.Clean(dir)
	if err == nil {
		err = d.folder(dir)
	}
	if err == nil {
		err = d.takeInode()
	}
	if err != nil {
		return nil, failure("open", filepath.Join(dir, prefix), err)
	}
	name := ""
	for name == "" || d.live[name] != nil {
		d.temps++
		name = filepath.Join(dir, fmt.Sprint(prefix, d.temps))
	}
	n := &node{mode: 0o600, changed: d.now()}
	d.alter(edit{name, n})
	return &file{disk: d, node: n, name: name, write: true}, nil
}

func (f *file) Name() string { return f.name }

func (f *file) Stat() (fs.FileInfo, error) {
	err := f.disk.look()
	defer f.disk.mu.Unlock()
	if err != nil {
		return nil, failure("stat", f.name, err)
	}
	return f.node.info(f.name), nil
}

func (f *file) Read(p []byte) (int, error) {
	err := f.disk.look()
	defer f.disk.mu.Unlock()
	switch {
	case err != nil:
	case f.node.dir:
		err = syscall.EISDIR
	case f.write:
		err = syscall.EBADF
	case f.node.bad != 0:
		f.node.bad = max(f.node.bad-1, -1)
		err = syscall.EIO
	case f.at >= len(f.node.data):
		return 0, io.EOF
	}
	if err != nil {
		return 0, failure("read", f.name, err)
	}
	n := copy(p, f.node.data[f.at:])
	f.at += n
	return n, nil
}

func (f *file) Write(p []byte) (int, error) {
	n, err := f.WriteAt(p, int64(f.at))
	f.at += n
	return n, err
}

// WriteAt writes what there is room for.
func (f *file) WriteAt(p []byte, at int64) (int, error) {
	d := f.disk
	err := d.step(Write, f.name)
	defer d.mu.Unlock()
	if err == nil && !f.write {
		err = syscall.EBADF
	}
	if err != nil {
		return 0, failure("write", f.name, err)
	}
	over := min(len(p), max(0, len(f.node.data)-int(at))) // needs no room
	if d.copying {
		over = min(over, d.take(over))
	}
	n := over + d.take(len(p)-over)
	f.node.data = splice(f.node.data, int(at), p[:n])
	f.node.unsynced = append(f.node.unsynced, write{int(at), append([]byte(nil), p[:n]...)})
	f.node.changed = d.now()
	if n < len(p) {
		return n, failure("write", f.name, syscall.ENOSPC)
	}
	return n, nil
}

// splice puts data into old, which becomes longer if need be, with zeros between.
func splice(old []byte, at int, data []byte) []byte {
	spliced := make([]byte, max(len(old), at+len(data)))
	copy(spliced, old)
	copy(spliced[at:], data)
	return spliced
}

func (f *file) Chmod(mode fs.FileMode) error {
	err := f.disk.step(Chmod, f.name)
	defer f.disk.mu.Unlock()
	if err == nil {
		f.node.mode = mode
	}
	return failure("chmod", f.name, err)
}

// Sync makes the content safe. Where it fails, what was unsynced will never be.
func (f *file) Sync() error {
	err := f.disk.step(Sync, f.name)
	defer f.disk.mu.Unlock()
	if err == nil {
		for _, w := range f.node.unsynced {
			f.node.safe = splice(f.node.safe, w.at, w.data)
		}
	}
	if !f.disk.off {
		f.node.unsynced = nil
	}
	return failure("sync", f.name, err)
}

func (f *file) Close() error {
	err := f.disk.look()
	f.disk.mu.Unlock()
	return failure("close", f.name, err)
}

// Plant puts a file there, safe, in no step. Its folder must exist.
func (d *Disk) Plant(name string, data []byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := &node{mode: 0o600, changed: d.now(), data: append([]byte(nil), data...), safe: append([]byte(nil), data...)}
	d.live[name], d.safe[name] = n, n
}

// Content is what is in a file, and nil where there is none.
func (d *Disk) Content(name string) []byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	if n := d.live[name]; n != nil {
		return append([]byte{}, n.data...)
	}
	return nil
}

// Spoil makes reading a file fail with EIO so many times, or for good with less
// than 0: a block of it is bad. It stays so under another name.
func (d *Disk) Spoil(name string, times int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.live[name].bad = times
}

// Flip turns over one bit of a file, in what is seen and in what is safe.
func (d *Disk) Flip(name string, bit int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := d.live[name]
	for _, data := range []*[]byte{&n.data, &n.safe} {
		if bit/8 < len(*data) {
			flipped := append([]byte(nil), *data...)
			flipped[bit/8] ^= 1 << (bit % 8)
			*data = flipped
		}
	}
}
