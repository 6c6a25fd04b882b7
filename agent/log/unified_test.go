package log_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tokenward/tokenward/agent/log"
	"github.com/tokenward/tokenward/internal/run"
)

// heard is a logger(1) that takes a while.
type heard struct {
	takes time.Duration
	mu    sync.Mutex
	texts []string
}

func (h *heard) Run(ctx context.Context, c run.Command) (run.Result, error) {
	if c.Tool != run.Logger || !slices.Equal(c.Args[:4], []string{"-t", "tokenward", "-p", "daemon.notice"}) || len(c.Args) != 5 {
		panic(c.String())
	}
	select {
	case <-ctx.Done():
		return run.Result{}, ctx.Err()
	case <-time.After(h.takes):
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.texts = append(h.texts, c.Args[4])
	return run.Result{}, nil
}

func TestEvents(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		event log.Event
		want  string
	}{
		{log.Started("1.2.3"), "started, version 1.2.3"},
		{log.Stopped(""), "stopped"},
		{log.Stopped("uplink"), "stopped: the part uplink failed"},
		{log.VerdictChanged("ok", "critical"), "the verdict is critical, it was ok"},
		{log.ConfigRefused(), "a configuration was refused, see sudo tokenward config check"},
		{log.EnrollmentChanged("pending\n-t fake"), "the enrolment is pending -t fake"},
		{log.EnrollmentChanged(strings.Repeat("ü", 200)), "the enrolment is " + strings.Repeat("ü", 91)},
	} {
		synctest.Test(t, func(t *testing.T) {
			h := &heard{}
			u := log.NewUnified(h)
			ctx, cancel := context.WithCancel(t.Context())
			u.Tell(tc.event)
			cancel()
			u.Run(ctx) // what waits at the end is told
			if !slices.Equal(h.texts, []string{tc.want}) {
				t.Errorf("told %q, want %q", h.texts, tc.want)
			}
		})
	}
}

// A verdict that goes back and forth fills nobody's log.
func TestEventsAreFew(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := &heard{takes: time.Second}
		u := log.NewUnified(h)
		ctx, cancel := context.WithCancel(t.Context())
		go u.Run(ctx)
		for range 180 { // three hours
			u.Tell(log.VerdictChanged("ok", "degraded"))
			time.Sleep(time.Minute)
		}
		cancel()
		synctest.Wait()
		if n := len(h.texts); n != 18 {
			t.Errorf("%d lines in three hours, want 18", n)
		}
	})
}

// A logger that hangs holds up neither those who tell nor the end.
func TestLoggerThatHangs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := log.NewUnified(&heard{takes: time.Hour})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { u.Run(ctx); close(ended) }()
		began := time.Now()
		for range 100 {
			u.Tell(log.Stopped(""))
		}
		synctest.Wait()
		cancel()
		<-ended
		if took := time.Since(began); took > time.Second {
			t.Errorf("it took %s", took)
		}
	})
}
