//go:build linux

package main

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

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
	// So that what a shell leaves behind becomes a child of this process.
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		b.Fatal(err)
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
// held at a time. What this process holds would count as the program's, since it
// is what the program was before it was started: a shell stands in between, whose
// child the program is.
func peakOf(b *testing.B, argv ...string) int64 {
	b.Helper()
	script := append([]string{"-c", `"$@" >/dev/null 2>&1 & echo $!`, "sh"}, argv...)
	out, err := exec.CommandContext(b.Context(), "/bin/sh", script...).Output()
	if err != nil {
		b.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(out)))
	if err != nil {
		b.Fatal(err)
	}
	var status syscall.WaitStatus
	var usage syscall.Rusage
	if _, err := syscall.Wait4(pid, &status, 0, &usage); err != nil {
		b.Fatal(err)
	}
	if code := status.ExitStatus(); code != exitOK && code != exitDegraded && code != exitCritical {
		b.Fatalf("%s ended with %d", argv[0], code)
	}
	return usage.Maxrss << 10
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
