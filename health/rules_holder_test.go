package health_test

import (
	"strings"
	"testing"

	"github.com/tokenward/tokenward/health"
)

// Who cannot log in is no second holder.
func TestSoleHolderWhoCanLogIn(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		closed []string
		want   string
	}{
		{"both can", nil, ""},
		{"the administrator cannot", []string{"itadmin"}, "mbauer alone of those who hold a Secure Token can log in"},
		{"nobody can", []string{"itadmin", "mbauer"}, "none can log in: itadmin, mbauer"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := observe(t, "healthy")
			for i := range s.Directory.Value {
				for _, name := range tc.closed {
					if r := &s.Directory.Value[i]; r.Name == name {
						r.DisabledUser = true
					}
				}
			}
			f, there := findingOf(judge(s).found, "ST_SOLE_HOLDER")
			if there != (tc.want != "") || !strings.Contains(f.Summary, tc.want) {
				t.Errorf("%v: %s", there, f.Summary)
			}
		})
	}
}

// The way to a first token is one that macOS still gives, by the names that this
// macOS uses.
func TestWayToTheFirstToken(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, os    string
		tag, barred bool
		want, not   string
	}{
		{"barred", "15.7.1", false, true, "Make a new user in System Settings", "System Preferences"},
		{"not barred", "15.7.1", false, false, "have a user log in", "System Preferences"},
		{"not barred, before macOS 13", "12.7", false, false, "Make a new user in System Preferences", "System Settings"},
		{"marked as a holder", "15.7.1", true, true, "recoveryOS", "new user"},
		{"marked as a holder, on 10.15", "10.15.7", true, true, "recoveryOS", "log in first"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := observe(t, "imaged-lab-mac")
			s.OSVersion.Value = tc.os
			for i := range s.Directory.Value {
				if r := &s.Directory.Value[i]; r.UID > 500 {
					r.TokenTag, r.DisabledTag = tc.tag, tc.barred
				}
			}
			f, there := findingOf(judge(s).found, "ST_NO_HOLDERS")
			if !there || !strings.Contains(f.NextStep, tc.want) || strings.Contains(f.NextStep, tc.not) {
				t.Errorf("%v: %s", there, f.NextStep)
			}
		})
	}
}

// On macOS 10.15 a Bootstrap Token that works gives no local admin a token.
func TestStandardHoldersOnCatalina(t *testing.T) {
	t.Parallel()
	m := health.Derive(observe(t, "sequoia-standard-user-at-first-start"), health.Ledger{})
	if !m.Bootstrap.Usable() {
		t.Fatalf("the Bootstrap Token is %s", m.Bootstrap.Strength)
	}
	for version, want := range map[string]bool{"15.7.1": false, "11.0": false, "10.15.7": true} {
		m.OS = health.ParseVersion(version)
		if _, there := findingOf(health.Diagnose(m, health.Policy{}), "ST_ONLY_STANDARD_HOLDERS"); there != want {
			t.Errorf("on %s: %v", version, there)
		}
	}
}
