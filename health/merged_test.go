package health_test

import (
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/health/evidence"
)

// drawStartup adds what is known of the startup security by the Mac's own tools and
// by what it would answer its server, in every combination.
func drawStartup(t *rapid.T, s *evidence.Snapshot) {
	s.Startup.Mode = maybe(t, "mode", rapid.SampledFrom([]evidence.StartupMode{evidence.FullSecurity, evidence.ReducedSecurity, evidence.PermissiveSecurity}))
	s.Startup.UserMDM = maybe(t, "user mdm", rapid.Bool())
	s.Startup.DEPMDM = maybe(t, "dep mdm", rapid.Bool())
	s.Startup.FirmwarePassword = maybe(t, "firmware password", rapid.Bool())
	s.Security.SecureBoot = maybe(t, "secure boot", rapid.SampledFrom([]string{"full", "medium", "off", "not supported"}))
	s.Security.MDMControl = maybe(t, "security mdm", rapid.Bool())
	s.Security.FirmwarePassword = maybe(t, "security firmware", rapid.Bool())
	s.Security.RecoveryLock = maybe(t, "recovery lock", rapid.Bool())
	s.Security.DEP = maybe(t, "security dep", rapid.Bool())
	s.Security.UserApproved = maybe(t, "security approved", rapid.Bool())
	s.Security.UserEnrollment = maybe(t, "user enrolment", rapid.Bool())
	s.Security.BootstrapForAuth = maybe(t, "for auth", rapid.SampledFrom([]string{"allowed", "disallowed", "not supported"}))
	s.Managed.Supervised = maybe(t, "supervised", rapid.Bool())
	s.Managed.AwaitingConfiguration = maybe(t, "awaiting", rapid.Bool())
	s.MDMServer = maybe(t, "server", rapid.Just("https://mdm.example.com/mdm"))
	s.Network.MDM = maybe(t, "reach", rapid.SampledFrom([]evidence.Reach{evidence.Reached, evidence.Unreachable, evidence.Untrusted}))
	s.Machine.SIP = maybe(t, "sip", rapid.SampledFrom([]evidence.SIP{evidence.SIPEnabled, evidence.SIPDisabled, evidence.SIPCustom}))
}

// wholeSnapshot is anySnapshot with all that is known of the Mac besides.
func wholeSnapshot() *rapid.Generator[evidence.Snapshot] {
	return rapid.Custom(func(t *rapid.T) evidence.Snapshot {
		s := anySnapshot().Draw(t, "snapshot")
		drawFileVault(t, &s)
		drawStartup(t, &s)
		return s
	})
}

// answersOf lists every answer of a part of the model by the name of its field.
func answersOf(part any) map[string]health.Tri {
	v := reflect.ValueOf(part)
	all := map[string]health.Tri{}
	for i := range v.NumField() {
		if is, ok := reflect.TypeAssert[health.Tri](v.Field(i)); ok {
			all[v.Type().String()+"."+v.Type().Field(i).Name] = is
		}
	}
	return all
}

// Two sources can tell of one thing. Where one of them is lost, what is known of it
// stays or becomes unknown: nothing becomes certain because a source that spoke
// against it is silent.
func TestLosingEvidenceMakesNothingCertain(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := wholeSnapshot().Draw(t, "snapshot")
		fact := rapid.SampledFrom(s.Facts()).Draw(t, "lost").Name
		was := health.Derive(s, health.Ledger{})
		is := health.Derive(s.Without(fact, rapid.SampledFrom(lost()).Draw(t, "how")), health.Ledger{})
		for _, part := range [][2]any{{was, is}, {was.Enrollment, is.Enrollment}, {was.Startup, is.Startup}, {was.FileVault, is.FileVault}, {was.Bootstrap, is.Bootstrap}} {
			before := answersOf(part[0])
			for name, answer := range answersOf(part[1]) {
				if answer != health.Unknown && answer != before[name] {
					t.Errorf("without %s, %s turns from %s to %s", fact, name, before[name], answer)
				}
			}
		}
	})
}

// Nor is anything foreseen because less is known, whatever earlier checks proved.
// Two sources only ever add doubt, and are not waited for: EACSPreflight, since a
// proof stands until that speaks against it, and sysadminctl, which is asked about
// few accounts.
func TestLosingEvidenceForeseesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := wholeSnapshot().Draw(t, "snapshot")
		past := health.Ledger{}
		fact := rapid.SampledFrom(s.Facts()).Draw(t, "lost").Name
		if fact == evidence.TokenStatusFact {
			return
		}
		if fact != evidence.EACSPreflightFact && rapid.Bool().Draw(t, "proven before") {
			past.Mac.Proof = health.Proof{At: now.Add(-time.Hour), Identity: health.Derive(s, past).Enrollment.Identity}
		}
		was := health.Derive(s, past)
		is := health.Derive(s.Without(fact, rapid.SampledFrom(lost()).Draw(t, "how")), past)
		before := answers(was)
		for key, f := range answers(is) {
			if b, asked := before[key]; asked && f.Answer != health.Unknown && f.Answer != b.Answer {
				t.Errorf("without %s, %s turns from %s to %s: %s", fact, key, b.Answer, f.Answer, f.Summary)
			}
		}
		erasures := health.Erasures(was)
		for i, e := range health.Erasures(is) {
			if e.Silently != health.Unknown && e.Silently != erasures[i].Silently {
				t.Errorf("without %s, an erase turns from %+v to %+v", fact, erasures[i], e)
			}
		}
	})
}
