//go:build !darwin

package run_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tokenward/tokenward/internal/run"
)

func TestDiskLooks(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	written := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	write(t, filepath.Join(root, "private", "var", "db", "key.dat"), "12345")
	if err := os.Chtimes(filepath.Join(root, "private/var/db/key.dat"), written, written); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("nowhere", filepath.Join(root, "link")); err != nil {
		t.Fatal(err)
	}
	disk := run.DiskUnder(root)
	for _, tc := range []struct {
		path          string
		look, opening run.FileState
	}{
		{"/private/var/db/key.dat", run.FileThere, run.FileThere},
		{"/private/var/db", run.FileThere, run.FileThere},
		{"/private/var/db/other", run.FileMissing, run.FileMissing},
		{"/private/var/db/key.dat/below", run.FileMissing, run.FileMissing},
		{"/link", run.FileThere, run.FileFailed}, // a link at the end is never followed
	} {
		if got := disk.Look(t.Context(), tc.path); got.State != tc.look {
			t.Errorf("look at %s: %s, want %s", tc.path, got.State, tc.look)
		}
		if got := disk.Opens(t.Context(), tc.path); got.State != tc.opening {
			t.Errorf("open %s: %s, want %s", tc.path, got.State, tc.opening)
		}
	}
	if f := disk.Look(t.Context(), "/private/var/db/key.dat"); f.Size != 5 || !f.ModTime.Equal(written) || !f.Mode.IsRegular() || f.Looked.IsZero() {
		t.Errorf("%+v", f)
	}
}

// A pipe in the place of a file keeps nobody waiting.
func TestDiskOpensNoPipeForLong(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	pipe := filepath.Join(root, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	done := make(chan run.File, 1)
	go func() { done <- run.DiskUnder(root).Opens(t.Context(), "/pipe") }()
	select {
	case f := <-done:
		if f.State != run.FileThere {
			t.Errorf("%+v", f)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("it hangs")
	}
}

// network answers every probe in one way.
type network run.Probe

func (n network) Probe(context.Context, run.Target) run.Probe { return run.Probe(n) }

// What a recorder saw of files and of the network, a replay tells again.
func TestFilesAndProbesAreRecorded(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	write(t, filepath.Join(root, "there"), "x")
	recorder := run.NewRecorder(nil, run.DiskUnder(root), network{State: run.Probed, Value: "reached", Took: 7 * time.Millisecond})
	there, missing := recorder.Look(t.Context(), "/there"), recorder.Look(t.Context(), "/missing")
	recorder.Opens(t.Context(), "/there")
	recorder.Probe(t.Context(), run.Target{Name: "mdm", Host: "mdm.example.com", Port: 443})
	dir := filepath.Join(t.TempDir(), "recording")
	if err := recorder.Recording(time.Unix(1, 0)).Save(dir); err != nil {
		t.Fatal(err)
	}
	replay := replayOf(t, dir)
	if f := replay.Look(t.Context(), "/there"); f.State != run.FileThere || f.Size != 1 || !f.ModTime.Equal(there.ModTime) {
		t.Errorf("there: %+v, want %+v", f, there)
	}
	if f := replay.Look(t.Context(), "/missing"); f.State != missing.State || f.State != run.FileMissing {
		t.Errorf("missing: %+v", f)
	}
	if f := replay.Opens(t.Context(), "/missing"); f.State != run.FileUnknown {
		t.Errorf("nobody tried to open it: %+v", f)
	}
	if f := replay.Opens(t.Context(), "/there"); f.State != run.FileThere {
		t.Errorf("opened: %+v", f)
	}
	if p := replay.Probe(t.Context(), run.Target{Name: "mdm"}); p.State != run.Probed || p.Value != "reached" || p.Took != 7*time.Millisecond {
		t.Errorf("probe: %+v", p)
	}
	if p := replay.Probe(t.Context(), run.Target{Name: "other"}); p.State != run.NotProbed {
		t.Errorf("other probe: %+v", p)
	}
	index, err := os.ReadFile(filepath.Join(dir, "recording.json"))
	if err != nil || strings.Contains(string(index), "mdm.example.com") {
		t.Errorf("the index names the host: %s, %v", index, err)
	}
}

// A recorder without files and network records none, and says that nobody looked.
func TestRecorderWithoutFilesAndNetwork(t *testing.T) {
	t.Parallel()
	recorder := run.NewRecorder(nil, nil, nil)
	if recorder.Look(t.Context(), "/x").State != run.FileUnknown || recorder.Opens(t.Context(), "/x").State != run.FileUnknown ||
		recorder.Probe(t.Context(), run.Target{Name: "mdm"}).State != run.NotProbed {
		t.Error("it made something up")
	}
	if r := recorder.Recording(time.Unix(1, 0)); len(r.Files)+len(r.Probes)+len(r.Commands) != 0 {
		t.Errorf("%+v", r)
	}
}

func TestHostileFilesAndProbesAreRefused(t *testing.T) {
	t.Parallel()
	at := time.Unix(1, 0)
	for name, r := range map[string]run.Recording{
		"a file twice":     {Files: []run.RecordedFile{{Path: "/a", State: run.FileMissing}, {Path: "/a", State: run.FileThere, MTime: &at}}},
		"a strange state":  {Files: []run.RecordedFile{{Path: "/a", State: "maybe"}}},
		"no state":         {Files: []run.RecordedFile{{Path: "/a"}}},
		"there, no time":   {Files: []run.RecordedFile{{Path: "/a", State: run.FileThere}}},
		"a probe twice":    {Probes: []run.RecordedProbe{{Name: "mdm", State: run.Probed}, {Name: "mdm", State: run.Probed}}},
		"a strange ending": {Probes: []run.RecordedProbe{{Name: "mdm", State: "ok"}}},
	} {
		r.TakenAt = at
		if _, err := run.NewReplay(r); err == nil {
			t.Errorf("%s: it was taken", name)
		}
	}
}

func TestManifestIsChecked(t *testing.T) {
	t.Parallel()
	record := func() string {
		recorder := run.NewRecorder(answers(allEnds), nil, nil)
		_, _ = recorder.Run(t.Context(), run.Command{Tool: run.SwVers})
		dir := filepath.Join(t.TempDir(), "recording")
		if err := recorder.Recording(time.Unix(1, 0)).Save(dir); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	for _, tc := range []struct {
		name, file, content, want string
	}{
		{"an output that was changed", "001.stdout", "ProductVersion:\t99\n", "001.stdout is not what"},
		{"an index that was changed", "recording.json", `{"format":"tokenward-recording/1"}`, "recording.json is not what"},
		{"a file that is not listed", "manifest.sha256", strings.Repeat("0", 64) + "  other\n", "is not in manifest.sha256"},
		{"no list at all", "manifest.sha256", "hello\n", `the line "hello`},
	} {
		dir := record()
		if _, err := run.OpenRecording(dir); err != nil {
			t.Fatalf("%s: before: %v", tc.name, err)
		}
		write(t, filepath.Join(dir, tc.file), tc.content)
		if _, err := run.OpenRecording(dir); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v", tc.name, err)
		}
	}
}

// A tool that could not be started is part of a recording, as any failure is.
func TestAToolThatCouldNotBeStartedIsRecorded(t *testing.T) {
	t.Parallel()
	recorder := run.NewRecorder(answers(func(context.Context, run.Command) (run.Result, error) {
		return run.Result{}, syscall.EAGAIN
	}), nil, nil)
	_, _ = recorder.Run(t.Context(), run.Command{Tool: run.SwVers})
	dir := filepath.Join(t.TempDir(), "recording")
	if err := recorder.Recording(time.Unix(1, 0)).Save(dir); err != nil {
		t.Fatal(err)
	}
	_, err := replayOf(t, dir).Run(t.Context(), run.Command{Tool: run.SwVers})
	if err == nil || errors.Is(err, run.ErrNotRecorded) {
		t.Errorf("%v", err)
	}
}

// The same answers make the same recording: their order is that of the questions.
func TestRecordingsAreTheSame(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	for range 50 {
		recorder := run.NewRecorder(nil, run.DiskUnder(root), nil)
		recorder.Opens(t.Context(), "/a")
		recorder.Look(t.Context(), "/b")
		recorder.Look(t.Context(), "/a")
		var order []string
		for _, f := range recorder.Recording(time.Unix(1, 0)).Files {
			order = append(order, fmt.Sprint(f.Path, f.Opened))
		}
		if got := strings.Join(order, " "); got != "/afalse /atrue /bfalse" {
			t.Fatal(got)
		}
	}
}

// Whoever has an answer may look again at once.
func TestDiskIsLookedAtAgainAndAgain(t *testing.T) {
	t.Parallel()
	disk := run.DiskUnder(t.TempDir())
	for range 2000 {
		if f := disk.Look(t.Context(), "/x"); f.State != run.FileMissing {
			t.Fatalf("%+v", f)
		}
	}
}
