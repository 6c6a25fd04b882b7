package config_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/tokenward/tokenward/agent/config"
	"github.com/tokenward/tokenward/health"
)

// A decision that is misspelt must not be a decision that nobody made.
func TestPolicyIsStrict(t *testing.T) {
	t.Parallel()
	const mute = "policy:\n  mutes:\n  - "
	for _, tc := range []struct {
		name, content string
		line          int
		key, problem  string
	}{
		{"a code misspelt", "policy: {severities: {ST_SOLE_HOLDR: low}}\n", 1, "policy.severities.ST_SOLE_HOLDR", "did you mean ST_SOLE_HOLDER?"},
		{"a code in small letters", "policy: {severities: {st_sole_holder: low}}\n", 1, "policy.severities.st_sole_holder", "did you mean ST_SOLE_HOLDER?"},
		{"a code like no other", "policy: {severities: {XYZZY: low}}\n", 1, "policy.severities.XYZZY", "is not the code of a condition"},
		{"a code twice", "policy:\n  severities:\n    VO_NONE: low\n    VO_NONE: high\n", 4, "policy.severities.VO_NONE", "the key stands twice"},
		{"a number for a code", "policy: {severities: {5: low}}\n", 1, "policy.severities.5", "is not the code of a condition"},
		{"a severity that is none", "policy: {severities: {VO_NONE: harmless}}\n", 1, "policy.severities.VO_NONE", "is none of info, low, medium, high, critical"},
		{"a list of severities", "policy: {severities: [low]}\n", 1, "policy.severities", "is not a section with codes below it"},
		{"a muted code misspelt", mute + "{code: VO_NNE, reason: r, until: 2026-01-31}\n", 3, "policy.mutes[0].code", "did you mean VO_NONE?"},
		{"a key misspelt", mute + "{code: VO_NONE, resaon: r, until: 2026-01-31}\n", 3, "policy.mutes[0].resaon", "did you mean reason?"},
		{"no day", mute + "{code: VO_NONE, reason: r, until: soon}\n", 3, "policy.mutes[0].until", "is not a day such as"},
		{"a day that does not exist", mute + "{code: VO_NONE, reason: r, until: 2026-02-30}\n", 3, "policy.mutes[0].until", "is not a day such as"},
		{"an hour", mute + "{code: VO_NONE, reason: r, until: 2026-02-03T04:00:00Z}\n", 3, "policy.mutes[0].until", "is not a day such as"},
		{"an age without a unit", "policy: {proof_age: 30}\n", 1, "policy.proof_age", "is not a duration"},
		{"a number in quotes", "policy: {least_holders: '2'}\n", 1, "policy.least_holders", "is not a whole number"},
		{"one holder", "policy: {required_holders: admin}\n", 1, "policy.required_holders", "is not a list"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			path := file(t, tc.content)
			_, err := config.Load(config.Sources{File: path, Named: true})
			place := fmt.Sprintf("%s:%d: %s", path, tc.line, tc.key)
			if err == nil || !strings.Contains(err.Error(), place) || !strings.Contains(err.Error(), tc.problem) {
				t.Errorf("Load = %v\nwant %s: … %s", err, place, tc.problem)
			}
		})
	}
}

func TestPolicyRanges(t *testing.T) {
	t.Parallel()
	year := time.Now().AddDate(0, 11, 0).Format(time.DateOnly)
	beyond := time.Now().AddDate(1, 0, 5).Format(time.DateOnly)
	for _, tc := range []struct{ name, content, want string }{
		{"nothing at all", "policy: {}\n", ""},
		{"no such place", "policy: {recovery_keys: jamf}\n", "policy.recovery_keys: "},
		{"fewer than nobody", "policy: {least_holders: -1}\n", "policy.least_holders: "},
		{"a negative age", "policy: {proof_age: -1h}\n", "policy.proof_age: "},
		{"a mute that has ended", "policy: {mutes: [{code: VO_NONE, reason: r, until: 2020-01-31}]}\n", ""},
		{"a mute of eleven months", "policy: {mutes: [{code: VO_NONE, reason: r, until: " + year + "}]}\n", ""},
		{"a mute for longer than a year", "policy: {mutes: [{code: VO_NONE, reason: r, until: " + beyond + "}]}\n", "policy.mutes[0].until: "},
		{"a mute for ever", "policy: {mutes: [{code: VO_NONE, reason: r}]}\n", "policy.mutes[0].until: "},
		{"a mute without a reason", "policy: {mutes: [{code: VO_NONE, until: 2026-01-31}]}\n", "policy.mutes[0].reason: "},
		{"a mute of nothing", "policy: {mutes: [{reason: r, until: 2026-01-31}]}\n", "policy.mutes[0].code: "},
		{"a long story", "policy: {mutes: [{code: VO_NONE, until: 2026-01-31, reason: " + strings.Repeat("r", 257) + "}]}\n", "policy.mutes[0].reason: "},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := config.Load(config.Sources{File: file(t, tc.content), Named: true})
			if (err == nil) != (tc.want == "") || (err != nil && !strings.Contains(err.Error(), tc.want)) {
				t.Errorf("Load = %v, want %q", err, tc.want)
			}
		})
	}
}

// What is configured is what judging is told.
func TestPolicyIsPassedOn(t *testing.T) {
	t.Parallel()
	c, err := config.Load(config.Sources{File: file(t, everything), Named: true})
	if err != nil {
		t.Fatal(err)
	}
	want := health.Policy{
		ServiceAccounts: []string{"_Backup", "it admin", "a, b", "Scanner"}, RequiredHolders: []string{"BreakGlass"},
		RecoveryKeys: health.EscrowedByMDM, Severities: map[health.Code]health.Severity{"ST_SOLE_HOLDER": health.Low, "FV_ON_NO_ESCROWED_PRK": health.High},
		Mutes: []health.Mute{
			{Code: "VO_NONE", Subject: "6A1C7E0E-8B1D-4B53-9F4E-0D2B2B5A0101", Reason: "Goes back to the vendor", Until: time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC)},
			{Code: "ST_PHANTOM", Reason: "Known", Until: time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)},
		},
		LeastHolders: 2, ProofAge: 720 * time.Hour,
	}
	if got := c.HealthPolicy(); !reflect.DeepEqual(got, want) {
		t.Errorf("policy %+v\nwant   %+v", got, want)
	}
}
