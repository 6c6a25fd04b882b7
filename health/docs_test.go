package health_test

import (
	"os"
	"slices"
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

// condition is one row of docs/conditions.md.
type condition struct {
	code, fedBy string
	facts       []string
}

func conditions(t *testing.T) (rows []condition, text string) {
	t.Helper()
	data, err := os.ReadFile("../docs/conditions.md")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		cells := strings.Split(line, "|")
		if len(cells) != 6 || strings.ToUpper(cells[1]) != cells[1] || !strings.Contains(cells[1], "_") {
			continue
		}
		row := condition{code: strings.TrimSpace(cells[1]), fedBy: strings.TrimSpace(cells[2])}
		for fact := range strings.SplitSeq(cells[3], ",") {
			if fact = strings.TrimSpace(fact); fact != "" {
				row.facts = append(row.facts, fact)
			}
		}
		rows = append(rows, row)
	}
	return rows, string(data)
}

// The conditions that admins know of are all there, each with the evidence that
// tells it or the reason why there is none, and no fact is collected that none of
// them needs.
func TestConditionsHaveTheirEvidence(t *testing.T) {
	t.Parallel()
	rows, text := conditions(t)
	known := map[string]bool{string(evidence.BootstrapCryptoUserFact): true, string(evidence.BootstrapVolumeOwnerFact): true}
	for _, f := range (evidence.Snapshot{}).Facts() {
		known[string(f.Name)] = true
	}
	codes := map[string]bool{}
	for _, row := range rows {
		if codes[row.code] {
			t.Errorf("%s is there twice", row.code)
		}
		codes[row.code] = true
		for fed := range strings.SplitSeq(row.fedBy, ", ") {
			if !slices.Contains([]string{"device", "history", "server", "advice"}, fed) {
				t.Errorf("%s is fed by %q", row.code, fed)
			}
		}
		if strings.Contains(row.fedBy, "device") && len(row.facts) == 0 {
			t.Errorf("%s is to be seen on the Mac, but by nothing", row.code)
		}
		for _, fact := range row.facts {
			if !known[fact] {
				t.Errorf("%s needs %s, which is no fact", row.code, fact)
			}
		}
	}
	const all = 87
	if len(codes) != all {
		t.Errorf("%d conditions, want %d", len(codes), all)
	}
	for _, r := range health.Rules() {
		if !codes[string(r.Code)] {
			t.Errorf("%s is a rule and no condition", r.Code)
		}
	}
	for fact := range known {
		if !strings.Contains(text, fact) && !identifies(fact) {
			t.Errorf("no condition needs %s", fact)
		}
	}
}

// identifies says whether a fact tells which Mac and which system this is.
func identifies(fact string) bool {
	return slices.Contains([]string{
		"os.build", "os.version_extra", "device.serial", "device.hardware_uuid", "device.model", "device.chip", "filevault.percent",
	}, fact)
}
