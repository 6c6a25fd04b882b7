package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/server/store"
)

func empty(s *suite) {
	sum := s.summary()
	s.equal("devices", sum.Devices, 0)
	s.equal("verdicts", len(sum.Verdicts), len(health.Verdicts()))
	s.equal("findings are a list", sum.Findings != nil, true)
	s.equal("forecasts are a map", sum.Forecasts != nil, true)
	page, err := s.List(s.Context(), store.Query{Limit: 10})
	s.equal("error", err, nil)
	s.equal("devices are a list", page.Devices != nil, true)
	if _, err := s.Device(s.Context(), "nobody"); !errors.Is(err, store.ErrNotFound) {
		s.Errorf("Device: %v", err)
	}
	if _, err := s.History(s.Context(), "nobody", "", 10); !errors.Is(err, store.ErrNotFound) {
		s.Errorf("History: %v", err)
	}
	s.equal("ping", s.Ping(s.Context()), nil)
	s.expect(s.ingest())
}

// fleet stores nine devices, d1 to d9, whose verdicts and findings follow from
// their numbers.
func (s *suite) fleet() {
	s.Helper()
	for i := 1; i <= 9; i++ {
		r := reportOf(fmt.Sprint("d", i), epochA, 1)
		r.Verdict = health.Verdicts()[i%4]
		r.Device.Name = fmt.Sprintf("Mac %d", 10-i)
		if i%2 == 0 {
			r.Findings = finding("EVEN")
		}
		if i > 6 {
			r.Findings = append(r.Findings, finding("LARGE")...)
		}
		r.Forecasts = map[string]health.Tri{"hold_restart": []health.Tri{health.Yes, health.No, health.Unknown}[i%3], "other": health.Yes}
		if i == 9 {
			r.Forecasts = nil // of an agent that foresees nothing
		}
		s.ingest(r)
	}
}

func pagesByID(s *suite) {
	s.fleet()
	want := []string{"d1", "d2", "d3", "d4", "d5", "d6", "d7", "d8", "d9"}
	for limit := 1; limit <= 10; limit++ {
		s.equal("devices", s.ids(store.Query{Limit: limit}), want)
	}
	sum := s.summary()
	s.equal("counts", sum.Findings, []store.Count{{Code: "EVEN", Devices: 4}, {Code: "LARGE", Devices: 3}})
	s.equal("unknown", sum.Verdicts[health.VerdictUnknown], 3)
	s.equal("all", sum.Devices, 9)
	s.equal("answers", sum.Forecasts, map[string]map[health.Tri]int{
		"hold_restart": {health.Yes: 2, health.No: 3, health.Unknown: 3}, "other": {health.Yes: 8},
	})
}

func pagesWorstFirst(s *suite) {
	s.fleet()
	want := []string{"d8", "d4", "d9", "d5", "d1", "d6", "d2", "d7", "d3"}
	for limit := 1; limit <= 10; limit++ {
		s.equal("devices", s.ids(store.Query{Limit: limit, Sort: store.WorstFirst}), want)
	}
}

func filters(s *suite) {
	s.fleet()
	critical, held, open := health.VerdictCritical, health.Yes, health.Unknown
	cases := []struct {
		name string
		q    store.Query
		want []string
	}{
		{"verdict", store.Query{Verdict: &critical}, []string{"d4", "d8"}},
		{"finding", store.Query{Finding: "LARGE"}, []string{"d7", "d8", "d9"}},
		{"both", store.Query{Verdict: &critical, Finding: "LARGE"}, []string{"d8"}},
		{"no such finding", store.Query{Finding: "NONE"}, []string{}},
		{"held", store.Query{Hold: &held}, []string{"d3", "d6"}},
		{"held, worst first", store.Query{Hold: &held, Sort: store.WorstFirst}, []string{"d6", "d3"}},
		{"not known", store.Query{Hold: &open}, []string{"d2", "d5", "d8", "d9"}},
		{"held and critical", store.Query{Hold: &open, Verdict: &critical}, []string{"d8"}},
		{"serial", store.Query{Text: "c02D3"}, []string{"d3"}},
		{"name", store.Query{Text: "mac 4"}, []string{"d6"}},
		{"part of a name", store.Query{Text: "ac 9"}, []string{"d1"}},
		{"short text", store.Query{Text: "D7"}, []string{"d7"}},
		{"text and finding", store.Query{Text: "Mac", Finding: "LARGE"}, []string{"d7", "d8", "d9"}},
	}
	for _, c := range cases {
		c.q.Limit = 2
		s.equal(c.name, s.ids(c.q), c.want)
	}
}

func hostileText(s *suite) {
	names := []string{`100% "quoted" _ \`, "'; DROP TABLE device; --", "naïve Mac\u202e", "NEAR(a b) OR c*", "tab\tand\nline"}
	for i, name := range names {
		r := reportOf(fmt.Sprint("h", i), epochA, 1)
		r.Device.Name = name
		s.ingest(r)
	}
	for i, name := range names {
		s.equal("name", s.device(fmt.Sprint("h", i)).Name, name)
		s.equal("found by "+name, s.ids(store.Query{Text: name, Limit: 5}), []string{fmt.Sprint("h", i)})
	}
	s.equal("found by %", s.ids(store.Query{Text: "%", Limit: 5}), []string{"h0"})
	s.equal("found by _", s.ids(store.Query{Text: "_ ", Limit: 5}), []string{"h0"})
	s.equal(`found by \`, s.ids(store.Query{Text: `\`, Limit: 5}), []string{"h0"})
}

func foreignCursor(s *suite) {
	s.fleet()
	page, err := s.List(s.Context(), store.Query{Limit: 2})
	s.equal("error", err, nil)
	queries := []store.Query{
		{Limit: 2, Cursor: "nonsense"},
		{Limit: 2, Cursor: "!"},
		{Limit: 2, Cursor: page.Next, Sort: store.WorstFirst},
	}
	for _, q := range queries {
		if _, err := s.List(s.Context(), q); !errors.Is(err, store.ErrCursor) {
			s.Errorf("List with cursor %q: %v", q.Cursor, err)
		}
	}
	if _, err := s.History(s.Context(), "d1", page.Next, 2); !errors.Is(err, store.ErrCursor) {
		s.Errorf("History with the cursor of a list: %v", err)
	}
}

func historyPages(s *suite) {
	for seq := uint64(1); seq <= 7; seq++ {
		s.ingest(report(epochA, seq))
	}
	s.ingest(report(epochB, 1))
	whole := s.history("mac")
	s.equal("reports", len(whole), 8)
	s.equal("newest", whole[0].Epoch, epochB)
	s.equal("received", whole[0].ReceivedAt, s.now)
	for limit := 1; limit <= 9; limit++ {
		paged, cursor := []store.Past{}, ""
		for first := true; first || cursor != ""; first = false {
			h, err := s.History(s.Context(), "mac", cursor, limit)
			if err != nil {
				s.Fatal(err)
			}
			paged, cursor = append(paged, h.Reports...), h.Next
		}
		s.equal("paged", paged, whole)
	}
}

// concurrent sends every report three times, from goroutines that share devices.
func concurrent(s *suite) {
	const devices, numbers, repeats = 4, 10, 3
	stored := make(chan int, devices*numbers*repeats)
	var wg sync.WaitGroup
	for i := range devices * numbers * repeats {
		r := reportOf(fmt.Sprint("c", i%devices), epochA, uint64(i/devices%numbers)+1)
		wg.Go(func() {
			receipt, err := s.Ingest(s.Context(), s.now, []store.Report{r})
			if err != nil {
				s.Errorf("Ingest: %v", err)
				return
			}
			stored <- slices.Index([]store.Outcome{store.Repeated, store.Stored}, receipt.Outcomes[0])
		})
	}
	wg.Wait()
	close(stored)
	sum := 0
	for n := range stored {
		sum += n
	}
	s.equal("stored", sum, devices*numbers)
	for i := range devices {
		id := fmt.Sprint("c", i)
		s.equal("history", len(s.history(id)), numbers)
		s.equal("current", string(s.device(id).Snapshot), string(reportOf(id, epochA, numbers).Raw))
	}
}

func cancelled(s *suite) {
	ctx, cancel := context.WithCancel(s.Context())
	cancel()
	if _, err := s.Ingest(ctx, s.now, []store.Report{report(epochA, 1)}); err != nil && !errors.Is(err, context.Canceled) {
		s.Errorf("Ingest: %v", err)
	}
	receipt := s.ingest(report(epochA, 1))
	if o := receipt.Outcomes[0]; o != store.Stored && o != store.Repeated {
		s.Errorf("the outcome after a call that was given up is %v", o)
	}
	s.equal("reports", len(s.history("mac")), 1)
}
