package run_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tokenward/tokenward/internal/run"
)

// answers is a runner made of a function.
type answers func(ctx context.Context, c run.Command) (run.Result, error)

func (a answers) Run(ctx context.Context, c run.Command) (run.Result, error) { return a(ctx, c) }

// allEnds answers every way a run can end, by tool.
func allEnds(_ context.Context, c run.Command) (run.Result, error) {
	switch c.Tool { //nolint:exhaustive // the others are stopped before they begin
	case run.SwVers:
		return run.Result{Stdout: []byte("ProductVersion:\t15.1\n"), Took: 3 * time.Millisecond}, nil
	case run.Scutil:
		return run.Result{Stderr: []byte("no\n"), Exit: 3, Truncated: true}, nil
	case run.Uname:
		return run.Result{}, run.ErrMissing
	case run.Dscl:
		return run.Result{Exit: -1, Stdout: []byte("part")}, run.ErrTimeout
	case run.Fdesetup:
		return run.Result{}, run.ErrDenied
	case run.Diskutil:
		return run.Result{}, run.ErrOrphans
	}
	return run.Result{}, context.Canceled
}

func TestRecordingAnswersAsTheMacDid(t *testing.T) {
	t.Parallel()
	taken := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	recorder := run.NewRecorder(answers(allEnds), nil, nil)
	commands := []run.Command{
		{Tool: run.SwVers},
		{Tool: run.Scutil, Stdin: "show State:/Users/ConsoleUser\n"},
		{Tool: run.Uname, Args: []string{"-m"}},
		{Tool: run.Dscl},
		{Tool: run.Fdesetup, Args: []string{"list"}},
		{Tool: run.Diskutil},
		{Tool: run.Mdmclient},
	}
	for _, c := range commands {
		_, _ = recorder.Run(t.Context(), c)
	}
	dir := filepath.Join(t.TempDir(), "rec")
	if err := recorder.Recording(taken).Save(dir); err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{"folder": dir, "archive": packed(t, dir, ""), "archive of the folder": packed(t, dir, "mac-1/")} {
		replay := replayOf(t, path)
		if !replay.TakenAt().Equal(taken) {
			t.Errorf("%s: taken at %v", name, replay.TakenAt())
		}
		for _, c := range commands[:6] {
			want, wantErr := allEnds(t.Context(), c)
			got, err := replay.Run(t.Context(), c)
			if !errors.Is(err, wantErr) || !bytes.Equal(got.Stdout, want.Stdout) || !bytes.Equal(got.Stderr, want.Stderr) ||
				got.Exit != want.Exit || got.Truncated != want.Truncated || got.Took != want.Took {
				t.Errorf("%s: %s = %+v, %v; want %+v, %v", name, c, got, err, want, wantErr)
			}
		}
		for _, c := range []run.Command{{Tool: run.Mdmclient}, {Tool: run.SwVers, Args: []string{"-x"}}, {Tool: run.Scutil}} {
			if _, err := replay.Run(t.Context(), c); !errors.Is(err, run.ErrNotRecorded) {
				t.Errorf("%s: %s = %v, want ErrNotRecorded", name, c, err)
			}
		}
	}
}

// What a later version adds to a recording does not keep this one from reading
// what it knows.
func TestLaterKeysAreNoHindrance(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "recording.json"), `{"format":"tokenward-recording/1","taken_at":"2026-01-02T03:04:05Z","later":1,
		"commands":[{"argv":["/usr/bin/sw_vers"],"stdin":"","exit":0,"stdout":"out/1","stderr":"","took_ms":3,"state":"ran","truncated":false}],
		"files":[{"path":"/var/db/FileVaultPRK.dat","state":"absent","mtime":null,"mode":"","content":""}],
		"probes":[{"name":"mdm","state":"probed","value":"reached","later":2}]}`)
	write(t, filepath.Join(dir, "out", "1"), "ProductVersion: 15.1\n")
	result, err := replayOf(t, dir).Run(t.Context(), run.Command{Tool: run.SwVers})
	if err != nil || string(result.Stdout) != "ProductVersion: 15.1\n" {
		t.Errorf("%q, %v", result.Stdout, err)
	}
}

func TestReplayIgnoresTheLastNewlineOfStdin(t *testing.T) {
	t.Parallel()
	replay, err := run.NewReplay(run.Recording{TakenAt: time.Unix(1, 0), Commands: []run.Recorded{
		{Argv: []string{run.Scutil.Path()}, Stdin: "show x", State: run.Ran, Exit: new(int)},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := replay.Run(t.Context(), run.Command{Tool: run.Scutil, Stdin: "show x\n"}); err != nil {
		t.Error(err)
	}
}

func TestHostileRecordingsAreRefused(t *testing.T) {
	t.Parallel()
	index := func(more string) string {
		return `{"format":"tokenward-recording/1","taken_at":"2026-01-02T03:04:05Z","commands":[` + more + `]}`
	}
	one := `{"argv":["/usr/bin/sw_vers"],"state":"ran","exit":0,"stdout":"NAME"}`
	for _, tc := range []struct{ name, index, want string }{
		{"no JSON", "{", "recording.json"},
		{"another format", `{"format":"tokenward-recording/9"}`, `"tokenward-recording/9"`},
		{"a name that climbs", index(strings.Replace(one, "NAME", "../secret", 1)), "secret"},
		{"an absolute name", index(strings.Replace(one, "NAME", "/etc/passwd", 1)), "passwd"},
		{"a name that is not there", index(strings.Replace(one, "NAME", "gone", 1)), "gone"},
		{"a link", index(strings.Replace(one, "NAME", "link", 1)), "link"},
		{"a pipe", index(strings.Replace(one, "NAME", "pipe", 1)), "pipe"},
		{"no date", strings.Replace(index(""), "2026-01-02T03:04:05Z", "0001-01-01T00:00:00Z", 1), "when"},
		{"an unknown end", index(`{"argv":["/usr/bin/sw_vers"],"state":"sulked","exit":0}`), "sulked"},
		{"no end", index(`{"argv":["/usr/bin/sw_vers"],"exit":0}`), "state"},
		{"no exit status", index(`{"argv":["/usr/bin/sw_vers"],"state":"ran","exit":null}`), "exit status"},
		{"one command twice", index(strings.Replace(one+","+one, "NAME", "", 2)), "twice"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			outer := t.TempDir()
			dir := filepath.Join(outer, "rec")
			write(t, filepath.Join(outer, "secret"), "secret")
			write(t, filepath.Join(dir, "recording.json"), tc.index)
			if err := os.Symlink("../secret", filepath.Join(dir, "link")); err != nil {
				t.Fatal(err)
			}
			if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600); err != nil {
				t.Fatal(err)
			}
			rec, err := run.OpenRecording(dir)
			if err == nil {
				_, err = run.NewReplay(rec)
			}
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("error %v, want one that names %q", err, tc.want)
			}
		})
	}
}

func TestHostileArchivesAreRefused(t *testing.T) {
	t.Parallel()
	for name, header := range map[string]tar.Header{
		"a link":             {Name: "l", Typeflag: tar.TypeSymlink, Linkname: "/etc/passwd"},
		"a name that climbs": {Name: "../x", Typeflag: tar.TypeReg},
		"a device":           {Name: "d", Typeflag: tar.TypeChar},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "r.tar.gz")
			writeArchive(t, path, func(w *tar.Writer) {
				if err := w.WriteHeader(&header); err != nil {
					t.Fatal(err)
				}
			})
			if _, err := run.OpenRecording(path); err == nil || !strings.Contains(err.Error(), "leads out") {
				t.Errorf("error %v", err)
			}
		})
	}
	t.Run("a bomb", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "r.tar.gz")
		writeArchive(t, path, func(w *tar.Writer) {
			_ = w.WriteHeader(&tar.Header{Name: "zeros", Typeflag: tar.TypeReg, Size: 65 << 20})
			_, _ = w.Write(make([]byte, 65<<20))
		})
		if _, err := run.OpenRecording(path); err == nil || !strings.Contains(err.Error(), "larger than") {
			t.Errorf("error %v", err)
		}
	})
	t.Run("a pipe", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "r")
		if err := syscall.Mkfifo(path, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := run.OpenRecording(path); !errors.Is(err, run.ErrNotARecording) {
			t.Errorf("error %v", err)
		}
	})
	t.Run("neither folder nor archive", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "r")
		write(t, path, "hello")
		if _, err := run.OpenRecording(path); !errors.Is(err, run.ErrNotARecording) {
			t.Errorf("error %v", err)
		}
	})
}

func replayOf(t *testing.T, path string) run.Replay {
	t.Helper()
	rec, err := run.OpenRecording(path)
	if err != nil {
		t.Fatal(err)
	}
	replay, err := run.NewReplay(rec)
	if err != nil {
		t.Fatal(err)
	}
	return replay
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func packed(t *testing.T, dir, prefix string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "r.tar.gz")
	writeArchive(t, path, func(w *tar.Writer) {
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			data, _ := os.ReadFile(filepath.Join(dir, e.Name()))
			_ = w.WriteHeader(&tar.Header{Name: prefix + e.Name(), Typeflag: tar.TypeReg, Size: int64(len(data)), Mode: 0o600})
			_, _ = w.Write(data)
		}
	})
	return path
}

func writeArchive(t *testing.T, path string, fill func(*tar.Writer)) {
	t.Helper()
	var buf bytes.Buffer
	zipped := gzip.NewWriter(&buf)
	w := tar.NewWriter(zipped)
	fill(w)
	_ = w.Close()
	_ = zipped.Close()
	if err := os.WriteFile(path, buf.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}
