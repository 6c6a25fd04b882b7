//go:build linux

// Command footprint measures what the agent costs the Mac that it watches: the
// shipped program, with simulated Macs behind it, beside the least that such a
// daemon can cost and beside a daemon that everybody knows. It is never shipped.
//
// Processor time and wake-ups are those of the one process, without the tools
// that it starts, as Linux counts them. It runs on Linux alone.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := execute(ctx, os.Stdout, os.Stderr, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintf(os.Stderr, "footprint: %s\n", err)
		os.Exit(1)
	}
}

// scale is how long and how often everything is measured.
type scale struct {
	rounds   int           // of every measurement, by turns
	warm     int           // checks before those that are measured
	checks   int           // that are measured in a round
	interval time.Duration // between them
	idle     time.Duration // half of the time for which everything is left alone
	starts   int           // of a program, in a round
	crowd    int           // accounts of the large Mac
	systems  []system      // for which the programs are built and weighed
}

func usual() scale {
	return scale{rounds: 3, warm: 3, checks: 10, interval: time.Second, idle: time.Minute, starts: 7, crowd: 2000, systems: shipped()}
}

// brief shows that everything works. Its figures mean little.
func brief() scale {
	return scale{rounds: 1, checks: 1, interval: time.Second, idle: settled, starts: 1, crowd: 50, systems: []system{here()}}
}

func execute(ctx context.Context, out, progress io.Writer, args []string) error {
	flags := flag.NewFlagSet("footprint", flag.ContinueOnError)
	flags.SetOutput(progress)
	s := usual()
	file := flags.String("json", "", "write the figures to this `file` as well")
	smoke := flags.Bool("smoke", false, "measure as little as possible, to see that it works")
	exporter := flags.String("exporter", "", "`path` of prometheus-node-exporter; looked for, or fetched from Debian, where it is empty; none: without it")
	flags.IntVar(&s.rounds, "rounds", s.rounds, "how often everything is measured")
	flags.DurationVar(&s.idle, "idle", s.idle, "half of the time for which everything is left alone; whole minutes")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *smoke {
		s = brief()
	}
	dir, err := os.MkdirTemp("", "tokenward-footprint-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	b := &bench{scale: s, dir: dir, progress: progress, samples: map[key][]float64{}}
	if err := b.measure(ctx, *exporter); err != nil {
		return err
	}
	r := b.report()
	if err := r.print(out); err != nil || *file == "" {
		return err
	}
	data, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(*file, append(data, '\n'), 0o600)
}
