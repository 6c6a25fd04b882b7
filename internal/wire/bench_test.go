package wire_test

import (
	"fmt"
	"testing"

	"github.com/tokenward/tokenward/internal/wire"
)

// BenchmarkReport makes a report and writes its JSON. Its floor is the JSON
// alone, which is written twice: once more for the state hash.
func BenchmarkReport(b *testing.B) {
	for _, people := range []int{5, 100, 2000} {
		s := source(observe(b, simulated(office(b, people))))
		r := wire.Build(s)
		data := encode(b, delivered(r))
		for _, step := range []struct {
			name string
			run  func()
		}{
			{"build", func() { r = wire.Build(s) }},
			{"build and JSON", func() { data = encode(b, delivered(wire.Build(s))) }},
			{"heartbeat", func() { data = encode(b, delivered(r).AsHeartbeat()) }},
			{"floor", func() { data = encode(b, r) }},
		} {
			b.Run(fmt.Sprintf("%s/accounts=%d", step.name, people), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					step.run()
				}
				b.ReportMetric(float64(len(data)), "bytes")
				b.ReportMetric(float64(zipped(b, data)), "gzip-bytes")
			})
		}
	}
}
