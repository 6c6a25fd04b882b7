package collectors

import (
	"context"
	"time"

	"github.com/tokenward/tokenward/health/evidence"
	"github.com/tokenward/tokenward/internal/run"
)

// Where things are. The paths lead through no link: /var is one.
const (
	// documented (Apple, FDERecoveryKeyEscrow): the key, sealed for the server.
	sealedKeyPath = "/private/var/db/FileVaultPRK.dat"
	// inferred: the settings of a payload land under its type. That none are
	// there proves nothing.
	escrowProfilePath = "/Library/Managed Preferences/com.apple.security.FDERecoveryKeyEscrow.plist"
	// community: whoever may open it has Full Disk Access; everybody may look.
	privacyPath = "/Library/Application Support/com.apple.TCC/TCC.db"
)

// look makes the collector of a file.
func look(name, path string, at func(run.Files, context.Context, string) run.File, set func(*evidence.Snapshot, evidence.Meta, run.File)) Collector {
	return Collector{Name: name, collect: func(ctx context.Context, mac Mac, _ evidence.Snapshot) (Patch, evidence.State) {
		found := run.File{State: run.FileUnknown}
		if mac.Files != nil {
			found = at(mac.Files, ctx, path)
		}
		meta := metaOf(found, evidence.Source(path))
		return func(s *evidence.Snapshot) { set(s, meta, found) }, meta.State
	}}
}

func metaOf(f run.File, source evidence.Source) evidence.Meta {
	m := evidence.Meta{At: f.Looked, Took: f.Took, From: source}
	switch f.State {
	case run.FileThere:
		m.State = evidence.Observed
	case run.FileMissing:
		m.State = evidence.Absent
	case run.FileDenied:
		m.State = evidence.Denied
	case run.FileFailed:
		m.State, m.Reason = evidence.Failed, evidence.Unreadable
	case run.FileTimeout:
		m.State, m.Reason = evidence.Failed, evidence.Timeout
	case run.FileUnknown:
	}
	return m
}

// sealedKey asks when a recovery key was last sealed for the server.
func sealedKey() Collector {
	return look("sealed-key", sealedKeyPath, run.Files.Look, func(s *evidence.Snapshot, m evidence.Meta, f run.File) {
		s.RecoveryKeys.Sealed, s.RecoveryKeys.SealedEmpty = evidence.Is(m, f.ModTime.UTC().Truncate(time.Second)), evidence.Is(m, f.Size == 0)
	})
}

func escrowProfile() Collector {
	return look("escrow-profile", escrowProfilePath, run.Files.Look, func(s *evidence.Snapshot, m evidence.Meta, _ run.File) {
		s.RecoveryKeys.EscrowProfile = evidence.Is(m, true)
	})
}

// fullDiskAccess is denied where the privacy protection says no: to be told so is
// the answer.
func fullDiskAccess() Collector {
	return look("full-disk-access", privacyPath, run.Files.Opens, func(s *evidence.Snapshot, m evidence.Meta, f run.File) {
		if f.State == run.FileDenied {
			m.State = evidence.Observed
		}
		s.FDA = evidence.Is(m, f.State == run.FileThere)
	})
}
