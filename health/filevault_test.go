package health_test

import (
	"slices"
	"testing"
	"time"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/macsim/state"
)

// Each condition that the tools tell of is shown by a Mac, and is not found on one
// that is nearly the same.
func TestFileVaultConditions(t *testing.T) {
	t.Parallel()
	external, mdm := health.Policy{RecoveryKeys: health.EscrowedExternally}, health.Policy{RecoveryKeys: health.EscrowedByMDM}
	for _, tc := range []struct {
		name, scenario string
		policy         health.Policy
		code           health.Code
		who            string // empty: the Mac
		want           bool
	}{
		{"the payload is there and the key went nowhere", "key-changed-between-two-profiles", health.Policy{}, "FV_ON_NO_ESCROWED_PRK", "", true},
		{"the key was made again after the payload", "key-older-than-the-profile", health.Policy{}, "FV_ON_NO_ESCROWED_PRK", "", false},
		{"keys go elsewhere", "key-changed-between-two-profiles", external, "FV_ON_NO_ESCROWED_PRK", "", false},
		{"nobody said where keys go", "still-on-catalina", health.Policy{}, "FV_ON_NO_ESCROWED_PRK", "", false},
		{"keys are to go to the server", "still-on-catalina", mdm, "FV_ON_NO_ESCROWED_PRK", "", true},
		{"FileVault is being turned off", "filevault-turned-off-for-a-repair", mdm, "FV_ON_NO_ESCROWED_PRK", "", false},
		{"taken off the list", "removed-from-filevault-list", health.Policy{}, "FV_USER_NOT_ENABLED", "rsilva", true},
		{"still on the list", "removed-from-filevault-list", health.Policy{}, "FV_USER_NOT_ENABLED", "itadmin", false},
		{"a holder, and FileVault is off", "filevault-at-the-next-logout", health.Policy{}, "FV_USER_NOT_ENABLED", "sbianchi", false},
		{"one of two holders unlocks", "removed-from-filevault-list", health.Policy{}, "FV_LAST_OS_USER", "itadmin", true},
		{"both unlock", "healthy", health.Policy{}, "FV_LAST_OS_USER", "itadmin", false},
		{"one holder in all", "user-without-token", health.Policy{}, "FV_LAST_OS_USER", "itadmin", false},
		{"hidden and listed", "badge-hidden-and-closed-accounts", health.Policy{}, "FV_HIDDEN_ON_SCREEN", "helpdesk", true},
		{"hidden from nobody", "badge-hidden-and-closed-accounts", health.Policy{}, "FV_HIDDEN_ON_SCREEN", "itadmin", false},
		{"the school's key on Apple silicon", "school-key-on-the-new-macs", health.Policy{}, "FV_IRK_ON_AS", "", true},
		{"the school's key on Intel", "school-with-its-own-master-key", health.Policy{}, "FV_IRK_ON_AS", "", false},
		{"an iCloud account on a managed Mac", "icloud-account-holds-the-key", health.Policy{}, "FV_ICLOUD_RECOVERY", "", true},
		{"the company's key on a managed Mac", "healthy", health.Policy{}, "FV_ICLOUD_RECOVERY", "", false},
		{"deferred, and the clerk has none", "clerk-at-the-front-desk", health.Policy{}, "FV_DEFER_PENDING_NO_TOKEN", "hlund", true},
		{"deferred for somebody who has one", "filevault-at-the-next-logout", health.Policy{}, "FV_DEFER_PENDING_NO_TOKEN", "sbianchi", false},
		{"deferred for somebody else", "enrolled-by-a-script-on-mojave", health.Policy{}, "FV_DEFER_PENDING_NO_TOKEN", "pdelic", false},
		{"nobody approved the enrolment", "enrolled-by-a-script-on-mojave", health.Policy{}, "FV_NOT_UAMDM", "", true},
		{"the enrolment is approved", "filevault-at-the-next-logout", health.Policy{}, "FV_NOT_UAMDM", "", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			m := health.Derive(observe(t, tc.scenario), health.Ledger{})
			found := health.Diagnose(m, tc.policy)
			got := slices.ContainsFunc(found, func(f health.Finding) bool {
				return f.Code == tc.code && (m.NameOf(f.Subject) == tc.who || tc.who == "" && f.Subject == health.DeviceSubject)
			})
			if got != tc.want {
				t.Errorf("%s is found: %t; all: %v", tc.code, got, codesOf(found))
			}
		})
	}
}

func codesOf(found []health.Finding) []health.Code {
	codes := make([]health.Code, 0, len(found))
	for _, f := range found {
		codes = append(codes, f.Code)
	}
	return codes
}

// Who has no token yet is given the time in which a first login brings it.
func TestDeferralIsGivenAnHour(t *testing.T) {
	t.Parallel()
	w := watch(t, "clerk-at-the-front-desk")
	if f, told := w.finds("FV_DEFER_PENDING_NO_TOKEN"); told {
		t.Errorf("told at once: %+v", f)
	}
	first := w.at
	w.check(59 * time.Minute)
	if _, told := w.finds("FV_DEFER_PENDING_NO_TOKEN"); told {
		t.Error("told after 59 minutes")
	}
	w.check(time.Minute)
	if f, told := w.finds("FV_DEFER_PENDING_NO_TOKEN"); !told || !f.Since.Equal(first) {
		t.Errorf("after an hour: %t, since %s, want %s", told, f.Since, first)
	}
}

// What is known of a recovery key from earlier checks.
func TestFileVaultHistory(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, scenario string
		happens        [][]state.Event // between two checks each
		code           health.Code
		want           bool
	}{
		{
			"off and on again", "healthy",
			[][]state.Event{{&state.FileVaultOff{User: "itadmin"}}, {&state.FileVaultOn{User: "itadmin"}}},
			"FV_REENABLE_OLD_PRK", true,
		},
		{
			"off and on again, between two checks", "healthy",
			[][]state.Event{{&state.FileVaultOff{User: "itadmin"}, &state.FileVaultOn{User: "itadmin"}}},
			"FV_REENABLE_OLD_PRK", false,
		},
		{
			"off and on again, and a new key", "healthy",
			[][]state.Event{{&state.FileVaultOff{User: "itadmin"}}, {&state.FileVaultOn{User: "itadmin"}}, {&state.ChangeKey{User: "itadmin"}}},
			"FV_REENABLE_OLD_PRK", false,
		},
		{
			"on for the first time", "virtual-mac-for-tests",
			[][]state.Event{{&state.FileVaultOn{User: "tester"}}},
			"FV_PRK_NOT_PRINTED_26", true,
		},
		{
			"on for the first time, with the payload", "virtual-mac-for-tests",
			[][]state.Event{{&state.EscrowKeys{}}, {&state.FileVaultOn{User: "tester"}}},
			"FV_PRK_NOT_PRINTED_26", false,
		},
		{
			"off and on again with the payload taken off", "healthy",
			[][]state.Event{{&state.FileVaultOff{User: "itadmin"}, &state.EscrowKeys{Off: true}}, {&state.FileVaultOn{User: "itadmin"}}},
			"FV_PRK_NOT_PRINTED_26", false,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			w := watch(t, tc.scenario)
			for _, events := range tc.happens {
				w.happens(events...)
			}
			for range 2 { // and it lasts
				if f, found := w.finds(tc.code); found != tc.want {
					t.Errorf("%s is found: %t (%+v)", tc.code, found, f)
				}
				w.check(time.Hour)
			}
		})
	}
}
