//go:build faults

package fault

import (
	"os"
	"strconv"
	"sync/atomic"
	"syscall"
)

// The environment of a program under a crash test.
const (
	// EnvKillAt is the number, counted from 1, of the point that kills the process.
	EnvKillAt = "TOKENWARD_FAULT_KILL_AT"
	// EnvCountFile names a file that gets one byte a point, so that a test learns how many there are.
	EnvCountFile = "TOKENWARD_FAULT_COUNT_FILE"
)

var (
	passed  atomic.Int64
	killAt  = environment(EnvKillAt)
	counter = openCounter(os.Getenv(EnvCountFile))
)

// Point counts a step and, at the chosen one, kills the process as a power cut
// would: no deferred call runs, no buffer is flushed.
func Point(Op) {
	n := passed.Add(1)
	if counter != nil {
		_, _ = counter.Write([]byte{'.'})
	}
	if n == killAt {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {} // the signal is on its way; nothing may happen in between
	}
}

func environment(name string) int64 {
	n, _ := strconv.ParseInt(os.Getenv(name), 10, 64)
	return n
}

func openCounter(path string) *os.File {
	if path == "" {
		return nil
	}
	f, _ := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	return f
}
