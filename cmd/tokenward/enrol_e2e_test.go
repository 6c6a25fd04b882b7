//go:build !darwin

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tokenward/tokenward/internal/macsim"
	"github.com/tokenward/tokenward/internal/macsim/state"
	"github.com/tokenward/tokenward/internal/paths"
	"github.com/tokenward/tokenward/internal/wire"
)

// healthyDevice is what a server calls the healthy Mac.
const healthyDevice = "0b6e6e1b-6c2c-5d0e-9d5c-3e9c6b1f0a01"

// joins is the configuration of a Mac that is to be enrolled with what is in a file.
func joins(t *testing.T, root string, s *reference, word string) (secretFile string) {
	t.Helper()
	secretFile = filepath.Join(root, "Library/Tokenward/secret")
	configure(t, root, fmt.Sprintf("interval: 24h\nserver: {url: %q, ca_file: %q}\nenrollment: {secret_file: %q}\n", s.url, s.file("ca.pem"), secretFile))
	swap(t, root, "Library/Tokenward/secret", []byte(word+"\n"))
	return secretFile
}

// card is the device card of a Mac.
func card(t *testing.T, root string) (c wire.DeviceCard) {
	t.Helper()
	got := ran(t, exitOK, "self", "--root", root, "--card", "--json")
	if err := json.Unmarshal([]byte(got.out), &c); err != nil {
		t.Fatal(err)
	}
	return c
}

func standing(want wire.EnrollState) func(wire.DaemonStatus) bool {
	return func(s wire.DaemonStatus) bool { return s.Delivery.Enrollment == want }
}

// delivered: everything is with the server.
func delivered(s wire.DaemonStatus) bool {
	return s.Delivery.LastAck != nil && s.Delivery.Waiting == 0 && s.Delivery.LastError == ""
}

// A Mac with the organisation's secret waits for a person; its secret is gone as soon
// as the server has it, its key is on its card, and when it is let in everything that
// it found meanwhile arrives.
func TestAMacWaitsAndIsLetIn(t *testing.T) {
	t.Parallel()
	server, root := serveFleet(t), simulate(t, "healthy", "")
	secret := joins(t, root, server, organisationSecret)
	d := startDaemon(t, root)
	status := d.until(func(s wire.DaemonStatus) bool { return s.Delivery.Trouble == wire.TroublePending })
	if status.Delivery.Enrollment != wire.EnrollPending || status.Delivery.DeviceID != healthyDevice || status.Delivery.Waiting == 0 {
		t.Errorf("the daemon says %+v", status.Delivery)
	}
	if _, err := os.Stat(secret); err != nil {
		t.Errorf("the secret is gone, and may have to be shown again: %v", err)
	}
	if page := d.page(); !strings.Contains(page, "waits for a person to approve it") {
		t.Errorf("status does not say that it waits:\n%s", page)
	}
	c := card(t, root)
	rows := server.keys(t)
	if len(rows) != 1 || rows[0].Fingerprint != c.Fingerprint || rows[0].State != "pending" || rows[0].Serial != c.Serial || rows[0].Recipient != c.Recipient {
		t.Fatalf("the card is %+v, the server has %+v", c, rows)
	}
	if ids := server.devices(t); len(ids) != 0 {
		t.Errorf("a Mac that nobody let in reports: %v", ids)
	}

	server.command(t, "enrollments", "approve", c.Fingerprint)
	d = d.again()
	d.until(delivered)
	waitFor(t, func() bool { return server.newest(t, healthyDevice).Reason == wire.Enrolled })
	waitFor(t, func() bool { _, err := os.Stat(secret); return errors.Is(err, fs.ErrNotExist) })
	if rows := server.keys(t); len(rows) != 1 || rows[0].State != "active" || card(t, root).Fingerprint != c.Fingerprint {
		t.Errorf("the keys are %+v", rows)
	}
	if strings.Contains(d.log(), organisationSecret) || strings.Contains(server.said.String(), organisationSecret) {
		t.Error("a log holds the secret")
	}
	d.end()
}

// With a one-time code a Mac waits for nobody. When its key is revoked it says so,
// makes another one, and waits.
func TestACodeAndARevocation(t *testing.T) {
	t.Parallel()
	server, root := serveFleet(t), simulate(t, "healthy", "")
	code := strings.TrimSpace(server.command(t, "codes", "new", "--serial", "FVTEST0001"))
	joins(t, root, server, code)
	d := startDaemon(t, root)
	d.until(func(s wire.DaemonStatus) bool { return delivered(s) && s.Delivery.Enrollment == wire.EnrollActive })
	before := card(t, root)
	if got := server.stateOf(t, before.Fingerprint); got != "active" {
		t.Errorf("the key is %q", got)
	}

	server.command(t, "enrollments", "revoke", before.Fingerprint, "--reason", "a test")
	d.check()
	d.until(func(s wire.DaemonStatus) bool { return s.Delivery.Trouble == wire.TroubleRevoked })
	after := card(t, root)
	if after.Fingerprint == before.Fingerprint {
		t.Error("the revoked key is still in use")
	}
	if found := codes(*d.check().Report); !slices.Contains(found, "AG_KEY_REVOKED") {
		t.Errorf("the findings are %v", found)
	}
	if page := d.page(); !strings.Contains(page, "revoked the key of this Mac") {
		t.Errorf("status does not say so:\n%s", page)
	}

	joins(t, root, server, organisationSecret)
	d = d.again()
	d.until(standing(wire.EnrollPending))
	rows := server.keys(t)
	if len(rows) != 2 || rows[0].State != "revoked" || rows[1].Fingerprint != after.Fingerprint || rows[1].State != "pending" || !rows[1].Known {
		t.Errorf("the keys are %+v", rows)
	}
	if card(t, root).Fingerprint != after.Fingerprint {
		t.Error("one revocation made two keys")
	}
	d.end()
}

// Where serials were imported and are said to be enough, a Mac with one of them and
// the secret waits for nobody, and any other Mac does.
func TestImportedSerials(t *testing.T) {
	t.Parallel()
	server := serveFleet(t, "--enroll-serials")
	server.command(t, "serials", "import", server.put(t, "serials", "FVTEST0001\n"))
	for _, tc := range []struct {
		scenario string
		want     wire.EnrollState
	}{
		{"healthy", wire.EnrollActive},
		{"user-without-token", wire.EnrollPending},
	} {
		root := simulate(t, tc.scenario, "")
		joins(t, root, server, organisationSecret)
		d := startDaemon(t, root)
		d.until(standing(tc.want))
		d.end()
	}
}

// The disk of one Mac in another, as after a restore or with an image: it makes keys
// of its own, is enrolled as another Mac, says that its disk has moved, and the
// first Mac notices nothing.
func TestAClonedDisk(t *testing.T) {
	t.Parallel()
	server, first := serveFleet(t), simulate(t, "healthy", "")
	joins(t, first, server, strings.TrimSpace(server.command(t, "codes", "new")))
	d := startDaemon(t, first)
	d.until(delivered)
	keys := card(t, first)

	second := simulate(t, "healthy", "")
	const otherDevice = "0b6e6e1b-6c2c-5d0e-9d5c-3e9c6b1f0a02"
	if err := macsim.Change(second, func(m *state.Mac) error {
		m.HardwareUUID, m.Serial = strings.ToUpper(otherDevice), "FVTEST0002"
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	joins(t, second, server, organisationSecret) // which is not taken for one that the first Mac has used
	copyFolder(t, paths.Under(second).State(), paths.Under(first).State())
	clone := startDaemon(t, second)
	clone.until(standing(wire.EnrollPending))
	own := card(t, second)
	if own.Fingerprint == keys.Fingerprint || own.Recipient == keys.Recipient || own.Serial != "FVTEST0002" {
		t.Errorf("the cards are %+v and %+v", keys, own)
	}
	if found := codes(*clone.check().Report); !slices.Contains(found, "AG_DISK_MOVED") {
		t.Errorf("the findings are %v", found)
	}

	server.command(t, "enrollments", "approve", own.Fingerprint)
	clone = clone.again()
	clone.until(delivered)
	before := len(server.history(t, healthyDevice))
	d.check()
	d.until(delivered)
	if status := d.until(standing(wire.EnrollActive)); status.Delivery.Quarantined != 0 || card(t, first).Fingerprint != keys.Fingerprint {
		t.Errorf("the first Mac was disturbed: %+v", status.Delivery)
	}
	if found := codes(*d.check().Report); slices.Contains(found, "AG_DISK_MOVED") {
		t.Errorf("the findings of the first Mac are %v", found)
	}
	if ids := server.devices(t); !slices.Equal(slices.Sorted(slices.Values(ids)), []string{healthyDevice, otherDevice}) || len(server.history(t, healthyDevice)) <= before {
		t.Errorf("the server knows %v", ids)
	}
	oneNumberOnce(t, server, healthyDevice)
	oneNumberOnce(t, server, otherDevice)
	clone.end()
	d.end()
}

// oneNumberOnce: within an epoch no number is missing and none came twice.
func oneNumberOnce(t *testing.T, s *reference, device string) {
	t.Helper()
	numbers := map[string]map[uint64]bool{}
	for _, r := range s.history(t, device) {
		if numbers[r.Epoch] == nil {
			numbers[r.Epoch] = map[uint64]bool{}
		}
		if numbers[r.Epoch][r.Seq] {
			t.Errorf("%s: number %d is there twice", device, r.Seq)
		}
		numbers[r.Epoch][r.Seq] = true
	}
	for epoch, all := range numbers {
		for n := range uint64(len(all)) {
			if !all[n+1] {
				t.Errorf("%s: number %d of %s is missing", device, n+1, epoch)
			}
		}
	}
}

// copyFolder copies a folder with its modes, as a disk image does.
func copyFolder(t *testing.T, to, from string) {
	t.Helper()
	err := filepath.WalkDir(from, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		into := filepath.Join(to, strings.TrimPrefix(path, from))
		if e.IsDir() {
			return os.MkdirAll(into, info.Mode().Perm())
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(into, data, info.Mode().Perm())
	})
	if err != nil {
		t.Fatal(err)
	}
}
