//go:build !darwin

package main

import (
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/run"
	"github.com/tokenward/tokenward/internal/wire"
)

// The rows of two vendor articles that this program was asked for with: what an
// admin does there by hand must come out of it. What somebody does who follows what
// is printed is in follow_seeds_test.go.

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

// printsAll wants parts in what a command prints, and its exit code.
func printsAll(t *testing.T, root string, code int, args []string, parts ...string) {
	t.Helper()
	got := tokenward(t, append(args, "--root", root)...)
	if got.code != code {
		t.Errorf("%v: exit %d, want %d\n%s%s", args, got.code, code, got.out, got.err)
	}
	for _, part := range parts {
		if !strings.Contains(unwrapped(got.out), part) {
			t.Errorf("%v: %q is not in\n%s", args, part, got.out)
		}
	}
}

// F4: the error of the type in two words, and of an old macOS.
func TestSeed_F4(t *testing.T) {
	t.Parallel()
	root := simulate(t, "healthy", "")
	printsAll(t, root, exitOK, []string{"explain", "Error: The profile type option was not recognized.", "--no-check"},
		"BT_PROFILES_TOO_OLD", "where the type is typed as two words", "type the type as one word", "macOS 10.15")
}

// F5: the article's block of nine entries, with UUIDs that are none. Two of its eight
// words for a type are the same thing, the personal recovery key.
func TestSeed_F5(t *testing.T) {
	t.Parallel()
	block, err := os.ReadFile("../../collectors/parse/testdata/diskutil-listcryptousers.filewave-nine-entries.txt")
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Users []struct{ UUID, Type string } `json:"users"`
	}
	if err := json.Unmarshal([]byte(parsed(t, "diskutil-listcryptousers", string(block))), &got); err != nil {
		t.Fatal(err)
	}
	types := map[string]int{}
	for _, u := range got.Users {
		types[u.Type]++
	}
	if len(got.Users) != 9 || len(types) != 7 || got.Users[8].UUID != "AAAAAAAA-EEEE-FFFF-CCCC-DDDDDDDDDDD" {
		t.Errorf("%d entries of %d types: %+v", len(got.Users), len(types), got.Users)
	}
}

// F10: nothing is escrowed at the enrolment where the server makes an admin, the
// first user is standard, or there is none.
func TestSeed_F10(t *testing.T) {
	t.Parallel()
	for scenario, code := range map[string]string{
		"catalina-standard-user-at-first-start":  "BT_MANAGED_ADMIN_SUPPRESSED",
		"catalina-without-a-user-at-first-start": "BT_MANAGED_ADMIN_SUPPRESSED",
	} {
		r := tokenward(t, "check", "--deep", "--json", "--root", simulate(t, scenario, "")).report(t)
		if f := finding(t, r, code); !strings.Contains(f.Summary, "The server made an administrator in Setup Assistant") {
			t.Errorf("%s: %q", scenario, f.Summary)
		}
	}
}

// account is one of a report.
func account(t *testing.T, r wire.Report, name string) wire.Account {
	t.Helper()
	i := slices.IndexFunc(r.Accounts, func(a wire.Account) bool { return a.Name == name })
	if i < 0 {
		t.Fatalf("there is no account %s", name)
	}
	return r.Accounts[i]
}

// F12: with the escrow, the dialog may be passed by.
func TestSeed_F12(t *testing.T) {
	t.Parallel()
	r := reportOf(t, "catalina-second-administrator-adds-a-colleague")
	if a := account(t, r, "akrüger"); a.Token != "usable" || a.FileVaultUnlock != health.Yes {
		t.Errorf("the mobile account: %+v", a)
	}
	if i := slices.IndexFunc(r.Findings, func(f wire.Finding) bool { return f.Code == "ST_TOKEN_DIALOG_BYPASSED" }); i >= 0 {
		t.Errorf("it is called wrong: %s", r.Findings[i].Summary)
	}
}

// F13: the same account by the same dialog, on 10.14 and on 10.15.
func TestSeed_F13(t *testing.T) {
	t.Parallel()
	old := simulate(t, "mojave-directory-user", "")
	r := tokenward(t, "check", "--root", old, "--json").report(t)
	if f := finding(t, r, "ST_TOKEN_DIALOG_BYPASSED"); !strings.Contains(f.Summary, "pdesai") {
		t.Errorf("on 10.14: %q", f.Summary)
	}
	printsAll(t, old, exitOK, []string{"plan", "token", "--user", "pdesai", "--yes", "password:itadmin", "--yes", "password:pdesai"},
		"sudo sysadminctl -secureTokenOn pdesai -password - -adminUser itadmin -adminPassword -")
	if a := account(t, reportOf(t, "catalina-directory-user"), "jgroß"); a.Token != "usable" {
		t.Errorf("on 10.15: %+v", a)
	}
}

// F14: the list at the startup window is up to date by itself.
func TestSeed_F14(t *testing.T) {
	t.Parallel()
	if a := account(t, reportOf(t, "catalina-directory-user"), "jgroß"); a.FileVaultUnlock != health.Yes {
		t.Errorf("the user is not offered: %+v", a)
	}
}

// A2: true or false on evidence alone: where profiles fails or hangs, or the Mac is
// not enrolled, it is neither.
func TestSeed_A2(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, scenario, script string
		value                  any
		status                 string
	}{
		{"escrowed", "healthy", "", true, "observed"},
		{"not escrowed", "new-hire-before-escrow", "", false, "observed"},
		{"it fails", "healthy", "echo 'profiles: an error'; exit 1", nil, "failed"},
		{"it hangs", "healthy", "sleep 60", nil, "failed"},
		{"not enrolled", "bought-in-a-shop", "", nil, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			root := simulate(t, tc.scenario, "tool_limit: 3s\n")
			if tc.script != "" {
				fail(t, root, run.Profiles, tc.script)
			}
			var got struct{ Facts map[string]wire.Fact }
			out := tokenward(t, "facts", "bootstrap.escrowed", "--json", "--root", root).out
			if err := json.Unmarshal([]byte(out), &got); err != nil {
				t.Fatal(err)
			}
			if f := got.Facts["bootstrap.escrowed"]; f.Value != tc.value || tc.status != "" && f.Status != tc.status {
				t.Errorf("%+v", f)
			}
		})
	}
}

// A9: after a reset FileVault wants the old password, and whoever asks before a
// restart or before the reset is told.
func TestSeed_A9(t *testing.T) {
	t.Parallel()
	root := simulate(t, "new-password-during-the-holidays", "")
	printsAll(t, root, exitCritical, []string{"status"}, "ST_DRIFT_FV_ON", "Do not restart this Mac now", "After a restart FileVault refuses the new password")
	printsAll(t, root, exitNoWay, []string{"preflight", "reboot"}, "NOT SAFE", "after a restart FileVault may want the former one", "do not let the battery run down")
	printsAll(t, root, exitUnknown, []string{"preflight", "reset-password", "--user", "itadmin"}, "Do not reset the password of itadmin through the management agent or as root")
}

// A8: which window refuses the user? No tool tells, so that it is explained.
func TestSeed_A8(t *testing.T) {
	t.Parallel()
	printsAll(t, simulate(t, "healthy", ""), exitOK, []string{"explain", "FV_WINDOW_CONFUSION", "--no-check"},
		"It is the FileVault window that refuses the password", "the Mac is offline for its server", "Told by nobody: no tool can tell it")
}

// A11: a reset that keeps the token, and what becomes of the keychain.
func TestSeed_A11(t *testing.T) {
	t.Parallel()
	printsAll(t, simulate(t, "healthy", ""), exitOK, []string{"plan", "reset-password", "--user", "mbauer", "--no", "password:mbauer", "--yes", "password:itadmin"},
		"sudo sysadminctl -adminUser itadmin -adminPassword - -resetPasswordFor mbauer -newPassword -", "The login keychain of the user keeps the old password.")
}

// A12: the only token user's password may be reset where the Bootstrap Token is
// proven, with a login before any restart.
func TestSeed_A12(t *testing.T) {
	t.Parallel()
	root := simulate(t, "before-the-privacy-profile", "")
	ask := []string{"preflight", "reset-password", "--user", "dcosta"}
	printsAll(t, root, exitUnknown, ask, "Whether the server still has the Bootstrap Token is not proven.")
	printsAll(t, root, exitOK, append(ask, "--deep"), "SAFE", "if dcosta then logs in at the login window before any restart", "Do not restart before dcosta has logged in")
	printsAll(t, root, exitOK, []string{"plan", "reset-password", "--user", "dcosta", "--no", "password:dcosta", "--no", "recovery-key", "--deep"},
		"In the server's console, reset the password of dcosta.", "Do not restart the Mac and do not let it shut down before this is done")
}

// A14: enrolled by hand by an admin without a token: who did it is inferred, and
// said so.
func TestSeed_A14(t *testing.T) {
	t.Parallel()
	root := simulate(t, "enrolled-by-the-contractor", "")
	printsAll(t, root, exitDegraded, []string{"status"}, "BT_NOT_ESCROWED")
	printsAll(t, root, exitOK, []string{"explain", "BT_UIE_ENROLLER_WITHOUT_TOKEN", "--no-check"}, "If that admin holds no Secure Token there is nothing to escrow with.", "Who enrolled the Mac: no tool tells.")
}

// A15: what missing tokens cost: unlocking, FileVault, updates, a silent erase, and
// the tokens of new users.
func TestSeed_A15(t *testing.T) {
	t.Parallel()
	printsAll(t, simulate(t, "user-without-token", ""), exitDegraded, []string{"status"},
		"This user cannot unlock the disk after a restart, cannot turn on FileVault and cannot authorise updates.")
	root := simulate(t, "new-hire-before-escrow", "")
	printsAll(t, root, exitDegraded, []string{"status"},
		"New users get no Secure Token when they log in, updates ask a person for a password, and the Mac cannot be erased silently.")
	for _, name := range []string{"update", "wipe"} {
		printsAll(t, root, exitNoWay, []string{"preflight", name}, "NOT SAFE")
	}
}
