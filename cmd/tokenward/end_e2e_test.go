//go:build !darwin

package main

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tokenward/tokenward/internal/paths"
	"github.com/tokenward/tokenward/internal/run"
)

// Whatever the daemon is in the middle of, it ends in order when it is told to.
func TestEndsInTheMiddle(t *testing.T) {
	t.Parallel()
	for name, begin := range map[string]func(*testing.T) *daemonProcess{
		"of a check with a tool that hangs": inACheck,
		"of a send that is not answered":    inASend,
		"of an answer to a slow client":     inAnAnswer,
		"of its start":                      inItsStart,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := begin(t)
			d.end()
			if _, err := os.Lstat(paths.Under(d.root).Socket()); !os.IsNotExist(err) {
				t.Errorf("the socket is left: %v", err)
			}
			if log := strings.TrimSpace(d.log()); !strings.Contains(log[strings.LastIndex(log, "\n")+1:], `"stopped"`) {
				t.Errorf("the log does not end with its end:\n%s", log)
			}
		})
	}
}

func inACheck(t *testing.T) *daemonProcess {
	t.Helper()
	root := simulate(t, "healthy", "")
	begun := filepath.Join(root, "begun")
	fail(t, root, run.Diskutil, fmt.Sprintf("trap '' TERM; : > %q; sleep 60", begun))
	d := launchDaemon(t, root)
	waitFor(t, func() bool { _, err := os.Stat(begun); return err == nil })
	return d
}

func inASend(t *testing.T) *daemonProcess {
	t.Helper()
	came, over := make(chan struct{}, 8), make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		came <- struct{}{}
		select {
		case <-over:
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(over) })
	d := startDaemon(t, simulate(t, "healthy", ""), "--server-url", server.URL)
	<-came
	return d
}

// inAnAnswer has clients that began to ask and do not go on.
func inAnAnswer(t *testing.T) *daemonProcess {
	t.Helper()
	d := startDaemon(t, simulate(t, "healthy", ""))
	socket := paths.Under(d.root).Socket()
	folder, err := os.Open(filepath.Dir(socket)) // the path itself may be too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = folder.Close() })
	for _, said := range []string{"", "GET /", "POST /v1/check HTTP/1.1\r\nHost: tokenward\r\nContent-Length: 100\r\n\r\n{"} {
		c, err := net.Dial("unix", fmt.Sprintf("/proc/self/fd/%d/%s", folder.Fd(), filepath.Base(socket)))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
		if _, err := c.Write([]byte(said)); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

// inItsStart is as soon as it holds its lock and has said so.
func inItsStart(t *testing.T) *daemonProcess {
	t.Helper()
	d := launchDaemon(t, simulate(t, "healthy", ""))
	d.logs(`"started"`)
	return d
}

// There is one daemon on a Mac; a second one names it and changes nothing.
func TestTheSecondDaemonIsRefused(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, simulate(t, "healthy", ""))
	second := launchDaemon(t, d.root, "--log-file", "-")
	waitFor(t, second.isGone)
	if want := fmt.Sprintf("as process %d ", d.cmd.Process.Pid); second.cmd.ProcessState.ExitCode() != exitFailed || !strings.Contains(second.said.String(), want) {
		t.Errorf("exit %d, no %q in %s", second.cmd.ProcessState.ExitCode(), want, second.said.String())
	}
	d.check()
	d.end()
}
