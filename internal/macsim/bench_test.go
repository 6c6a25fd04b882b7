package macsim

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/tokenward/tokenward/internal/floor"
)

// BenchmarkTool starts a tool of a simulated Mac, beside a program that does
// nothing at all.
func BenchmarkTool(b *testing.B) {
	nothing, err := exec.LookPath("true")
	if err != nil {
		b.Skip(err)
	}
	exe, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	m, err := Load("reception-desk-thirty-accounts")
	if err != nil {
		b.Fatal(err)
	}
	dir := b.TempDir()
	if err := Layout(dir, m, exe); err != nil {
		b.Fatal(err)
	}
	path := filepath.Join(dir, "usr/bin/profiles")
	ours := func(ctx context.Context) error {
		return exec.CommandContext(ctx, path, "status", "-type", "bootstraptoken").Run()
	}
	plain := func(ctx context.Context) error { return exec.CommandContext(ctx, nothing).Run() }
	floor.ByTurns(b, ours, plain)
}
