package agent

import (
	"testing"
	"time"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/wire"
)

// A trouble that passes is not told; one that lasted is, until it is over.
func TestTroubles(t *testing.T) {
	t.Parallel()
	const unreachable, portal, certificate = wire.TroubleUnreachable, wire.TroublePortal, wire.TroubleCertificate
	type look struct {
		after time.Duration // the one before
		is    wire.Trouble  // empty: all is well
		want  wire.Trouble
	}
	const quarter, night = 15 * time.Minute, 10 * time.Hour
	many := func(n int, l look) []look {
		all := make([]look, n)
		for i := range all {
			all[i] = l
		}
		return all
	}
	for _, tc := range []struct {
		name  string
		looks []look
	}{
		{"an hour in a café", append(many(5, look{quarter, portal, ""}), look{quarter, "", ""})},
		{"a day in a hotel", append(many(25-1+1-1, look{quarter, portal, ""}), look{quarter, portal, portal}, look{quarter, portal, portal}, look{quarter, "", ""})},
		{"a night with the lid closed", []look{{quarter, unreachable, ""}, {night, unreachable, ""}, {quarter, "", ""}}},
		{"many nights", append(many(6, look{night, unreachable, ""}), look{night, unreachable, unreachable})},
		{"back and forth on a train", append(many(10, look{quarter, unreachable, ""}), many(10, look{quarter, portal, ""})...)},
		{"told, and then something else", append(append(many(24, look{quarter, unreachable, ""}), look{quarter, unreachable, unreachable}), many(10, look{quarter, portal, unreachable})...)},
		{"the worse one takes its place", append(append(many(24, look{quarter, unreachable, ""}), many(9, look{quarter, certificate, unreachable})[:0]...), append([]look{{quarter, unreachable, unreachable}}, append(many(8, look{quarter, certificate, unreachable}), look{quarter, certificate, certificate})...)...)},
		{"over and again", append(many(20, look{quarter, portal, ""}), append([]look{{quarter, "", ""}}, many(20, look{quarter, portal, ""})...)...)},
		{"revoked", []look{{quarter, wire.TroubleRevoked, wire.TroubleRevoked}, {quarter, wire.TroubleRevoked, wire.TroubleRevoked}}},
		{"a server in an update", []look{{quarter, wire.TroubleRefused, ""}, {quarter, wire.TroubleRefused, ""}, {quarter, "", ""}}},
		{"a server that refuses", []look{{quarter, wire.TroubleRefused, ""}, {quarter, wire.TroubleRefused, ""}, {quarter, wire.TroubleRefused, wire.TroubleRefused}}},
		{"busy", many(50, look{quarter, wire.TroubleBusy, ""})},
		{"a kind that nobody knows", many(50, look{quarter, "weather", ""})},
		{"a clock that is set back", []look{{quarter, wire.TroubleRefused, ""}, {-night, wire.TroubleRefused, ""}, {quarter, wire.TroubleRefused, ""}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var all troubles
			now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
			for i, l := range tc.looks {
				now = now.Add(l.after)
				d := wire.Delivery{Trouble: l.is}
				if l.is != "" {
					d.LastError = "x"
				}
				if got := all.goOn(d, now); got != l.want {
					t.Fatalf("look %d: told %q, want %q", i, got, l.want)
				}
			}
		})
	}
}

// A laptop that goes back and forth between two troubles, each of which has lasted,
// tells one of them, and not one after the other.
func TestTroublesDoNotFlap(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name          string
		office, home  wire.Trouble
		first, second time.Duration // of every round
		most          int           // changes in a week
	}{
		{"from look to look", wire.TroubleUnreachable, wire.TroublePortal, 30 * time.Minute, 30 * time.Minute, 0},
		{"by the hour", wire.TroubleUnreachable, wire.TroublePortal, 2 * time.Hour, 2 * time.Hour, 0},
		{"a worse one by the hour", wire.TroubleUnreachable, wire.TroubleCertificate, time.Hour, time.Hour, 1},
		{"the worst by the hour", wire.TroubleRefused, wire.TroubleRevoked, 30 * time.Minute, 30 * time.Minute, 1},
		{"days in the one and in the other", wire.TroubleUnreachable, wire.TroublePortal, 48 * time.Hour, 48 * time.Hour, 3},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var all troubles
			changes, last, now := 0, wire.Trouble(""), time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
			for passed := time.Duration(0); passed < 7*24*time.Hour; passed += 15 * time.Minute {
				k := tc.office
				if passed%(tc.first+tc.second) >= tc.first {
					k = tc.home
				}
				told := all.goOn(wire.Delivery{LastError: "x", Trouble: k}, now.Add(passed))
				if last != "" && told != last {
					changes++
				}
				last = told
			}
			if last == "" || changes > tc.most {
				t.Errorf("told %q after %d changes, at most %d are wanted", last, changes, tc.most)
			}
		})
	}
}

// Every kind that counts has a condition with texts, and no other has.
func TestTroublesHaveFindings(t *testing.T) {
	t.Parallel()
	for _, k := range []wire.Trouble{
		wire.TroubleUnreachable, wire.TroublePortal, wire.TroubleStalled, wire.TroubleCertificate, wire.TroubleClock, wire.TroubleProxy,
		wire.TroubleRefused, wire.TroublePending, wire.TroubleRevoked, wire.TroubleBusy, wire.TroubleLocal, wire.TroubleOther, "", "weather",
	} {
		_, counts := patience(k)
		code, summary := troubleFinding(k)
		rule, known := health.RuleOf(code)
		if counts != known || counts != (summary != "") || (counts && (rule.Severity != health.Low || rule.FedBy != health.FromAgent)) {
			t.Errorf("%q: counts %t, %s %q", k, counts, code, summary)
		}
	}
}

func TestSteady(t *testing.T) {
	t.Parallel()
	began := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	var s steady
	if s.holds(began) {
		t.Error("before it was seen")
	}
	s.seen(began)
	for after, want := range map[time.Duration]bool{0: true, 59 * time.Minute: true, time.Hour: false, -59 * time.Minute: true, -2 * time.Hour: false} {
		if got := s.holds(began.Add(after)); got != want {
			t.Errorf("after %s: %t", after, got)
		}
	}
}
