package collectors_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/tokenward/tokenward/collectors"
	"github.com/tokenward/tokenward/internal/run"
)

// prepared answers what a Mac has answered before, at no cost.
func prepared(b *testing.B, r run.Runner) (run.Runner, *atomic.Int64) {
	b.Helper()
	started := &asked{inner: r}
	take(b, started)
	known := map[string]run.Result{}
	for _, c := range started.commands {
		result, err := r.Run(b.Context(), c)
		if err != nil {
			b.Fatal(err)
		}
		known[c.String()] = result
	}
	var processes atomic.Int64
	return answers(func(_ context.Context, c run.Command) (run.Result, error) {
		processes.Add(1)
		result, ok := known[c.String()]
		if !ok {
			return run.Result{}, run.ErrNotRecorded
		}
		return result, nil
	}), &processes
}

// BenchmarkTake is a check without the time of the tools: what it costs us to
// ask, to read and to decide whom to ask about.
func BenchmarkTake(b *testing.B) {
	for _, people := range []int{5, 100, 2000} {
		b.Run(fmt.Sprintf("accounts=%d", people), func(b *testing.B) {
			r, processes := prepared(b, simulated(crowd(b, people, nil)))
			mac := collectors.Mac{Run: r, Privileged: true}
			b.ReportAllocs()
			for b.Loop() {
				collectors.Take(b.Context(), mac, now, collectors.All())
			}
			b.ReportMetric(float64(processes.Load())/float64(b.N), "processes/op")
		})
	}
}
