package macsim

import (
	"context"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/tokenward/tokenward/internal/macsim/state"
	"github.com/tokenward/tokenward/internal/run"
)

// The files that every Mac's state makes by itself.
const (
	// sealedKey is where the recovery key lies for the server while a profile
	// escrows it. documented.
	sealedKey = "/private/var/db/FileVaultPRK.dat"
	// escrowSettings are those of the profile that escrows. inferred: the settings
	// of a payload land under its type.
	escrowSettings = "/Library/Managed Preferences/com.apple.security.FDERecoveryKeyEscrow.plist"
	// privacyDatabase is what only programs with Full Disk Access may open.
	// community: since 10.14; everybody may see it.
	privacyDatabase = "/Library/Application Support/com.apple.TCC/TCC.db"
)

// filesOf are the files that lie in the Mac's folder: those described, and those
// that the state makes.
func filesOf(m *state.Mac) map[string]state.File {
	files := map[string]state.File{}
	for _, f := range madeFiles(m) {
		files[f.Path] = f
	}
	for _, f := range m.Files {
		files[f.Path] = f
	}
	return files
}

// madeFiles are those that the state makes. inferred: the settings and the
// database are written anew whenever the Mac starts.
func madeFiles(m *state.Mac) []state.File {
	if m.HardwareUUID == "" {
		return nil // no Mac at all
	}
	files := []state.File{{Path: privacyDatabase, Modified: m.Booted, Denied: m.Security.DiskAccessDenied && m.OS.AtLeast(10, 14)}}
	if m.FileVault.EscrowProfile {
		files = append(files, state.File{Path: escrowSettings, Modified: m.Booted})
	}
	if generation, at, there := m.SealedKey(); there {
		files = append(files, state.File{
			Path: sealedKey, Content: fmt.Sprintf("sealed recovery key %d", generation), Mode: 0o600, Modified: at,
		})
	}
	return files
}

// modeOf is a file's type and permissions. What is denied is so by its mode,
// which on this machine keeps everybody out but root.
func modeOf(f state.File) fs.FileMode {
	switch {
	case f.Denied:
		return 0
	case f.Folder && f.Mode == 0:
		return fs.ModeDir | 0o755
	case f.Folder:
		return fs.ModeDir | fs.FileMode(f.Mode)
	case f.Mode == 0:
		return 0o644
	}
	return fs.FileMode(f.Mode)
}

var _ run.Files = (*Runner)(nil)

// Look implements [run.Files]: it sees the files that the state names, and none
// of those that every Mac has. A folder's size is 0.
func (r *Runner) Look(_ context.Context, path string) run.File { return r.look(path, false) }

// Opens implements [run.Files].
func (r *Runner) Opens(_ context.Context, path string) run.File { return r.look(path, true) }

// holdsOne says whether one of the files lies below the path.
func holdsOne(files map[string]state.File, path string) bool {
	for name := range files {
		if strings.HasPrefix(name, path+"/") {
			return true
		}
	}
	return false
}

func (r *Runner) look(path string, open bool) run.File {
	r.mu.Lock()
	defer r.mu.Unlock()
	looked := time.Now()
	files := filesOf(&r.mac)
	f, there := files[path]
	switch {
	case !there && holdsOne(files, path):
		return run.File{State: run.FileThere, Mode: fs.ModeDir | 0o755, Looked: looked}
	case !there:
		return run.File{State: run.FileMissing, Looked: looked}
	case open && f.Denied:
		return run.File{State: run.FileDenied, Looked: looked}
	}
	return run.File{State: run.FileThere, Mode: modeOf(f), Size: int64(len(f.Content)), ModTime: f.Modified, Looked: looked}
}
