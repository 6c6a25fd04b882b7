//go:build !darwin

package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/tokenward/tokenward/internal/paths"
	"github.com/tokenward/tokenward/internal/wire"
)

// managed lays down managed preferences as macOS does when a profile comes: a
// property list in the place of another one. On every managed Mac there are some, of
// other programs.
func managed(t *testing.T, root string, settings map[string]string) {
	t.Helper()
	var keys strings.Builder
	for _, key := range slices.Sorted(maps.Keys(settings)) {
		fmt.Fprintf(&keys, "<key>%s</key><string>%s</string>\n", key, settings[key])
	}
	swap(t, root, managedPath, []byte(dict(keys.String())))
}

func managedMac(t *testing.T) (root string) {
	t.Helper()
	root = simulate(t, "healthy", "")
	lay(t, root, "Library/Managed Preferences/com.example.other.plist", dict(""))
	return root
}

func (r *recorder) managed() map[string]string {
	return map[string]string{"ServerURL": r.url, "ServerCA": r.ca}
}

// binaryPlist writes a dictionary of texts in Apple's binary form: the offset of each
// object takes two bytes, its number one.
func binaryPlist(settings map[string]string) []byte {
	var out bytes.Buffer
	var offsets []uint16
	object := func(marker byte, count int) {
		offsets = append(offsets, uint16(out.Len()))
		if count < 15 {
			out.WriteByte(marker | byte(count))
			return
		}
		out.Write([]byte{marker | 0x0f, 0x11, byte(count >> 8), byte(count)})
	}
	out.WriteString("bplist00")
	keys := slices.Sorted(maps.Keys(settings))
	object(0xd0, len(keys))
	for i := range 2 * len(keys) {
		out.WriteByte(byte(i + 1))
	}
	texts := slices.Clone(keys)
	for _, key := range keys {
		texts = append(texts, settings[key])
	}
	for _, text := range texts {
		object(0x50, len(text))
		out.WriteString(text)
	}
	table := out.Len()
	for _, at := range offsets {
		_ = binary.Write(&out, binary.BigEndian, at)
	}
	out.Write([]byte{0, 0, 0, 0, 0, 0, 2, 1})
	for _, n := range []int{len(offsets), 0, table} {
		_ = binary.Write(&out, binary.BigEndian, uint64(n))
	}
	return out.Bytes()
}

func sendsTo(url string) func(wire.DaemonStatus) bool {
	return func(s wire.DaemonStatus) bool { return s.Delivery.Server == url && delivered(s) }
}

// A profile that comes while the daemon runs counts by itself, in both forms of a
// property list, and moves the Mac from one server to another without a restart.
func TestAProfileComes(t *testing.T) {
	t.Parallel()
	root, first, second := managedMac(t), newRecorder(t), newRecorder(t)
	d := startDaemon(t, root)
	if status := d.check(); status.Delivery.Server != "" {
		t.Fatalf("it sends to %s", status.Delivery.Server)
	}
	managed(t, root, first.managed())
	d.until(func(s wire.DaemonStatus) bool { return s.Delivery.Server == first.url })
	d.check()
	d.until(sendsTo(first.url))
	key := card(t, root).Fingerprint

	swap(t, root, managedPath, binaryPlist(second.managed()))
	d.until(func(s wire.DaemonStatus) bool { return s.Delivery.Server == second.url })
	before := len(first.took())
	d.check()
	d.until(sendsTo(second.url))
	if len(first.took()) != before || len(second.took()) == 0 || card(t, root).Fingerprint != key {
		t.Errorf("%d reports at the first server, were %d; %d at the second", len(first.took()), before, len(second.took()))
	}
	if strings.Contains(second.all(), "error") || !strings.Contains(d.log(), "server.url: "+second.url+", was "+first.url) {
		t.Errorf("the log does not name the change:\n%s", d.log())
	}
	d.end()
}

// A signal has the configuration read at once: of a file in a folder that was not
// there at the start, the daemon would hear within a minute.
func TestHangupReads(t *testing.T) {
	t.Parallel()
	root, server := simulate(t, "healthy", ""), newRecorder(t)
	d := startDaemon(t, root)
	configure(t, root, server.inYAML())
	d.signal(syscall.SIGHUP)
	d.until(func(s wire.DaemonStatus) bool { return s.Delivery.Server == server.url })
	d.check()
	d.until(sendsTo(server.url))
	d.end()
}

// A profile with a mistake changes nothing but what is said of it: the Mac goes on
// with the one before, after a restart as well, and tells where the mistake is.
func TestAProfileWithAMistake(t *testing.T) {
	t.Parallel()
	root, server := managedMac(t), newRecorder(t)
	good := server.managed()
	good["DeviceName"] = "Reception"
	managed(t, root, good)
	d := startDaemon(t, root)
	d.until(sendsTo(server.url))

	wrong := maps.Clone(good)
	wrong["DeviceName"], wrong["Interval"] = "Elsewhere", "soon"
	managed(t, root, wrong)
	d.logs("configuration read", paths.Under(root).Managed(), "Interval")
	status := d.check()
	if !slices.Contains(codes(*status.Report), "AG_CONFIG_BAD") || !strings.Contains(d.page(), "AG_CONFIG_BAD") || status.Report.Device.Name != "Reception" {
		t.Errorf("%s finds %v", status.Report.Device.Name, codes(*status.Report))
	}
	d.until(sendsTo(server.url))
	if r := server.last(t); !slices.Contains(codes(r), "AG_CONFIG_BAD") || r.Device.Name != "Reception" {
		t.Errorf("%s reports %v", r.Device.Name, codes(r))
	}

	d = d.again()
	if status := d.check(); status.Delivery.Server != server.url || status.Report.Device.Name != "Reception" || !slices.Contains(codes(*status.Report), "AG_CONFIG_BAD") {
		t.Errorf("after a restart %s reports to %q: %v", status.Report.Device.Name, status.Delivery.Server, codes(*status.Report))
	}

	managed(t, root, good)
	waitFor(t, func() bool { return !slices.Contains(codes(*d.check().Report), "AG_CONFIG_BAD") })
	d.end()
}

// The mistake may come before anything was ever read anew: what the daemon started
// with stands in.
func TestTheFirstConfigurationIsRemembered(t *testing.T) {
	t.Parallel()
	root, server := managedMac(t), newRecorder(t)
	managed(t, root, server.managed())
	d := startDaemon(t, root)
	d.until(sendsTo(server.url))
	d.end()
	wrong := server.managed()
	wrong["Splay"] = "wide"
	managed(t, root, wrong)
	d = startDaemon(t, root)
	d.until(sendsTo(server.url))
	d.end()
}

// A key of a later version is told and passed over; the rest of the profile counts.
func TestAProfileForALaterVersion(t *testing.T) {
	t.Parallel()
	root, server := managedMac(t), newRecorder(t)
	later := server.managed()
	later["Colour"] = "blue"
	managed(t, root, later)
	d := startDaemon(t, root)
	d.until(sendsTo(server.url))
	if found := codes(*d.check().Report); !slices.Contains(found, "AG_CONFIG_BAD") || !strings.Contains(d.log(), "Colour") {
		t.Errorf("the findings are %v; the log:\n%s", found, d.log())
	}
	d.end()
}

// A typing error in a file keeps no daemon from running, and does not take the Mac
// away from the server of its profile. Who types a command is told so.
func TestATypingErrorAtTheStart(t *testing.T) {
	t.Parallel()
	root, server := managedMac(t), newRecorder(t)
	profile := server.managed()
	profile["Splay"] = "0s" // the flag is weaker than the file with the mistake
	managed(t, root, profile)
	configure(t, root, "intervall: 5m\n")
	d := startDaemon(t, root)
	d.until(sendsTo(server.url))
	if r := server.last(t); !slices.Contains(codes(r), "AG_CONFIG_BAD") {
		t.Errorf("the findings are %v", codes(r))
	}
	typed := tokenward(t, "check", "--root", root)
	if typed.code != exitUsage || !strings.Contains(typed.err, "config.yaml:1: intervall") {
		t.Errorf("exit %d: %s", typed.code, typed.err)
	}
	if err := os.Remove(filepath.Join(root, managedPath)); err != nil {
		t.Fatal(err)
	}
	d.end()
	d = launchDaemon(t, root) // whose first check waits for its place in the usual splay
	d.until(func(wire.DaemonStatus) bool { return true })
	if status := d.check(); status.Delivery.Server != "" || !slices.Contains(codes(*status.Report), "AG_CONFIG_BAD") {
		t.Errorf("without a profile it reports to %q: %v", status.Delivery.Server, codes(*status.Report))
	}
	d.end()
}
