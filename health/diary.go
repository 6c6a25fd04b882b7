package health

import (
	"strings"
	"time"

	"github.com/tokenward/tokenward/health/evidence"
)

// diary is what the directory and the login history note about when things
// happened to accounts.
type diary struct {
	passwords   map[string]evidence.PasswordRecord
	window      map[string]evidence.Login
	names       []string // of all accounts
	other       map[string]bool
	since       time.Time // when the login history begins; zero where it does not say
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
	d := diary{passwords: map[string]evidence.PasswordRecord{}, window: map[string]evidence.Login{}, other: map[string]bool{}}
	records, _ := s.Passwords.Known()
	for _, p := range records {
		d.passwords[p.Name] = p
	}
	accounts, _ := s.Directory.Known()
	for _, a := range accounts {
		d.names = append(d.names, a.Name)
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

// of notes in the account what is known of it.
func (d *diary) of(r evidence.DirectoryAccount, a *Account) {
	p := d.passwords[r.Name]
	a.Created, a.PasswordSet = p.Created, p.Set
	login, found := d.login(r.Name)
	switch {
	case found == Unknown:
	case found == Yes:
		a.LastLogin, a.LoggedIn, a.Session = login.At, Yes, TriOf(login.Open)
	case d.covers(a.Created):
		a.LoggedIn, a.Session = No, No
	default:
		a.Session = No
	}
	if d.loginsKnown {
		a.Remote = TriOf(d.other[r.Name])
	}
	a.Drift = d.drift(a, found)
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
func (d *diary) shared(name string) bool {
	if len(name) != shortestCut && len(name) != longestCut {
		return false
	}
	owners := 0
	for _, n := range d.names {
		if strings.HasPrefix(n, name) {
			owners++
		}
	}
	return owners > 1
}

// covers says whether the history goes back to that time.
func (d *diary) covers(t time.Time) bool {
	return !d.since.IsZero() && !t.IsZero() && !d.since.After(t)
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
	case !a.Created.IsZero() && a.PasswordSet.Sub(a.Created) < originalPassword:
		return No
	case loggedIn == Yes:
		return TriOf(a.PasswordSet.After(a.LastLogin.Add(time.Minute)))
	case d.covers(a.PasswordSet):
		return Yes
	}
	return Unknown
}
