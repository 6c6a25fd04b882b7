//go:build !darwin

package agent

import (
	"context"
	"errors"
	"os"
	"syscall"
	"testing"

	"github.com/tokenward/tokenward/agent/control"
	"github.com/tokenward/tokenward/internal/wire"
)

// reloader answers with what the test says.
type reloader struct {
	done  wire.Reloaded
	err   error
	calls chan struct{}
}

func (r *reloader) Reload(context.Context) (wire.Reloaded, error) {
	if r.calls != nil {
		r.calls <- struct{}{}
	}
	return r.done, r.err
}

// A configuration with a mistake is told until there is one without.
func TestBadConfigurationIsTold(t *testing.T) {
	t.Parallel()
	r := &reloader{}
	a := opened(t, t.TempDir(), healthy(t))
	a.reloader = r
	a.problems = []string{"config.yaml:3: intervall: no such key"} // at the start
	for i, tc := range []struct {
		done wire.Reloaded
		err  error
		told bool
	}{
		{wire.Reloaded{Problems: []string{"config.yaml:3: intervall: no such key"}}, nil, true},
		{wire.Reloaded{Changed: []string{"interval: 15m0s, now 10m0s"}}, nil, false},
		{wire.Reloaded{}, errors.New("unreadable"), false},
		{wire.Reloaded{Problems: []string{"x"}}, nil, true},
	} {
		r.done, r.err = tc.done, tc.err
		if _, err := a.Reload(t.Context()); !errors.Is(err, tc.err) {
			t.Errorf("%d: Reload = %v", i, err)
		}
		report := checked(t, a, wire.Scheduled)
		if told := len(report.Findings) == 1 && report.Findings[0].Code == "AG_CONFIG_BAD"; told != tc.told || (!told && len(report.Findings) > 0) {
			t.Errorf("%d: findings %+v", i, report.Findings)
		}
	}
}

func TestHangupReloads(t *testing.T) {
	t.Parallel()
	r, hangups := &reloader{calls: make(chan struct{})}, make(chan os.Signal)
	a := newAgent(t, t.TempDir(), healthy(t), "")
	a.reloader, a.hangups = r, hangups
	stop := start(t, a)
	for range 2 {
		hangups <- syscall.SIGHUP
		<-r.calls
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
