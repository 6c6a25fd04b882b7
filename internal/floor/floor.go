// Package floor measures our code beside the least that the same work can cost.
//
// The two take turns within one benchmark, since a busy machine is busy for both
// and only their ratio means anything. It is for benchmarks alone and must not
// be imported by what is shipped.
package floor

import (
	"context"
	"syscall"
	"testing"
	"time"
)

// ByTurns measures ours, and reports beside it what the floor took: wall time and
// the processor time of this process, in nanoseconds for each operation, and the
// ratio of the wall times.
func ByTurns(b *testing.B, ours, floor func(context.Context) error) {
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
