package health_test

import (
	"slices"
	"testing"
	"time"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/health/evidence"
	"github.com/tokenward/tokenward/internal/macsim/state"
)

// serverCondition is a condition of the Bootstrap Token or of MDM with a Mac that
// shows it, and one that nearly does.
type serverCondition struct {
	code           health.Code
	name           string // why the second Mac must not show it
	shows, nearly  string
	nearlyExplains health.Code // what that Mac shows instead; may be empty
}

func (row serverCondition) test(t *testing.T) {
	t.Helper()
	if !shownBy(t, row.shows, row.code) {
		t.Errorf("%s does not show it", row.shows)
	}
	if shownBy(t, row.nearly, row.code) {
		t.Errorf("%s shows it", row.nearly)
	}
	if row.nearlyExplains != "" && !shownBy(t, row.nearly, row.nearlyExplains) {
		t.Errorf("%s does not show %s", row.nearly, row.nearlyExplains)
	}
}

func shownBy(t *testing.T, scenario string, code health.Code) bool {
	t.Helper()
	return slices.ContainsFunc(judge(observe(t, scenario)).found, func(f health.Finding) bool { return f.Code == code })
}

func TestBootstrapConditions(t *testing.T) {
	t.Parallel()
	for _, row := range []serverCondition{
		{"BT_UNSUPPORTED_BY_SERVER", "an updated profile announced it again", "upgraded-from-catalina", "upgraded-and-given-a-new-profile", ""},
		{"BT_PROFILES_TOO_OLD", "as old, and managed by nobody", "mojave-mac-in-storage", "mojave-two-administrators", "MDM_NOT_ENROLLED"},
		{"BT_PROFILES_TOO_OLD", "the first macOS that has it", "mojave-directory-user", "catalina-directory-user", ""},
		{"BT_NOT_ESCROWED", "the server has no support, which is another matter", "new-hire-before-escrow", "server-without-bootstrap-support", "BT_UNSUPPORTED_BY_SERVER"},
		{"BT_NOT_ESCROWED_STANDARD_HOLDER", "the holder is an admin", "bootstrap-not-escrowed-standard-holder", "founder-leaves-company", "BT_NOT_ESCROWED"},
		{"BT_NOT_ESCROWED_NO_HOLDER", "somebody holds a token", "headless-build-mac", "build-mac-with-password-over-ssh", "BT_NOT_ESCROWED"},
		{"BT_INVALID", "escrowed again", "server-forgot-the-token", "escrow-taken-back-and-repeated", ""},
		{"BT_STATUS_LIES", "the server is away: nobody knows whether it has the token", "server-forgot-the-token", "during-the-servers-maintenance", "BT_INVALID"},
		{"BT_ORPHAN_LOCAL", "made and not yet sent to a server that would take it", "left-the-management", "server-with-a-full-disk", "BT_NOT_ESCROWED"},
		{"BT_ORPHAN_LOCAL", "without support there is often no key either", "server-without-bootstrap-support", "volunteer-with-an-old-recovery-key", "BT_UNSUPPORTED_BY_SERVER"},
		{"BT_LOCAL_MISSING", "neither a key nor a claim", "keys-made-anew-in-the-workshop", "new-hire-before-escrow", "BT_NOT_ESCROWED"},
		{"BT_AUTH_DISALLOWED", "an owner allowed it in recoveryOS", "escrowed-by-the-administrator", "enrolled-by-hand-and-opened-in-recovery", ""},
		{"BT_AUTH_DISALLOWED", "allowed by the way of enrolment", "user-at-the-keyboard", "healthy", ""},
		{"BT_AUTH_DISALLOWED", "a T2 has nothing to allow", "virtual-mac-for-tests", "upgraded-and-given-a-new-profile", ""},
		{"BT_AUTH_DISALLOWED", "a private Mac, whose server may neither update nor extend it", "support-group-inside-admin", "private-mac-with-work-apps", "BT_USER_ENROLLMENT"},
		{"BT_WRONG_CHANNEL", "the first login is still to come", "database-mac-with-an-operator-over-ssh", "user-without-token", "ST_USER_MISSING_BT_READY"},
		{"BT_WRONG_CHANNEL", "the password over SSH brought the first token", "database-mac-with-an-operator-over-ssh", "build-mac-with-password-over-ssh", ""},
		{"BT_WRONG_CHANNEL", "logged in at the window, without a network", "database-mac-with-an-operator-over-ssh", "first-login-on-the-train", "ST_USER_MISSING_BT_READY"},
		{"BT_USER_ENROLLMENT", "enrolled by hand as the company's Mac", "private-mac-with-work-apps", "user-at-the-keyboard", "BT_NOT_ESCROWED"},
		{"BT_NOT_SUPERVISED", "not supervised on 10.15.7, and escrowed all the same", "catalina-enrolled-by-hand-in-its-first-winter", "catalina-intel-office-mac", ""},
		{"BT_NOT_SUPERVISED", "the missing approval says it", "catalina-enrolled-by-hand-in-its-first-winter", "enrolled-from-the-command-line", "MDM_NOT_USER_APPROVED"},
		{"BT_NOT_SUPERVISED", "a private Mac is meant to be so", "catalina-enrolled-by-hand-in-its-first-winter", "private-mac-with-work-apps", "BT_USER_ENROLLMENT"},
		{"BT_MANAGED_ADMIN_SUPPRESSED", "the user has logged in, and the server was away", "build-mac-with-password-over-ssh", "bootstrap-not-escrowed-standard-holder", "BT_NOT_ESCROWED"},
		{"BT_MANAGED_ADMIN_SUPPRESSED", "a user who logged in escrowed", "catalina-without-a-user-at-first-start", "managed-administrator-beside-the-user", ""},
		{"BT_MOBILE_FIRST_LOGIN_PENDING", "the second login escrowed", "directory-user-on-the-first-day", "second-login-of-the-directory-user", ""},
		{"BT_MOBILE_FIRST_LOGIN_PENDING", "before 10.15.4 no login escrows", "directory-user-on-the-first-day", "catalina-without-a-user-at-first-start", "BT_MANAGED_ADMIN_SUPPRESSED"},
	} {
		t.Run(string(row.code)+"/"+row.name, func(t *testing.T) {
			t.Parallel()
			row.test(t)
		})
	}
}

// What explains another finding is named by it, so that nobody mends the same
// thing twice.
func TestBootstrapCauses(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, scenario string
		code, cause    health.Code
	}{
		{"a status that lies explains a token that does not work", "server-forgot-the-token", "BT_INVALID", "BT_STATUS_LIES"},
		{"the private enrolment explains the missing escrow", "private-mac-with-work-apps", "BT_NOT_ESCROWED", "BT_USER_ENROLLMENT"},
		{"the early enrolment by hand explains it", "catalina-enrolled-by-hand-in-its-first-winter", "BT_NOT_ESCROWED", "BT_NOT_SUPERVISED"},
		{"the first login of the directory user explains it", "directory-user-on-the-first-day", "BT_NOT_ESCROWED", "BT_MOBILE_FIRST_LOGIN_PENDING"},
		{"leaving the server explains the key", "left-the-management", "BT_ORPHAN_LOCAL", "MDM_NOT_ENROLLED"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			for _, f := range judge(observe(t, tc.scenario)).found {
				if f.Code == tc.code && f.CausedBy != tc.cause {
					t.Errorf("%s because of %s, want %s", tc.code, f.CausedBy, tc.cause)
				}
			}
			if !shownBy(t, tc.scenario, tc.code) {
				t.Errorf("no %s", tc.code)
			}
		})
	}
}

// serverStep is what happened between two checks, and whether the condition is
// to be reported after the second; without events an hour passed.
type serverStep struct {
	events []state.Event
	found  bool
}

type serverHistory struct {
	name, scenario string
	code           health.Code
	steps          []serverStep
}

func (h serverHistory) test(t *testing.T) {
	t.Helper()
	w := watch(t, h.scenario)
	for i, step := range h.steps {
		if len(step.events) == 0 {
			w.check(time.Hour)
		} else {
			w.happens(step.events...)
		}
		if _, found := w.finds(h.code); found != step.found {
			t.Errorf("after step %d: found %v, want %v: %v", i+1, found, step.found, w.found)
		}
	}
}

func TestBootstrapHistory(t *testing.T) {
	t.Parallel()
	offline, online := &state.Connect{}, &state.Connect{Network: true}
	keeps := true
	first := &state.Login{User: "pnovak"}
	for _, h := range []serverHistory{
		{"renewed, seen again, escrowed again", "healthy", "BT_CLEARED_BY_REENROL_OR_RENEWAL", []serverStep{
			{[]state.Event{&state.RenewIdentity{}}, true}, {nil, true}, {[]state.Event{&state.InstallBootstrap{User: "itadmin"}}, false},
		}},
		{"enrolled anew", "healthy", "BT_CLEARED_BY_REENROL_OR_RENEWAL", []serverStep{
			{[]state.Event{&state.Enroll{Way: state.ADE}}, true}, {nil, true}, {[]state.Event{&state.Logout{}, &state.Login{User: "mbauer"}}, false},
		}},
		{"renewed with a server that keeps the tokens", "healthy", "BT_CLEARED_BY_REENROL_OR_RENEWAL", []serverStep{
			{[]state.Event{&state.ServerDoes{KeepsToken: &keeps}, &state.RenewIdentity{}}, false},
		}},
		{"taken back on purpose", "healthy", "BT_CLEARED_BY_REENROL_OR_RENEWAL", []serverStep{
			{[]state.Event{&state.RemoveBootstrap{User: "itadmin"}}, false},
		}},
		{"on a train", "healthy", "BT_CLEARED_BY_REENROL_OR_RENEWAL", []serverStep{
			{[]state.Event{offline}, false}, {[]state.Event{online}, false},
		}},
		{"lost before the first check", "server-forgot-the-token", "BT_CLEARED_BY_REENROL_OR_RENEWAL", []serverStep{{nil, false}}},

		{"logged in between two checks without a network, again with one", "user-without-token", "BT_OFFLINE_LOGIN", []serverStep{
			{[]state.Event{offline}, false},
			{[]state.Event{first}, true},
			{nil, true},
			{[]state.Event{online}, true},
			{[]state.Event{&state.Logout{}, first}, false},
		}},
		{"the network was there before the login", "user-without-token", "BT_OFFLINE_LOGIN", []serverStep{
			{[]state.Event{offline}, false}, {[]state.Event{online, first}, false},
		}},
		{"the network went after the check before: nobody knows when", "user-without-token", "BT_OFFLINE_LOGIN", []serverStep{
			{[]state.Event{offline, first}, false},
		}},
		{"the network came back between the login and the check: nobody knows when", "user-without-token", "BT_OFFLINE_LOGIN", []serverStep{
			{[]state.Event{offline}, false}, {[]state.Event{first, online}, false},
		}},
		{"a later login with a network brought no token either", "user-without-token", "BT_OFFLINE_LOGIN", []serverStep{
			{[]state.Event{offline}, false},
			{[]state.Event{first}, true},
			{[]state.Event{online, &state.ServerDoes{Forgets: true}, &state.Logout{}, first}, false},
		}},
		{"nobody logged in", "user-without-token", "BT_OFFLINE_LOGIN", []serverStep{
			{[]state.Event{offline}, false}, {nil, false},
		}},
		{"a token holder logged in", "healthy", "BT_OFFLINE_LOGIN", []serverStep{
			{[]state.Event{offline}, false}, {[]state.Event{&state.Logout{}, &state.Login{User: "itadmin"}}, false},
		}},

		{"the directory user's second login, without a network", "directory-user-on-the-first-day", "BT_MOBILE_FIRST_LOGIN_PENDING", []serverStep{
			{nil, true}, {[]state.Event{offline, &state.Logout{}, &state.Login{User: "krao"}}, false},
		}},
	} {
		t.Run(string(h.code)+"/"+h.name, func(t *testing.T) {
			t.Parallel()
			h.test(t)
		})
	}
}

// A Mac that is away from its server for an hour is not reported for it, one that
// has lost its token is.
func TestBrokenTokenIsHeldBack(t *testing.T) {
	t.Parallel()
	w := watch(t, "healthy")
	w.happens(&state.Connect{})
	if _, found := w.finds("BT_INVALID"); found {
		t.Error("reported at once")
	}
	w.check(3 * time.Hour)
	if f, found := w.finds("BT_INVALID"); !found || f.CausedBy != "" {
		t.Errorf("after hours: %v %+v", found, f)
	}
	w.happens(&state.Connect{Network: true})
	if _, found := w.finds("BT_INVALID"); found {
		t.Error("still there")
	}
	w.happens(&state.RenewIdentity{})
	if f, found := w.finds("BT_STATUS_LIES"); !found || f.CausedBy != "BT_CLEARED_BY_REENROL_OR_RENEWAL" {
		t.Errorf("lost: %v %+v", found, f)
	}
}

// One answer more or less makes another Mac of it.
func TestBootstrapHangsOnOneAnswer(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, scenario string
		change         func(*evidence.Snapshot)
		code           health.Code
		found          bool
	}{
		{"the server made no administrator", "build-mac-with-password-over-ssh", func(s *evidence.Snapshot) {
			s.Managed.Admins = evidence.Obs[[]evidence.ManagedAdmin]{State: evidence.Absent}
		}, "BT_MANAGED_ADMIN_SUPPRESSED", false},
		{"disallowed in an automated enrolment: no owner can allow it", "healthy", func(s *evidence.Snapshot) {
			s.Security.BootstrapForAuth = evidence.Is(evidence.Meta{State: evidence.Observed}, "disallowed")
		}, "BT_AUTH_DISALLOWED", false},
		{"and updates ask all the same", "healthy", func(s *evidence.Snapshot) {
			s.Security.BootstrapForAuth = evidence.Is(evidence.Meta{State: evidence.Observed}, "disallowed")
		}, "UPDATE_WILL_PROMPT", true},
		{"the way to the server cannot be followed", "server-forgot-the-token", func(s *evidence.Snapshot) {
			s.Network.MDM = evidence.Obs[evidence.Reach]{State: evidence.Unsupported}
		}, "BT_STATUS_LIES", false},
		{"and the token does not work all the same", "server-forgot-the-token", func(s *evidence.Snapshot) {
			s.Network.MDM = evidence.Obs[evidence.Reach]{State: evidence.Unsupported}
		}, "BT_INVALID", true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := observe(t, tc.scenario)
			tc.change(&s)
			found := slices.ContainsFunc(judge(s).found, func(f health.Finding) bool { return f.Code == tc.code })
			if found != tc.found {
				t.Errorf("%s found: %v", tc.code, found)
			}
		})
	}
}
