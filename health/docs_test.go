package health_test

import (
	"os"
	"regexp"
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

var factName = regexp.MustCompile(`[a-z]+\.[a-z_]+`)

// condition is one row of docs/conditions.md.
type condition struct {
	code, fedBy string
	facts       []string
}

// conditions returns the rows, and the facts that are needed for other reasons:
// those that the paragraph "Around them" names.
func conditions(t *testing.T) (rows []condition, around []string) {
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
	_, paragraph, marked := strings.Cut(string(data), "\nAround them: ")
	if !marked {
		t.Fatal("no paragraph begins with: Around them")
	}
	paragraph, _, _ = strings.Cut(paragraph, "\n\n")
	return rows, factName.FindAllString(paragraph, -1)
}

// The conditions that admins know of are all there, each with the evidence that
// tells it or the reason why there is none, and no fact is collected that none of
// them needs.
func TestConditionsHaveTheirEvidence(t *testing.T) {
	t.Parallel()
	rows, around := conditions(t)
	known := map[string]bool{string(evidence.BootstrapCryptoUserFact): true, string(evidence.BootstrapVolumeOwnerFact): true}
	for _, f := range (evidence.Snapshot{}).Facts() {
		known[string(f.Name)] = true
	}
	for _, fact := range around {
		if !known[fact] {
			t.Errorf("%s is around the conditions, and no fact", fact)
		}
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
	needed := needs(rows, around)
	for fact := range known {
		if !needed[fact] && !identifies(fact) {
			t.Errorf("no condition needs %s", fact)
		}
	}
}

// needs are the facts that a row or the paragraph names, as they are called.
func needs(rows []condition, around []string) map[string]bool {
	needed := map[string]bool{}
	for _, fact := range around {
		needed[fact] = true
	}
	for _, row := range rows {
		for _, fact := range row.facts {
			needed[fact] = true
		}
	}
	return needed
}

// A fact whose name begins another's is not needed for that.
func TestNeedsGoByWholeNames(t *testing.T) {
	t.Parallel()
	needed := needs([]condition{{facts: []string{"filevault.deferred_user"}}}, []string{"peers.other"})
	if needed["filevault.deferred"] || needed["peers"] || !needed["filevault.deferred_user"] || !needed["peers.other"] {
		t.Errorf("needed: %v", needed)
	}
}

// identifies says whether a fact tells which Mac and which system this is.
func identifies(fact string) bool {
	return slices.Contains([]string{
		"os.build", "os.version_extra", "device.serial", "device.hardware_uuid", "device.model", "device.chip", "filevault.percent",
	}, fact)
}
