package main

import (
	"errors"
	"fmt"
	"testing"

	"github.com/tokenward/tokenward/agent/control"
	"github.com/tokenward/tokenward/health"
)

func TestExitCodes(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		err    error
		code   int
		silent bool
	}{
		{"done", nil, 0, true},
		{"ok", ended(health.VerdictOK), 0, true},
		{"degraded", ended(health.VerdictDegraded), 10, true},
		{"critical", ended(health.VerdictCritical), 11, true},
		{"unknown", ended(health.VerdictUnknown), 12, true},
		{"usage", usage(errors.New("x")), 2, false},
		{"wrapped usage", fmt.Errorf("y: %w", usage(errors.New("x"))), 2, false},
		{"no daemon", fmt.Errorf("ask: %w", control.ErrNotRunning), 69, false},
		{"not root", fmt.Errorf("ask: %w", control.ErrDenied), 77, false},
		{"anything else", errors.New("x"), 1, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if code, silent := codeOf(tc.err); code != tc.code || silent != tc.silent {
				t.Errorf("exit %d, silent %v; want %d, %v", code, silent, tc.code, tc.silent)
			}
		})
	}
}
