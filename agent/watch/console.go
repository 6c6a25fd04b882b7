package watch

import (
	"path/filepath"

	"golang.org/x/sys/unix"
)

// console is who sits at the Mac: the owner of a device, root at the login
// window.
type console struct {
	path  string
	owner uint32
	seen  bool // the owner is known
	err   error
}

func consoleBelow(root string) console { return console{path: filepath.Join(root, "/dev/console")} }

// changed looks, and says whether somebody else is there than the last time that
// it could be seen.
func (c *console) changed() bool {
	var device unix.Stat_t
	if c.err = unix.Stat(c.path, &device); c.err != nil {
		return false
	}
	changed := c.seen && c.owner != device.Uid
	c.owner, c.seen = device.Uid, true
	return changed
}

func (c *console) source() Source {
	if c.err != nil {
		return Source{Cause: ConsoleUser, Path: c.path, How: Denied, Problem: c.err.Error()}
	}
	return Source{Cause: ConsoleUser, Path: c.path, How: Compared}
}
