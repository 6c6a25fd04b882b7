//go:build linux

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// typed is one thing that somebody types at a prompt.
type typed struct {
	text string
	of   string // whose name or password it is; empty for nobody's
	name bool   // it is a name
}

// shell is a terminal on a simulated Mac, in which tokenward is installed.
type shell struct {
	root string
	path string // of the machine, with tokenward before it
}

// shellOn puts tokenward into the way of whoever types its name.
func shellOn(t *testing.T, root string) shell {
	t.Helper()
	dir := t.TempDir()
	script := fmt.Sprintf("#!/bin/sh\nexec '%s' \"$@\" --root '%s'\n", filepath.Join(programs, "tokenward-faults"), root)
	syscall.ForkLock.RLock() // a child of another test must not hold the file open while it is run
	defer syscall.ForkLock.RUnlock()
	if err := os.WriteFile(filepath.Join(dir, "tokenward"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	return shell{root, dir + ":" + os.Getenv("PATH")}
}

// waits tells that a tool waits for something to be typed.
var waits = regexp.MustCompile(`(?i)(name|password|key|user '[^']*')[^\n]*: ?$`)

// run types a line and answers what it asks, in that order. It refuses to type a
// password where a name is asked for, one person's where another's is, and anything
// that nobody told it to.
func (s shell) run(ctx context.Context, line string, answers []typed) (shown string, exit int, err error) {
	ctx, stop := context.WithTimeout(ctx, time.Minute)
	defer stop()
	master, slave, err := terminalPair()
	if err != nil {
		return "", 0, err
	}
	defer master.Close()
	c := exec.CommandContext(ctx, filepath.Join(programs, "macsim"), "shell", s.root, "sh", "-c", line)
	c.Stdin, c.Stdout, c.Stderr = slave, slave, slave
	c.Env = []string{"PATH=" + s.path, "HOME=/root"}
	c.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := c.Start(); err != nil {
		return "", 0, err
	}
	slave.Close()
	shown, err = converse(master, answers)
	if err != nil {
		_ = c.Process.Kill()
	}
	_ = c.Wait() // the exit code says it
	return strings.ReplaceAll(shown, "\r\n", "\n"), c.ProcessState.ExitCode(), err
}

func converse(master *os.File, answers []typed) (string, error) {
	var all, since strings.Builder
	for buffer := make([]byte, 4096); ; {
		n, err := master.Read(buffer)
		all.Write(buffer[:n])
		since.Write(buffer[:n])
		if err != nil { // the tool is gone
			if len(answers) > 0 {
				return all.String(), fmt.Errorf("it did not ask for all: %d are left after %q", len(answers), all.String())
			}
			return all.String(), nil
		}
		if prompt := since.String(); waits.MatchString(prompt) {
			if len(answers) == 0 {
				return all.String(), fmt.Errorf("nobody said what to type at %q", prompt)
			}
			if err := fits(answers[0], prompt); err != nil {
				return all.String(), err
			}
			since.Reset()
			if _, err := master.WriteString(answers[0].text + "\n"); err != nil {
				return all.String(), err
			}
			answers = answers[1:]
		}
	}
}

var inQuotes = regexp.MustCompile(`'([^']*)'`)

func fits(answer typed, prompt string) error {
	asked := inQuotes.FindStringSubmatch(prompt)
	switch wantsName := strings.Contains(prompt, "user name"); {
	case wantsName != answer.name:
		return fmt.Errorf("a name (%v) is to be typed at %q", answer.name, prompt)
	case asked != nil && answer.of != "" && asked[1] != answer.of:
		return fmt.Errorf("what is %s's is to be typed at %q", answer.of, prompt)
	case strings.Contains(prompt, "new password") && answer.of != "":
		return fmt.Errorf("%s's present password is to be typed at %q", answer.of, prompt)
	}
	return nil
}

func terminalPair() (master, slave *os.File, err error) {
	if master, err = os.OpenFile("/dev/ptmx", os.O_RDWR, 0); err != nil {
		return nil, nil, err
	}
	if err := unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		return nil, nil, err
	}
	number, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err != nil {
		return nil, nil, err
	}
	slave, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	return master, slave, err
}
