//go:build linux

package main

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
)

// What is measured.
const (
	processes = "processes started per check"
	cpu       = "own CPU per check, ms"
	idleCPU   = "own CPU between checks, s/h"
	wakeups   = "wake-ups between checks, /min"
	memory    = "RSS between checks, MiB"
	peak      = "peak RSS since start, MiB"
	ready     = "start to ready, ms"
	status    = "status, whole process, ms"
)

func size(s system) string { return "binary " + s.String() + ", MB" }

type key struct {
	figure string
	who    subject
}

// target is what a figure of ours must not exceed.
type target struct {
	figure string
	who    subject
	most   float64 // itself; 0: no limit
	times  float64 // the same figure of the floor; 0: no limit
	below  bool    // that of node_exporter
}

func targets(systems []system) []target {
	all := []target{
		{figure: memory, who: ours, times: 1.4, below: true},
		{figure: peak, who: ours},
		{figure: peak, who: large, most: 24},
		{figure: processes, who: ours, most: 16},
		{figure: cpu, who: ours, times: 1.5},
		{figure: cpu, who: large},
		{figure: idleCPU, who: ours},
		// Three times the two a minute that a quiet bare daemon was measured with. That
		// of the same run is shown and decides nothing: most of it are bursts of Go's
		// runtime, which come or do not come within the time of the measurement.
		{figure: wakeups, who: ours, most: 6},
		{figure: ready, who: ours, most: 30},
		{figure: status, who: ours, most: 20},
	}
	for _, s := range systems {
		all = append(all, target{figure: size(s), who: ours, times: 1.5})
	}
	return all
}

// line is one figure beside its target.
type line struct {
	Figure  string    `json:"figure"`
	Who     subject   `json:"who"`
	Ours    float64   `json:"ours"`
	Floor   float64   `json:"floor,omitempty"`
	Peer    float64   `json:"node_exporter,omitempty"`
	Ratio   float64   `json:"ratio_to_floor,omitempty"`
	Target  string    `json:"target,omitempty"`
	Met     bool      `json:"met"`
	Samples []float64 `json:"samples"`

	OfFloor []float64 `json:"samples_of_floor,omitempty"`

	byFloor, byPeer bool // whether they were measured
}

// report is everything that was measured, as medians.
type report struct {
	Rounds  int    `json:"rounds"`
	Checks  int    `json:"checks_in_a_round"`
	Idle    string `json:"half_of_idle"`
	Crowd   int    `json:"many_accounts"`
	Without string `json:"without_node_exporter,omitempty"`
	Lines   []line `json:"figures"`
}

func (b *bench) report() report {
	r := report{Rounds: b.rounds, Checks: b.checks, Idle: b.idle.String(), Crowd: b.crowd, Without: b.without}
	for _, t := range targets(b.systems) {
		r.Lines = append(r.Lines, b.line(t))
	}
	return r
}

func (b *bench) line(t target) line {
	samples := b.samples[key{t.figure, t.who}]
	l := line{Figure: t.figure, Who: t.who, Ours: median(samples), Samples: samples, Met: true}
	byFloor, byPeer := b.samples[key{t.figure, floor}], b.samples[key{t.figure, peer}]
	l.Floor, l.byFloor, l.Peer, l.byPeer = median(byFloor), len(byFloor) > 0, median(byPeer), len(byPeer) > 0
	if l.Floor > 0 {
		l.Ratio = l.Ours / l.Floor
	}
	limit := func(most float64, text string) {
		l.Met = l.Met && l.Ours <= most
		if l.Target != "" {
			l.Target += ", "
		}
		l.Target += text
	}
	if t.most > 0 {
		limit(t.most, fmt.Sprintf("≤ %g", t.most))
	}
	if t.times > 0 {
		limit(t.times*l.Floor, fmt.Sprintf("≤ %g × floor", t.times))
	}
	if t.below && l.Peer > 0 {
		limit(l.Peer, "< node_exporter")
	}
	l.OfFloor = byFloor
	return l
}

// median of nothing is 0.
func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	half := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[half]
	}
	return (sorted[half-1] + sorted[half]) / 2
}

func (r report) print(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "figure\tours\tfloor\tnode_exporter\tratio\ttarget\t")
	for _, l := range r.Lines {
		name, mark := l.Figure, ""
		if l.Who == large {
			name += fmt.Sprintf(" (%d accounts)", r.Crowd)
		}
		if !l.Met {
			mark = "MISSED"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", name, number(l.Ours, true), number(l.Floor, l.byFloor), number(l.Peer, l.byPeer), number(l.Ratio, l.Floor > 0), l.Target, mark)
	}
	if r.Without != "" {
		fmt.Fprintf(w, "without node_exporter: %s\n", r.Without)
	}
	return w.Flush()
}

// number leaves out what was not measured.
func number(v float64, measured bool) string {
	if !measured {
		return ""
	}
	return fmt.Sprintf("%.2f", v)
}
