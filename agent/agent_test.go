//go:build !darwin

package agent

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tokenward/tokenward/agent/config"
	"github.com/tokenward/tokenward/agent/control"
	"github.com/tokenward/tokenward/internal/rootfile"
	"github.com/tokenward/tokenward/internal/wire"
)

// start runs an agent. The returned function ends it and checks that it leaves
// nothing behind; the test calls it.
func start(t *testing.T, a *Agent) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()
	t.Cleanup(cancel)
	return func() {
		t.Helper()
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run = %v", err)
		}
		if _, err := os.Lstat(a.paths.Socket()); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("the socket is left behind: %v", err)
		}
	}
}

// ask waits until the daemon answers: it may still be starting.
func ask(t *testing.T, a *Agent, question func(control.Client, context.Context) (wire.DaemonStatus, error)) wire.DaemonStatus {
	t.Helper()
	for {
		status, err := question(control.NewClient(a.paths.Socket()), t.Context())
		if err == nil {
			return status
		}
		if !errors.Is(err, control.ErrNotRunning) && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
	}
}

// backend acknowledges everything, once it has looked at it.
func backend(t *testing.T, look func(*http.Request, []wire.Report)) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == wire.EnrollPath { // it takes reports of everybody
			http.NotFound(w, r)
			return
		}
		unzipped, err := gzip.NewReader(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		var batch struct {
			Reports []wire.Report `json:"reports"`
		}
		if err := json.NewDecoder(unzipped).Decode(&batch); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		look(r, batch.Reports)
		answer := wire.Answer{Acked: []string{}}
		for _, report := range batch.Reports {
			answer.Acked = append(answer.Acked, report.ReportID)
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(answer)
	}))
	t.Cleanup(s.Close)
	return s
}

func TestReportIsOnTheDiskBeforeItIsSent(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	var a *Agent
	arrived := make(chan wire.Report, 10)
	server := backend(t, func(r *http.Request, reports []wire.Report) {
		for _, report := range reports {
			if _, err := os.Stat(filepath.Join(a.paths.Spool(), fmt.Sprintf("%020d.report", report.Seq))); err != nil {
				t.Errorf("sent, but not on the disk: %v", err)
			}
			arrived <- report
		}
		if got := r.Header.Get("Authorization"); got != "Bearer t0ken" {
			t.Errorf("Authorization: %q", got)
		}
	})
	a = newAgent(t, root, healthy(t), server.URL)
	a.set(func(c *config.Config) { c.Server.TokenFile = filepath.Join(root, "token") })
	writeFile(t, a.configured().Server.TokenFile, "t0ken\n", 0o600)
	stop := start(t, a)
	wantReport(t, <-arrived, wire.Snapshot, wire.Scheduled)
	status := ask(t, a, control.Client.CheckNow)
	if r := <-arrived; r.Kind != wire.Heartbeat || r.Seq != 2 {
		t.Errorf("a %s, number %d; want a heartbeat, number 2", r.Kind, r.Seq)
	}
	if status.Report == nil || status.Report.Kind != wire.Snapshot || status.Delivery.Server != server.URL || status.Version != "1.2.3" {
		t.Errorf("status %+v", status)
	}
	stop()
	if left, _ := filepath.Glob(filepath.Join(a.paths.Spool(), "0*.report")); len(left) > 1 {
		t.Errorf("still in the spool: %q", left) // the last answer may have come too late
	}
}

func TestWithoutAServerNothingIsSpooled(t *testing.T) {
	t.Parallel()
	a := newAgent(t, t.TempDir(), healthy(t), "")
	stop := start(t, a)
	status := ask(t, a, control.Client.CheckNow)
	if status.Report == nil || len(status.Report.Facts) == 0 || status.Delivery != (wire.Delivery{}) {
		t.Errorf("status %+v", status)
	}
	if status = ask(t, a, control.Client.Status); status.Report == nil || status.NextCheck.Before(time.Now()) {
		t.Errorf("status %+v", status)
	}
	stop()
	if _, err := os.Lstat(a.paths.Spool()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("there is a spool: %v", err)
	}
}

func TestServerThatIsAwayLosesNothing(t *testing.T) {
	t.Parallel()
	away := httptest.NewServer(http.NotFoundHandler())
	away.Close()
	root, mac := t.TempDir(), healthy(t)
	a := newAgent(t, root, mac, away.URL)
	stop := start(t, a)
	ask(t, a, control.Client.CheckNow) // the first check, if it had not begun yet
	d := ask(t, a, control.Client.CheckNow).Delivery
	if d.Waiting < 2 || d.LastAck != nil {
		t.Errorf("delivery %+v, want at least two that wait", d)
	}
	stop()
	arrived := make(chan int, 10)
	server := backend(t, func(_ *http.Request, reports []wire.Report) { arrived <- len(reports) })
	stop = start(t, newAgent(t, root, mac, server.URL))
	for n := 0; n < d.Waiting; {
		n += <-arrived
	}
	stop()
}

// The first delivery has its place in the splay; the check has not.
func TestFirstDeliveryWaits(t *testing.T) {
	t.Parallel()
	server := backend(t, func(*http.Request, []wire.Report) { t.Error("sent at once") })
	a := newAgent(t, t.TempDir(), healthy(t), server.URL)
	a.set(func(c *config.Config) { c.Splay = time.Hour })
	writeFile(t, a.paths.Device(), `{"serial":"C02ABC"}`, 0o600)
	stop := start(t, a)
	if d := ask(t, a, control.Client.CheckNow).Delivery; d.Waiting == 0 || d.LastError != "" {
		t.Errorf("delivery %+v, want a report that waits", d)
	}
	began := time.Now()
	stop()
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("the end took %s", took)
	}
}

func TestDeliveryBeginsAfterItsWait(t *testing.T) {
	t.Parallel()
	arrived := make(chan wire.Report, 10)
	server := backend(t, func(_ *http.Request, reports []wire.Report) { arrived <- reports[0] })
	a := newAgent(t, t.TempDir(), healthy(t), server.URL)
	a.set(func(c *config.Config) { c.Splay = 50 * time.Millisecond })
	stop := start(t, a)
	wantReport(t, <-arrived, wire.Snapshot, wire.Scheduled)
	stop()
}

func TestFirstDeliveriesOfAFleetAreSpread(t *testing.T) {
	t.Parallel()
	a := newAgent(t, t.TempDir(), healthy(t), nowhere)
	a.set(func(c *config.Config) { c.Interval = 15 * time.Minute })
	for _, splay := range []time.Duration{0, time.Nanosecond, time.Minute, time.Hour} {
		a.set(func(c *config.Config) { c.Splay = splay })
		window, early := min(splay, a.configured().Interval), 0
		for i := range 1000 {
			a.memory.Store(&memory{Serial: fmt.Sprintf("C02XK%03d", i), HardwareUUID: "564D"})
			wait := a.firstSend()
			if wait < 0 || wait > window || (window > 0 && wait == window) || wait != a.firstSend() {
				t.Fatalf("wait %s within %s", wait, window)
			}
			if wait < window/2 {
				early++
			}
		}
		if window > time.Second && (early < 400 || early > 600) {
			t.Errorf("%d of 1000 in the first half of %s", early, window)
		}
	}
	a.memory.Store(&memory{HardwareUUID: "564D"})
	byUUID := a.firstSend()
	if a.memory.Store(&memory{}); byUUID == a.firstSend() {
		t.Error("the hardware UUID does not count")
	}
}

func TestStatusBeforeRun(t *testing.T) {
	t.Parallel()
	status := newAgent(t, t.TempDir(), healthy(t), nowhere).Status()
	if status.Report != nil || status.Delivery.Server != nowhere || status.Started.IsZero() {
		t.Errorf("status %+v", status)
	}
}

// The second daemon must not even look into the spool: it would take what the
// first one is writing for the remains of a crash.
func TestSecondDaemonFails(t *testing.T) {
	t.Parallel()
	root, mac := t.TempDir(), healthy(t)
	away := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(away.Close)
	first := newAgent(t, root, mac, away.URL)
	stop := start(t, first)
	ask(t, first, control.Client.CheckNow)
	writing := filepath.Join(first.paths.Spool(), rootfile.TempPrefix+"1")
	writeFile(t, writing, "half", 0o600)
	if err := newAgent(t, root, mac, away.URL).Run(t.Context()); !errors.Is(err, ErrRunning) {
		t.Errorf("Run = %v, want ErrRunning", err)
	}
	if _, err := os.Lstat(writing); err != nil {
		t.Errorf("the second daemon cleaned up after the first, which is alive: %v", err)
	}
	ask(t, first, control.Client.Status) // its socket is still there
	stop()
	stop = start(t, newAgent(t, root, mac, away.URL)) // the lock is free again
	ask(t, first, control.Client.Status)
	stop()
}

func TestRunFails(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name     string
		obstacle func(t *testing.T, a *Agent)
		want     string
	}{
		{"a folder as the lock", func(t *testing.T, a *Agent) {
			t.Helper()
			if err := os.Mkdir(a.paths.Lock(), 0o700); err != nil {
				t.Fatal(err)
			}
		}, "lock"},
		{"a link as the lock", func(t *testing.T, a *Agent) {
			t.Helper()
			if err := os.Symlink("elsewhere", a.paths.Lock()); err != nil {
				t.Fatal(err)
			}
		}, "lock"},
		{"a file as the socket", func(t *testing.T, a *Agent) { t.Helper(); writeFile(t, a.paths.Socket(), "", 0o600) }, "control socket"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			a := newAgent(t, t.TempDir(), healthy(t), nowhere)
			tc.obstacle(t, a)
			if err := a.Run(t.Context()); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("Run = %v, want %q", err, tc.want)
			}
		})
	}
}

func TestServersWishForAnIntervalHasBounds(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		wishes []int
		want   time.Duration
	}{
		{"none", nil, 15 * time.Minute},
		{"within", []int{300}, 5 * time.Minute},
		{"none any more", []int{300, 0}, 15 * time.Minute},
		{"too often", []int{1}, time.Minute},
		{"too seldom", []int{86401}, 24 * time.Hour},
		{"more than a duration holds", []int{1 << 62}, 24 * time.Hour},
		{"negative", []int{-300}, 15 * time.Minute},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				a := opened(t, t.TempDir(), healthy(t))
				for _, seconds := range tc.wishes {
					a.wish(wire.Next{CheckS: seconds})
				}
				ctx, cancel := context.WithCancel(t.Context())
				go a.schedule.Run(ctx)
				synctest.Wait()
				if got := time.Until(a.Status().NextCheck); got != tc.want {
					t.Errorf("the next check is due in %s, want %s", got, tc.want)
				}
				cancel()
			})
		})
	}
}

func TestToken(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, content string
		mode          fs.FileMode
		want          string
		err           error
	}{
		{"a line", "t0ken\n", 0o600, "t0ken", nil},
		{"without its end", "t0ken", 0o400, "t0ken", nil},
		{"from Windows", "t0ken\r\nmore\r\n", 0o600, "t0ken", nil},
		{"empty", "", 0o600, "", nil},
		{"readable by others", "t0ken", 0o644, "", rootfile.ErrUntrusted},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			a := newAgent(t, t.TempDir(), healthy(t), nowhere)
			a.set(func(c *config.Config) { c.Server.TokenFile = filepath.Join(t.TempDir(), "token") })
			writeFile(t, a.configured().Server.TokenFile, tc.content, tc.mode)
			token, err := a.token()
			if token.Open() != tc.want || !errors.Is(err, tc.err) {
				t.Errorf("token = %q, %v; want %q, %v", token.Open(), err, tc.want, tc.err)
			}
		})
	}
	t.Run("missing", func(t *testing.T) {
		t.Parallel()
		a := newAgent(t, t.TempDir(), healthy(t), nowhere)
		a.set(func(c *config.Config) { c.Server.TokenFile = filepath.Join(t.TempDir(), "token") })
		if _, err := a.token(); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("token: %v", err)
		}
	})
}

// authority is a certificate in PEM form.
func authority(t *testing.T) string {
	t.Helper()
	s := httptest.NewTLSServer(http.NotFoundHandler())
	s.Close()
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}))
}

func TestCertificates(t *testing.T) {
	t.Parallel()
	good := filepath.Join(t.TempDir(), "ca.pem")
	writeFile(t, good, authority(t), 0o644)
	bad := filepath.Join(t.TempDir(), "ca.pem")
	writeFile(t, bad, "no certificate", 0o644)
	for _, tc := range []struct {
		name, path string
		pool, ok   bool
	}{
		{"the system's", "", false, true},
		{"the site's", good, true, true},
		{"none in it", bad, false, false},
		{"missing", bad + ".no", false, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			pool, err := newAgent(t, t.TempDir(), healthy(t), "").certificates(config.Server{CAFile: tc.path})
			if (err == nil) != tc.ok || (pool != nil) != tc.pool {
				t.Errorf("certificates = %v, %v", pool, err)
			}
		})
	}
}
