//go:build linux

package agent

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tokenward/tokenward/agent/config"
	"github.com/tokenward/tokenward/agent/watch"
	"github.com/tokenward/tokenward/internal/run"
	"github.com/tokenward/tokenward/internal/wire"
)

var soakChecks = flag.Int("soak-checks", 60, "how many checks the soak makes, at 30 seconds of simulated time each")

const soakInterval = 30 * time.Second

// soakServer takes reports in memory. While it is away, nobody answers.
type soakServer struct {
	mu   sync.Mutex
	away bool
	seen int // reports
}

// RoundTrip is for [http.RoundTripper].
func (s *soakServer) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer r.Body.Close()
	if s.away {
		return nil, errors.New("no route to the server")
	}
	if r.URL.Path == wire.EnrollPath {
		return &http.Response{StatusCode: http.StatusNotFound, Status: "404 Not Found", Header: http.Header{}, Body: http.NoBody, Request: r}, nil
	}
	unzipped, err := gzip.NewReader(r.Body)
	if err != nil {
		return nil, err
	}
	var batch struct {
		Reports []wire.Report `json:"reports"`
	}
	if err := json.NewDecoder(unzipped).Decode(&batch); err != nil {
		return nil, err
	}
	answer := wire.Answer{Acked: []string{}}
	for _, report := range batch.Reports {
		answer.Acked = append(answer.Acked, report.ReportID)
	}
	s.seen += len(batch.Reports)
	body, err := json.Marshal(answer)
	return &http.Response{
		StatusCode: http.StatusOK, Status: "200 OK", Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(bytes.NewReader(body)), Request: r,
	}, err
}

func (s *soakServer) leave(away bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.away = away
}

// occupied is what a daemon holds at one time.
type occupied struct {
	heap               int64 // bytes that are in use after a collection
	goroutines, opened int
	files              int // in the folders of the daemon
}

func holding(t *testing.T, root string) occupied {
	t.Helper()
	runtime.GC() // twice: what a finaliser frees is gone after the second
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	opened, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	h := occupied{heap: int64(m.HeapAlloc), goroutines: runtime.NumGoroutine(), opened: len(opened)}
	err = filepath.WalkDir(root, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			h.files++
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// grown says what a daemon holds more of at the end than after a quarter of its
// time, by when everything that it ever holds should be there.
func grown(at []occupied) (what []string) {
	const slack = 1 << 20 // what tests and the runtime hold moves by less
	quarter, end := at[1], at[len(at)-1]
	if end.heap > quarter.heap+slack {
		what = append(what, fmt.Sprintf("heap: %d KiB, was %d", end.heap>>10, quarter.heap>>10))
	}
	if end.goroutines > quarter.goroutines {
		what = append(what, fmt.Sprintf("goroutines: %d, were %d", end.goroutines, quarter.goroutines))
	}
	if end.opened > quarter.opened {
		what = append(what, fmt.Sprintf("open files: %d, were %d", end.opened, quarter.opened))
	}
	if end.files > quarter.files {
		what = append(what, fmt.Sprintf("files on the disk: %d, were %d", end.files, quarter.files))
	}
	return what
}

// soak lets a daemon work for that many checks, and returns what it occupied at the
// start and after each quarter. Much happens meanwhile: findings come and go,
// tools fail, the network changes, and the server is away for hours.
func soak(t *testing.T, checks int, leak func(*Agent, run.Command, <-chan struct{})) (at []occupied) {
	t.Helper()
	root := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)))
		server, mac, end := &soakServer{}, healthy(t), make(chan struct{})
		defer close(end)
		c := config.Default()
		c.Splay, c.Interval, c.Server.URL = 0, soakInterval, nowhere
		a := made(t, root, mac, c, Outside{Via: server})
		mac.before = func(_ context.Context, c run.Command) { leak(a, c, end) }
		a.open()
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go a.schedule.Run(ctx)
		go a.deliver(ctx)
		at = append(at, holding(t, root))
		for quarter := range 4 {
			for i := range checks / 4 {
				stir(a, mac, server, quarter*checks/4+i)
				time.Sleep(soakInterval)
			}
			lull(mac, server)
			time.Sleep(10 * time.Minute) // what waits is sent by then
			synctest.Wait()
			at = append(at, holding(t, root))
		}
		if server.seen < checks {
			t.Errorf("%d reports arrived, want at least %d", server.seen, checks)
		}
	})
	return at
}

// stir has something happen before a check.
func stir(a *Agent, mac *testMac, server *soakServer, check int) {
	mac.escrow(check%16 < 8)
	mac.fail(run.Fdesetup, check%11 == 5)
	server.leave(check%40 > 25)
	if check%7 == 3 {
		a.happened(watch.Network)
	}
	if check%29 == 11 {
		a.wish(wire.Next{SendFull: true})
	}
}

// lull puts everything in order.
func lull(mac *testMac, server *soakServer) {
	mac.escrow(true)
	mac.fail(run.Fdesetup, false)
	server.leave(false)
}

// Nothing that a daemon holds grows, however long it runs. Other tests must not
// run beside it: it counts what the whole process holds.
func TestSoak(t *testing.T) { //nolint:paralleltest // see above
	at := soak(t, *soakChecks, func(*Agent, run.Command, <-chan struct{}) {})
	for i, h := range at {
		t.Logf("after %d of 4: heap %d KiB, %d goroutines, %d open files, %d files on the disk", i, h.heap>>10, h.goroutines, h.opened, h.files)
	}
	for _, what := range grown(at) {
		t.Error(what)
	}
}

// A daemon that leaks a little of each with every check is caught.
func TestSoakFindsLeaks(t *testing.T) { //nolint:paralleltest // as TestSoak
	var memory [][]byte
	var opened []*os.File
	at := soak(t, 24, func(a *Agent, c run.Command, end <-chan struct{}) {
		if !strings.Contains(c.String(), "listcryptousers") {
			return // once in a check
		}
		memory = append(memory, bytes.Repeat([]byte{1}, 64<<10))
		go func() { <-end }()
		if f, err := os.CreateTemp(a.paths.State(), "leak"); err == nil {
			opened = append(opened, f)
		}
	})
	found := strings.Join(grown(at), "\n")
	for _, what := range []string{"heap", "goroutines", "open files", "files on the disk"} {
		if !strings.Contains(found, what) {
			t.Errorf("a daemon that leaks is not caught: %q lacks %q", found, what)
		}
	}
	for _, f := range opened {
		_ = f.Close()
	}
	runtime.KeepAlive(memory)
}
