//go:build linux

package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/tokenward/tokenward/agent/control"
	"github.com/tokenward/tokenward/internal/paths"
	"github.com/tokenward/tokenward/internal/plistx"
	"github.com/tokenward/tokenward/internal/run"
)

// subject is one of those that are measured side by side.
type subject string

const (
	ours  subject = "tokenward"
	large subject = "tokenward, many accounts"
	floor subject = "bare daemon"
	peer  subject = "node_exporter"
)

// running is a subject that is at work.
type running struct {
	subject
	*process

	// check has it do its work the given number of times, at intervals.
	check func(ctx context.Context, times int) error
	// rest lets it go on as it would between two checks.
	rest  func(ctx context.Context) error
	close func()
}

// startAgent starts the shipped program on the simulated Mac below root.
func (b *bench) startAgent(who subject, root string) (*running, error) {
	s, err := listen()
	if err != nil {
		return nil, err
	}
	p, err := launch(string(who), root+".log", append(b.agentLine(root), "--server-url", s.url)...)
	if err != nil {
		s.close()
		return nil, err
	}
	return b.reporting(who, p, s), nil
}

func (b *bench) agentLine(root string) []string {
	return []string{
		b.path(agentProgram, here()), "run", "--root", root, "--interval", b.interval.String(), "--splay", "0s",
		"--server-token-file", filepath.Join(b.dir, "token"),
	}
}

func (b *bench) status(root string) []string {
	return []string{b.path(agentProgram, here()), "status", "--root", root}
}

// answers says whether the daemon of that Mac answers on its socket.
func answers(ctx context.Context, root string) bool {
	_, err := control.NewClient(paths.Under(root).Socket()).Status(ctx)
	return err == nil
}

// commandsOfFloor is how many tools the bare daemon starts.
const commandsOfFloor = 8

// startFloor starts the bare daemon. It starts some of the tools of that Mac.
func (b *bench) startFloor(root string, commands []run.Command) (*running, error) {
	s, err := listen()
	if err != nil {
		return nil, err
	}
	argv, err := b.floorLine(root, commands, s.url)
	if err != nil {
		s.close()
		return nil, err
	}
	p, err := launch(string(floor), filepath.Join(b.dir, "floor.log"), argv...)
	if err != nil {
		s.close()
		return nil, err
	}
	return b.reporting(floor, p, s), nil
}

func (b *bench) floorLine(root string, commands []run.Command, url string) ([]string, error) {
	byLine := slices.SortedFunc(slices.Values(commands), func(a, b run.Command) int {
		if a.String() < b.String() {
			return -1
		}
		return 1
	})
	var lines [][]string
	for _, c := range byLine[:min(commandsOfFloor, len(byLine))] {
		lines = append(lines, append([]string{filepath.Join(root, c.Tool.Path())}, c.Args...))
	}
	config := struct {
		URL      string
		Interval string
		Commands [][]string
	}{url, b.interval.String(), lines}
	data, err := plistx.Encode(config)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(b.dir, "floor.plist")
	return []string{b.path(floorProgram, here()), path}, os.WriteFile(path, data, 0o600)
}

// reporting is a subject that reports every check to a server.
func (b *bench) reporting(who subject, p *process, s *sink) *running {
	more := func(ctx context.Context, n int64) error {
		target := s.reports.Load() + n
		return p.await(ctx, "no report", settled/10, func() bool { return s.reports.Load() >= target })
	}
	return &running{
		subject: who, process: p, close: s.close,
		check: func(ctx context.Context, times int) error {
			err := more(ctx, int64(times))
			pause(ctx, settled) // what follows the report is of the same check
			return err
		},
		rest: func(ctx context.Context) error {
			s.silence.Store(true)
			return more(ctx, 1) // whose answer asks for silence
		},
	}
}

// startExporter starts Prometheus' node_exporter with what Debian has switched
// on. It does something when it is asked.
func (b *bench) startExporter(ctx context.Context, program string) (*running, error) {
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	p, err := launch(string(peer), filepath.Join(b.dir, "exporter.log"), program, "--web.listen-address="+address)
	if err != nil {
		return nil, err
	}
	scrape := func(ctx context.Context) error { return get(ctx, "http://"+address+"/metrics") }
	r := &running{subject: peer, process: p, close: func() {}, rest: func(context.Context) error { return nil }}
	r.check = func(ctx context.Context, times int) error {
		for range times {
			if err := scrape(ctx); err != nil {
				return err
			}
			pause(ctx, b.interval)
		}
		return nil
	}
	return r, p.await(ctx, "no answer", settled, func() bool { return scrape(ctx) == nil })
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // closed at once
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

func get(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", url, response.Status)
	}
	return nil
}

const settled = 100 * time.Millisecond

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
