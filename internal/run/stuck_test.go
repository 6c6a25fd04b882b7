package run

import (
	"context"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// A disk that does not answer keeps nobody waiting for longer than the check
// lasts, and costs one goroutine, however often it is asked.
func TestADiskThatDoesNotAnswer(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	if err := os.WriteFile(filepath.Join(root, "x"), []byte("1"), 0o600); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		d := newDisk(root)
		var started atomic.Int32
		answer := make(chan struct{})
		hangs := func(string) error {
			started.Add(1)
			<-answer
			return nil
		}
		began := time.Now()
		if f := d.look(t.Context(), "/x", hangs); f.State != FileTimeout || f.Took != lookLimit || time.Since(began) != lookLimit {
			t.Errorf("%+v", f)
		}
		for range 100 {
			if f := d.look(t.Context(), "/x", hangs); f.State != FileTimeout || time.Since(began) != lookLimit {
				t.Errorf("while it hangs: %+v", f)
			}
		}
		if n := started.Load(); n != 1 {
			t.Errorf("%d wait for it", n)
		}
		close(answer)
		synctest.Wait()
		if f := d.Look(t.Context(), "/x"); f.State != FileThere || f.Size != 1 {
			t.Errorf("when it answers again: %+v", f)
		}
	})
}

func TestALookEndsWithItsContext(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		if err := os.WriteFile(filepath.Join(root, "x"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		answer := make(chan struct{})
		began := time.Now()
		if f := newDisk(root).look(ctx, "/x", func(string) error { <-answer; return nil }); f.State != FileTimeout || time.Since(began) != time.Second {
			t.Errorf("%+v after %v", f, time.Since(began))
		}
		close(answer)
	})
}
