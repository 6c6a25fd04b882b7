//go:build !darwin

package main

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/tokenward/tokenward/internal/paths"
)

// The log stays within its limits across starts, and is begun anew where somebody
// took it away.
func TestTheLogOfARunningDaemon(t *testing.T) {
	t.Parallel()
	root := simulate(t, "healthy", "log: {max_bytes: 65536, max_files: 2}\n")
	path := paths.Under(root).Log()
	lay(t, root, "var/log/tokenward/agent.log", strings.Repeat("an old line\n", 6000))
	if err := os.Chmod(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	d := startDaemon(t, root)
	if log := d.log(); len(log) > 65536 || !strings.Contains(log, `"started"`) {
		t.Errorf("the log has %d bytes", len(log))
	}
	if files, err := os.ReadDir(filepath.Dir(path)); err != nil || len(files) != 2 {
		t.Errorf("%v, %v", files, err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	d.check()
	d.logs(`"checked"`)
	d.end()
}

// smallDisk mounts one on a folder, where this machine lets a test do that.
func smallDisk(t *testing.T, folder string) {
	t.Helper()
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, "size=1m,mode=755"); err != nil {
		t.Skipf("no disk can be mounted here (%v); the simulated disk stands in, in the tests of the spool and the log", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(folder, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
}

// fill leaves no room on the disk of a folder.
func fill(t *testing.T, folder string) (free func()) {
	t.Helper()
	path := filepath.Join(folder, "filler")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for size := 1 << 16; size > 0; {
		if _, err := f.Write(make([]byte, size)); errors.Is(err, syscall.ENOSPC) {
			size /= 2
		} else if err != nil {
			t.Fatal(err)
		}
	}
	return func() {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
}

// On a full disk the daemon goes on, says what it cannot write, and when there is
// room again it reports and logs as before, with no number missing.
func TestAFullDisk(t *testing.T) {
	t.Parallel()
	server, root := serveFleet(t), simulate(t, "healthy", "")
	joins(t, root, server, strings.TrimSpace(server.command(t, "codes", "new")))
	disk := filepath.Join(root, "var")
	smallDisk(t, disk)
	for _, folder := range []string{"db", "log", "run"} {
		if err := os.Mkdir(filepath.Join(disk, folder), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	d := startDaemon(t, root)
	d.until(delivered)
	before := len(server.history(t, healthyDevice))

	free := fill(t, disk)
	d.check()
	if status := d.check(); status.Report.Verdict.String() != "ok" || !slices.Contains(codes(*status.Report), "AG_STATE_UNWRITABLE") {
		t.Errorf("%s, %v", status.Report.Verdict, codes(*status.Report))
	}
	if page := d.page(); !strings.Contains(page, "AG_STATE_UNWRITABLE") {
		t.Errorf("status does not say so:\n%s", page)
	}
	free()
	d.check()
	d.until(delivered)
	waitFor(t, func() bool { return len(server.history(t, healthyDevice)) > before })
	if found := codes(server.newest(t, healthyDevice)); !slices.Contains(found, "AG_STATE_UNWRITABLE") {
		t.Errorf("the server is told %v", found)
	}
	oneNumberOnce(t, server, healthyDevice)
	d.logs(`"reports delivered"`)
	d.end()
}

// A daemon that starts on a full disk checks and answers, and reports as soon as
// there is room.
func TestAStartOnAFullDisk(t *testing.T) {
	t.Parallel()
	root, server := simulate(t, "healthy", ""), newRecorder(t)
	configure(t, root, server.inYAML())
	disk := filepath.Join(root, "var")
	smallDisk(t, disk)
	for _, folder := range []string{"db", "log", "run"} {
		if err := os.Mkdir(filepath.Join(disk, folder), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	free := fill(t, disk)
	d := startDaemon(t, root)
	status := d.check()
	if status.Delivery.Trouble != "local" || !slices.Contains(codes(*status.Report), "AG_STATE_UNWRITABLE") {
		t.Errorf("%v, %+v", codes(*status.Report), status.Delivery)
	}
	free()
	d.check()
	d.check()
	d.until(sendsTo(server.url))
	d.end()
}
