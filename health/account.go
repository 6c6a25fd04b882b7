package health

import (
	"slices"
	"strings"

	"github.com/tokenward/tokenward/health/evidence"
)

// lookup is what the other sources say, by the key that joins them to an
// account: the GeneratedUID.
type lookup struct {
	cryptoKnown, unlockKnown bool
	crypto                   map[string]evidence.CryptoUser
	unlocks                  map[string]bool
	fileVaultOff             bool
	admins                   membership
	managed                  map[string]bool // GUIDs of administrators whom the server had made
	diary                    diary
}

func newLookup(s evidence.Snapshot) lookup {
	l := lookup{
		crypto: map[string]evidence.CryptoUser{}, unlocks: map[string]bool{}, managed: map[string]bool{},
		admins: newMembership(s), diary: newDiary(s),
	}
	var users []evidence.CryptoUser
	users, l.cryptoKnown = s.CryptoUsers.Known()
	for _, u := range users {
		if u.Type == evidence.LocalUser {
			l.crypto[strings.ToUpper(u.UUID)] = u
		}
	}
	var listed []evidence.FileVaultUser
	listed, l.unlockKnown = s.FileVaultUsers.Known()
	for _, u := range listed {
		l.unlocks[strings.ToUpper(u.UUID)] = true
	}
	state, known := s.FileVault.Known()
	l.unlockKnown = l.unlockKnown && known // where FileVault is off the list is of nobody who unlocks
	l.fileVaultOff = known && state == evidence.FileVaultOff
	managed, _ := s.Managed.Admins.Known()
	for _, a := range managed {
		l.managed[strings.ToUpper(a.GUID)] = true
	}
	return l
}

func deriveAccounts(s evidence.Snapshot) []Account {
	records, _ := s.Directory.Known()
	l := newLookup(s)
	accounts := make([]Account, 0, len(records))
	for _, r := range records {
		accounts = append(accounts, deriveAccount(r, s, l))
	}
	sortAccounts(accounts)
	return accounts
}

func deriveAccount(r evidence.DirectoryAccount, s evidence.Snapshot, l lookup) Account {
	a := Account{
		Name: r.Name, RealName: r.RealName, GUID: r.GUID, UID: r.UID, UIDKnown: r.UIDKnown, Hidden: r.Hidden,
		Barred: r.DisabledTag,
		Kind:   l.kind(r), Console: consoleOf(r, s), CanLogIn: canLogIn(r), PasswordHad: TriOf(r.PasswordKnown),
		Tag: TriOf(r.TokenTag), Status: statusOf(r, s), Stranger: strangerOf(r, s), Admin: l.admins.has(r),
	}
	a.Person = personOf(r, kindOf(r)) // by the record alone: no grave finding may hang on the server's answer
	a.CryptoUser, a.VolumeOwner = l.volume(r)
	a.Unlocks = l.unlock(r)
	a.Holder = a.CryptoUser
	a.Token = tokenOf(a)
	l.diary.of(r, &a)
	return a
}

// kind adds to what the record shows whom the server had made, which is always an
// account of this Mac's own. Without its answer such an administrator is one like
// any other.
func (l lookup) kind(r evidence.DirectoryAccount) Kind {
	kind := kindOf(r)
	if r.GUID != "" && l.managed[strings.ToUpper(r.GUID)] && kind != KindGuest && kind != KindMobile {
		return KindManagedAdmin
	}
	return kind
}

// volume says whether the volume has a key for the account, and whether it owns
// the volume.
func (l lookup) volume(r evidence.DirectoryAccount) (present, owner Tri) {
	if !l.cryptoKnown || r.GUID == "" {
		return Unknown, Unknown
	}
	user, ok := l.crypto[strings.ToUpper(r.GUID)]
	if !ok {
		return No, No
	}
	return Yes, ownerOf(user)
}

func (l lookup) unlock(r evidence.DirectoryAccount) Tri {
	switch {
	case l.fileVaultOff:
		return No
	case !l.unlockKnown || r.GUID == "":
		return Unknown
	}
	return TriOf(l.unlocks[strings.ToUpper(r.GUID)])
}

func consoleOf(r evidence.DirectoryAccount, s evidence.Snapshot) Tri {
	if s.ConsoleUser.State == evidence.Absent {
		return No
	}
	user, ok := s.ConsoleUser.Known()
	if !ok {
		return Unknown
	}
	return TriOf(user.Name == r.Name || slices.Contains(r.OtherNames, user.Name))
}

func statusOf(r evidence.DirectoryAccount, s evidence.Snapshot) Tri {
	switch status, _ := s.TokenStatus[r.Name].Known(); status {
	case evidence.TokenEnabled:
		return Yes
	case evidence.TokenDisabled:
		return No
	case evidence.TokenNoUser: // the directory has the record: one of the two is wrong
	}
	return Unknown
}

func strangerOf(r evidence.DirectoryAccount, s evidence.Snapshot) Tri {
	status, answered := s.TokenStatus[r.Name].Known()
	if !answered {
		return Unknown
	}
	return TriOf(status == evidence.TokenNoUser)
}

// kindOf goes by the record alone. UIDs below 500 are the system's; a guest has
// a GeneratedUID that is the same on every Mac.
func kindOf(r evidence.DirectoryAccount) Kind {
	const guestUID = 201
	switch {
	case r.UIDKnown && r.UID == guestUID && evidence.IsSystemUUID(r.GUID):
		return KindGuest
	case r.UIDKnown && r.UID < firstPersonUID, strings.HasPrefix(r.Name, "_"):
		return KindService
	case r.Mobile, r.OriginalNode != "":
		return KindMobile
	case noShell(r.Shell) && noHome(r.Home):
		return KindSharing
	}
	return KindLocal
}

const firstPersonUID = 500

func noShell(shell string) bool {
	switch shell {
	case "/usr/bin/false", "/bin/false", "/sbin/nologin", "/usr/sbin/nologin", "/usr/bin/nologin", "/dev/null":
		return true
	}
	return false
}

func noHome(home string) bool {
	return home == "/dev/null" || home == "/var/empty" || home == "/private/var/empty"
}

// personOf says whether somebody works with the account. Whether anybody ever
// logged in is not known here, and an account counts as a person until it is.
func personOf(r evidence.DirectoryAccount, kind Kind) Tri {
	switch {
	case kind != KindLocal && kind != KindMobile, r.Hidden, noShell(r.Shell), noHome(r.Home):
		return No
	case !r.UIDKnown, r.Shell == "", r.Home == "":
		return Unknown
	}
	return Yes
}

func canLogIn(r evidence.DirectoryAccount) Tri {
	return TriOf(!r.DisabledUser && !noShell(r.Shell))
}

// tokenOf reconciles the sources. The volume's key decides; the directory's tag
// and sysadminctl must agree with it before a token counts as usable.
func tokenOf(a Account) TokenState {
	switch a.CryptoUser {
	case Yes:
		switch {
		case a.CanLogIn != Yes:
			return TokenUnusable
		case a.Tag == Yes && a.Status != No:
			return TokenUsable
		}
		return TokenUnknown
	case No:
		if a.Tag == Yes || a.Status == Yes {
			return TokenUnusable
		}
		return TokenAbsent
	case Unknown:
		if a.Tag == No && a.Status == No {
			return TokenAbsent
		}
	}
	return TokenUnknown
}
