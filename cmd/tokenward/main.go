// Command tokenward watches the Secure Tokens and the Bootstrap Token of a Mac:
// as a daemon, and for the local admin at the command line.
package main

import (
	"context"
	"os"
	"runtime/debug"
	"syscall"
)

func main() {
	// A secret must not end up in a core dump, nor a report in a file that
	// others can read.
	syscall.Umask(0o077)
	_ = syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{})
	debug.SetGCPercent(sparing)
	chooseSystem()
	os.Exit(execute(context.Background(), terminal{in: os.Stdin, out: os.Stdout, err: os.Stderr}, os.Args[1:]))
}
