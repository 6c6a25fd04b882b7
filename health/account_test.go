package health_test

import (
	"testing"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/health/evidence"
)

// What sort of account a record is, and whether somebody works with it.
func TestKindsOfAccounts(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name    string
		record  func(*evidence.DirectoryAccount)
		managed bool
		kind    health.Kind
		person  health.Tri
	}{
		{"a user", func(*evidence.DirectoryAccount) {}, false, health.KindLocal, health.Yes},
		{"a hidden user", func(r *evidence.DirectoryAccount) { r.Hidden = true }, false, health.KindLocal, health.No},
		{"a UID below 500", func(r *evidence.DirectoryAccount) { r.UID = 499 }, false, health.KindService, health.No},
		{"an underscore", func(r *evidence.DirectoryAccount) { r.Name = "_ana" }, false, health.KindService, health.No},
		{"a guest", func(r *evidence.DirectoryAccount) { r.UID, r.GUID = 201, "FFFFEEEE-DDDD-CCCC-BBBB-AAAA000000C9" }, false, health.KindGuest, health.No},
		{"for file sharing alone", func(r *evidence.DirectoryAccount) { r.Shell, r.Home = "/usr/bin/false", "/dev/null" }, false, health.KindSharing, health.No},
		{"without a shell to log in to", func(r *evidence.DirectoryAccount) { r.Shell = "/usr/bin/false" }, false, health.KindLocal, health.No},
		{"a shell that is not noted", func(r *evidence.DirectoryAccount) { r.Shell = "" }, false, health.KindLocal, health.Unknown},
		{"of a directory service", func(r *evidence.DirectoryAccount) { r.Mobile = true }, false, health.KindMobile, health.Yes},
		{"made for the server", func(*evidence.DirectoryAccount) {}, true, health.KindManagedAdmin, health.Yes},
		{"made for the server, with a UID below 500", func(r *evidence.DirectoryAccount) { r.UID = 499 }, true, health.KindManagedAdmin, health.No},
		{"made for the server, hidden", func(r *evidence.DirectoryAccount) { r.Hidden = true }, true, health.KindManagedAdmin, health.No},
		{"of a directory service, with that GUID", func(r *evidence.DirectoryAccount) { r.Mobile = true }, true, health.KindMobile, health.Yes},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := holders("ana")
			tc.record(&s.Directory.Value[0])
			if tc.managed {
				s.Managed.Admins = known([]evidence.ManagedAdmin{{GUID: s.Directory.Value[0].GUID}})
			}
			a := accountOf(t, s, s.Directory.Value[0].Name)
			if a.Kind != tc.kind || a.Person != tc.person {
				t.Errorf("%s, person %s; want %s, %s", a.Kind, a.Person, tc.kind, tc.person)
			}
		})
	}
}

// A token is worth what all sources together say of it.
func TestWorthOfTokens(t *testing.T) {
	t.Parallel()
	enabled, disabled, nobody := known(evidence.TokenEnabled), known(evidence.TokenDisabled), known(evidence.TokenNoUser)
	none := evidence.Obs[evidence.TokenStatus]{}
	for _, tc := range []struct {
		name     string
		key, tag bool
		status   evidence.Obs[evidence.TokenStatus]
		closed   bool
		want     health.TokenState
	}{
		{"all say yes", true, true, enabled, false, health.TokenUsable},
		{"nobody asked sysadminctl", true, true, none, false, health.TokenUsable},
		{"sysadminctl does not know the account", true, true, nobody, false, health.TokenUsable},
		{"sysadminctl says no", true, true, disabled, false, health.TokenUnknown},
		{"the directory says no", true, false, enabled, false, health.TokenUnknown},
		{"the account was closed", true, true, enabled, true, health.TokenUnusable},
		{"the volume says no", false, true, enabled, false, health.TokenUnusable},
		{"sysadminctl alone says yes", false, false, enabled, false, health.TokenUnusable},
		{"all say no", false, false, disabled, false, health.TokenAbsent},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := holders("ana")
			r := &s.Directory.Value[0]
			r.TokenTag, r.DisabledUser = tc.tag, tc.closed
			if !tc.key {
				s.CryptoUsers = known([]evidence.CryptoUser{})
			}
			s.TokenStatus["ana"] = tc.status
			a := accountOf(t, s, "ana")
			if a.Token != tc.want {
				t.Errorf("%s, want %s", a.Token, tc.want)
			}
			if (a.Stranger == health.Yes) != (tc.status == nobody) {
				t.Errorf("sysadminctl does not know the account: %s", a.Stranger)
			}
		})
	}
}

// An account for file sharing is nobody who lacks a token.
func TestSharingAccountIsNobody(t *testing.T) {
	t.Parallel()
	j := judge(observe(t, "office-file-server"))
	a, there := j.model.Account("scanner")
	if !there || a.Kind != health.KindSharing || a.Person != health.No {
		t.Fatalf("there %v: %s, person %s", there, a.Kind, a.Person)
	}
	for _, f := range j.found {
		if f.Subject == a.Subject() {
			t.Errorf("%s: %s", f.Code, f.Summary)
		}
	}
}
