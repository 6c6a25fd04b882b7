package health_test

import (
	"testing"
	"time"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/health/evidence"
)

func known[T any](v T) evidence.Obs[T] {
	return evidence.Is(evidence.Meta{State: evidence.Observed}, v)
}

// anAccount is a person's account that the volume has a key for.
func anAccount(name string, uid int) (evidence.DirectoryAccount, evidence.CryptoUser) {
	guid := "6A1C7E0E-8B1D-4B53-9F4E-0D2B2B5A0" + string(rune('A'+uid%26)) + "01"
	owner := true
	return evidence.DirectoryAccount{
		Name: name, GUID: guid, UID: uid, UIDKnown: true, Home: "/Users/" + name, Shell: "/bin/zsh", TokenTag: true, PasswordKnown: true,
	}, evidence.CryptoUser{UUID: guid, Type: evidence.LocalUser, VolumeOwner: &owner}
}

// holders is the evidence of a Mac on which accounts of these names hold a token.
func holders(names ...string) evidence.Snapshot {
	s := evidence.Snapshot{TakenAt: now, TokenStatus: map[string]evidence.Obs[evidence.TokenStatus]{}}
	var records []evidence.DirectoryAccount
	var keys []evidence.CryptoUser
	for i, name := range names {
		r, key := anAccount(name, 501+i)
		records, keys = append(records, r), append(keys, key)
	}
	s.Directory, s.CryptoUsers = known(records), known(keys)
	return s
}

func days(n float64) time.Time { return now.Add(time.Duration(n * 24 * float64(time.Hour))) }

// A token is suspected to open with a former password where the account's was set
// later than its user last logged in.
func TestDrift(t *testing.T) {
	t.Parallel()
	atWindow := func(at time.Time) *evidence.Login { return &evidence.Login{User: "ana", At: at.Truncate(time.Minute)} }
	for _, tc := range []struct {
		name         string
		created, set time.Time
		login        *evidence.Login
		since        time.Time
		want         health.Tri
	}{
		{"set after the last login", days(-300), days(-3), atWindow(days(-9)), days(-300), health.Yes},
		{"logged in since", days(-300), days(-9), atWindow(days(-3)), days(-300), health.No},
		{"set at the login itself, whose second is not told", days(-300), days(-3).Truncate(time.Minute).Add(59 * time.Second), atWindow(days(-3)), days(-300), health.No},
		{"set two minutes after the login", days(-300), days(-3).Truncate(time.Minute).Add(2 * time.Minute), atWindow(days(-3)), days(-300), health.Yes},
		{"the one that the account was made with", days(-9), days(-9).Add(time.Minute), nil, days(-300), health.No},
		{"set a day later, and never logged in since", days(-9), days(-8), nil, days(-300), health.Yes},
		{"set before the history begins", days(-300), days(-200), nil, days(-100), health.Unknown},
		{"the history does not say when it begins", days(-300), days(-200), nil, time.Time{}, health.Unknown},
		{"when it was set is not noted", days(-300), time.Time{}, atWindow(days(-3)), days(-300), health.Unknown},
		{"when the account was made is not noted", time.Time{}, days(-3), atWindow(days(-9)), days(-300), health.Yes},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := holders("ana")
			s.Passwords = known([]evidence.PasswordRecord{{Name: "ana", Created: tc.created, Set: tc.set}})
			logins := evidence.Logins{Since: tc.since}
			if tc.login != nil {
				logins.Window = []evidence.Login{*tc.login}
			}
			s.Logins = known(logins)
			if a := accountOf(t, s, "ana"); a.Drift != tc.want {
				t.Errorf("drift %s, want %s", a.Drift, tc.want)
			}
		})
	}
}

// Without any one source nothing is suspected, and nothing is cleared.
func TestDriftNeedsEverySource(t *testing.T) {
	t.Parallel()
	for _, fact := range []evidence.FactName{evidence.PasswordsFact, evidence.LoginsFact, evidence.CryptoUsersFact} {
		t.Run(string(fact), func(t *testing.T) {
			t.Parallel()
			s := holders("ana")
			s.Passwords = known([]evidence.PasswordRecord{{Name: "ana", Created: days(-300), Set: days(-3)}})
			s.Logins = known(evidence.Logins{Since: days(-300), Window: []evidence.Login{{User: "ana", At: days(-9)}}})
			if a := accountOf(t, s, "ana"); a.Drift != health.Yes {
				t.Fatalf("with all sources: drift %s", a.Drift)
			}
			s = s.Without(fact, evidence.Meta{State: evidence.Failed, Reason: evidence.Timeout})
			if a := accountOf(t, s, "ana"); a.Drift != health.Unknown {
				t.Errorf("drift %s", a.Drift)
			}
		})
	}
}

// A name in the history can be cut off. It is somebody's only where nobody else's
// name begins so.
func TestNamesThatAreCutOff(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name     string
		accounts []string
		listed   string
		want     health.Tri // whether the first account has logged in
	}{
		{"the whole name", []string{"administrator"}, "administrator", health.Yes},
		{"ten bytes of it", []string{"administrator"}, "administra", health.Yes},
		{"eight bytes of it", []string{"administrator"}, "administ", health.Yes},
		{"nine bytes, where no version cuts", []string{"headmistress"}, "headmistr", health.No},
		{"a beginning that two share", []string{"administrator", "administration"}, "administra", health.Unknown},
		{"a whole name that another begins with", []string{"svc-back", "svc-backup"}, "svc-back", health.Unknown},
		{"the longer of the two, whole", []string{"svc-backup", "svc-back"}, "svc-backup", health.Yes},
		{"a short name is never cut off", []string{"ana", "anabel"}, "ana", health.Yes},
		{"somebody else's", []string{"ana", "anabel"}, "anabel", health.No},
		{"cut in the middle of a letter", []string{"jørgensønn"}, "jørgens\xc3", health.No},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := holders(tc.accounts...)
			var made []evidence.PasswordRecord
			for _, name := range tc.accounts {
				made = append(made, evidence.PasswordRecord{Name: name, Created: days(-100), Set: days(-100)})
			}
			s.Passwords = known(made)
			s.Logins = known(evidence.Logins{Since: days(-300), Window: []evidence.Login{{User: tc.listed, At: days(-9)}}})
			a := accountOf(t, s, tc.accounts[0])
			if a.LoggedIn != tc.want || (tc.want == health.Yes) == a.LastLogin.IsZero() {
				t.Errorf("logged in %s, on %v, want %s", a.LoggedIn, a.LastLogin, tc.want)
			}
		})
	}
}

// What the history does not reach is not known.
func TestHistoryOfLogins(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name                      string
		since, booted             time.Time
		logins                    evidence.Logins
		loggedIn, remote, session health.Tri
	}{
		{"open at the window", days(-300), days(-9), evidence.Logins{Window: []evidence.Login{{User: "ana", At: days(-3), Open: true}}}, health.Yes, health.Unknown, health.Yes},
		{"ended at the window", days(-300), days(-9), evidence.Logins{Window: []evidence.Login{{User: "ana", At: days(-3)}}}, health.Yes, health.Unknown, health.No},
		{"by ssh alone", days(-300), days(-9), evidence.Logins{Other: []string{"ana"}}, health.No, health.Yes, health.No},
		{"never", days(-300), days(-9), evidence.Logins{}, health.No, health.No, health.No},
		{"none since the Mac was started", days(-20), days(-9), evidence.Logins{}, health.Unknown, health.Unknown, health.No},
		{"none since the history began", days(-5), days(-9), evidence.Logins{}, health.Unknown, health.Unknown, health.Unknown},
		{"no beginning", time.Time{}, days(-9), evidence.Logins{}, health.Unknown, health.Unknown, health.Unknown},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := holders("ana")
			s.Machine.BootedAt = known(tc.booted)
			s.Passwords = known([]evidence.PasswordRecord{{Name: "ana", Created: days(-100), Set: days(-100)}})
			tc.logins.Since = tc.since
			s.Logins = known(tc.logins)
			a := accountOf(t, s, "ana")
			if a.LoggedIn != tc.loggedIn || a.Remote != tc.remote || a.Session != tc.session {
				t.Errorf("logged in %s, remote %s, session %s; want %s, %s, %s", a.LoggedIn, a.Remote, a.Session, tc.loggedIn, tc.remote, tc.session)
			}
		})
	}
}

func accountOf(t *testing.T, s evidence.Snapshot, name string) health.Account {
	t.Helper()
	m := health.Derive(s, health.Ledger{})
	a, ok := m.Account(name)
	if !ok {
		t.Fatalf("no account %s", name)
	}
	return *a
}

// An account made anew has not the logins of the former one of that name, and a
// password that is older than the account is not the one that it was made with.
func TestAccountMadeAnew(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name                string
		created, set, login time.Time
		loggedIn, drift     health.Tri
	}{
		{"the login is older than the account", days(-1), days(-0.5), days(-9), health.No, health.Yes},
		{"the login is of the minute in which it was made", days(-1).Truncate(time.Minute).Add(50 * time.Second), days(-0.5), days(-1), health.Yes, health.Yes},
		{"the password is older than the account and newer than the login", days(-1), days(-3), days(-9), health.No, health.Yes},
		{"the password is older than the account and than the login", days(-3), days(-9), days(-1), health.Yes, health.No},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := holders("ana")
			s.Passwords = known([]evidence.PasswordRecord{{Name: "ana", Created: tc.created, Set: tc.set}})
			s.Logins = known(evidence.Logins{Since: days(-300), Window: []evidence.Login{{User: "ana", At: tc.login.Truncate(time.Minute)}}})
			a := accountOf(t, s, "ana")
			if a.LoggedIn != tc.loggedIn || a.Drift != tc.drift {
				t.Errorf("logged in %s (%s), drift %s; want %s, %s", a.LoggedIn, a.LastLogin, a.Drift, tc.loggedIn, tc.drift)
			}
		})
	}
}
