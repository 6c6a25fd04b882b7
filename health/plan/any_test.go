package plan

import (
	"fmt"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"github.com/tokenward/tokenward/health"
)

// anyModel draws a Mac that no Mac need ever be.
func anyModel() *rapid.Generator[health.Model] {
	return rapid.Custom(func(t *rapid.T) health.Model {
		tri := func(what string) health.Tri {
			return rapid.SampledFrom([]health.Tri{health.Yes, health.No, health.Unknown}).Draw(t, what)
		}
		m := health.Model{
			OS:           health.ParseVersion(rapid.SampledFrom([]string{"10.13.6", "10.14.6", "10.15.2", "10.15.7", "11.1", "12.6", "15.7.1", "26.1", ""}).Draw(t, "os")),
			AppleSilicon: tri("apple silicon"), Chip: rapid.SampledFrom([]health.Chip{health.AppleSilicon, health.T2, health.Intel, health.UnknownChip}).Draw(t, "chip"),
			APFS: tri("apfs"), Enrolled: tri("enrolled"), UserApproved: tri("approved"),
			Enrollment: health.Enrollment{DEP: tri("dep"), UserEnrollment: tri("byod")},
			Bootstrap: health.Bootstrap{
				Supported: tri("supported"), Escrowed: tri("escrowed"), CryptoUser: tri("boot key"), Auth: tri("auth"),
				Strength: rapid.SampledFrom([]health.Strength{health.StrengthUnknown, health.StrengthNone, health.StrengthRefuted, health.StrengthClaimed, health.StrengthProven}).Draw(t, "strength"),
			},
			FileVault: health.FileVault{On: tri("filevault"), Busy: tri("busy"), RecoveryKey: tri("key")},
			Startup:   health.Startup{RecoveryLock: tri("lock"), FirmwarePassword: tri("firmware")},
		}
		for i := range rapid.IntRange(0, 7).Draw(t, "accounts") {
			name := fmt.Sprintf("u %d'", i)
			m.Accounts = append(m.Accounts, health.Account{
				Name: name, GUID: fmt.Sprintf("00000000-0000-4000-8000-00000000000%d", i), UID: 501 + i,
				Kind:   rapid.SampledFrom([]health.Kind{health.KindLocal, health.KindMobile, health.KindService, health.KindManagedAdmin, health.KindSharing}).Draw(t, name+" kind"),
				Person: tri(name + " person"), Admin: tri(name + " admin"), CanLogIn: tri(name + " can log in"), Barred: rapid.Bool().Draw(t, name+" barred"),
				Tag: tri(name + " tag"), CryptoUser: tri(name + " key"), Status: tri(name + " status"), Unlocks: tri(name + " unlocks"), Holder: tri(name + " holder"),
				Token:    rapid.SampledFrom([]health.TokenState{health.TokenUnknown, health.TokenAbsent, health.TokenUnusable, health.TokenUsable}).Draw(t, name+" token"),
				LoggedIn: tri(name + " logged in"), Drift: tri(name + " drift"), VolumeOwner: tri(name + " owns"),
			})
		}
		return m
	})
}

func anyGoal() *rapid.Generator[Goal] {
	return rapid.Custom(func(t *rapid.T) Goal {
		g := rapid.SampledFrom(Goals()).Draw(t, "goal")
		if !g.User {
			return Goal{Kind: g.Kind}
		}
		return Goal{Kind: g.Kind, User: fmt.Sprintf("u %d'", rapid.IntRange(0, 2).Draw(t, "user"))}
	})
}

// Whatever a Mac is like, its plan ends, is the same each time, breaks none of the
// rules that no plan may break, and goes on after an answer as it said it would.
func TestPlansOfAnyMac(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m, g := anyModel().Draw(t, "mac"), anyGoal().Draw(t, "goal")
		p := For(m, g, nil)
		if again := For(m, g, nil); !reflect.DeepEqual(p, again) {
			t.Fatal("another plan for the same Mac")
		}
		if p.Ask != nil {
			for answer, next := range map[health.Tri]*Plan{health.Yes: p.Ask.Yes, health.No: p.Ask.No} {
				now := For(m, g, Answers{p.Ask.About: answer})
				if now.Outcome != next.Outcome || printed(now) != printed(*next) {
					t.Errorf("%q, %s: %d %s; asked again: %d %s", p.Ask.Text, answer, next.Outcome, printed(*next), now.Outcome, printed(now))
				}
			}
		}
		plans := 0
		walk(&p, func(p *Plan) {
			plans++
			for _, wrong := range sound(p) {
				t.Errorf("%s", wrong)
			}
		})
		if plans > 1<<(mostQuestions+2) {
			t.Errorf("%d plans in one", plans)
		}
	})
}
