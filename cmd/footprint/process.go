//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec" //nolint:depguard // it measures programs; nothing of it is shipped
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// process is a program that is measured.
type process struct {
	name  string
	cmd   *exec.Cmd
	ended chan struct{}
}

// launch starts a program. What it says goes to the file beside its folder.
func launch(name, log string, argv ...string) (*process, error) {
	out, err := os.OpenFile(log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	c := exec.Command(argv[0], argv[1:]...) //nolint:gosec,noctx // what we built, ended by stop
	c.Stdout, c.Stderr = out, out
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C is for us: we end it in order
	if err := c.Start(); err != nil {
		return nil, err
	}
	p := &process{name: name, cmd: c, ended: make(chan struct{})}
	go func() {
		_ = c.Wait()
		close(p.ended)
	}()
	return p, nil
}

func (p *process) stop() {
	const patience = 10 * time.Second
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // it may have ended
	select {
	case <-p.ended:
	case <-time.After(patience):
		_ = p.cmd.Process.Kill()
		<-p.ended
	}
}

// await asks at intervals until the answer is yes, and fails where the process ends before.
func (p *process) await(ctx context.Context, what string, every time.Duration, yes func() bool) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for !yes() {
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s: %s: %w", p.name, what, ctx.Err())
		case <-p.ended:
			return fmt.Errorf("%s: %s: it ended", p.name, what)
		case <-time.After(every):
		}
	}
	return nil
}

// usage is what a process has used since it was started, and what it holds.
type usage struct {
	cpu      time.Duration // of its own, without that of its children
	wakeups  int64         // how often a thread of it gave up the processor by itself
	rss      int64         // bytes
	highest  int64         // bytes: the most that it ever held, or since forget
	switches int64         // how often it was interrupted: how busy the machine was
}

// usage reads what Linux knows of every thread (proc(5)). Threads of a Go
// program do not end, so that the sums only grow.
func (p *process) usage() (usage, error) {
	var u usage
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*", p.cmd.Process.Pid))
	if err != nil || len(threads) == 0 {
		return usage{}, errors.Join(fmt.Errorf("%s has ended", p.name), err)
	}
	for _, t := range threads {
		ran, err := os.ReadFile(t + "/schedstat")
		if err != nil {
			return usage{}, err
		}
		nanoseconds, _, _ := strings.Cut(string(ran), " ")
		n, err := strconv.ParseInt(nanoseconds, 10, 64)
		if err != nil {
			return usage{}, fmt.Errorf("%s/schedstat: %w", t, err)
		}
		u.cpu += time.Duration(n)
		status := field(t + "/status")
		u.wakeups += status["voluntary_ctxt_switches"]
		u.switches += status["nonvoluntary_ctxt_switches"]
	}
	whole := field(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	u.rss, u.highest = whole["VmRSS"]<<10, whole["VmHWM"]<<10
	return u, nil
}

// field reads the numbers of a status file by their names.
func field(path string) map[string]int64 {
	data, _ := os.ReadFile(path)
	all := map[string]int64{}
	for line := range strings.Lines(string(data)) {
		name, rest, _ := strings.Cut(line, ":")
		if words := strings.Fields(rest); len(words) > 0 {
			if n, err := strconv.ParseInt(words[0], 10, 64); err == nil {
				all[name] = n
			}
		}
	}
	return all
}
