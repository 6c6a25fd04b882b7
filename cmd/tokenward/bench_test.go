//go:build linux

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tokenward/tokenward/internal/macsim"
	"github.com/tokenward/tokenward/internal/macsim/state"
)

// BenchmarkCheck is the shipped program as a person or a script starts it: a deep
// check of a simulated Mac, with the most memory that the program itself ever
// held. What its tools hold is not counted.
func BenchmarkCheck(b *testing.B) {
	program := filepath.Join(b.TempDir(), "tokenward")
	if out, err := exec.CommandContext(b.Context(), "go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		b.Fatalf("build tokenward: %v\n%s", err, out)
	}
	for _, people := range []int{1, 10, 100, 2000} {
		b.Run(fmt.Sprintf("accounts=%d", people), func(b *testing.B) {
			root := filepath.Join(b.TempDir(), "mac")
			if err := macsim.Layout(root, crowdOf(b, people), filepath.Join(programs, "macsim")); err != nil {
				b.Fatal(err)
			}
			var peak int64
			for b.Loop() {
				peak = max(peak, peakOf(b, program, "check", "--root", root, "--deep"))
			}
			b.ReportMetric(float64(peak)/(1<<20), "peak-MiB")
		})
	}
}

// peakOf runs a program to its end, and returns the most bytes of memory that it
// held at a time. The kernel's own figure for a process that has ended counts the
// tools as well that it has waited for, so the program is asked while it runs.
func peakOf(b *testing.B, argv ...string) (peak int64) {
	b.Helper()
	c := exec.CommandContext(b.Context(), argv[0], argv[1:]...)
	if err := c.Start(); err != nil {
		b.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	status := fmt.Sprintf("/proc/%d/status", c.Process.Pid)
	for {
		select {
		case err := <-ended:
			if code := c.ProcessState.ExitCode(); code != exitOK && code != exitDegraded && code != exitCritical {
				b.Fatalf("%s: %v", argv[0], err)
			}
			return peak
		case <-time.After(time.Millisecond):
			peak = max(peak, highest(status))
		}
	}
}

// highest reads the highest memory that a process has held so far.
func highest(status string) int64 {
	data, _ := os.ReadFile(status)
	for line := range strings.Lines(string(data)) {
		if words := strings.Fields(line); len(words) == 3 && words[0] == "VmHWM:" {
			kilobytes, _ := strconv.ParseInt(words[1], 10, 64)
			return kilobytes << 10
		}
	}
	return 0
}

// crowdOf is the healthy Mac with that many people on it.
func crowdOf(b *testing.B, people int) state.Mac {
	b.Helper()
	mac, err := macsim.Load("healthy")
	if err != nil {
		b.Fatal(err)
	}
	person := mac.Accounts[len(mac.Accounts)-1]
	if people == 1 {
		mac.Accounts = append(mac.Accounts[:len(mac.Accounts)-2], person)
	}
	for i := 2; i < people; i++ {
		person.Name, person.UID = fmt.Sprintf("user%04d", i), 501+i
		person.RealName, person.Home = person.Name, "/Users/"+person.Name
		person.GUID = fmt.Sprintf("6A1C7E0E-8B1D-4B53-9F4E-%012X", i)
		mac.Accounts = append(mac.Accounts, person)
	}
	return mac
}
