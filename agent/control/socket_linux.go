package control

import (
	"fmt"
	"os"
	"path/filepath"
)

// longest is how long the name of a socket may be (sun_path, with its NUL).
const longest = 107

// reachable returns a name by which the socket can be opened. A simulated Mac
// may lie deep in the file system, where the name itself is too long for the
// kernel: then its folder is named by an open descriptor.
func reachable(path string) (name string, release func(), err error) {
	if len(path) <= longest {
		return path, func() {}, nil
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return "", nil, err
	}
	name = fmt.Sprintf("/proc/self/fd/%d/%s", dir.Fd(), filepath.Base(path))
	return name, func() { _ = dir.Close() }, nil
}
