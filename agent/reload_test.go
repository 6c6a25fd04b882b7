//go:build !darwin

package agent

import (
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tokenward/tokenward/agent/config"
	"github.com/tokenward/tokenward/agent/control"
	"github.com/tokenward/tokenward/internal/paths"
	"github.com/tokenward/tokenward/internal/wire"
)

// configurable is an agent with a file for its configuration, as the daemon has one.
func configurable(t *testing.T, yaml string) (a *Agent, write func(yaml string)) {
	t.Helper()
	root := t.TempDir()
	write = func(yaml string) { writeFile(t, paths.Under(root).Config(), yaml, 0o644) }
	if err := os.MkdirAll(filepath.Dir(paths.Under(root).Config()), 0o755); err != nil {
		t.Fatal(err)
	}
	write(yaml)
	read := func() config.Loaded { return config.Current(config.Sources{Paths: paths.Under(root)}, time.Now()) }
	a = made(t, root, healthy(t), read().Config, Outside{})
	a.read = read
	return a, write
}

func reloaded(t *testing.T, a *Agent) wire.Reloaded {
	t.Helper()
	done, err := a.Reload(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return done
}

// A configuration with a mistake is told until there is one without, and what counted
// before goes on.
func TestBadConfigurationIsTold(t *testing.T) {
	t.Parallel()
	a, write := configurable(t, "interval: 10m\n")
	for i, tc := range []struct {
		yaml     string
		changed  string
		problem  string
		interval time.Duration
	}{
		{"interval: 10m\n", "", "", 10 * time.Minute},
		{"interval: 20m\n", "interval: 20m, was 10m", "", 20 * time.Minute},
		// What the file would say of names cannot be known, so none is sent.
		{"intervall: 5m\n", "privacy.names: hashed, was plain", "config.yaml:1: intervall", 20 * time.Minute},
		{"intervall: 5m\n", "", "config.yaml:1: intervall", 20 * time.Minute},
		{"interval: 30\n", "", "config.yaml:1: interval", 20 * time.Minute},
		{"interval: 5m\n", "interval: 5m, was 20m; privacy.names: plain, was hashed", "", 5 * time.Minute},
	} {
		write(tc.yaml)
		done := reloaded(t, a)
		if got := strings.Join(done.Changed, "; "); got != tc.changed {
			t.Errorf("%d: changed %q, want %q", i, got, tc.changed)
		}
		if got := strings.Join(done.Problems, "; "); (got != "") != (tc.problem != "") || !strings.Contains(got, tc.problem) {
			t.Errorf("%d: problems %q, want %q", i, got, tc.problem)
		}
		if got := a.schedule.State().Every; got != tc.interval || a.configured().Interval != tc.interval {
			t.Errorf("%d: a check every %s, want %s", i, got, tc.interval)
		}
		a.check(t.Context(), wire.Scheduled)
		codes := slices.ContainsFunc(a.Status().Report.Findings, func(f wire.Finding) bool { return f.Code == "AG_CONFIG_BAD" })
		if codes != (tc.problem != "") {
			t.Errorf("%d: findings %+v", i, a.Status().Report.Findings)
		}
	}
}

// Another server, or none, counts without a restart, and what waits is for the server
// that there is then. The numbers go on.
func TestAnotherServerIsSentTo(t *testing.T) {
	t.Parallel()
	first, second := make(chan wire.Report, 10), make(chan wire.Report, 10)
	urls := []string{
		backend(t, func(_ *http.Request, all []wire.Report) { hand(first, all) }).URL,
		backend(t, func(_ *http.Request, all []wire.Report) { hand(second, all) }).URL,
	}
	a, write := configurable(t, "splay: 0s\n")
	stop := start(t, a)
	ask(t, a, control.Client.CheckNow) // of which no report is kept
	last := uint64(0)
	for i, at := range []chan wire.Report{first, second, first} {
		write("splay: 0s\nserver: {url: " + urls[i%2] + "}\n")
		reloaded(t, a)
		for a.Status().Delivery.Server != urls[i%2] || a.out() == nil {
			time.Sleep(time.Millisecond) // the parts are told of it
		}
		for before := last; last == before; {
			ask(t, a, control.Client.CheckNow)
			select {
			case r := <-at:
				last = max(last, r.Seq)
			case <-time.After(50 * time.Millisecond): // that check may still have been between the two
			}
		}
	}
	write("splay: 0s\n")
	reloaded(t, a)
	for a.out() != nil {
		time.Sleep(time.Millisecond)
	}
	if status := ask(t, a, control.Client.CheckNow); status.Delivery.Server != "" || status.Delivery.Waiting != 0 {
		t.Errorf("without a server: %+v", status.Delivery)
	}
	stop()
}

func hand(to chan wire.Report, all []wire.Report) {
	for _, r := range all {
		to <- r
	}
}

// Where nothing can be sent yet, the Mac is watched all the same, and the next check
// tries again.
func TestSendingIsTriedAgain(t *testing.T) {
	t.Parallel()
	a, write := configurable(t, "splay: 0s\n")
	ca := filepath.Join(a.paths.Root(), "ca.pem")
	write("splay: 0s\nserver: {url: https://server.invalid, ca_file: " + ca + "}\n")
	stop := start(t, a)
	reloaded(t, a)
	for !strings.Contains(a.Status().Delivery.LastError, ca) {
		time.Sleep(time.Millisecond)
	}
	if d := ask(t, a, control.Client.CheckNow).Delivery; d.Trouble != wire.TroubleLocal {
		t.Errorf("delivery %+v", d)
	}
	writeFile(t, ca, authority(t), 0o644)
	ask(t, a, control.Client.CheckNow)
	for a.out() == nil {
		time.Sleep(time.Millisecond)
	}
	stop()
}

// The same of a disk that has no place for the reports: what is found is shown, and
// told as soon as there is one.
func TestSpoolIsTriedAgain(t *testing.T) {
	t.Parallel()
	a := newAgent(t, t.TempDir(), healthy(t), nowhere)
	writeFile(t, a.paths.Spool(), "", 0o600)
	stop := start(t, a)
	status := ask(t, a, control.Client.CheckNow)
	if len(status.Report.Findings) != 1 || status.Report.Findings[0].Code != "AG_STATE_UNWRITABLE" || !strings.Contains(status.Delivery.LastError, "spool") {
		t.Errorf("findings %+v, delivery %+v", status.Report.Findings, status.Delivery)
	}
	if err := os.Remove(a.paths.Spool()); err != nil {
		t.Fatal(err)
	}
	for ask(t, a, control.Client.CheckNow).Delivery.Waiting == 0 {
	}
	stop()
}

func TestHangupReloads(t *testing.T) {
	t.Parallel()
	hangups, read := make(chan os.Signal), make(chan struct{})
	a, _ := configurable(t, "")
	a.hangups = hangups
	current := a.read
	a.read = func() config.Loaded { read <- struct{}{}; return current() }
	stop := start(t, a)
	for range 2 {
		hangups <- syscall.SIGHUP
		<-read
	}
	stop()
}

// Without a way to read the configuration anew a reload changes nothing.
func TestReloadWithoutASource(t *testing.T) {
	t.Parallel()
	a := newAgent(t, t.TempDir(), healthy(t), "")
	stop := start(t, a)
	ask(t, a, control.Client.Status)
	if done, err := control.NewClient(a.paths.Socket()).Reload(t.Context()); err != nil || done.Changed == nil || done.Problems == nil {
		t.Errorf("Reload = %+v, %v", done, err)
	}
	stop()
}
