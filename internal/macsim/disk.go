package macsim

import (
	"io"
	"os"
	"syscall"

	"github.com/tokenward/tokenward/internal/macsim/tool"
)

// maxLook is how much of a file a tool is shown.
const maxLook = 1 << 20

// disk shows a tool what lies at a path of the Mac. No link leads it out of the
// folder.
func (f folder) disk(path string) (tool.OnDisk, bool) {
	root, err := os.OpenRoot(string(f))
	if err != nil {
		return tool.OnDisk{}, false
	}
	defer root.Close()
	info, err := root.Lstat(within(path))
	if err != nil {
		return tool.OnDisk{}, false
	}
	seen := tool.OnDisk{Mode: uint32(info.Mode().Perm()), Regular: info.Mode().IsRegular()}
	if owner, ok := info.Sys().(*syscall.Stat_t); ok {
		seen.Foreign = owner.Uid != 0 && int(owner.Uid) != os.Geteuid()
	}
	if !seen.Regular {
		return seen, true
	}
	file, err := root.Open(within(path))
	if err != nil {
		return tool.OnDisk{}, false
	}
	defer file.Close()
	seen.Content, err = io.ReadAll(io.LimitReader(file, maxLook))
	return seen, err == nil
}
