//go:build linux

package main

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Everything is measured once, as little as possible: the figures mean nothing,
// but all of them are there.
func TestMeasuresEverything(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "figures.json")
	var table strings.Builder
	err := execute(t.Context(), &table, io.Discard, []string{"--smoke", "--json", file, "--exporter", "none"})
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var r report
	if err := json.Unmarshal(data, &r); err != nil {
		t.Fatal(err)
	}
	for _, target := range targets(brief().systems) {
		if !strings.Contains(table.String(), target.figure) {
			t.Errorf("the table lacks %q:\n%s", target.figure, &table)
		}
	}
	for _, l := range r.Lines {
		if len(l.Samples) == 0 {
			t.Errorf("%s of %s was not measured", l.Figure, l.Who)
		}
	}
}

func TestTargets(t *testing.T) {
	t.Parallel()
	b := &bench{samples: map[key][]float64{
		{cpu, floor}: {1, 3, 2}, {cpu, ours}: {2.9, 3.1, 3}, {memory, floor}: {10}, {memory, peer}: {13}, {memory, ours}: {13.5},
		{peak, large}: {23, 26},
	}}
	for _, c := range []struct {
		name string
		of   target
		met  bool
	}{
		{"as much as is allowed", target{figure: cpu, who: ours, times: 1.5}, true},
		{"more than is allowed", target{figure: cpu, who: ours, times: 1.4}, false},
		{"little enough, but more than the other daemon", target{figure: memory, who: ours, times: 1.4, below: true}, false},
		{"more than a figure that is fixed", target{figure: peak, who: large, most: 24}, false},
		{"no target", target{figure: peak, who: large}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if l := b.line(c.of); l.Met != c.met {
				t.Errorf("met: %v, want %v: %+v", l.Met, c.met, l)
			}
		})
	}
}

func TestProcessIsRead(t *testing.T) {
	t.Parallel()
	p, err := launch("busy", filepath.Join(t.TempDir(), "log"), "/bin/sh", "-c", "while :; do :; done")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.stop)
	var last usage
	err = p.await(t.Context(), "it uses no processor time", settled/10, func() bool {
		last, err = p.usage()
		return err == nil && last.cpu > 0 && last.rss > 0 && last.highest >= last.rss
	})
	if err != nil {
		t.Fatalf("%v: %+v", err, last)
	}
}
