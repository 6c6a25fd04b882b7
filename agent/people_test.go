//go:build !darwin

package agent

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/wire"
)

func reportOf(at time.Time, accounts ...wire.Account) *wire.Report {
	return &wire.Report{ObservedAt: at, Verdict: health.VerdictDegraded, Accounts: accounts, Findings: []wire.Finding{
		{Code: "ST_PHANTOM", Subject: "G1", Severity: "high", Summary: "The account lea"},
		{Code: "ST_SOLE_HOLDER", Subject: "G2", Severity: "medium"},
		{Code: "BT_NOT_ESCROWED", Subject: "device", Severity: "medium"},
		{Code: "ST_NETWORK_ACCOUNT", Subject: "G1", Severity: "low", Muted: "known"},
		{Code: "ST_HFS", Subject: "G1", Severity: "info"},
		{Code: "NOT_A_CODE", Subject: "G1", Severity: "high"},
	}}
}

func account(uid int, guid string, admin health.Tri) wire.Account {
	return wire.Account{UID: &uid, GUID: guid, Name: "lea", Admin: admin, Token: "usable", VolumeOwner: health.Yes, FileVaultUnlock: health.No}
}

// Who may read is known, fresh and without a doubt, or may not.
func TestAdmin(t *testing.T) {
	t.Parallel()
	now := time.Now()
	for _, tc := range []struct {
		name   string
		report *wire.Report
		want   bool
	}{
		{"no check yet", nil, false},
		{"an administrator", reportOf(now, account(501, "G1", health.Yes), account(502, "G2", health.No)), true},
		{"none", reportOf(now, account(501, "G1", health.No)), false},
		{"not known", reportOf(now, account(501, "G1", health.Unknown)), false},
		{"not there", reportOf(now, account(502, "G1", health.Yes)), false},
		{"without a number", reportOf(now, wire.Account{GUID: "G1", Admin: health.Yes}), false},
		{"two of that number, one is none", reportOf(now, account(501, "G1", health.Yes), account(501, "G2", health.No)), false},
		{"seen long ago", reportOf(now.Add(-2*time.Hour), account(501, "G1", health.Yes)), false},
		{"seen in the future", reportOf(now.Add(2*time.Hour), account(501, "G1", health.Yes)), false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			a := newAgent(t, t.TempDir(), healthy(t), "")
			a.report = tc.report
			if got := a.Admin(501); got != tc.want {
				t.Errorf("Admin = %t", got)
			}
		})
	}
}

// Me tells of one account, and names nobody.
func TestMe(t *testing.T) {
	t.Parallel()
	a := newAgent(t, t.TempDir(), healthy(t), "")
	if me := a.Me(501); me.Known || !me.CheckedAt.IsZero() || me.Verdict != health.VerdictUnknown {
		t.Errorf("before a check: %+v", me)
	}
	a.report = reportOf(time.Now(), account(501, "G1", health.No), account(502, "G2", health.No), account(503, "G3", health.No), account(503, "G4", health.No))
	me := a.Me(501)
	if !me.Known || me.Token != "usable" || me.VolumeOwner != health.Yes || me.Unlocks != health.No || me.Verdict != health.VerdictDegraded {
		t.Errorf("%+v", me)
	}
	if len(me.Findings) != 1 || me.Findings[0].Code != "ST_PHANTOM" {
		t.Errorf("findings %+v", me.Findings)
	}
	if data, err := json.Marshal(me); err != nil || strings.Contains(string(data), "lea") || strings.Contains(string(data), "G1") {
		t.Errorf("it names somebody: %s, %v", data, err)
	}
	for _, uid := range []int{503, 4711} { // two have it, nobody has it
		if me := a.Me(uid); me.Known || len(me.Findings) != 0 || me.Token != "unknown" || me.Verdict != health.VerdictDegraded {
			t.Errorf("%d: %+v", uid, me)
		}
	}
}
