package view_test

import (
	"strings"
	"testing"
)

// Who reads a page on which nothing is critical sees that somebody decided so.
func TestSeverityByPolicy(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, was, is, want string
	}{
		{"lowered", "critical", "info", "lowered by policy from critical to info"},
		{"raised", "low", "high", "raised by policy from low to high"},
		{"as its rule says", "", "info", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r := troubled()
			for i := range r.Findings {
				r.Findings[i].Severity, r.Findings[i].RuleSeverity = tc.is, tc.was
			}
			text := strings.Join(strings.Fields(written(t, r)), " ")
			if got := strings.Count(text, "by policy"); (got == len(r.Findings)) != (tc.want != "") || !strings.Contains(text, tc.want) {
				t.Errorf("%d of %d:\n%s", got, len(r.Findings), text)
			}
		})
	}
}
