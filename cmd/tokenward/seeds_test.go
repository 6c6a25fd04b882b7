//go:build !darwin

package main

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/tokenward/tokenward/internal/wire"
)

// The rows of two vendor articles that this program was asked for with: what an
// admin does there by hand must come out of it. Rows on acting are not here yet.

func parsed(t *testing.T, id, text string) string {
	t.Helper()
	var out, errOut bytes.Buffer
	if code := execute(t.Context(), terminal{in: strings.NewReader(text), out: &out, err: &errOut}, []string{"parse", id}); code != exitOK {
		t.Fatalf("exit %d: %s%s", code, &out, &errOut)
	}
	return unwrapped(out.String())
}

func reportOf(t *testing.T, scenario string) wire.Report {
	t.Helper()
	got := tokenward(t, "check", "--root", simulate(t, scenario, ""), "--json")
	return got.report(t)
}

func finding(t *testing.T, r wire.Report, code string) wire.Finding {
	t.Helper()
	i := slices.IndexFunc(r.Findings, func(f wire.Finding) bool { return f.Code == code })
	if i < 0 {
		t.Fatalf("no %s among %v", code, codes(r))
	}
	return r.Findings[i]
}

// F1: does the server support the Bootstrap Token?
func TestSeed_F1(t *testing.T) {
	t.Parallel()
	for scenario, want := range map[string]bool{"healthy": true, "server-without-bootstrap-support": false} {
		if got := reportOf(t, scenario).Facts["bootstrap.supported"]; got.Status != "observed" || got.Value != want {
			t.Errorf("%s: %+v, want %v", scenario, got, want)
		}
	}
}

// F2: is it escrowed? In the words of the article and in those of the Mac.
func TestSeed_F2(t *testing.T) {
	t.Parallel()
	for _, word := range []string{"on", "to"} {
		for answer, want := range map[string]string{"YES": "true", "NO": "false"} {
			got := parsed(t, "profiles-status-bootstraptoken", "profiles: Bootstrap Token escrowed "+word+" server: "+answer+"\n")
			if !strings.Contains(got, `"escrowed": `+want) {
				t.Errorf("escrowed %s server: %s reads as %s", word, answer, got)
			}
		}
	}
	if got := reportOf(t, "bootstrap-not-escrowed-standard-holder").Facts["bootstrap.escrowed"]; got.Value != false {
		t.Errorf("in the report: %+v", got)
	}
}

// F6: the list of crypto users against fdesetup list.
func TestSeed_F6(t *testing.T) {
	t.Parallel()
	r := reportOf(t, "removed-from-filevault-list")
	f := finding(t, r, "FV_USER_NOT_ENABLED")
	if !slices.Contains(f.Because, "filevault.users") || !slices.Contains(f.Because, "accounts.crypto_users") {
		t.Errorf("it rests on %v", f.Because)
	}
}

// F11: the server does not announce the capability.
func TestSeed_F11(t *testing.T) {
	t.Parallel()
	f := finding(t, reportOf(t, "server-without-bootstrap-support"), "BT_UNSUPPORTED_BY_SERVER")
	if !strings.Contains(f.NextStep, "com.apple.mdm.bootstraptoken") {
		t.Errorf("the next step is %q", f.NextStep)
	}
}

// A4: no token, but escrowed: a login is all it takes, and not any unlock.
func TestSeed_A4(t *testing.T) {
	t.Parallel()
	f := finding(t, reportOf(t, "user-without-token"), "ST_USER_MISSING_BT_READY")
	for _, part := range []string{"log in at the login window", "somebody else unlocks the disk first", "without a restart"} {
		if !strings.Contains(f.NextStep, part) {
			t.Errorf("%q is not in %q", part, f.NextStep)
		}
	}
	if !strings.Contains(f.DoNot, "Unlocking a locked screen is no login") {
		t.Errorf("the warning is %q", f.DoNot)
	}
}

// A5 and A7: no token, not escrowed: an admin with one exists, or nobody does.
func TestSeed_A5(t *testing.T) {
	t.Parallel()
	f := finding(t, reportOf(t, "new-hire-before-escrow"), "ST_USER_MISSING_ADMIN_READY")
	if !strings.Contains(f.Summary, "itadmin") || !strings.Contains(f.NextStep, "sudo profiles install -type bootstraptoken") {
		t.Errorf("%q, %q", f.Summary, f.NextStep)
	}
	nobody := finding(t, reportOf(t, "volume-without-any-user"), "ST_USER_MISSING_NO_SOURCE")
	if nobody.Severity != "critical" || !strings.Contains(nobody.NextStep, "recoveryOS") {
		t.Errorf("%s: %q", nobody.Severity, nobody.NextStep)
	}
}

// A6: that admin's password is unknown: do not reset it.
func TestSeed_A6(t *testing.T) {
	t.Parallel()
	for scenario, code := range map[string]string{"new-hire-before-escrow": "ST_USER_MISSING_ADMIN_READY", "founder-leaves-company": "BT_NOT_ESCROWED"} {
		if f := finding(t, reportOf(t, scenario), code); !strings.Contains(f.DoNot, "reset") {
			t.Errorf("%s: the warning is %q", code, f.DoNot)
		}
	}
}

// A13: only a standard user holds a token: an admin for a moment, and back.
func TestSeed_A13(t *testing.T) {
	t.Parallel()
	f := finding(t, reportOf(t, "bootstrap-not-escrowed-standard-holder"), "BT_NOT_ESCROWED_STANDARD_HOLDER")
	if !strings.Contains(f.NextStep, "make that user an admin for a moment") || !strings.Contains(f.NextStep, "take the admin rights back") {
		t.Errorf("the next step is %q", f.NextStep)
	}
}
