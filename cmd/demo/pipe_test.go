package main

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Whoever reads the demo's output may go first, such as head. The demo ends then,
// its processes with it, and leaves nothing behind.
func TestReaderGoesFirst(t *testing.T) {
	t.Parallel()
	program := filepath.Join(t.TempDir(), "demo")
	if text, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	temp := t.TempDir()
	demo := exec.CommandContext(t.Context(), program, "--listen", "127.0.0.1:0")
	demo.Env = append(os.Environ(), "TMPDIR="+temp)
	stdout, err := demo.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := demo.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(stdout, make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	if err := stdout.Close(); err != nil {
		t.Fatal(err)
	}
	_ = demo.Wait() // how it ends does not matter; that it does
	left, err := filepath.Glob(filepath.Join(temp, "tokenward-demo-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("it leaves %v behind (%v)", left, err)
	}
}
