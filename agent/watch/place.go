package watch

import (
	"io/fs"
	"path/filepath"
)

// A place is a file or folder that is watched by itself, not through the folder
// that it is in: on a Mac the folder of admin.plist holds a file for each of some
// hundred groups, and fsnotify opens every file of a folder that it watches.
type place struct {
	cause Cause
	path  string
	hint  bool // its events make us look; that it changed says nothing

	last stamp       // the latest that could be read
	held fs.FileInfo // what the watch is set on; nil: nothing
	how  How
	why  string // it is not watched
}

func (p *place) source() Source {
	return Source{Cause: p.cause, Path: p.path, How: p.how, Problem: p.why}
}

// placesBelow are the places on the Mac below root. The paths lead through no
// link: /var is one.
func placesBelow(root string) []*place {
	at := func(cause Cause, path string) *place { return &place{cause: cause, path: filepath.Join(root, path)} }
	// documented (utmpx(5)): written at each login and logout. inferred: at the
	// console too. Every window of Terminal is a login as well, so it is only a
	// hint to look at whose the console is.
	logins := at(ConsoleUser, "/private/var/run/utmpx")
	logins.hint = true
	return []*place{
		logins,
		// observed (10.14): without Full Disk Access nobody may open it, root
		// included, but everybody who gets there may look at size and time.
		at(AdminGroup, "/private/var/db/dslocal/nodes/Default/groups/admin.plist"),
		at(ManagedPreferences, "/Library/Managed Preferences"),
		// inferred: what the Mac knows of its profiles and its enrolment changes
		// in here, at most one folder further down.
		at(Profiles, "/private/var/db/ConfigurationProfiles"),
		// documented (Apple, FDERecoveryKeyEscrow): the key, sealed for the server.
		at(RecoveryKey, "/private/var/db/FileVaultPRK.dat"),
	}
}
