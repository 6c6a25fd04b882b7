package wire_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"testing"
	"time"

	"github.com/tokenward/tokenward/collectors"
	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/health/evidence"
	"github.com/tokenward/tokenward/internal/macsim"
	"github.com/tokenward/tokenward/internal/macsim/state"
	"github.com/tokenward/tokenward/internal/run"
	"github.com/tokenward/tokenward/internal/wire"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var now = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

// answers is a runner made of a function.
type answers func(ctx context.Context, c run.Command) (run.Result, error)

func (a answers) Run(ctx context.Context, c run.Command) (run.Result, error) { return a(ctx, c) }

// simulated answers as a simulated Mac does, and says that every tool was
// started at the same time.
func simulated(mac state.Mac) answers {
	inner := macsim.NewRunner(mac)
	return func(ctx context.Context, c run.Command) (run.Result, error) {
		result, err := inner.Run(ctx, c)
		result.Started, result.Took = now.Add(-time.Second), 0
		return result, err
	}
}

func load(tb testing.TB, scenario string) state.Mac {
	tb.Helper()
	mac, err := macsim.Load(scenario)
	if err != nil {
		tb.Fatal(err)
	}
	return mac
}

// office is the healthy Mac with that many people on it, the first at the Mac.
func office(tb testing.TB, people int) state.Mac {
	tb.Helper()
	mac := load(tb, "healthy")
	person := mac.Accounts[len(mac.Accounts)-1]
	mac.Accounts = mac.Accounts[:len(mac.Accounts)-2]
	for i := range people {
		person.Name, person.RealName = fmt.Sprintf("user%04d", i), fmt.Sprintf("User Number %d", i)
		person.UID, person.GUID = 501+i, fmt.Sprintf("%08X-8B1D-4B53-9F4E-0D2B%08X", 2654435761*uint32(i+1), 40503*uint32(i+7))
		person.Home = "/Users/" + person.Name
		mac.Accounts = append(mac.Accounts, person)
	}
	mac.Console.User = "user0000"
	return mac
}

// observe asks a Mac everything.
func observe(tb testing.TB, r run.Runner) evidence.Snapshot {
	tb.Helper()
	return collectors.Take(tb.Context(), collectors.Mac{Run: r, Privileged: true}, now, collectors.All())
}

// source is all that a report of this evidence is made of.
func source(s evidence.Snapshot) wire.Source {
	m := health.Derive(s, health.Ledger{})
	found := health.Diagnose(m, health.Policy{})
	return wire.Source{
		Snapshot: s, Model: m, Findings: found, Verdict: health.Judge(m, found), Forecasts: health.Forecasts(m, health.Policy{}),
		Agent: wire.Agent{Version: "1.2.3", Commit: "0123456"}, Name: "front desk",
		Labels: []wire.Label{{Key: "Site", Value: "Berlin"}, {Key: "team", Value: "design"}},
		BootID: "D9A3F7C2-61EB-4B0D-8E57-3C92A41F06B8", UptimeMS: 86_400_000, Reason: wire.Scheduled,
	}
}

func scenario(tb testing.TB, name string) wire.Source {
	tb.Helper()
	return source(observe(tb, simulated(load(tb, name))))
}

// delivered is a report as it leaves the Mac, with numbers as they come.
func delivered(r wire.Report) wire.Report {
	since := now.Add(-time.Hour)
	r.ReportID, r.Epoch, r.Seq = "019cb6a1-7d2e-7c3a-9f10-6b1e5d0c4a21", "8f0c2c1e-52b7-4e8a-8f0b-6b7c0f2b9a01", 123_456
	r.ObservedAt = r.ObservedAt.Add(318_205_947)
	r.Dropped = &wire.Dropped{Reports: 3, Since: &since}
	return r
}

func encode(tb testing.TB, v any) []byte {
	tb.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

// decoded reads JSON as a program in another language would.
func decoded(tb testing.TB, data []byte) map[string]any {
	tb.Helper()
	var v map[string]any
	if err := json.Unmarshal(data, &v); err != nil {
		tb.Fatal(err)
	}
	return v
}

// zipped is how long JSON is on the wire.
func zipped(tb testing.TB, data []byte) int {
	tb.Helper()
	var buf bytes.Buffer
	w := gzip.NewWriter(&buf)
	if _, err := w.Write(data); err != nil {
		tb.Fatal(err)
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return buf.Len()
}
