package macsim

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/tokenward/tokenward/internal/macsim/state"
	"github.com/tokenward/tokenward/internal/run"
)

// The files of a Mac in process are those that lie in its folder.
func TestFilesAreThoseOfTheFolder(t *testing.T) {
	t.Parallel()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	states := map[run.FileState]bool{}
	for _, name := range Scenarios() {
		m, err := Load(name)
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		if err := Layout(dir, m, exe); err != nil {
			t.Fatal(err)
		}
		inProcess, onDisk := NewRunner(m), run.DiskUnder(dir)
		for _, f := range Files() {
			got := seen(f.Ask(inProcess))
			states[got.State] = true
			if want := seen(withoutPrivilege(t, func() run.File { return f.Ask(onDisk) })); got != want {
				t.Errorf("%s: %s: got %+v, in the folder lies %+v", name, f.Path, got, want)
			}
		}
	}
	for _, wanted := range []run.FileState{run.FileThere, run.FileMissing, run.FileDenied} {
		if !states[wanted] {
			t.Errorf("no file of any scenario is %s", wanted)
		}
	}
}

// seen is what must be the same: a folder's size is the disk's own matter.
func seen(f run.File) run.File {
	f.Looked, f.Took, f.ModTime = time.Time{}, 0, f.ModTime.UTC().Truncate(time.Millisecond)
	if f.Mode.IsDir() {
		f.Size = 0
	}
	return f
}

// What a later Mac in the folder has not lies there no more.
func TestFilesGo(t *testing.T) {
	t.Parallel()
	dir, m := layOutOffice(t)
	m.FileVault.EscrowProfile = true
	m.Files = []state.File{
		{Path: "/Applications/XCreds.app", Folder: true},
		{Path: "/Applications/XCreds.app/Contents/Info.plist", Content: "x"},
	}
	program := filepath.Join(dir, programPath)
	if err := Layout(dir, *m, program); err != nil {
		t.Fatal(err)
	}
	disk := run.DiskUnder(dir)
	paths := []string{"/Applications/XCreds.app", escrowSettings}
	for _, path := range paths {
		if f := disk.Look(path); f.State != run.FileThere {
			t.Errorf("%s: %+v", path, f)
		}
	}
	if err := Layout(dir, *newOffice(t), program); err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		if f := disk.Look(path); f.State != run.FileMissing {
			t.Errorf("%s: %+v", path, f)
		}
	}
}

// withoutPrivilege looks as a user whom a file's mode keeps out: root is not,
// unless this thread gives up the two rights that go past it.
func withoutPrivilege(t *testing.T, look func() run.File) run.File {
	t.Helper()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var had [2]unix.CapUserData
	if err := unix.Capget(&header, &had[0]); err != nil {
		t.Fatal(err)
	}
	has := had
	has[0].Effective &^= 1<<unix.CAP_DAC_OVERRIDE | 1<<unix.CAP_DAC_READ_SEARCH
	if err := unix.Capset(&header, &has[0]); err != nil {
		t.Fatal(err)
	}
	found := look()
	if err := unix.Capset(&header, &had[0]); err != nil {
		t.Fatal(err)
	}
	return found
}
