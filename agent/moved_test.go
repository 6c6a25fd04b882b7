//go:build !darwin

package agent

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/tokenward/tokenward/agent/config"
	"github.com/tokenward/tokenward/internal/wire"
)

// signing opens an agent with keys of its own.
func signing(t *testing.T, root string, mac *testMac) *Agent {
	t.Helper()
	a := newAgent(t, root, mac, nowhere)
	a.set(func(c *config.Config) { c.Server.TokenFile = "" })
	a.open()
	if out := a.out(); out == nil || out.identity == nil {
		t.Fatal("no keys:", a.unsent)
	}
	return a
}

// A key can tell that a disk was in another Mac where the file about the Mac cannot: it
// is gone, or the board is the same and its serial another. The reports of the former
// Mac would all be refused from the new key.
func TestNumberingEndsWithTheKeysOfAnotherMac(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		move func(*testing.T, *Agent, *testMac)
	}{
		{"the file about the Mac is gone", func(t *testing.T, a *Agent, m *testMac) {
			m.sim.Serial, m.sim.HardwareUUID = "OTHER00001", "0B6E6E1B-6C2C-5D0E-9D5C-3E9C6B1FFFFF"
			if err := os.Remove(a.paths.Device()); err != nil {
				t.Fatal(err)
			}
		}},
		{"another serial alone", func(_ *testing.T, _ *Agent, m *testMac) { m.sim.Serial = "OTHER00001" }},
		{"another hardware UUID", func(_ *testing.T, _ *Agent, m *testMac) { m.sim.HardwareUUID = "0B6E6E1B-6C2C-5D0E-9D5C-3E9C6B1FFFFF" }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			mac, root := healthy(t), t.TempDir()
			a := signing(t, root, mac)
			old := checked(t, a, wire.Scheduled)
			tc.move(t, a, mac)
			a = signing(t, root, mac)
			a.check(t.Context(), wire.Scheduled)
			reports := spooled(t, a)
			if len(reports) != 1 || reports[0].Epoch == old.Epoch || reports[0].Seq != 1 || reports[0].Kind != wire.Snapshot {
				t.Errorf("waiting: %+v, want one snapshot, number 1 of another epoch than %s", reports, old.Epoch)
			}
			if n := a.Status().Delivery.Quarantined; n != 1 {
				t.Errorf("%d reports in quarantine, want the old one", n)
			}
		})
	}
}

// A secret that was used is on no disk any more, whatever it was. That it is gone
// already is no failure.
func TestAUsedSecretIsGone(t *testing.T) {
	t.Parallel()
	a := newAgent(t, t.TempDir(), healthy(t), nowhere)
	path := filepath.Join(t.TempDir(), "secret")
	a.set(func(c *config.Config) { c.Enrollment.SecretFile = path })
	writeFile(t, path, "open sesame\n", 0o600)
	for range 2 {
		if err := a.forgetSecret(); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("it is still there: %v", err)
		}
	}
}
