//go:build linux

package macsim

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// terminal is a tool that runs at a terminal of its own, with somebody before
// it: what the tool shows, and a way to type.
type terminal struct {
	t      *testing.T
	master *os.File
	cmd    *exec.Cmd
	shown  bytes.Buffer
}

// atTerminal starts a tool there.
func atTerminal(t *testing.T, path string, args ...string) *terminal {
	t.Helper()
	master, slave := openTerminal(t)
	defer slave.Close()
	cmd := exec.CommandContext(t.Context(), path, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = slave, slave, slave
	cmd.Env = []string{"GORACE=atexit_sleep_ms=0"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return &terminal{t: t, master: master, cmd: cmd}
}

func openTerminal(t *testing.T) (master, slave *os.File) {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skip("no pseudo terminals here: ", err)
	}
	t.Cleanup(func() { _ = master.Close() })
	if err := unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	number, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	slave, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	return master, slave
}

// wait reads until the tool has shown a text.
func (p *terminal) wait(text string) {
	p.t.Helper()
	for buffer := make([]byte, 4096); !strings.Contains(p.shown.String(), text); {
		n, err := p.master.Read(buffer)
		p.shown.Write(buffer[:n])
		if err != nil {
			p.t.Fatalf("waited for %q, and the terminal ended with %v after %q", text, err, &p.shown)
		}
	}
}

// echoes says whether the terminal shows what is typed.
func (p *terminal) echoes() bool {
	p.t.Helper()
	settings, err := unix.IoctlGetTermios(int(p.master.Fd()), unix.TCGETS)
	if err != nil {
		p.t.Fatal(err)
	}
	return settings.Lflag&unix.ECHO != 0
}

func (p *terminal) write(text string) {
	p.t.Helper()
	if _, err := p.master.WriteString(text); err != nil {
		p.t.Fatal(err)
	}
}

// end waits for the tool and returns all that it has shown, and its exit code.
func (p *terminal) end() (string, int) {
	p.t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = p.shown.ReadFrom(p.master) // ends with an error once the tool is gone
	}()
	_ = p.cmd.Wait() // the exit code says it
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		p.t.Fatal("the terminal stays open")
	}
	return strings.ReplaceAll(p.shown.String(), "\r\n", "\n"), p.cmd.ProcessState.ExitCode()
}
