package run_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/tokenward/tokenward/internal/run"
)

var archived = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// spoken is a recording of two tools, of which one also complains.
func spoken(t *testing.T) run.Recording {
	t.Helper()
	recorder := run.NewRecorder(answers(func(_ context.Context, c run.Command) (run.Result, error) {
		if c.Tool == run.Uname {
			return run.Result{Stdout: []byte("arm64\n"), Stderr: []byte("oh\n")}, nil
		}
		return run.Result{Stdout: []byte("ProductVersion:\t15.1\n")}, nil
	}), nil, nil)
	for _, c := range []run.Command{{Tool: run.SwVers}, {Tool: run.Uname, Args: []string{"-m"}}} {
		if _, err := recorder.Run(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	return recorder.Recording(archived)
}

func TestArchiveIsARecording(t *testing.T) {
	t.Parallel()
	var first, second bytes.Buffer
	for _, to := range []*bytes.Buffer{&first, &second} {
		if err := spoken(t).WriteArchive(to); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("the same recording gave other bytes")
	}
	path := filepath.Join(t.TempDir(), "mac.tar.gz")
	if err := os.WriteFile(path, first.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	result, err := replayOf(t, path).Run(t.Context(), run.Command{Tool: run.Uname, Args: []string{"-m"}})
	if err != nil || string(result.Stdout) != "arm64\n" || string(result.Stderr) != "oh\n" {
		t.Errorf("%+v, %v", result, err)
	}
}

func TestTranscriptsGoInAndOut(t *testing.T) {
	t.Parallel()
	before := spoken(t)
	all := before.Transcripts()
	slices.Reverse(all)
	all[0].Stdout = "somebody's name" // the names of files are made anew
	all = append(all, run.Transcript{Recorded: all[1].Recorded, Out: []byte("a second answer")})
	after := before.WithTranscripts(all)
	if len(after.Commands) != 2 {
		t.Fatalf("%d commands", len(after.Commands))
	}
	for i, c := range after.Commands {
		was := before.Commands[i]
		if c.Stdout != was.Stdout || c.Stderr != was.Stderr || !bytes.Equal(after.Output(c.Stdout), before.Output(was.Stdout)) {
			t.Errorf("%+v became %+v", was, c)
		}
	}
	if files, err := after.Contents(); err != nil || len(files) != 5 {
		t.Errorf("%d files, %v", len(files), err)
	}
}
