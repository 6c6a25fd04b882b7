//go:build !darwin

package agent

import (
	"os"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"

	"github.com/tokenward/tokenward/internal/rootfile"
	"github.com/tokenward/tokenward/internal/wire"
)

// The ledger is written when it changed, and now and then for the time in it.
func TestLedgerIsWrittenWhenItChanged(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		mac := healthy(t)
		a := opened(t, t.TempDir(), mac)
		check := func(after time.Duration) (wrote bool) {
			t.Helper()
			time.Sleep(after)
			if err := os.Remove(a.paths.Ledger()); err != nil && !os.IsNotExist(err) {
				t.Fatal(err)
			}
			checked(t, a, wire.Scheduled)
			_, err := os.Stat(a.paths.Ledger())
			return err == nil
		}
		time.Sleep(30 * 365 * 24 * time.Hour) // a test's clock begins where no Mac's may be
		if !check(0) {
			t.Error("the first check wrote nothing")
		}
		for range 2 {
			if check(15 * time.Minute) {
				t.Error("nothing changed, and it was written")
			}
		}
		mac.escrow(false)
		if !check(15 * time.Minute) {
			t.Error("a finding is not on the disk")
		}
		if check(59 * time.Minute) {
			t.Error("written after 59 minutes")
		}
		if !check(time.Minute) {
			t.Error("not written after an hour")
		}
		if l := readLedger(rootfile.Files{}, a.paths, zap.NewNop()); !l.Mac.At.Equal(time.Now()) || len(l.Since) == 0 {
			t.Errorf("on the disk: %+v", l)
		}
	})
}
