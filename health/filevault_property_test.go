package health_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/health/evidence"
)

// drawFileVault adds what is known of keys and deferrals, in every combination.
func drawFileVault(t *rapid.T, s *evidence.Snapshot) {
	s.FileVaultDeferred = maybe(t, "deferred", rapid.Bool())
	s.FileVaultDeferredUser = maybe(t, "deferred user", rapid.SampledFrom([]string{"u0", "u1"}))
	s.RecoveryKeys = evidence.RecoveryKeys{
		Personal: maybe(t, "personal", rapid.Bool()), Institutional: maybe(t, "institutional", rapid.Bool()),
		Sealed: maybe(t, "sealed", rapid.Just(now.Add(-time.Hour))), SealedEmpty: maybe(t, "empty", rapid.Bool()),
		EscrowProfile: maybe(t, "profile", rapid.Just(true)),
		Deferral: maybe(t, "deferral", rapid.Custom(func(t *rapid.T) evidence.Deferral {
			return evidence.Deferral{Profile: rapid.Bool().Draw(t, "by profile"), Users: rapid.SampledFrom([][]string{nil, {"u0"}, {"u1", "u2"}}).Draw(t, "users")}
		})),
	}
	s.Security.RecoveryKey = maybe(t, "security personal", rapid.Bool())
	s.Security.InstitutionalKey = maybe(t, "security institutional", rapid.Bool())
	s.Security.KeySealed = maybe(t, "security sealed", rapid.Bool())
	s.UserApproved = maybe(t, "approved", rapid.Bool())
	s.Peers = maybe(t, "peers", rapid.SampledFrom([][]string{{}, {"Crypt"}, {"Escrow Buddy"}, {"Crypt", "XCreds"}}))
}

// Whatever is known of FileVault and decided about its keys: losing an observation
// removes only what rests on it, and adds nothing grave.
func TestLosingFileVaultEvidence(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := anySnapshot().Draw(t, "snapshot")
		drawFileVault(t, &s)
		policy := health.Policy{RecoveryKeys: rapid.SampledFrom([]health.KeyEscrow{"", health.EscrowedByMDM, health.EscrowedExternally, health.NotEscrowed}).Draw(t, "keys")}
		past := health.Ledger{Mac: health.Memory{At: now.Add(-time.Hour), FileVault: rapid.SampledFrom([]health.Tri{health.Unknown, health.Yes, health.No}).Draw(t, "before")}}
		judged := func(s evidence.Snapshot) []health.Finding {
			found := health.Diagnose(health.Derive(s, past), policy)
			return slices.DeleteFunc(found, func(f health.Finding) bool { return f.Code[:3] != "FV_" })
		}
		before := judged(s)
		fact := rapid.SampledFrom(s.Facts()).Draw(t, "fact").Name
		after := judged(s.Without(fact, rapid.SampledFrom(lost()).Draw(t, "how")))
		for _, f := range before {
			if !has(after, f) && !slices.Contains(f.Because, fact) {
				t.Fatalf("without %s, %s on %s is gone, but it rests on %v", fact, f.Code, f.Subject, f.Because)
			}
		}
		for _, f := range after {
			if !has(before, f) && f.Severity >= health.High {
				t.Fatalf("without %s there is a new %s finding: %s", fact, f.Severity, f.Code)
			}
		}
	})
}
