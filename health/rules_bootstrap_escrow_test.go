package health_test

import (
	"strings"
	"testing"

	"github.com/tokenward/tokenward/health"
)

// A missing escrow is grave only on a Mac that is known to be one that may escrow.
func TestSeverityOfAMissingEscrow(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, scenario         string
		private, awaiting, dep health.Tri
		want                   health.Severity
	}{
		{"a private Mac", "private-mac-with-work-apps", health.Yes, health.No, health.No, health.Info},
		{"perhaps a private Mac", "private-mac-with-work-apps", health.Unknown, health.No, health.No, health.Medium},
		{"the organisation's", "private-mac-with-work-apps", health.No, health.No, health.No, health.High},
		{"by Automated Device Enrollment no Mac is private", "private-mac-with-work-apps", health.Unknown, health.No, health.Yes, health.High},
		{"held in Setup Assistant", "at-setup-assistant", health.No, health.Yes, health.Yes, health.Info},
		{"perhaps held", "at-setup-assistant", health.No, health.Unknown, health.Yes, health.Medium},
		{"not held", "at-setup-assistant", health.No, health.No, health.Yes, health.High},
		{"in use, whatever the server says", "private-mac-with-work-apps", health.No, health.Yes, health.Yes, health.High},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			m := health.Derive(observe(t, tc.scenario), health.Ledger{})
			m.Enrollment.UserEnrollment, m.Enrollment.Awaiting, m.Enrollment.DEP = tc.private, tc.awaiting, tc.dep
			seen := 0
			for _, f := range health.Diagnose(m, health.Policy{}) {
				if strings.HasPrefix(string(f.Code), "BT_NOT_ESCROWED") {
					seen++
					if f.Severity != tc.want {
						t.Errorf("%s is %s, want %s", f.Code, f.Severity, tc.want)
					}
				}
			}
			if seen == 0 {
				t.Error("no escrow is missed")
			}
		})
	}
}

// Nobody is told to escrow the token of a Mac that may not.
func TestSecondHolderOfAPrivateMac(t *testing.T) {
	t.Parallel()
	m := health.Derive(observe(t, "private-mac-with-work-apps"), health.Ledger{})
	for private, escrows := range map[health.Tri]bool{health.Yes: false, health.No: true, health.Unknown: true} {
		m.Enrollment.UserEnrollment = private
		f, there := findingOf(health.Diagnose(m, health.Policy{}), "ST_SOLE_HOLDER")
		if !there || strings.Contains(f.NextStep, "Escrow") != escrows {
			t.Errorf("private %s: %v, %s", private, there, f.NextStep)
		}
	}
}
