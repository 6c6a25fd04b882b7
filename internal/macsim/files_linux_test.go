package macsim

import (
	"os"
	"path/filepath"
	"testing"
	"time"

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
			got := seen(f.Ask(t.Context(), inProcess))
			states[got.State] = true
			if want := seen(asUser(f, onDisk.Look(t.Context(), f.Path), f.Ask(t.Context(), onDisk))); got != want {
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
		if f := disk.Look(t.Context(), path); f.State != run.FileThere {
			t.Errorf("%s: %+v", path, f)
		}
	}
	if err := Layout(dir, *newOffice(t), program); err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		if f := disk.Look(t.Context(), path); f.State != run.FileMissing {
			t.Errorf("%s: %+v", path, f)
		}
	}
}

// asUser is what somebody is told whom a file's mode keeps out. Root is told more,
// so a file that nobody may read counts as denied to whoever tries to open it.
func asUser(f Looked, look, asked run.File) run.File {
	if f.Opened && look.State == run.FileThere && look.Mode.Perm() == 0 {
		return run.File{State: run.FileDenied}
	}
	return asked
}
