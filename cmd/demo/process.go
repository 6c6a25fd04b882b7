package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

// process is a program of the demo that runs until it is stopped.
type process struct {
	name string
	log  string // where it writes its log
	died chan<- error

	cmd      *exec.Cmd
	ended    chan struct{}
	expected atomic.Bool // somebody asked it to end
}

func (p *process) start(program string, args ...string) error {
	_, err := p.begin(program, args...)
	return err
}

// startAndRead starts the program and returns what follows prefix on its first
// line.
func (p *process) startAndRead(ctx context.Context, prefix, program string, args ...string) (string, error) {
	out, err := p.begin(program, args...)
	if err != nil {
		return "", err
	}
	lines := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(out).ReadString('\n')
		lines <- line
		_, _ = io.Copy(io.Discard, out)
	}()
	select {
	case line := <-lines:
		if rest, ok := strings.CutPrefix(strings.TrimSpace(line), prefix); ok {
			return rest, nil
		}
		<-p.ended
		return "", fmt.Errorf("%s did not start: %s", p.name, tail(p.log))
	case <-ctx.Done():
		return "", ctx.Err()
	case <-time.After(time.Minute):
		return "", fmt.Errorf("%s did not start within a minute: %s", p.name, tail(p.log))
	}
}

func (p *process) begin(program string, args ...string) (io.Reader, error) {
	log, err := os.OpenFile(p.log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	reader, writer, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer writer.Close()
	p.expected.Store(false)
	p.cmd = exec.Command(program, args...) //nolint:gosec,noctx // our own program, ended by stop
	p.cmd.Stdout, p.cmd.Stderr = writer, log
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C is for us: we end it in order
	if err := p.cmd.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("start %s: %w", p.name, err), reader.Close())
	}
	p.ended = make(chan struct{})
	go p.wait(p.cmd, p.ended)
	return reader, nil
}

func (p *process) wait(cmd *exec.Cmd, ended chan struct{}) {
	err := cmd.Wait()
	if !p.expected.Load() {
		select {
		case p.died <- fmt.Errorf("%s ended by itself: %w: %s", p.name, err, tail(p.log)):
		default:
		}
	}
	close(ended)
}

// stop asks the process to end, and makes it where it does not.
func (p *process) stop() { p.end(syscall.SIGTERM) }

func (p *process) end(signal syscall.Signal) {
	if p.cmd == nil || p.cmd.Process == nil {
		return
	}
	p.expected.Store(true)
	_ = p.cmd.Process.Signal(signal) // it may have ended
	select {
	case <-p.ended:
	case <-time.After(10 * time.Second):
		_ = p.cmd.Process.Kill()
		<-p.ended
	}
}

// tail returns the last lines of a log, for an error message.
func tail(path string) string {
	const most = 2000
	data, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	if len(data) > most {
		data = data[len(data)-most:]
	}
	return "the end of its log:\n" + strings.TrimSpace(string(data))
}
