//go:build !darwin

package agent

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"go.uber.org/zap"

	"github.com/tokenward/tokenward/agent/config"
	"github.com/tokenward/tokenward/internal/paths"
	"github.com/tokenward/tokenward/internal/rootfile"
	"github.com/tokenward/tokenward/internal/run"
	"github.com/tokenward/tokenward/internal/simdisk"
	"github.com/tokenward/tokenward/internal/wire"
)

func TestMacIsRemembered(t *testing.T) {
	t.Parallel()
	mac, root := healthy(t), t.TempDir()
	mac.fail(run.Ioreg, true)
	a := opened(t, root, mac)
	wantDevice(t, checked(t, a, wire.Scheduled), "", "")
	mac.fail(run.Ioreg, false)
	wantDevice(t, checked(t, a, wire.Scheduled), mac.sim.Serial, mac.sim.HardwareUUID)
	mac.fail(run.Ioreg, true)
	wantDevice(t, checked(t, a, wire.Scheduled), mac.sim.Serial, mac.sim.HardwareUUID)
	a = opened(t, root, mac) // a restart
	r := checked(t, a, wire.Scheduled)
	wantDevice(t, r, mac.sim.Serial, mac.sim.HardwareUUID)
	if r.Seq != 4 {
		t.Errorf("number %d, want 4: it is the same Mac all the time", r.Seq)
	}
}

// What could not be written is written by the next check, though it saw nothing new.
func TestMacIsRememberedOnceTheDiskAllowsIt(t *testing.T) {
	t.Parallel()
	mac := healthy(t)
	a := opened(t, t.TempDir(), mac)
	if err := os.Mkdir(a.paths.Device(), 0o700); err != nil {
		t.Fatal(err)
	}
	checked(t, a, wire.Scheduled)
	if err := os.Remove(a.paths.Device()); err != nil {
		t.Fatal(err)
	}
	checked(t, a, wire.Scheduled)
	if got := recall(a.files, a.paths, a.log); got != *a.memory.Load() || got.HardwareUUID != mac.sim.HardwareUUID {
		t.Errorf("remembered: %+v, want %+v", got, *a.memory.Load())
	}
}

func wantDevice(t *testing.T, r wire.Report, serial, uuid string) {
	t.Helper()
	if r.Device.Serial != serial || r.Device.HardwareUUID != uuid {
		t.Errorf("a report of %q, %q; want %q, %q", r.Device.Serial, r.Device.HardwareUUID, serial, uuid)
	}
}

func TestDiskInAnotherMacIsAnotherEpoch(t *testing.T) {
	t.Parallel()
	const serial, uuid = "OTHER00001", "0B6E6E1B-6C2C-5D0E-9D5C-3E9C6B1FFFFF"
	mac, root := healthy(t), t.TempDir()
	old := checked(t, opened(t, root, mac), wire.Scheduled)
	mac.sim.Serial, mac.sim.HardwareUUID = serial, uuid
	a := opened(t, root, mac)
	a.check(t.Context(), wire.Scheduled)
	reports := spooled(t, a)
	if len(reports) != 1 || reports[0].Epoch == old.Epoch || reports[0].Seq != 1 || reports[0].Kind != wire.Snapshot {
		t.Fatalf("waiting: %+v, want one snapshot, number 1 of another epoch than %s", reports, old.Epoch)
	}
	wantDevice(t, reports[0], serial, uuid)
	if n := a.Status().Delivery.Quarantined; n != 1 {
		t.Errorf("%d reports in quarantine, want the old one", n)
	}
	mac.fail(run.Ioreg, true)
	again := checked(t, opened(t, root, mac), wire.Scheduled)
	wantDevice(t, again, serial, uuid)
	if again.Epoch != reports[0].Epoch || again.Seq != 2 {
		t.Errorf("number %d of %s, want 2 of %s", again.Seq, again.Epoch, reports[0].Epoch)
	}
}

// As long as the numbering of the Mac before cannot be ended, nothing is stored in it.
func TestDiskInAnotherMacStoresNothingInTheOldNumbering(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name       string
		spoil, fix func(*Agent, *simdisk.Disk)
	}{
		{
			"its ledger cannot be written at once",
			func(_ *Agent, d *simdisk.Disk) { d.Before(failingOnce()) },
			func(_ *Agent, d *simdisk.Disk) { d.Before(nil) },
		},
		{
			"its spool could not be opened",
			func(a *Agent, _ *simdisk.Disk) { a.sending = nil },
			func(a *Agent, _ *simdisk.Disk) { a.connect() },
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			mac, root := healthy(t), t.TempDir()
			disk := simdisk.New(filepath.Join(root, "var/db"))
			start := func() *Agent {
				c := config.Default()
				c.Splay, c.Server.URL = 0, nowhere
				a := made(t, root, mac, c, Outside{Disk: disk})
				a.open()
				return a
			}
			old := checked(t, start(), wire.Scheduled)
			mac.sim.HardwareUUID = "0B6E6E1B-6C2C-5D0E-9D5C-3E9C6B1FFFFF"
			a := start()
			tc.spoil(a, disk)
			a.check(t.Context(), wire.Scheduled)
			tc.fix(a, disk)
			if reports := spooled(t, a); len(reports) != 1 || reports[0].ReportID != old.ReportID {
				t.Fatalf("waiting: %+v, want the report of the Mac before alone", reports)
			}
			a.check(t.Context(), wire.Scheduled)
			reports := spooled(t, a)
			if len(reports) != 1 || reports[0].Epoch == old.Epoch || reports[0].Seq != 1 || reports[0].Device.HardwareUUID != mac.sim.HardwareUUID {
				t.Errorf("waiting: %+v, want one report, number 1 of another epoch than %s", reports, old.Epoch)
			}
		})
	}
}

// failingOnce fails the first sync of a spool's ledger, and no other.
func failingOnce() func(simdisk.Op, string) error {
	failed := false
	return func(op simdisk.Op, name string) error {
		if !failed && op == simdisk.Sync && filepath.Base(name) == "ledger" {
			failed = true
			return syscall.EIO
		}
		return nil
	}
}

// A report must not be filed under the serial number of one Mac and the
// hardware UUID of another.
func TestMacsAreNotMixed(t *testing.T) {
	t.Parallel()
	known := memory{Serial: "SERIAL", HardwareUUID: "UUID"}
	for _, tc := range []struct {
		name       string
		seen, want memory
	}{
		{"nothing was read", memory{}, known},
		{"all of it", known, known},
		{"only the serial number", memory{Serial: "SERIAL"}, known},
		{"only the hardware UUID", memory{HardwareUUID: "UUID"}, known},
		{"only another serial number", memory{Serial: "OTHER"}, memory{Serial: "OTHER"}},
		{"only another hardware UUID", memory{HardwareUUID: "OTHER"}, memory{HardwareUUID: "OTHER"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			a := opened(t, t.TempDir(), healthy(t))
			a.memory.Store(&known)
			r := wire.Report{Device: wire.Device{Serial: tc.seen.Serial, HardwareUUID: tc.seen.HardwareUUID}}
			if _, err := a.identify(&r); err != nil {
				t.Fatal(err)
			}
			wantDevice(t, r, tc.want.Serial, tc.want.HardwareUUID)
			if moved := a.memory.Load().movedLately(time.Now()); moved != (tc.name == "only another hardware UUID") {
				t.Errorf("the disk was in another Mac: %t", moved)
			}
			tc.want.Moved = a.memory.Load().Moved
			if *a.memory.Load() != tc.want {
				t.Errorf("remembered: %+v, want %+v", *a.memory.Load(), tc.want)
			}
			if kept := recall(rootfile.Files{}, a.paths, a.log); tc.want != known && kept != tc.want {
				t.Errorf("on the disk: %+v, want %+v", kept, tc.want)
			}
		})
	}
}

func TestBrokenStateIsNoReasonToStop(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, memory, ledger string }{
		{"empty", "", ""},
		{"torn", `{"serial":"S","hardwa`, `{"since":{"BT_NOT`},
		{"of another kind", `[]`, `"x"`},
		{"half right", `{"serial":"S","hardware_uuid":5}`, `{"since":{"A ":"2020-01-01T00:00:00Z","B ":5}}`},
		{"null", "null", "null"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p := paths.Under(t.TempDir())
			a := newAgent(t, p.Root(), healthy(t), nowhere)
			writeFile(t, p.Device(), tc.memory, 0o600)
			writeFile(t, p.Ledger(), tc.ledger, 0o600)
			if m := recall(rootfile.Files{}, p, zap.NewNop()); m != (memory{}) {
				t.Errorf("remembered %+v", m)
			}
			if l := readLedger(rootfile.Files{}, p, zap.NewNop()); len(l.Since) > 0 {
				t.Errorf("remembered %+v", l)
			}
			a.open()
			wantDevice(t, checked(t, a, wire.Scheduled), a.memory.Load().Serial, a.memory.Load().HardwareUUID)
			if a.memory.Load().Serial == "" {
				t.Error("the Mac was not remembered anew")
			}
		})
	}
}
