package watch

import (
	"io/fs"
	"path/filepath"
	"slices"
)

// A place is a file or folder that is watched by itself, not through the folder
// that it is in: on a Mac the folder of admin.plist holds a file for each of some
// hundred groups, and fsnotify opens every file of a folder that it watches.
type place struct {
	cause Cause
	path  string
	hint  bool // its events make us look; that it changed says nothing
	deep  bool // the folders in it are places as well, but not those in them
	room  int  // for how many entries

	last  stamp       // the latest that could be read
	held  fs.FileInfo // what the watch is set on; nil: nothing
	how   How
	why   string   // it is not watched
	inner []*place // of a deep one, in the order of their names
}

// source is as good as the worst part of the place.
func (p *place) source() Source {
	is := Source{Cause: p.cause, Path: p.path, How: p.how, Problem: p.why}
	for _, in := range p.inner {
		if is.How == Watched {
			is.How, is.Problem = in.how, in.why
		}
	}
	return is
}

// within is the place of a folder in this one: the same as before if it has one.
func (p *place) within(folder string) *place {
	path := filepath.Join(p.path, folder)
	if i := slices.IndexFunc(p.inner, func(in *place) bool { return in.path == path }); i >= 0 {
		return p.inner[i]
	}
	return &place{cause: p.cause, path: path}
}

// placesBelow are the places on the Mac below root. The paths lead through no
// link: /var is one.
func placesBelow(root string) []*place {
	at := func(cause Cause, path string) *place {
		return &place{cause: cause, path: filepath.Join(root, path), room: mostEntries}
	}
	deep := func(cause Cause, path string) *place {
		p := at(cause, path)
		p.deep = true
		return p
	}
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
		// community: settings for all in files, those for a user in a folder.
		deep(ManagedPreferences, "/Library/Managed Preferences"),
		// inferred: what the Mac knows of its profiles and its enrolment changes
		// in the folders in here, such as Settings and Store.
		deep(Profiles, "/private/var/db/ConfigurationProfiles"),
		// documented (Apple, FDERecoveryKeyEscrow): the key, sealed for the server.
		at(RecoveryKey, "/private/var/db/FileVaultPRK.dat"),
	}
}
