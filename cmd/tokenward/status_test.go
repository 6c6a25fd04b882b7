package main

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/tokenward/tokenward/agent/control"
	"github.com/tokenward/tokenward/internal/wire"
)

func TestDoubtfulDaemon(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	for _, tc := range []struct {
		name   string
		daemon wire.DaemonStatus
		err    error
		want   string
	}{
		{"fresh", wire.DaemonStatus{Report: &wire.Report{}, NextCheck: now.Add(time.Minute)}, nil, ""},
		{"late after a sleep", wire.DaemonStatus{Report: &wire.Report{}, NextCheck: now.Add(-20 * time.Minute)}, nil, ""},
		{"stuck", wire.DaemonStatus{Report: &wire.Report{}, NextCheck: now.Add(-time.Hour)}, nil, "stuck"},
		{"in its first check", wire.DaemonStatus{}, nil, "first check"},
		{"not there", wire.DaemonStatus{}, control.ErrNotRunning, "not running"},
		{"broken", wire.DaemonStatus{}, errors.New("odd"), "odd"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got := doubtful(tc.daemon, tc.err, now)
			if (tc.want == "") != (got == "") || !strings.Contains(got, tc.want) {
				t.Errorf("got %q, want %q in it", got, tc.want)
			}
		})
	}
}
