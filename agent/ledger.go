package agent

import (
	"crypto/sha256"
	"encoding/json"
	"time"

	"go.uber.org/zap"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/paths"
	"github.com/tokenward/tokenward/internal/rootfile"
	"github.com/tokenward/tokenward/internal/wallclock"
)

// maxLedger is far above what the ledger of a Mac with thousands of accounts holds:
// about 530 bytes for each person and each finding.
const maxLedger = 8 << 20

// ledgerAge is how old the time of the last check may be on the disk while nothing
// else changes. After a restart the clock and the logins are compared with it.
const ledgerAge = time.Hour

func readLedger(f rootfile.Files, p paths.Paths, log *zap.Logger) health.Ledger {
	return readState[health.Ledger](f, p.Ledger(), maxLedger, log)
}

// keptLedger knows what of the ledger is on the disk. A check that finds all as it
// was writes nothing: an fsync every quarter of an hour, for years, wears disks and
// wakes them.
type keptLedger struct {
	sum [sha256.Size]byte
	at  time.Time // of the check that it was written in; zero: not written yet
}

func (k *keptLedger) write(f rootfile.Files, p paths.Paths, l health.Ledger) error {
	at := l.Mac.At
	timeless := l
	timeless.Mac.At = time.Time{}
	same, err := json.Marshal(timeless)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(same)
	if !k.at.IsZero() && sum == k.sum && !wallclock.Elapsed(k.at, at, ledgerAge) {
		return nil
	}
	data, err := json.Marshal(l)
	if err != nil {
		return err
	}
	if err := f.Write(p.Ledger(), append(data, '\n'), 0o600); err != nil {
		return err
	}
	k.sum, k.at = sum, at
	return nil
}
