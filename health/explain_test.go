package health_test

import (
	"testing"

	"github.com/tokenward/tokenward/health"
)

// Reports that do not arrive are folded under the trouble that keeps them, whichever
// comes first in the list; a trouble is a cause of its own.
func TestTroublesExplainMissingReports(t *testing.T) {
	t.Parallel()
	of := func(code health.Code) health.Finding {
		return health.Finding{Code: code, Subject: health.DeviceSubject}
	}
	for _, cause := range []health.Code{
		"AG_SERVER_UNREACHABLE", "AG_SERVER_PORTAL", "AG_SERVER_STALLED", "AG_SERVER_CERTIFICATE", "AG_SERVER_PROXY", "AG_SERVER_REFUSES",
		"AG_ENROLLMENT_PENDING", "AG_KEY_REVOKED", "AG_STATE_UNWRITABLE", "AG_CLOCK_WRONG",
	} {
		found := []health.Finding{of("AG_SPOOL_FULL"), of("AG_NOT_DELIVERED"), of(cause)}
		health.Explain(found)
		if found[0].CausedBy != "AG_NOT_DELIVERED" || found[1].CausedBy != cause || found[2].CausedBy != "" {
			t.Errorf("%s: %s, %s, %s", cause, found[0].CausedBy, found[1].CausedBy, found[2].CausedBy)
		}
		if v := health.Judge(health.Model{}, found); v != health.VerdictOK {
			t.Errorf("%s: the verdict is %s", cause, v)
		}
	}
	found := []health.Finding{of("AG_SERVER_CERTIFICATE"), of("AG_CLOCK_WRONG")}
	if health.Explain(found); found[0].CausedBy != "AG_CLOCK_WRONG" {
		t.Errorf("a certificate and a wrong clock: %s", found[0].CausedBy)
	}
}
