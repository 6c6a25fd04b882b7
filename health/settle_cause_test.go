package health_test

import (
	"testing"
	"time"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/macsim"
	"github.com/tokenward/tokenward/internal/macsim/state"
)

// pointless lists the findings whose cause is not reported beside them.
func pointless(found []health.Finding) []health.Finding {
	type place struct {
		code    health.Code
		subject string
	}
	reported := map[place]bool{}
	for _, f := range found {
		reported[place{f.Code, f.Subject}] = true
	}
	var left []health.Finding
	for _, f := range found {
		if f.CausedBy != "" && !reported[place{f.CausedBy, f.Subject}] && !reported[place{f.CausedBy, health.DeviceSubject}] {
			left = append(left, f)
		}
	}
	return left
}

// What is reported points to nothing that is held back, on any Mac, at the first
// check and a quarter of an hour later.
func TestCausesAreReported(t *testing.T) {
	t.Parallel()
	for _, name := range macsim.Scenarios() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := watch(t, name)
			for range 2 {
				for _, f := range pointless(w.found) {
					t.Errorf("%s on %s is explained by %s, which is not reported", f.Code, f.Subject, f.CausedBy)
				}
				w.check(15 * time.Minute)
			}
		})
	}
}

// The link is there as soon as the cause is told.
func TestCauseComesLater(t *testing.T) {
	t.Parallel()
	const effect = "ST_USER_MISSING_ADMIN_READY"
	w := watch(t, "user-without-token")
	w.happens(&state.ServerDoes{Forgets: true})
	if f, there := w.finds(effect); !there || f.CausedBy != "" {
		t.Errorf("while the cause is held back: %v, because of %q", there, f.CausedBy)
	}
	w.check(3 * time.Hour)
	if f, there := w.finds(effect); !there || f.CausedBy != "BT_INVALID" {
		t.Errorf("hours later: %v, because of %q", there, f.CausedBy)
	}
}

// Where one cause is held back, the next that holds is named.
func TestNextCause(t *testing.T) {
	t.Parallel()
	found := []health.Finding{
		{Code: "ST_USER_MISSING_ADMIN_READY", Subject: "x", CausedBy: "BT_INVALID"},
		{Code: "BT_INVALID", Subject: health.DeviceSubject},
		{Code: "ST_GRANTER_INVALID", Subject: health.DeviceSubject},
	}
	_, settled, _ := health.Settle(health.Ledger{}, health.Model{TakenAt: now}, found)
	for _, f := range settled {
		if f.Subject == "x" && f.CausedBy != "ST_GRANTER_INVALID" || f.Code == "BT_INVALID" {
			t.Errorf("%s because of %q", f.Code, f.CausedBy)
		}
	}
	if found[0].CausedBy != "BT_INVALID" {
		t.Error("what was found has changed")
	}
}

// What is held back leaves nothing out, or both would be unseen.
func TestNothingIsSuppressedByWhatIsHeldBack(t *testing.T) {
	t.Parallel()
	for _, r := range health.Rules() {
		for _, code := range r.SuppressedBy {
			if by, _ := health.RuleOf(code); by.Hold > 0 {
				t.Errorf("%s is left out because of %s, which is held back for %s", r.Code, code, by.Hold)
			}
		}
	}
}
