package main

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"testing"
)

func TestExitCodes(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	cases := []struct {
		name, args, stdout, stderr string
		want                       int
	}{
		{"version", "version", "tokenward-server ", "", 0},
		{"help", "--help", "--listen", "", 0},
		{"no folder", "", "", `"data" not set`, 2},
		{"an unknown flag", "--colour red", "", "--colour", 2},
		{"an argument", "--data " + data + " more", "", "more", 2},
		{"an unknown format of the log", "--log-format xml --data " + data, "", "--log-format", 2},
		{"an address that others can reach", "--listen 0.0.0.0:0 --data " + data, "", "loopback", 2},
		{"a folder that cannot be made", "--listen 127.0.0.1:0 --data /dev/null/data", "", "/dev/null", 1},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var stdout, stderr bytes.Buffer
			got := run(t.Context(), strings.Fields(c.args), &stdout, &stderr)
			if got != c.want || !strings.Contains(stdout.String(), c.stdout) || !strings.Contains(stderr.String(), c.stderr) {
				t.Errorf("got %d, want %d\nstdout: %s\nstderr: %s", got, c.want, &stdout, &stderr)
			}
		})
	}
}

func TestPrintsOneLine(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	stdout := &firstLine{written: cancel}
	var stderr bytes.Buffer
	args := []string{"--listen", "127.0.0.1:0", "--log-format", "json", "--data", filepath.Join(t.TempDir(), "data")}
	if got := run(ctx, args, stdout, &stderr); got != 0 {
		t.Errorf("got %d: %s", got, &stderr)
	}
	text := stdout.String()
	if !strings.HasPrefix(text, "listening on http://127.0.0.1:") || strings.Count(text, "\n") != 1 {
		t.Errorf("stdout is %q", text)
	}
}

// firstLine ends the program as soon as it has said that it listens.
type firstLine struct {
	bytes.Buffer

	written func()
}

func (f *firstLine) Write(p []byte) (int, error) {
	defer f.written()
	return f.Buffer.Write(p)
}
