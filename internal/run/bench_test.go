//go:build !darwin

package run_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/tokenward/tokenward/internal/run"
)

// BenchmarkSpawn starts a program that does nothing, as the agent starts a tool
// and as os/exec alone does: by turns, since a busy machine is busy for both.
func BenchmarkSpawn(b *testing.B) {
	nothing, err := exec.LookPath("true")
	if err != nil {
		b.Skip(err)
	}
	root := b.TempDir()
	path := filepath.Join(root, run.SwVers.Path())
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		b.Fatal(err)
	}
	if err := os.Symlink(nothing, path); err != nil {
		b.Fatal(err)
	}
	runner := run.Under(root)
	ours := func(ctx context.Context) error {
		_, err := runner.Run(ctx, swVers)
		return err
	}
	floor := func(ctx context.Context) error {
		_, err := exec.CommandContext(ctx, path).Output()
		return err
	}
	byTurns(b, ours, floor)
}

// byTurns measures ours, and reports beside it what the floor took.
func byTurns(b *testing.B, ours, floor func(context.Context) error) {
	b.Helper()
	var cost [2]struct{ wall, cpu time.Duration }
	for b.Loop() {
		for i, once := range []func(context.Context) error{ours, floor} {
			if i == 1 {
				b.StopTimer()
			}
			began, used := time.Now(), ownCPU(b)
			if err := once(b.Context()); err != nil {
				b.Fatal(err)
			}
			cost[i].wall += time.Since(began)
			cost[i].cpu += ownCPU(b) - used
		}
		b.StartTimer()
	}
	per := func(d time.Duration) float64 { return float64(d.Nanoseconds()) / float64(b.N) }
	b.ReportMetric(per(cost[1].wall), "floor-ns/op")
	b.ReportMetric(float64(cost[0].wall)/float64(cost[1].wall), "x-floor")
	b.ReportMetric(per(cost[0].cpu), "own-cpu-ns/op")
	b.ReportMetric(per(cost[1].cpu), "floor-cpu-ns/op")
}

// ownCPU is the processor time of this process, without its children's.
func ownCPU(b *testing.B) time.Duration {
	b.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
