package health_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tokenward/tokenward/collectors"
	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/health/evidence"
	"github.com/tokenward/tokenward/internal/macsim"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var now = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

// observe takes the evidence of a simulated Mac, the occasional questions
// included, an hour after the last thing that happened to it: last prints no
// year, and its times are those nearest before the check.
func observe(t *testing.T, scenario string) evidence.Snapshot {
	t.Helper()
	mac, err := macsim.Load(scenario)
	if err != nil {
		t.Fatal(err)
	}
	asked := macsim.NewRunner(mac)
	return collectors.Take(t.Context(), collectors.Mac{Run: asked, Files: asked, Net: asked, Privileged: true}, mac.Clock.Add(time.Hour), collectors.All())
}

type judged struct {
	model   health.Model
	found   []health.Finding
	verdict health.Verdict
}

func judge(s evidence.Snapshot) judged {
	m := health.Derive(s, health.Ledger{})
	found := health.Diagnose(m, health.Policy{})
	return judged{m, found, health.Judge(m, found)}
}

// describe writes what a person would want to check in a golden file.
func (j judged) describe() string {
	var b strings.Builder
	fmt.Fprintf(&b, "verdict %s, bootstrap token %s", j.verdict, j.model.Bootstrap.Strength)
	if len(j.model.Gaps) > 0 {
		fmt.Fprintf(&b, ", not known: %v", j.model.Gaps)
	}
	b.WriteString("\n")
	for _, f := range j.found {
		fmt.Fprintf(&b, "%-8s %s", f.Severity, f.Code)
		if f.CausedBy != "" {
			fmt.Fprintf(&b, " (because of %s)", f.CausedBy)
		}
		fmt.Fprintf(&b, "\n         %s\n         do: %s\n         from %v\n", f.Summary, f.NextStep, f.Because)
	}
	for _, a := range j.model.Accounts {
		if a.Kind == health.KindService && a.Token == health.TokenAbsent {
			continue
		}
		fmt.Fprintf(&b, "account  %s: %s, person %s, admin %s, token %s, owner %s, unlocks %s\n",
			a.Name, a.Kind, a.Person, a.Admin, a.Token, a.VolumeOwner, a.Unlocks)
	}
	return b.String()
}

func TestScenarios(t *testing.T) {
	t.Parallel()
	for _, name := range macsim.Scenarios() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			golden(t, filepath.Join("testdata", name+".golden"), judge(observe(t, name)).describe())
		})
	}
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("not as in %s; got:\n%s", path, got)
	}
}

// lost lists the ways in which an observation can fail to come.
func lost() []evidence.Meta {
	return []evidence.Meta{
		{State: evidence.NotObserved},
		{State: evidence.Denied},
		{State: evidence.Failed, Reason: evidence.Timeout},
		{State: evidence.Failed, Reason: evidence.Unreadable},
	}
}

// essential facts of a Mac, by the words of the judgement: without one of them
// nobody may call the Mac well.
func essential(m health.Model) []evidence.FactName {
	facts := []evidence.FactName{evidence.MDMFact, evidence.FileVaultStateFact, evidence.DirectoryFact, evidence.CryptoUsersFact}
	if m.Enrolled == health.Yes && m.OS.AtLeast(10, 15) != health.No {
		facts = append(facts, evidence.BootstrapSupportedFact)
		if m.Bootstrap.Supported == health.Yes {
			facts = append(facts, evidence.BootstrapEscrowedFact)
		}
	}
	return facts
}

// Losing an essential fact gives unknown or critical. Losing any other removes
// only findings that rest on it, and adds none of severity high or critical.
func TestLosingEvidence(t *testing.T) {
	t.Parallel()
	for _, name := range macsim.Scenarios() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			full := observe(t, name)
			before := judge(full)
			for _, fact := range full.Facts() {
				for _, how := range lost() {
					after := judge(full.Without(fact.Name, how))
					if slices.Contains(essential(before.model), fact.Name) {
						if after.verdict != health.VerdictUnknown && after.verdict != health.VerdictCritical {
							t.Errorf("without %s (%s %s) the verdict is %s", fact.Name, how.State, how.Reason, after.verdict)
						}
						continue
					}
					checkLoss(t, fact.Name, before, after)
				}
			}
		})
	}
}

func checkLoss(t *testing.T, fact evidence.FactName, before, after judged) {
	t.Helper()
	for _, f := range before.found {
		if !has(after.found, f) && !slices.Contains(f.Because, fact) {
			t.Errorf("without %s, %s on %s is gone, but it rests on %v", fact, f.Code, f.Subject, f.Because)
		}
	}
	for _, f := range after.found {
		if !has(before.found, f) && f.Severity >= health.High {
			t.Errorf("without %s there is a new %s finding: %s", fact, f.Severity, f.Code)
		}
	}
	if before.verdict != health.VerdictOK && after.verdict == health.VerdictOK && !restsOn(before.found, fact) {
		t.Errorf("without %s the verdict turns from %s to ok", fact, before.verdict)
	}
}

func has(found []health.Finding, f health.Finding) bool {
	return slices.ContainsFunc(found, func(g health.Finding) bool { return g.Code == f.Code && g.Subject == f.Subject })
}

func restsOn(found []health.Finding, fact evidence.FactName) bool {
	return slices.ContainsFunc(found, func(f health.Finding) bool { return slices.Contains(f.Because, fact) })
}

// Two losses together are no better than one: nothing is ever well without the
// essential facts.
func TestNothingObservedIsUnknown(t *testing.T) {
	t.Parallel()
	j := judge(evidence.Snapshot{TakenAt: now})
	if j.verdict != health.VerdictUnknown || len(j.found) != 0 {
		t.Errorf("verdict %s, findings %v", j.verdict, j.found)
	}
	if j.model.Bootstrap.Strength != health.StrengthUnknown || j.model.Holders.Exists != health.Unknown {
		t.Errorf("the model knows something: %+v", j.model)
	}
}
