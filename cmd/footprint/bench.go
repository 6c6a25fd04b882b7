//go:build linux

package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec" //nolint:depguard // it measures programs; nothing of it is shipped
	"path/filepath"
	"time"

	"github.com/tokenward/tokenward/internal/run"
)

// bench measures. Everything is measured several times, by turns: a busy machine
// is busy for all of them.
type bench struct {
	scale
	dir      string
	progress io.Writer
	samples  map[key][]float64

	exporter string // its program; empty: none
	without  string // why there is none
	commands []run.Command
}

func (b *bench) note(figure string, who subject, value float64) {
	k := key{figure, who}
	b.samples[k] = append(b.samples[k], value)
}

func (b *bench) small() string   { return filepath.Join(b.dir, "mac") }
func (b *bench) crowded() string { return filepath.Join(b.dir, "crowd") }

func (b *bench) measure(ctx context.Context, exporter string) error {
	fmt.Fprintln(b.progress, "Building the agent and the bare daemon …")
	if err := b.prepare(ctx, exporter); err != nil {
		return err
	}
	for i := range b.rounds {
		fmt.Fprintf(b.progress, "Round %d of %d …\n", i+1, b.rounds)
		if err := b.round(ctx, i == b.rounds-1); err != nil {
			return err
		}
	}
	return errors.Join(ctx.Err(), missed(b.small()), missed(b.crowded()))
}

func (b *bench) prepare(ctx context.Context, exporter string) (err error) {
	if err := b.sizes(ctx); err != nil {
		return err
	}
	switch b.exporter = exporter; exporter {
	case "none":
		b.exporter, b.without = "", "it was not asked for"
	case "":
		if b.exporter, err = b.findExporter(ctx); err != nil {
			b.exporter, b.without = "", err.Error()
		}
	}
	if info, err := os.Stat(b.exporter); err == nil {
		b.note(size(here()), peer, float64(info.Size())/1e6)
	}
	if err := os.WriteFile(filepath.Join(b.dir, "token"), []byte(rand.Text()+"\n"), 0o600); err != nil {
		return err
	}
	const people = 5 // of a family, or of a classroom cart
	if b.commands, err = layOut(ctx, b.small(), people, b.path(toolProgram, here())); err != nil {
		return err
	}
	b.note(processes, ours, float64(len(b.commands)))
	b.note(processes, floor, commandsOfFloor)
	_, err = layOut(ctx, b.crowded(), b.crowd, b.path(toolProgram, here()))
	return err
}

// round measures everybody at work, one after the other, and starts. In the last
// one, all of them are at rest at the same time: nobody then disturbs anybody.
func (b *bench) round(ctx context.Context, last bool) error {
	all, err := b.atWork(ctx)
	defer func() {
		for _, r := range all {
			r.stop()
			r.close()
		}
	}()
	if err != nil {
		return err
	}
	if err := b.remember(ctx, all); err != nil {
		return err
	}
	if last {
		if err := b.atRest(ctx, all); err != nil {
			return err
		}
	}
	for range b.starts {
		if err := b.timeStatus(ctx); err != nil {
			return err
		}
	}
	for _, r := range all {
		r.stop() // the lock of the Mac
	}
	for range b.starts {
		if err := b.timeStarts(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) atWork(ctx context.Context) (all []*running, err error) {
	starts := []func() (*running, error){
		func() (*running, error) { return b.startAgent(ours, b.small()) },
		func() (*running, error) { return b.startFloor(b.small(), b.commands) },
		func() (*running, error) { return b.startAgent(large, b.crowded()) },
	}
	if b.exporter != "" {
		starts = append(starts, func() (*running, error) { return b.startExporter(ctx, b.exporter) })
	}
	for _, start := range starts {
		r, err := start()
		if r != nil {
			all = append(all, r)
		}
		if err != nil {
			return all, err
		}
		if err := b.work(ctx, r); err != nil {
			return all, err
		}
	}
	return all, nil
}

// work measures what one check costs, after some that warm it up.
func (b *bench) work(ctx context.Context, r *running) error {
	if err := r.check(ctx, b.warm); err != nil {
		return err
	}
	before, err := r.usage()
	if err != nil {
		return err
	}
	if err := r.check(ctx, b.checks); err != nil {
		return err
	}
	after, err := r.usage()
	if err != nil {
		return err
	}
	b.note(cpu, r.subject, milliseconds(after.cpu-before.cpu)/float64(b.checks))
	return r.rest(ctx)
}

// remember notes the memory of all of them, some time after their work.
func (b *bench) remember(ctx context.Context, all []*running) error {
	pause(ctx, min(b.idle, 5*time.Second))
	used, err := usages(all)
	for i, u := range used {
		b.note(memory, all[i].subject, float64(u.rss)/(1<<20))
		b.note(peak, all[i].subject, float64(u.highest)/(1<<20))
	}
	return err
}

// atRest measures what all of them cost between two checks, over whole minutes
// without a gap: the agent looks around once a minute, and Go's runtime wakes for
// a burst of short sleeps about as often. A shorter window would find either or
// neither, by chance.
func (b *bench) atRest(ctx context.Context, all []*running) error {
	const windows = 2
	pause(ctx, min(b.idle, 20*time.Second)) // Go's runtime gives memory back for a while after work
	before, err := usages(all)
	if err != nil {
		return err
	}
	began := time.Now()
	pause(ctx, windows*b.idle)
	took := time.Since(began)
	after, err := usages(all)
	for i, u := range after {
		b.note(wakeups, all[i].subject, float64(u.wakeups-before[i].wakeups)/took.Minutes())
		b.note(idleCPU, all[i].subject, (u.cpu-before[i].cpu).Seconds()/took.Hours())
	}
	return err
}

func usages(all []*running) (used []usage, err error) {
	for _, r := range all {
		u, err := r.usage()
		if err != nil {
			return used, err
		}
		used = append(used, u)
	}
	return used, nil
}

// timeStatus takes the time of a whole process that asks a running daemon.
func (b *bench) timeStatus(ctx context.Context) error {
	argv := b.status(b.small())
	began := time.Now()
	err := exec.CommandContext(ctx, argv[0], argv[1:]...).Run() //nolint:gosec // what we built
	b.note(status, ours, milliseconds(time.Since(began)))
	const told = 10 // from here on, the exit code is a verdict
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.ExitCode() >= told {
		return nil
	}
	return err
}

// timeStarts takes the time until the agent answers on its socket.
func (b *bench) timeStarts(ctx context.Context) error {
	began := time.Now()
	r, err := b.startAgent(ours, b.small())
	if err != nil {
		return err
	}
	err = r.await(ctx, "no answer on the socket", settled/500, func() bool { return answers(ctx, b.small()) })
	b.note(ready, ours, milliseconds(time.Since(began)))
	r.stop()
	r.close()
	return err
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
