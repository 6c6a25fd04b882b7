package simdisk

import (
	"cmp"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// change is one change of names that a power cut undoes as a whole or not at all.
type change struct {
	edits   []edit
	folders []string // those that are not synced yet
}

// edit puts a node under a name; nil takes the name away.
type edit struct {
	name string
	node *node
}

// alter changes what is seen, and remembers that it is not safe yet.
func (d *Disk) alter(edits ...edit) {
	c := change{edits: edits}
	for _, e := range edits {
		if e.node == nil {
			delete(d.live, e.name)
		} else {
			d.live[e.name] = e.node
		}
		if dir := filepath.Dir(e.name); !slices.Contains(c.folders, dir) {
			c.folders = append(c.folders, dir)
		}
	}
	d.pending = append(d.pending, c)
}

// follows says whether a change can only have happened after an earlier one:
// they have a name in common, or one is a folder and the other in it.
func (c change) follows(earlier change) bool {
	for _, a := range c.edits {
		for _, b := range earlier.edits {
			if a.name == b.name || within(a.name, b.name) || within(b.name, a.name) {
				return true
			}
		}
	}
	return false
}

// continues says whether a change goes on with a name that an earlier one made
// or took away.
func (c change) continues(earlier change) bool {
	return slices.ContainsFunc(c.edits, func(a edit) bool {
		return slices.ContainsFunc(earlier.edits, func(b edit) bool { return a.name == b.name })
	})
}

func within(name, dir string) bool {
	return strings.HasPrefix(name, strings.TrimSuffix(dir, "/")+"/")
}

func apply(names map[string]*node, c change) {
	for _, e := range c.edits {
		if e.node == nil {
			delete(names, e.name)
		} else {
			names[e.name] = e.node
		}
	}
}

// SyncFolder makes the names in a folder safe, and with them the changes that
// they go on with. The folder itself is a name in the one above, and not safe yet.
func (d *Disk) SyncFolder(dir string) error {
	err := d.step(SyncFolder, dir)
	defer d.mu.Unlock()
	dir = filepath.Clean(dir)
	if err == nil {
		_, err = d.find(dir)
	}
	if err != nil {
		return failure("sync", dir, err)
	}
	done := make([]bool, len(d.pending))
	for i := range slices.Backward(d.pending) {
		d.pending[i].folders = slices.DeleteFunc(d.pending[i].folders, func(f string) bool { return f == dir })
		done[i] = len(d.pending[i].folders) == 0
		for j := i + 1; j < len(d.pending) && !done[i]; j++ {
			done[i] = done[j] && d.pending[j].continues(d.pending[i])
		}
	}
	var left []change
	for i, c := range d.pending {
		if done[i] {
			apply(d.safe, c)
		} else {
			left = append(left, c)
		}
	}
	d.pending = left
	return nil
}

// Stat says what is under a name.
func (d *Disk) Stat(name string) (fs.FileInfo, error) { return d.Lstat(name) }

// Lstat is Stat: there are no links.
func (d *Disk) Lstat(name string) (fs.FileInfo, error) {
	err := d.look()
	defer d.mu.Unlock()
	if err != nil {
		return nil, failure("lstat", name, err)
	}
	n, err := d.find(name)
	if err != nil {
		return nil, failure("lstat", name, err)
	}
	return n.info(name), nil
}

// List says what is in a folder.
func (d *Disk) List(dir string) ([]fs.DirEntry, error) {
	err := d.look()
	defer d.mu.Unlock()
	dir = filepath.Clean(dir)
	if err == nil {
		err = d.folder(dir)
	}
	if err != nil {
		return nil, failure("open", dir, err)
	}
	var all []fs.DirEntry
	for name, n := range d.live {
		if name != dir && filepath.Dir(name) == dir {
			all = append(all, fs.FileInfoToDirEntry(n.info(name)))
		}
	}
	slices.SortFunc(all, func(a, b fs.DirEntry) int { return cmp.Compare(a.Name(), b.Name()) })
	return all, nil
}

// MakeFolder makes a folder.
func (d *Disk) MakeFolder(dir string, mode fs.FileMode) error {
	err := d.step(Create, dir)
	defer d.mu.Unlock()
	dir = filepath.Clean(dir)
	if err == nil && d.live[dir] != nil {
		err = syscall.EEXIST
	}
	if err == nil {
		err = d.folder(filepath.Dir(dir))
	}
	if err == nil {
		err = d.takeInode()
	}
	if err != nil {
		return failure("mkdir", dir, err)
	}
	d.alter(edit{dir, &node{dir: true, mode: mode, changed: d.now()}})
	return nil
}

// Chmod changes a mode. Modes are safe at once: nothing here depends on them.
func (d *Disk) Chmod(name string, mode fs.FileMode) error {
	err := d.step(Chmod, name)
	defer d.mu.Unlock()
	if err != nil {
		return failure("chmod", name, err)
	}
	n, err := d.find(name)
	if err != nil {
		return failure("chmod", name, err)
	}
	n.mode = mode
	return nil
}

// Remove removes a file or an empty folder.
func (d *Disk) Remove(name string) error {
	err := d.step(Remove, name)
	defer d.mu.Unlock()
	name = filepath.Clean(name)
	var n *node
	if err == nil {
		n, err = d.find(name)
	}
	if err == nil && len(d.below(name)) > 0 {
		err = syscall.ENOTEMPTY
	}
	if err != nil {
		return failure("remove", name, err)
	}
	d.alter(edit{name, nil})
	d.free(n)
	return nil
}

// below lists what is in a folder, at any depth, the deepest first.
func (d *Disk) below(dir string) []string {
	var all []string
	for name := range d.live {
		if within(name, dir) && name != dir {
			all = append(all, name)
		}
	}
	slices.Sort(all)
	slices.Reverse(all)
	return all
}

// RemoveAll removes whatever is under a name, one step for each.
func (d *Disk) RemoveAll(name string) error {
	err := d.look()
	all := append(d.below(filepath.Clean(name)), name)
	_, missing := d.find(name)
	d.mu.Unlock()
	if err != nil || missing != nil {
		return failure("remove", name, err)
	}
	for _, each := range all {
		if err := d.Remove(each); err != nil {
			return err
		}
	}
	return nil
}

// Rename moves a file, or a folder with all that is in it, in one step.
func (d *Disk) Rename(from, to string) error {
	err := d.step(Rename, from)
	defer d.mu.Unlock()
	from, to = filepath.Clean(from), filepath.Clean(to)
	if err == nil {
		err = d.renamable(from, to)
	}
	if err != nil {
		return failure("rename", from, err)
	}
	if from == to {
		return nil
	}
	if old := d.live[to]; old != nil {
		d.free(old)
	}
	edits := []edit{{from, nil}, {to, d.live[from]}}
	for _, name := range d.below(from) {
		edits = append(edits, edit{name, nil}, edit{to + strings.TrimPrefix(name, from), d.live[name]})
	}
	folders := len(edits)
	d.alter(edits...)
	if folders > 2 { // what is in a folder goes with it
		last := &d.pending[len(d.pending)-1]
		last.folders = slices.Compact([]string{filepath.Dir(from), filepath.Dir(to)})
	}
	return nil
}

func (d *Disk) renamable(from, to string) error {
	moved, err := d.find(from)
	if err != nil {
		return err
	}
	if err := d.folder(filepath.Dir(to)); err != nil {
		return err
	}
	switch old := d.live[to]; {
	case old == nil:
		return nil
	case old.dir && !moved.dir:
		return syscall.EISDIR
	case !old.dir && moved.dir:
		return syscall.ENOTDIR
	case len(d.below(to)) > 0:
		return syscall.ENOTEMPTY
	}
	return nil
}

// Names lists everything on the disk, by path, folders too.
func (d *Disk) Names() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Sorted(maps.Keys(d.live))
}
