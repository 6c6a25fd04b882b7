package view_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mattn/go-runewidth"

	"github.com/tokenward/tokenward/cmd/tokenward/internal/view"
	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/wire"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var now = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

// troubled is a report with all that a page can show.
func troubled() wire.Report {
	uid, at := 501, now.Add(-3*time.Minute)
	return wire.Report{
		Device: wire.Device{
			Serial: "C02TEST", Name: "Ada’s Mac", Model: "Mac16,10", Chip: "apple_silicon", OS: wire.OS{Version: "15.7.1", Build: "24G231"},
		},
		ObservedAt: at, Verdict: health.VerdictCritical,
		Bootstrap: &wire.Bootstrap{Strength: "none"},
		Facts: map[string]wire.Fact{
			"bootstrap.supported": {Value: true, Status: "observed"}, "bootstrap.escrowed": {Value: false, Status: "observed"},
			"filevault.state": {Value: "encrypting", Status: "observed"}, "filevault.percent": {Value: 42.5, Status: "observed"},
			"enrollment.mdm": {Value: true, Status: "observed"}, "enrollment.dep": {Value: true, Status: "observed"},
			"enrollment.user_approved": {Value: false, Status: "observed"}, "enrollment.server": {Value: "https://mdm.example.org", Status: "observed"},
			"filevault.users":       {Status: "denied", Source: "fdesetup list"},
			"accounts.console_user": {Status: "failed", Reason: "timeout", Source: "scutil"},
			"mdm.eacs_preflight":    {Status: "not_observed"},
		},
		Accounts: []wire.Account{
			{
				UID: &uid, GUID: "A", Name: "ada", Kind: "local", Person: health.Yes, Admin: health.Yes, Console: health.Yes, Token: "present_but_unusable",
				VolumeOwner: health.No, FileVaultUnlock: health.Unknown, Evidence: map[string]string{"directory": "yes", "crypto_user": "no", "sysadminctl": "yes"},
			},
			{Name: "名前が長いユーザー", Kind: "mobile", Person: health.Yes, Admin: health.Unknown, Token: "absent", VolumeOwner: health.No, FileVaultUnlock: health.No},
		},
		Findings: []wire.Finding{
			{
				Code: "ST_NO_HOLDERS", Title: "Nobody holds a Secure Token", Severity: "critical", Subject: "device", Summary: "The volume has no key for any account of this Mac.",
				Consequence: "FileVault cannot be turned on or unlocked by a user.", NextStep: "Run sudo profiles install -type bootstraptoken.", DoNot: "Do not erase.",
			},
			{Code: "BT_NOT_ESCROWED", Title: "Bootstrap Token not escrowed", Severity: "high", Subject: "device", CausedBy: "BT_NOT_ESCROWED_NO_HOLDER", Summary: "Not escrowed."},
			{Code: "BT_NOT_ESCROWED_NO_HOLDER", Title: "No account can", Severity: "high", Subject: "device", CausedBy: "ST_NO_HOLDERS", Summary: "No account can create it."},
			{Code: "ST_ORPHAN_CRYPTO_USER", Title: "A key of an account that is gone", Severity: "medium", Subject: "X", Summary: "A key for X.", Consequence: "It unlocks.", NextStep: "Remove it."},
		},
	}
}

func healthy() wire.Report {
	return wire.Report{
		Verdict: health.VerdictOK, ObservedAt: now, Device: wire.Device{Serial: "C02TEST", Chip: "unknown"},
		Bootstrap: &wire.Bootstrap{Strength: "proven"},
		Facts: map[string]wire.Fact{
			"bootstrap.supported": {Value: true, Status: "observed"}, "bootstrap.escrowed": {Value: true, Status: "observed"},
			"filevault.state": {Value: "off", Status: "observed"}, "enrollment.mdm": {Value: false, Status: "observed"},
		},
		Accounts: []wire.Account{{Name: "ada", Kind: "local", Admin: health.Yes, Token: "usable", VolumeOwner: health.No, FileVaultUnlock: health.No}},
	}
}

func TestWrite(t *testing.T) {
	t.Parallel()
	delivered, again := now.Add(-time.Hour), now.Add(time.Minute)
	daemon := &wire.DaemonStatus{Delivery: wire.Delivery{
		Server: "https://fleet.example.org", Waiting: 3, Quarantined: 1, Dropped: 2, LastAck: &delivered, LastError: "the server answered 503", NextTry: &again,
	}}
	for _, tc := range []struct {
		name   string
		screen view.Screen
		page   view.Page
	}{
		{"trouble-wide", view.Screen{Width: 110}, view.Page{Report: troubled(), Daemon: daemon, Now: now}},
		{"muted-wide", view.Screen{Width: 110}, view.Page{Report: muted(), Now: now}},
		{"muted-colour", view.Screen{Width: 60, Color: true}, view.Page{Report: muted(), Now: now}},
		{"all-muted", view.Screen{Width: 60}, view.Page{Report: allMuted(), Now: now}},
		{"trouble-narrow", view.Screen{Width: 44}, view.Page{Report: troubled(), Note: "The daemon is not running: this is what the Mac says now.", Now: now}},
		{"trouble-colour", view.Screen{Width: 80, Color: true}, view.Page{Report: troubled(), Now: now}},
		{"healthy", view.Screen{Width: 80}, view.Page{Report: healthy(), Daemon: &wire.DaemonStatus{}, Now: now}},
		{"nothing-known", view.Screen{Width: 80}, view.Page{Report: wire.Report{ObservedAt: now}, Now: now}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			if err := view.Write(&out, tc.screen, tc.page); err != nil {
				t.Fatal(err)
			}
			golden(t, tc.name, out.String())
			if tc.screen.Color {
				return
			}
			for line := range strings.Lines(out.String()) {
				if w := runewidth.StringWidth(strings.TrimSuffix(line, "\n")); w > tc.screen.Width {
					t.Errorf("%d columns on a screen of %d: %q", w, tc.screen.Width, line)
				}
			}
		})
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("not as in %s; got:\n%s", path, got)
	}
}

// Names and texts come from directories that users write to: none may steer the
// terminal of the admin who reads them.
func TestHostileTextStaysText(t *testing.T) {
	t.Parallel()
	const hostile = "eve\x1b[2J\x1b]0;pwned\x07\r\nroot\u202e\u200f\x9b31m"
	r := troubled()
	r.Device.Name, r.Device.Serial, r.Device.Model, r.Device.OS.Version = hostile, hostile, hostile, hostile
	for i := range r.Accounts {
		r.Accounts[i].Name, r.Accounts[i].Kind = hostile, hostile
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		f.Title, f.Summary, f.Consequence, f.NextStep, f.DoNot = hostile, hostile, hostile, hostile, hostile
	}
	for name, f := range r.Facts {
		if _, text := f.Value.(string); text {
			f.Value = hostile
		}
		f.Source, f.Reason = hostile, hostile
		r.Facts[name] = f
	}
	var out bytes.Buffer
	daemon := &wire.DaemonStatus{Delivery: wire.Delivery{Server: hostile, LastError: hostile}}
	if err := view.Write(&out, view.Screen{Width: 80}, view.Page{Report: r, Daemon: daemon, Note: hostile, Now: now}); err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(out.String(), "\x1b\x07\r\u202e\u200f\u009b") {
		t.Errorf("control characters reach the terminal:\n%q", out.String())
	}
}

type fullDisk struct{ left int }

func (d *fullDisk) Write(p []byte) (int, error) {
	if d.left--; d.left < 0 {
		return 0, os.ErrClosed
	}
	return len(p), nil
}

func TestWriteReportsTheFirstError(t *testing.T) {
	t.Parallel()
	if err := view.Write(&fullDisk{left: 3}, view.Screen{Width: 80}, view.Page{Report: troubled(), Now: now}); err == nil {
		t.Error("a page that could not be written is no error")
	}
}
