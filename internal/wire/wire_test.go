package wire_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/macsim"
	"github.com/tokenward/tokenward/internal/macsim/state"
	"github.com/tokenward/tokenward/internal/run"
	"github.com/tokenward/tokenward/internal/wire"
)

// The sizes that a report may have on the wire, gzipped.
const (
	heartbeatBytes = 600
	fullBytes      = 4096 // of a healthy Mac with five accounts
	troubledBytes  = 6144 // of one with a dozen findings
)

func TestHeartbeat(t *testing.T) {
	t.Parallel()
	for _, name := range macsim.Scenarios() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := scenario(t, name)
			s.Name = strings.Repeat("Zoë's MacBook Pro ", 3) + "0123456789"
			full := delivered(wire.Build(s))
			whole := encode(t, full)
			beat := full.AsHeartbeat()
			data := encode(t, beat)
			if n := zipped(t, data); n > heartbeatBytes {
				t.Errorf("%d bytes: %s", n, data)
			}
			if beat.Kind != wire.Heartbeat || beat.StateHash != full.StateHash || beat.Verdict != full.Verdict || beat.Seq != full.Seq {
				t.Errorf("got %+v", beat)
			}
			if labels := decoded(t, data)["device"].(map[string]any)["labels"].([]any); len(labels) != 0 {
				t.Errorf("it has labels: %v", labels)
			}
			want := []string{
				"agent", "boot_id", "device", "dropped", "epoch", "hold_restart", "kind", "observed_at", "reason", "report_id",
				"schema", "schema_version", "seq", "state_hash", "uptime_ms", "verdict",
			}
			if keys := slices.Sorted(maps.Keys(decoded(t, data))); !slices.Equal(keys, want) {
				t.Errorf("its keys are %v", keys)
			}
			if !bytes.Equal(encode(t, full), whole) {
				t.Error("the full report was changed")
			}
		})
	}
}

// A healthy Mac with five accounts, and every scenario with no more: what is wrong
// is told in sentences, which take their room. The tools are started at the times at which they are, to the nanosecond.
func TestFullReportsAreSmall(t *testing.T) {
	t.Parallel()
	macs := map[string]state.Mac{"five people": office(t, 5)}
	for _, name := range macsim.Scenarios() {
		macs[name] = load(t, name)
	}
	for name, mac := range macs {
		r := delivered(wire.Build(source(observe(t, macsim.NewRunner(mac)))))
		limit := troubledBytes
		if name == "five people" {
			limit = fullBytes
		}
		if n := zipped(t, encode(t, r)); len(r.Accounts) <= 6 && n > limit { // the guest is one of them
			t.Errorf("%s: %d bytes with %d accounts and %d findings", name, n, len(r.Accounts), len(r.Findings))
		}
	}
}

// What was written can be read, and says the same.
func TestReportsSurviveTheirJSON(t *testing.T) {
	t.Parallel()
	for _, name := range macsim.Scenarios() {
		want := delivered(wire.Build(scenario(t, name)))
		for _, r := range []wire.Report{want, want.AsHeartbeat()} {
			var got wire.Report
			if err := json.Unmarshal(encode(t, r), &got); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(encode(t, got), encode(t, r)) || got.Verdict != r.Verdict || !reflect.DeepEqual(got.Accounts, r.Accounts) {
				t.Errorf("%s:\n%s\nwant\n%s", name, encode(t, got), encode(t, r))
			}
		}
	}
}

// What a later version writes reads as unknown, never as an error or as another
// answer; keys that are not known are left alone.
func TestLaterVersionsAreReadAsUnknown(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, verdict, tri string
		wantVerdict        health.Verdict
		wantTri            health.Tri
	}{
		{"words of this version", "critical", "yes", health.VerdictCritical, health.Yes},
		{"the other words", "ok", "no", health.VerdictOK, health.No},
		{"unknown itself", "unknown", "unknown", health.VerdictUnknown, health.Unknown},
		{"words of a later version", "splendid", "perhaps", health.VerdictUnknown, health.Unknown},
		{"words in other letters", "OK", "Yes", health.VerdictUnknown, health.Unknown},
		{"empty words", "", "", health.VerdictUnknown, health.Unknown},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			text := fmt.Sprintf(`{"kind":"poem","verdict":%[1]q,"hold_restart":%[2]q,"device":{"chip":"m9","virtual":%[2]q},
				"facts":{"moon.phase":{"value":{"full":true},"status":"felt"}},"weather":[1,2],
				"accounts":[{"name":"a","token":"shiny","person":%[2]q,"admin":%[2]q,"hidden":%[2]q,"console":%[2]q,"volume_owner":%[2]q,"filevault_unlock":%[2]q}],
				"forecasts":[{"name":"rain","answer":%[2]q}],"findings":[{"code":"NEW","severity":"mild"}]}`, tc.verdict, tc.tri)
			// What stood there before does not shine through.
			r := wire.Report{Verdict: health.VerdictOK, HoldRestart: health.No}
			if err := json.Unmarshal([]byte(text), &r); err != nil {
				t.Fatal(err)
			}
			a := r.Accounts[0]
			for _, got := range []health.Tri{r.HoldRestart, r.Device.Virtual, a.Person, a.Admin, a.Hidden, a.Console, a.VolumeOwner, a.FileVaultUnlock, r.Forecasts[0].Answer} {
				if got != tc.wantTri {
					t.Errorf("%q reads as %s", tc.tri, got)
				}
			}
			if r.Verdict != tc.wantVerdict {
				t.Errorf("%q reads as %s", tc.verdict, r.Verdict)
			}
		})
	}
	var r wire.Report
	if err := json.Unmarshal([]byte(`{}`), &r); err != nil || r.Verdict != health.VerdictUnknown || r.HoldRestart != health.Unknown {
		t.Errorf("nothing reads as %s, %s, %v", r.Verdict, r.HoldRestart, err)
	}
}

// canaries stand for what an AuthenticationAuthority holds beside the tags. Each
// place where a reader could take something over has its own.
func canaries(dscl []byte) []byte {
	secrets := `<key>dsAttrTypeNative:ShadowHashData</key><array><string>CANARY-DATA</string></array>` +
		`<key>dsAttrTypeStandard:Password</key><array><string>CANARY-PASSWORD</string></array>`
	authorities := `<key>dsAttrTypeStandard:AuthenticationAuthority</key><array>` +
		`<string>CANARY-BARE</string><string>;CANARY-TAG;</string><string>;SecureToken;CANARY-TOKEN</string>` +
		`<string>;DisabledTags;CANARY-TAGS,SecureToken</string><string>;LocalCachedUser;/CANARY-NODE:x:y</string>` +
		`<string>;ShadowHash;HASHLIST:&lt;CANARY-LIST&gt;$ml$CANARY-HASH</string>`
	text := strings.ReplaceAll(string(dscl), "<dict>", "<dict>"+secrets)
	text = strings.ReplaceAll(text, "HASHLIST:", "HASHLIST:CANARY-REAL")
	parts := strings.Split(text, "<key>dsAttrTypeStandard:AuthenticationAuthority</key>\n")
	for i, part := range parts[1:] {
		_, rest, _ := strings.Cut(part, "<array>")
		parts[i+1] = authorities + rest
	}
	return []byte(strings.Join(parts, ""))
}

// No part of an AuthenticationAuthority gets into a report, nor does anything
// that the directory was not asked for; the tags are understood all the same.
func TestNoAuthenticationAuthorityInAReport(t *testing.T) {
	t.Parallel()
	for _, name := range macsim.Scenarios() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, broken := range []bool{false, true} {
				mac := simulated(load(t, name))
				r := answers(func(ctx context.Context, c run.Command) (run.Result, error) {
					result, err := mac.Run(ctx, c)
					if c.Tool == run.Dscl {
						result.Stdout = canaries(result.Stdout)
						result.Stderr = []byte("CANARY-ERROR\n")
					}
					if c.Tool == run.Dscl && broken {
						result.Stdout = result.Stdout[:len(result.Stdout)-20]
					}
					return result, err
				})
				s := source(observe(t, r))
				accounts, understood := s.Snapshot.Directory.Known()
				for _, a := range accounts {
					tags := a.TokenTag && a.DisabledTag && a.Mobile
					understood = understood && tags == a.PasswordKnown // accounts of macOS itself have none of this
				}
				if understood == broken {
					t.Errorf("the directory is %s: %+v", s.Snapshot.Directory.State, accounts)
				}
				full := delivered(wire.Build(s))
				checkSilent(t, encode(t, full))
				checkSilent(t, encode(t, full.AsHeartbeat()))
			}
		})
	}
}

func checkSilent(t *testing.T, report []byte) {
	t.Helper()
	for _, word := range []string{"CANARY", "HASHLIST", "ShadowHash", "SALTED", "PBKDF2", "Kerberosv5", "LKDC", "LocalCachedUser", "DisabledTags", ";SecureToken"} {
		if i := bytes.Index(report, []byte(word)); i >= 0 {
			t.Errorf("it holds %s: …%s…", word, report[max(0, i-80):min(len(report), i+80)])
		}
	}
}
