package health_test

import (
	"slices"
	"testing"

	"github.com/tokenward/tokenward/health"
)

// shown is a condition with a Mac that shows it, and one that nearly does.
type shown struct {
	code        health.Code
	shows, who  string // a scenario, and the account that it is about; empty for the Mac
	nearly, why string // a scenario that must not show it, and the reason
}

func (s shown) check(t *testing.T) {
	t.Helper()
	decided := health.Policy{RequiredHolders: []string{"itadmin"}}
	raised := func(scenario string) (health.Model, []health.Finding) {
		m := judge(observe(t, scenario)).model
		return m, slices.DeleteFunc(health.Diagnose(m, decided), func(f health.Finding) bool { return f.Code != s.code })
	}
	m, found := raised(s.shows)
	about := func(f health.Finding) bool {
		return s.who == "" && f.Subject == health.DeviceSubject || s.who != "" && m.NameOf(f.Subject) == s.who
	}
	if !slices.ContainsFunc(found, about) {
		t.Errorf("%s does not show it of %q: %v", s.shows, s.who, found)
	}
	if _, found := raised(s.nearly); len(found) > 0 {
		t.Errorf("%s shows it: %v", s.nearly, found)
	}
}

// Every condition of Secure Tokens shows on a Mac on which it holds, and not on one
// that is nearly like it.
func TestTokenConditions(t *testing.T) {
	t.Parallel()
	for _, s := range []shown{
		{"ST_USER_MISSING_BT_READY", "user-without-token", "pnovak", "catalina-second-local-user", "10.15 gives a local user none"},
		{"BT_1015_LOCAL_USER", "catalina-second-local-user", "tvesely", "catalina-directory-user", "the user's account is mobile"},
		{"ST_USER_MISSING_ADMIN_READY", "founder-leaves-company", "successor", "volume-without-any-user", "no admin holds one"},
		{"ST_USER_MISSING_ADMIN_READY", "mojave-directory-user", "pdesai", "user-without-token", "the Bootstrap Token works"},
		{"ST_USER_MISSING_NO_SOURCE", "volume-without-any-user", "yito", "high-sierra-two-accounts-from-the-start", "that there is no Bootstrap Token was not observed"},
		{"ST_NO_HOLDERS", "imaged-lab-mac", "", "at-login-window", "a hidden account holds one"},
		{"ST_SOLE_HOLDER", "user-at-the-keyboard", "", "healthy", "there are two"},
		{"ST_ONLY_STANDARD_HOLDERS", "administrator-rights-taken-back", "", "sequoia-standard-user-at-first-start", "a login gives an admin one"},
		{"ST_HOLDER_IS_SERVICE_ACCOUNT", "service-account-from-a-package", "", "at-login-window", "no user is without"},
		{"ST_HOLDER_IS_SERVICE_ACCOUNT", "catalina-standard-user-before-the-administrator", "", "new-hire-before-escrow", "a person holds one"},
		{"ST_REQUIRED_HOLDER_MISSING", "founder-leaves-company", "itadmin", "healthy", "the required account holds one"},
		{"ST_DISABLED_TAG_ON_PERSON", "imaged-lab-mac", "lab", "service-account-with-the-tag", "it is no person's account"},
		{"ST_HASHED_ACCOUNT", "managed-administrator-beside-the-user", "itmgr", "imaged-lab-mac", "the administrator has logged in"},
		{"ST_PHANTOM", "password-reset-as-root", "tkim", "migrated-twice", "the directory alone says so"},
		{"ST_ORPHAN_CRYPTO_USER", "leaver-deleted-with-rm", "9D2F0C44-3E0B-47F5-8A6B-5C1E7F2A0901", "leaver-tidied-up", "the key went with the account"},
		{"ST_UNKNOWN_USER", "account-made-a-moment-ago", "mnagy", "directory-user-with-odd-names", "the name is odd, and known"},
		{"ST_DRIFT_FV_ON", "new-password-during-the-holidays", "jvermeer", "help-desk-reset-and-login-the-same-day", "the user has logged in since"},
		{"ST_DRIFT_FV_OFF", "new-password-before-the-encryption", "kmensah", "new-password-during-the-holidays", "FileVault is on"},
		{"ST_LAPS_DRIFT", "weekly-password-of-the-administrator", "itadmin", "managed-administrator-beside-the-user", "the administrator holds no token"},
		{"ST_MOBILE_AD_DRIFT", "directory-password-changed-at-home", "esoto", "new-password-from-the-directory", "the new password came with a login"},
		{"ST_NETWORK_ACCOUNT", "network-account-at-the-counter", "", "directory-user-on-the-first-day", "the account is mobile"},
		{"ST_HFS", "spinning-disk-on-high-sierra", "", "high-sierra-two-accounts-from-the-start", "the disk was converted"},
		{"ST_MULTI_500_DEADLOCK", "high-sierra-two-accounts-from-the-start", "", "mojave-two-administrators", "a grant brought both a token"},
		{"ST_1015_STANDARD_FIRST", "catalina-pupils-before-the-teacher", "", "catalina-standard-user-before-the-administrator", "the administrator came as well"},
		{"ST_TOKEN_DIALOG_BYPASSED", "mojave-directory-user", "pdesai", "directory-user-with-odd-names", "a login brings one"},
		{"PSSO_USER_NO_TOKEN", "sign-on-account-in-a-server-outage", "tbanda", "shared-desk-with-sign-on-and-lock", "the login brought one"},
	} {
		t.Run(string(s.code)+"/"+s.shows+"/not "+s.nearly+": "+s.why, func(t *testing.T) {
			t.Parallel()
			s.check(t)
		})
	}
}

// How grave a condition is depends on what else holds on the Mac.
func TestSeverityOfTokenConditions(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, scenario string
		code           health.Code
		policy         health.Policy
		want           health.Severity
	}{
		{"nobody has been set up yet", "at-setup-assistant", "ST_NO_HOLDERS", health.Policy{}, health.Info},
		{"users were, and lost it", "volume-without-any-user", "ST_NO_HOLDERS", health.Policy{}, health.Critical},
		{"a login could bring the next", "user-without-token", "ST_SOLE_HOLDER", health.Policy{}, health.Info},
		{"no login could", "user-at-the-keyboard", "ST_SOLE_HOLDER", health.Policy{}, health.Medium},
		{"one is enough by decision", "user-at-the-keyboard", "ST_SOLE_HOLDER", health.Policy{LeastHolders: 1}, health.Info},
		{"two are wanted, of which there is one", "user-without-token", "ST_SOLE_HOLDER", health.Policy{LeastHolders: 2}, health.Medium},
		{"three are wanted, of which there are two", "healthy", "ST_SOLE_HOLDER", health.Policy{LeastHolders: 3}, health.Medium},
		{"nobody was logged in when the password was set", "new-password-during-the-holidays", "ST_DRIFT_FV_ON", health.Policy{}, health.Critical},
		{"its user was logged in", "colleague-opens-the-mac", "ST_DRIFT_FV_ON", health.Policy{}, health.High},
		{"the server's administrator, beside a user", "weekly-password-of-the-administrator", "ST_DRIFT_FV_ON", health.Policy{}, health.High},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			m := judge(observe(t, tc.scenario)).model
			found := health.Diagnose(m, tc.policy)
			i := slices.IndexFunc(found, func(f health.Finding) bool { return f.Code == tc.code })
			if i < 0 || found[i].Severity != tc.want {
				t.Errorf("want %s %s, found %+v", tc.want, tc.code, found)
			}
		})
	}
}

// What the organisation decided about accounts is heeded.
func TestAccountsByDecision(t *testing.T) {
	t.Parallel()
	served := health.Policy{ServiceAccounts: []string{"itadmin"}}
	for _, tc := range []struct {
		name, scenario string
		policy         health.Policy
		code           health.Code
		want           bool
	}{
		{"two holders are enough for two", "healthy", health.Policy{LeastHolders: 2}, "ST_SOLE_HOLDER", false},
		{"a service account is not judged", "strict-password-rules", health.Policy{ServiceAccounts: []string{"svc-backup"}}, "ST_USER_MISSING_BT_READY", false},
		{"nor is its ownership", "strict-password-rules", health.Policy{ServiceAccounts: []string{"svc-backup"}}, "VO_ADMIN_NOT_OWNER", false},
		{"but it counts as a holder", "new-hire-before-escrow", served, "ST_SOLE_HOLDER", true},
		{"and as one that nobody works with", "new-hire-before-escrow", served, "ST_HOLDER_IS_SERVICE_ACCOUNT", true},
		{"a required account that this Mac has not", "healthy", health.Policy{RequiredHolders: []string{"breakglass"}}, "ST_REQUIRED_HOLDER_MISSING", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			found := health.Diagnose(judge(observe(t, tc.scenario)).model, tc.policy)
			if has := slices.ContainsFunc(found, func(f health.Finding) bool { return f.Code == tc.code }); has != tc.want {
				t.Errorf("%s: %v, want %v", tc.code, has, tc.want)
			}
		})
	}
}

// One Mac has one cause for each trouble, and the rest follows from it.
func TestCausesOfTokenConditions(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		scenario string
		effects  map[health.Code]health.Code
	}{
		{"weekly-password-of-the-administrator", map[health.Code]health.Code{"ST_DRIFT_FV_ON": "ST_LAPS_DRIFT"}},
		{"directory-password-changed-at-home", map[health.Code]health.Code{"ST_DRIFT_FV_ON": "ST_MOBILE_AD_DRIFT"}},
		{"high-sierra-two-accounts-from-the-start", map[health.Code]health.Code{"ST_NO_HOLDERS": "ST_MULTI_500_DEADLOCK"}},
		{"catalina-pupils-before-the-teacher", map[health.Code]health.Code{"ST_NO_HOLDERS": "ST_1015_STANDARD_FIRST", "ST_USER_MISSING_NO_SOURCE": "ST_NO_HOLDERS"}},
		{"mojave-directory-user", map[health.Code]health.Code{"ST_USER_MISSING_ADMIN_READY": "ST_TOKEN_DIALOG_BYPASSED"}},
		{"sign-on-account-in-a-server-outage", map[health.Code]health.Code{"PSSO_USER_NO_TOKEN": "ST_USER_MISSING_BT_READY", "VO_USER_NOT_OWNER": "ST_USER_MISSING_BT_READY"}},
		{"restored-from-another-mac", map[health.Code]health.Code{"VO_USER_NOT_OWNER": "VO_NONE", "VO_ADMIN_NOT_OWNER": "VO_NONE", "VO_BT_NOT_OWNER": "VO_NONE"}},
	} {
		t.Run(tc.scenario, func(t *testing.T) {
			t.Parallel()
			causes := map[health.Code]health.Code{}
			for _, f := range judge(observe(t, tc.scenario)).found {
				causes[f.Code] = f.CausedBy
			}
			for effect, cause := range tc.effects {
				if got, there := causes[effect]; !there || got != cause {
					t.Errorf("%s because of %q, want %s", effect, got, cause)
				}
			}
		})
	}
}
