package spool_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/tokenward/tokenward/internal/floor"
)

// typical is the length of a snapshot in bytes.
const typical = 20_000

// BenchmarkPutAndDone measures a report's way in and out beside the least that
// makes one durable and takes it away: a file that is written, synced, renamed and
// removed, with its folder synced after each change of a name. Ours has to sync a
// ledger as well.
func BenchmarkPutAndDone(b *testing.B) {
	s := open(b, b.TempDir(), roomy)
	bare, data := b.TempDir(), bytes.Repeat([]byte("x"), typical)
	floor.ByTurns(b,
		func(context.Context) error {
			if _, err := tryPut(s, "report", typical); err != nil {
				return err
			}
			batch, err := s.Next(1, everything)
			if err != nil {
				return err
			}
			return s.Done(batch)
		},
		func(context.Context) error { return bareFile(bare, data) },
	)
}

func bareFile(dir string, data []byte) error {
	temp, final := filepath.Join(dir, "temp"), filepath.Join(dir, "final")
	f, err := os.Create(temp)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := f.Write(data); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := os.Rename(temp, final); err != nil {
		return err
	}
	if err := syncDir(dir); err != nil {
		return err
	}
	if err := os.Remove(final); err != nil {
		return err
	}
	return syncDir(dir)
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
