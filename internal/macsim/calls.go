package macsim

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"github.com/tokenward/tokenward/internal/macsim/tool"
)

// Noted is one start of a tool as the tool itself saw it: for tests that look
// for secrets where everybody could read them. What was typed or piped into it
// is not noted.
type Noted struct {
	At          time.Time    `json:"at"`
	PID         int          `json:"pid"`
	User        string       `json:"user,omitempty"` // empty: root
	Argv        []string     `json:"argv"`           // the first is the tool's path on a Mac
	Env         []string     `json:"env"`
	Descriptors []descriptor `json:"descriptors"` // that it inherited
}

// descriptor is an open file of a process.
type descriptor struct {
	Number int    `json:"number"`
	To     string `json:"to"` // such as pipe:[4711] or /dev/null
}

// inherited lists the files that this process was given. What it has opened
// itself is closed on exec, which what was inherited through one cannot be. Only
// Linux tells.
func inherited() []descriptor {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return nil
	}
	var found []descriptor
	for _, e := range entries {
		number, err := strconv.Atoi(e.Name())
		if err != nil || closedOnExec(number) {
			continue
		}
		to, err := os.Readlink(filepath.Join("/proc/self/fd", e.Name()))
		if err != nil {
			continue
		}
		found = append(found, descriptor{number, to})
	}
	slices.SortFunc(found, func(a, b descriptor) int { return a.Number - b.Number })
	return found
}

func closedOnExec(fd int) bool {
	flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0)
	return err != nil || flags&unix.FD_CLOEXEC != 0
}

// note appends a call to the Mac's list. A line is written at once, so that
// tools that run at the same time do not mix theirs.
func (f folder) note(c *tool.Call, descriptors []descriptor) error {
	line, err := json.Marshal(Noted{
		At: c.At, PID: c.PID, User: c.User, Argv: append([]string{c.Path}, c.Args...),
		Env: os.Environ(), Descriptors: descriptors,
	})
	if err != nil {
		return fmt.Errorf("note the call: %w", err)
	}
	file, err := os.OpenFile(f.path(callsPath), os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("note the call: %w", err)
	}
	_, err = file.Write(append(line, '\n'))
	return errors.Join(err, file.Close())
}

// Calls returns the tools that were started since the Mac in dir was laid out,
// in order.
func Calls(dir string) ([]Noted, error) {
	file, err := os.Open(folder(dir).path(callsPath))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read calls: %w", err)
	}
	defer file.Close()
	var calls []Noted
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var c Noted
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			return nil, fmt.Errorf("read calls: line %d: %w", len(calls)+1, err)
		}
		calls = append(calls, c)
	}
	return calls, lines.Err()
}
