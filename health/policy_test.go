package health_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/tokenward/tokenward/health"
)

// keyless is a Mac whose recovery key is with nobody: critical.
const keyless = "key-changed-between-two-profiles"

// What the organisation muted stays in the list with its reason, and does not
// count, however grave it is, until the day comes.
func TestMutes(t *testing.T) {
	t.Parallel()
	now := observe(t, keyless).TakenAt
	const code, reason = "FV_ON_NO_ESCROWED_PRK", "Goes back to the vendor"
	tomorrow := now.Add(24 * time.Hour)
	for _, tc := range []struct {
		name  string
		mutes []health.Mute
		want  string
	}{
		{"everywhere", []health.Mute{{Code: code, Reason: reason, Until: tomorrow}}, reason},
		{"of the Mac", []health.Mute{{Code: code, Subject: health.DeviceSubject, Reason: reason, Until: tomorrow}}, reason},
		{"until the next moment", []health.Mute{{Code: code, Reason: reason, Until: now.Add(1)}}, reason},
		{"until now", []health.Mute{{Code: code, Reason: reason, Until: now}}, ""},
		{"until yesterday", []health.Mute{{Code: code, Reason: reason, Until: now.Add(-24 * time.Hour)}}, ""},
		{"for longer than a mute may last", []health.Mute{{Code: code, Reason: reason, Until: now.Add(health.LongestMute + 1)}}, ""},
		{"for as long as a mute may last", []health.Mute{{Code: code, Reason: reason, Until: now.Add(health.LongestMute)}}, reason},
		{"without an end", []health.Mute{{Code: code, Reason: reason}}, ""},
		{"without a reason", []health.Mute{{Code: code, Until: tomorrow}}, ""},
		{"of another condition", []health.Mute{{Code: "VO_NONE", Reason: reason, Until: tomorrow}}, ""},
		{"of an account", []health.Mute{{Code: code, Subject: "dchávez", Reason: reason, Until: tomorrow}}, ""},
		{"twice", []health.Mute{{Code: code, Reason: reason, Until: tomorrow}, {Code: code, Reason: "Another", Until: tomorrow}}, reason},
		{"twice, and the first has ended", []health.Mute{{Code: code, Reason: "Another", Until: now}, {Code: code, Reason: reason, Until: tomorrow}}, reason},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			m := health.Derive(observe(t, keyless), health.Ledger{})
			found := health.Diagnose(m, health.Policy{Mutes: tc.mutes})
			i := slices.IndexFunc(found, func(f health.Finding) bool { return f.Code == code })
			if i < 0 || found[i].Muted != tc.want || found[i].Severity != health.Critical {
				t.Fatalf("found: %+v", found)
			}
			if verdict := health.Judge(m, found); (verdict == health.VerdictCritical) == (tc.want != "") {
				t.Errorf("verdict %s", verdict)
			}
			if tc.want != "" && i != len(found)-1 {
				t.Errorf("what does not count stands before what does: %v", codesOf(found))
			}
		})
	}
}

// By a clock that shows a time before this program was written nobody can tell when a
// mute ends, so that none counts.
func TestMutesByAWrongClock(t *testing.T) {
	t.Parallel()
	m := health.Derive(observe(t, keyless), health.Ledger{})
	for year, muted := range map[int]bool{2001: false, 2023: false, 2024: true} {
		m.TakenAt = time.Date(year, 12, 31, 0, 0, 0, 0, time.UTC)
		p := health.Policy{Mutes: []health.Mute{{Code: "FV_ON_NO_ESCROWED_PRK", Reason: "known", Until: m.TakenAt.Add(time.Hour)}}}
		for _, f := range health.Diagnose(m, p) {
			if f.Code == "FV_ON_NO_ESCROWED_PRK" && (f.Muted != "") != muted {
				t.Errorf("in %d: muted %q", year, f.Muted)
			}
		}
	}
}

// A decision about severities replaces what a rule says of all Macs. What the evidence
// of this Mac made less grave it does not make graver, and it is seen that somebody
// decided.
func TestSeveritiesThatTheEvidenceGave(t *testing.T) {
	t.Parallel()
	grave := func(s health.Severity) *health.Severity { return &s }
	for _, tc := range []struct {
		name, scenario string
		code           health.Code
		decided        health.Severity
		want           health.Severity
		was            *health.Severity
	}{
		{"lowered", keyless, "FV_ON_NO_ESCROWED_PRK", health.Info, health.Info, grave(health.Critical)},
		{"as it is", keyless, "FV_ON_NO_ESCROWED_PRK", health.Critical, health.Critical, nil},
		{"raised", "user-without-token", "ST_USER_MISSING_BT_READY", health.Critical, health.Critical, grave(health.Medium)},
		{"not raised on a Mac that nobody has set up", "at-setup-assistant", "ST_NO_HOLDERS", health.Critical, health.Info, nil},
		{"lowered further", "colleague-opens-the-mac", "ST_DRIFT_FV_ON", health.Low, health.Low, grave(health.High)},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			m := health.Derive(observe(t, tc.scenario), health.Ledger{})
			found := health.Diagnose(m, health.Policy{Severities: map[health.Code]health.Severity{tc.code: tc.decided}})
			i := slices.IndexFunc(found, func(f health.Finding) bool { return f.Code == tc.code })
			if i < 0 {
				t.Fatalf("not found: %v", codesOf(found))
			}
			if f := found[i]; f.Severity != tc.want || !reflect.DeepEqual(f.RuleSeverity, tc.was) {
				t.Errorf("%s, of the rule %v; want %s, %v", f.Severity, f.RuleSeverity, tc.want, tc.was)
			}
		})
	}
}

// An account is meant by its name or by its GeneratedUID, however that is written.
func TestMutesOfAnAccount(t *testing.T) {
	t.Parallel()
	m := health.Derive(observe(t, "removed-from-filevault-list"), health.Ledger{})
	now := m.TakenAt
	for subject, want := range map[string]string{
		"rsilva": "known", "6A1C7E0E-8B1D-4B53-9F4E-0D2B2B5A0C02": "known", "6a1c7e0e-8b1d-4b53-9f4e-0d2b2b5a0c02": "known",
		"itadmin": "", "RSILVA": "", "Rui Silva": "", health.DeviceSubject: "",
	} {
		policy := health.Policy{Mutes: []health.Mute{{Code: "FV_USER_NOT_ENABLED", Subject: subject, Reason: "known", Until: now.Add(1)}}}
		for _, f := range health.Diagnose(m, policy) {
			if f.Code == "FV_USER_NOT_ENABLED" && f.Muted != want {
				t.Errorf("%q: muted %q, want %q", subject, f.Muted, want)
			}
		}
	}
}

// A severity is decided for a condition as a whole, and a mute does not undo it.
func TestSeverities(t *testing.T) {
	t.Parallel()
	m := health.Derive(observe(t, keyless), health.Ledger{})
	now := m.TakenAt
	for _, tc := range []struct {
		name    string
		policy  health.Policy
		want    health.Severity
		verdict health.Verdict
	}{
		{"as the rule says", health.Policy{}, health.Critical, health.VerdictCritical},
		{"less", health.Policy{Severities: map[health.Code]health.Severity{"FV_ON_NO_ESCROWED_PRK": health.Medium}}, health.Medium, health.VerdictDegraded},
		{"nothing", health.Policy{Severities: map[health.Code]health.Severity{"FV_ON_NO_ESCROWED_PRK": health.Info}}, health.Info, health.VerdictOK},
		{"of another", health.Policy{Severities: map[health.Code]health.Severity{"VO_NONE": health.Low}}, health.Critical, health.VerdictCritical},
		{"muted too", health.Policy{
			Severities: map[health.Code]health.Severity{"FV_ON_NO_ESCROWED_PRK": health.High},
			Mutes:      []health.Mute{{Code: "FV_ON_NO_ESCROWED_PRK", Reason: "known", Until: now.Add(1)}},
		}, health.High, health.VerdictOK},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			// Other conditions of this Mac have a test of their own.
			found := slices.DeleteFunc(health.Diagnose(m, tc.policy), func(f health.Finding) bool { return f.Code != "FV_ON_NO_ESCROWED_PRK" })
			if len(found) != 1 || found[0].Severity != tc.want || health.Judge(m, found) != tc.verdict {
				t.Errorf("verdict %s, found %+v", health.Judge(m, found), found)
			}
		})
	}
}

// A proof that is older than the organisation trusts is a claim, for the findings
// alone: the model keeps what the Mac proved, and when.
func TestProofAge(t *testing.T) {
	t.Parallel()
	m := health.Derive(observe(t, "user-without-token"), health.Ledger{})
	now := m.TakenAt
	if m.Bootstrap.Strength != health.StrengthProven {
		t.Fatalf("the Bootstrap Token is %s", m.Bootstrap.Strength)
	}
	m.Bootstrap.ProvenAt = now.Add(-48 * time.Hour)
	step := func(age time.Duration) string {
		for _, f := range health.Diagnose(m, health.Policy{ProofAge: age}) {
			if f.Code == "ST_USER_MISSING_BT_READY" {
				return f.NextStep
			}
		}
		t.Fatal("no finding about the user")
		return ""
	}
	trusted := step(0)
	for age, same := range map[time.Duration]bool{49 * time.Hour: true, 48 * time.Hour: true, 47 * time.Hour: false} {
		if (step(age) == trusted) != same {
			t.Errorf("an age of %s: %s", age, step(age))
		}
	}
	if m.Bootstrap.Strength != health.StrengthProven {
		t.Error("judging changed the model")
	}
}
