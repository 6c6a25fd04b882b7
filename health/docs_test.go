package health_test

import (
	"os"
	"strings"
	"testing"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/health/evidence"
)

// Other people's programs go by codes and names of facts: what is not written
// down for them does not exist.
func TestCodesAndFactsAreDocumented(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("../docs/reporting.md")
	if err != nil {
		t.Fatal(err)
	}
	documented := map[string]bool{}
	for word := range strings.FieldsSeq(strings.NewReplacer("`", " ", ",", " ", ". ", " ", ".\n", "\n").Replace(string(data))) {
		documented[word] = true
	}
	for _, r := range health.Rules() {
		if !documented[string(r.Code)] {
			t.Errorf("the code %s is not in docs/reporting.md", r.Code)
		}
	}
	for _, f := range (evidence.Snapshot{}).Facts() {
		if !documented[string(f.Name)] {
			t.Errorf("the fact %s is not in docs/reporting.md", f.Name)
		}
	}
}
