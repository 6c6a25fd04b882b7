package macsim

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
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
// tools that run at the same time do not mix theirs. One that a killed tool left
// unfinished is ended first, so that it spoils no other.
func (f folder) note(c *tool.Call, descriptors []descriptor) error {
	line, err := json.Marshal(Noted{
		At: c.At, PID: c.PID, User: c.User, Argv: append([]string{c.Path}, c.Args...),
		Env: os.Environ(), Descriptors: descriptors,
	})
	if err != nil {
		return fmt.Errorf("note the call: %w", err)
	}
	file, err := os.OpenFile(f.path(callsPath), os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("note the call: %w", err)
	}
	if endsTorn(file) {
		line = append([]byte("\n"), line...)
	}
	_, err = file.Write(append(line, '\n'))
	return errors.Join(err, file.Close())
}

// endsTorn says whether a file ends in the middle of a line.
func endsTorn(file *os.File) bool {
	info, err := file.Stat()
	if err != nil || info.Size() == 0 {
		return false
	}
	last := make([]byte, 1)
	_, err = file.ReadAt(last, info.Size()-1)
	return err == nil && last[0] != '\n'
}

// Exists returns an error that helps unless dir is the folder of a simulated Mac.
func Exists(dir string) error { return folder(dir).exists() }

// Calls returns the tools that were started since the Mac in dir was laid out,
// in order. What a killed tool has not finished writing is left out.
func Calls(dir string) ([]Noted, error) {
	if err := Exists(dir); err != nil {
		return nil, err
	}
	file, err := os.Open(folder(dir).path(callsPath))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read calls: %w", err)
	}
	defer file.Close()
	return readCalls(file)
}

func readCalls(r io.Reader) ([]Noted, error) {
	var calls []Noted
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<24)
	for number := 1; lines.Scan(); number++ {
		var c Noted
		err := json.NewDecoder(bytes.NewReader(lines.Bytes())).Decode(&c)
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF): // torn
			continue
		case err != nil:
			return nil, fmt.Errorf("read calls: line %d: %w", number, err)
		}
		calls = append(calls, c)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read calls: %w", err)
	}
	return calls, nil
}
