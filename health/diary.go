package health

import (
	"time"

	"github.com/tokenward/tokenward/health/evidence"
)

// diary is what the directory and the login history note about when things
// happened to accounts.
type diary struct {
	passwords   map[string]evidence.PasswordRecord
	window      map[string]evidence.Login
	owners      map[string]int // how many accounts' names begin so, of the lengths at which names are cut off
	other       map[string]bool
	since       time.Time // when the login history begins; zero where it does not say
	booted      time.Time // no session is older; zero where it is not known
	loginsKnown bool
}

// A name of one of these lengths may be the beginning of a longer one. observed:
// last cuts names off after 10 bytes on recent systems; community: after 8 on
// older ones.
const shortestCut, longestCut = 8, 10

// originalPassword is how long after an account was made its password can have
// been set and still be the one that it was made with. inferred.
const originalPassword = 5 * time.Minute

func newDiary(s evidence.Snapshot) diary {
	d := diary{
		passwords: map[string]evidence.PasswordRecord{}, window: map[string]evidence.Login{},
		owners: map[string]int{}, other: map[string]bool{},
	}
	d.booted, _ = s.Machine.BootedAt.Known()
	records, _ := s.Passwords.Known()
	for _, p := range records {
		d.passwords[p.Name] = p
	}
	accounts, _ := s.Directory.Known()
	for _, a := range accounts {
		for _, n := range []int{shortestCut, longestCut} {
			if len(a.Name) >= n {
				d.owners[a.Name[:n]]++
			}
		}
	}
	var logins evidence.Logins
	logins, d.loginsKnown = s.Logins.Known()
	d.since = logins.Since
	for _, l := range logins.Window {
		d.window[l.User] = l
	}
	for _, name := range logins.Other {
		d.other[name] = true
	}
	return d
}

// of notes in the account what is known of it. A session that is not in the history
// can be older than it, but not older than the start of the Mac.
func (d *diary) of(r evidence.DirectoryAccount, a *Account) {
	p := d.passwords[r.Name]
	a.Created, a.PasswordSet = p.Created, p.Set
	login, found := d.login(r.Name)
	if found == Yes && before(login.At, a.Created) {
		found = No // a login of a former account of that name
	}
	switch found {
	case Yes:
		a.LastLogin, a.LoggedIn, a.Session = login.At, Yes, TriOf(login.Open)
	case No:
		if d.covers(a.Created) {
			a.LoggedIn = No
		}
		if d.covers(a.Created) || d.covers(d.booted) {
			a.Session = No
		}
	case Unknown:
	}
	a.Remote = d.remote(r.Name, a)
	a.Drift = d.drift(a, found)
}

// remote goes by the names of users who came another way only. Of one who came
// through the login window too, the history's summary says nothing.
func (d *diary) remote(name string, a *Account) Tri {
	for _, n := range []int{len(name), longestCut, shortestCut} {
		switch {
		case n > len(name) || !d.other[name[:n]]:
		case d.shared(name[:n]):
			return Unknown
		default:
			return Yes
		}
	}
	if a.LoggedIn == No {
		return No
	}
	return Unknown
}

// login finds the latest login of a user. It may stand under the beginning of the
// name, and then another user's may: in that case it is not known whose it is.
func (d *diary) login(name string) (evidence.Login, Tri) {
	if !d.loginsKnown {
		return evidence.Login{}, Unknown
	}
	for _, n := range []int{len(name), longestCut, shortestCut} {
		if n > len(name) {
			continue
		}
		l, there := d.window[name[:n]]
		switch {
		case !there:
		case d.shared(name[:n]):
			return evidence.Login{}, Unknown
		default:
			return l, Yes
		}
	}
	return evidence.Login{}, No
}

// shared says whether a name in the history may be that of several accounts.
func (d *diary) shared(name string) bool { return d.owners[name] > 1 }

// covers says whether the history goes back to that time.
func (d *diary) covers(t time.Time) bool {
	return !d.since.IsZero() && !t.IsZero() && !d.since.After(t)
}

// before says whether a login that is told to the minute was over before an account
// was made.
func before(login, created time.Time) bool { return login.Add(time.Minute).Before(created) }

// original says whether the account still has the password that it was made with. One
// that is older than the account came with a restored record, and says nothing.
func (d *diary) original(a *Account) bool {
	age := a.PasswordSet.Sub(a.Created)
	return !a.Created.IsZero() && 0 <= age && age < originalPassword
}

// drift suspects that a token opens with a former password: the account's was set
// later than its user last typed one at the login window. A user's own change
// looks the same. The history tells a login to the minute.
func (d *diary) drift(a *Account, loggedIn Tri) Tri {
	switch {
	case a.Holder == No:
		return No
	case a.Holder == Unknown, a.PasswordSet.IsZero(), loggedIn == Unknown:
		return Unknown
	case d.original(a):
		return No
	case loggedIn == Yes:
		return TriOf(a.PasswordSet.After(a.LastLogin.Add(time.Minute)))
	case d.covers(a.PasswordSet):
		return Yes
	}
	return Unknown
}
