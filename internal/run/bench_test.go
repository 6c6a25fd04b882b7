//go:build !darwin

package run_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/tokenward/tokenward/internal/floor"
	"github.com/tokenward/tokenward/internal/run"
)

// BenchmarkSpawn starts a program that does nothing, as the agent starts a tool
// and as os/exec alone does: by turns, since a busy machine is busy for both.
func BenchmarkSpawn(b *testing.B) {
	nothing, err := exec.LookPath("true")
	if err != nil {
		b.Skip(err)
	}
	root := b.TempDir()
	path := filepath.Join(root, run.SwVers.Path())
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		b.Fatal(err)
	}
	if err := os.Symlink(nothing, path); err != nil {
		b.Fatal(err)
	}
	runner := run.Under(root)
	ours := func(ctx context.Context) error {
		_, err := runner.Run(ctx, swVers)
		return err
	}
	plain := func(ctx context.Context) error {
		_, err := exec.CommandContext(ctx, path).Output()
		return err
	}
	floor.ByTurns(b, ours, plain)
}
