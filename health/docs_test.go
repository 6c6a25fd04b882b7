package health_test

import (
	"cmp"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/health/evidence"
)

const conditionsPage, reportingPage = "../docs/conditions.md", "../docs/reporting.md"

func page(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// Other people's programs go by names of facts: what is not written down for them
// does not exist.
func TestFactsAreDocumented(t *testing.T) {
	t.Parallel()
	documented := map[string]bool{}
	for word := range strings.FieldsSeq(strings.NewReplacer("`", " ", ",", " ", ". ", " ", ".\n", "\n").Replace(page(t, reportingPage))) {
		documented[word] = true
	}
	for _, f := range (evidence.Snapshot{}).Facts() {
		if !documented[string(f.Name)] {
			t.Errorf("the fact %s is not in docs/reporting.md", f.Name)
		}
	}
}

// byCode are all conditions in the order of their codes.
func byCode() []health.Rule {
	rules := health.Rules()
	slices.SortFunc(rules, func(a, b health.Rule) int { return cmp.Compare(a.Code, b.Code) })
	return rules
}

// The list of codes in docs/reporting.md is that of the rules, and the tables in
// docs/conditions.md are what the rules say of themselves. What stands around the
// tables is written by hand; -update leaves it as it is.
func TestConditionsAreDocumented(t *testing.T) {
	t.Parallel()
	golden(t, reportingPage, between(t, page(t, reportingPage), "**Codes**: `", "`.\n", wrapped(byCode())))
	conditions := page(t, conditionsPage)
	for _, g := range groups() {
		conditions = between(t, conditions, "<!-- rules: "+g.name+" -->\n", "<!-- end -->", table(g))
	}
	golden(t, conditionsPage, conditions)
}

// between is a text with another part between two marks.
func between(t *testing.T, text, begin, end, part string) string {
	t.Helper()
	head, rest, found := strings.Cut(text, begin)
	_, tail, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Fatalf("there is no %q with a %q after it", begin, end)
	}
	return head + begin + part + end + tail
}

// wrapped is a list of codes in lines as long as those around it.
func wrapped(rules []health.Rule) string {
	const longest = 125
	var b strings.Builder
	column := len("**Codes**: `")
	for i, r := range rules {
		switch n := len(r.Code) + 1; {
		case i == 0:
			column += n - 1
		case column+n > longest:
			b.WriteString("\n")
			column = n - 1
		default:
			b.WriteString(" ")
			column += n
		}
		b.WriteString(string(r.Code))
	}
	return b.String()
}

// A group is one table of docs/conditions.md.
type group struct {
	name string
	has  func(health.Code) bool
}

// groups go by the beginning of the code; what has no group of its own is about
// MDM and the fleet.
func groups() []group {
	begins := func(prefix string) func(health.Code) bool {
		return func(c health.Code) bool { return strings.HasPrefix(string(c), prefix) }
	}
	own := []group{
		{"Bootstrap Token", begins("BT_")},
		{"Secure Tokens", begins("ST_")},
		{"volume ownership", begins("VO_")},
		{"FileVault", begins("FV_")},
		{"the agent", begins("AG_")},
	}
	return append(own, group{"MDM and the fleet", func(c health.Code) bool {
		return !slices.ContainsFunc(own, func(g group) bool { return g.has(c) })
	}})
}

func table(g group) string {
	var b strings.Builder
	b.WriteString("| code | | severity | fed by | versions | facts | open |\n|---|---|---|---|---|---|---|\n")
	for _, r := range byCode() {
		if g.has(r.Code) {
			fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s |\n", r.Code, r.Title, r.Severity, r.FedBy, versions(r), facts(r), r.Open)
		}
	}
	return b.String()
}

func versions(r health.Rule) string {
	if r.Versions == (health.Versions{}) {
		return ""
	}
	return r.Versions.String()
}

func facts(r health.Rule) string {
	names := make([]string, 0, len(r.Evidence))
	for _, f := range r.Evidence {
		names = append(names, string(f))
	}
	slices.Sort(names)
	return strings.Join(slices.Compact(names), ", ")
}

var factName = regexp.MustCompile(`[a-z]+\.[a-z_]+`)

// around are the facts that are needed for other reasons than a condition: those
// that the paragraph "Around them" names.
func around(t *testing.T) []string {
	t.Helper()
	_, paragraph, marked := strings.Cut(page(t, conditionsPage), "\nAround them: ")
	if !marked {
		t.Fatal("no paragraph begins with: Around them")
	}
	paragraph, _, _ = strings.Cut(paragraph, "\n\n")
	return factName.FindAllString(paragraph, -1)
}

// knownFacts are those of a report, and what the agent knows of itself.
func knownFacts() map[string]bool {
	known := map[string]bool{}
	for _, f := range (evidence.Snapshot{}).Facts() {
		known[string(f.Name)] = true
	}
	for _, f := range []evidence.FactName{
		evidence.BootstrapCryptoUserFact, evidence.BootstrapVolumeOwnerFact,
		health.SpoolFact, health.UplinkFact, health.ClockFact, health.ConfigFact, health.JournalFact, health.IdentityFact, health.StateFact,
	} {
		known[string(f)] = true
	}
	return known
}

// The conditions that admins know of are all there, each rests on facts that
// exist, and no fact is collected that none of them needs.
func TestConditionsHaveTheirEvidence(t *testing.T) {
	t.Parallel()
	const ofMacs, ofTheAgent = 88, 19
	known, own := knownFacts(), 0
	needed := needs(health.Rules(), around(t))
	for _, r := range health.Rules() {
		if r.FedBy == health.FromAgent {
			own++
		}
	}
	if n := len(health.Rules()) - own; n != ofMacs || own != ofTheAgent {
		t.Errorf("%d conditions of Macs and %d of the agent, want %d and %d", n, own, ofMacs, ofTheAgent)
	}
	for fact := range needed {
		if !known[fact] {
			t.Errorf("%s is needed, and no fact", fact)
		}
	}
	for fact := range known {
		if !needed[fact] && !identifies(fact) {
			t.Errorf("no condition needs %s", fact)
		}
	}
}

// needs are the facts that a rule or the paragraph names, as they are called. What
// the volume says of the Bootstrap Token is read out of its crypto users.
func needs(rules []health.Rule, around []string) map[string]bool {
	needed := map[string]bool{string(evidence.BootstrapCryptoUserFact): true, string(evidence.BootstrapVolumeOwnerFact): true}
	for _, fact := range around {
		needed[fact] = true
	}
	for _, r := range rules {
		for _, fact := range r.Evidence {
			needed[string(fact)] = true
		}
	}
	return needed
}

// A fact whose name begins another's is not needed for that.
func TestNeedsGoByWholeNames(t *testing.T) {
	t.Parallel()
	needed := needs([]health.Rule{{Evidence: []evidence.FactName{"filevault.deferred_user"}}}, []string{"peers.other"})
	if needed["filevault.deferred"] || needed["peers"] || !needed["filevault.deferred_user"] || !needed["peers.other"] {
		t.Errorf("needed: %v", needed)
	}
}

// identifies says whether a fact tells which Mac and which system this is.
func identifies(fact string) bool {
	return slices.Contains([]string{
		"os.version", "os.build", "os.version_extra", "device.serial", "device.hardware_uuid", "device.model", "device.chip", "filevault.percent",
	}, fact)
}
