package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// A script whose interpreter is missing is told which, and how to get it,
// whatever the machine lets the shell do.
func TestInterpreters(t *testing.T) {
	t.Parallel()
	own, env := withMacsim(t)
	mac := laidOutMac(t, "healthy")
	fake := filepath.Join(own, "fake")
	if err := os.Mkdir(fake, 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(fake, "unshare"), "#!/bin/sh\nexit 1\n")
	// zsh is played by bash, which reads .zshenv no more than zsh --no-rcs does.
	write(t, filepath.Join(fake, "zsh"), "#!/bin/bash\n. \"$ZDOTDIR/.zshenv\"\necho \"zsh without ${1##*/}\"\n. \"$1\"\n")
	for name, tc := range map[string]struct {
		first, laidOver, functions string
	}{
		"bash":         {"#!/bin/bash -u", "26.1\n", "26.1\n"},
		"sh":           {"#! /bin/sh", "26.1\n", "26.1\n"},
		"env":          {"#!/usr/bin/env bash", "26.1\n", "26.1\n"},
		"missing":      {"#!/opt/own/zsh --no-rcs", "wants /opt/own/zsh, which this machine does not have\nmacsim: most Linux systems have it in a package, such as: apt install zsh\n", ""},
		"missing, env": {"#!/usr/bin/env nosuchshell", "wants nosuchshell, which this machine does not have\n", ""},
		"python":       {"#!/usr/local/bin/nosuchpython3", "wants /usr/local/bin/nosuchpython3, which", ""},
		"of windows":   {"#!/bin/bash\r", "end as on Windows", ""},
		"zsh":          {"#!" + fake + "/zsh --no-rcs", "", "zsh without zsh.sh\n26.1\n"},
	} {
		file := filepath.Join(own, name+".sh")
		write(t, file, tc.first+"\n/usr/bin/sw_vers -productVersion\n")
		for _, functions := range []bool{false, true} {
			want, path := tc.laidOver, strings.TrimPrefix(env[0], "PATH=")
			if functions {
				want, path = tc.functions, fake+":"+path
			}
			c := exec.CommandContext(t.Context(), filepath.Join(own, "macsim"), "shell", mac, file)
			c.Env = slices.Concat(env[1:], []string{"PATH=" + path})
			got, err := c.CombinedOutput()
			if !strings.Contains(string(got), want) || (err == nil) != strings.Contains(string(got), "26.1") {
				t.Errorf("%s, functions %v: %v\n%s\nwant %s", name, functions, err, got, want)
			}
		}
	}
}

// write writes a program that can be run at once: while it is open for writing
// no other test may start a process, which would hold it open.
func write(t *testing.T, path, text string) {
	t.Helper()
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	if err := os.WriteFile(path, []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
}
