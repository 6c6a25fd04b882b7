package macsim

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestCallsOfNoMac(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{t.TempDir(), file, "/nonexistent"} {
		want := "no simulated Mac in " + dir + "; see macsim up"
		if calls, err := Calls(dir); err == nil || err.Error() != want {
			t.Errorf("got %v, %v; want %s", calls, err, want)
		}
	}
	dir, _ := layOutOffice(t)
	if calls, err := Calls(dir); len(calls) != 0 || err != nil {
		t.Errorf("a Mac without calls: got %v, %v", calls, err)
	}
}

// A tool that was killed while it noted its call spoils no other.
func TestTornCalls(t *testing.T) {
	t.Parallel()
	dir, _ := layOutOffice(t)
	call := func() { start(t, exec.CommandContext(t.Context(), filepath.Join(dir, "usr/bin/sw_vers"))) }
	path := folder(dir).path(callsPath)
	want := 0
	for _, torn := range []string{"", `{"at":"2026-01-12T08:0`, "{", `{"argv":["a"],"env":[]`} {
		call()
		want++
		appendText(t, path, torn)
		if calls, err := Calls(dir); err != nil || len(calls) != want {
			t.Errorf("after %q: %d calls, %v; want %d", torn, len(calls), err, want)
		}
	}
	call()
	if calls, err := Calls(dir); err != nil || len(calls) != want+1 {
		t.Errorf("%d calls, %v; want %d", len(calls), err, want+1)
	}
	appendText(t, path, "nonsense\n")
	if _, err := Calls(dir); err == nil || !strings.Contains(err.Error(), "line 9:") {
		t.Errorf("got %v, want an error with its line", err)
	}
}

func appendText(t *testing.T, path, text string) {
	t.Helper()
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := file.WriteString(text); err != nil {
		t.Fatal(err)
	}
}
