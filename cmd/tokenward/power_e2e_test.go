//go:build !darwin

package main

import (
	"strings"
	"testing"
	"time"

	"github.com/tokenward/tokenward/internal/macsim"
	"github.com/tokenward/tokenward/internal/macsim/state"
)

func charge(t *testing.T, root string, percent int, unplugged bool) {
	t.Helper()
	err := macsim.Change(root, func(m *state.Mac) error {
		_, err := macsim.Happen(m, m.Clock.Add(time.Minute), &state.Charge{Percent: percent, Unplugged: unplugged})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// On a battery that is low checks are rarer, and status says why; plugged in they are
// as before.
func TestALowBattery(t *testing.T) {
	t.Parallel()
	root := simulate(t, "healthy", "interval: 1h\n")
	charge(t, root, 80, true)
	d := startDaemon(t, root)
	if status := d.check(); status.Stretched != "" || strings.Contains(d.page(), "more rarely") {
		t.Errorf("with 80 percent: %q", status.Stretched)
	}
	charge(t, root, 10, true)
	status := d.check()
	if status.Stretched != "low_battery" || time.Until(status.NextCheck) < 3*time.Hour {
		t.Errorf("with 10 percent: %q, the next check in %s", status.Stretched, time.Until(status.NextCheck))
	}
	if page := d.page(); !strings.Contains(page, "checks more rarely while the battery is low") {
		t.Errorf("status does not say so:\n%s", page)
	}
	charge(t, root, 10, false)
	status = d.check()
	if status.Stretched != "" || time.Until(status.NextCheck) > time.Hour || strings.Contains(d.page(), "more rarely") {
		t.Errorf("plugged in: %q, the next check in %s", status.Stretched, time.Until(status.NextCheck))
	}
	d.end()
}
