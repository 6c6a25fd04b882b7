package health_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/health/evidence"
	"github.com/tokenward/tokenward/internal/macsim"
)

// Every condition is complete, in words that a help desk understands.
func TestCatalogue(t *testing.T) {
	t.Parallel()
	codes := map[health.Code]bool{}
	for _, r := range health.Rules() {
		if codes[r.Code] {
			t.Errorf("%s is there twice", r.Code)
		}
		codes[r.Code] = true
	}
	for _, r := range health.Rules() {
		t.Run(string(r.Code), func(t *testing.T) {
			t.Parallel()
			complete(t, r)
			for _, other := range slices.Concat(r.After, r.SuppressedBy) {
				if !codes[other] || other == r.Code {
					t.Errorf("%s is no other condition", other)
				}
			}
			for what, text := range map[string]string{
				"why": r.Why, "consequence": r.Consequence, "next step": r.NextStep, "do not": r.DoNot,
			} {
				for _, wrong := range tone(text) {
					t.Errorf("%s: %s: %q", what, wrong, text)
				}
			}
		})
	}
}

func complete(t *testing.T, r health.Rule) {
	t.Helper()
	if r.Title == "" || r.Why == "" || r.Consequence == "" || r.NextStep == "" || r.Source == "" {
		t.Error("a text is missing")
	}
	if n := len(r.Title); n > 64 || strings.HasSuffix(r.Title, ".") {
		t.Errorf("a title is no sentence and fits into a line: %q", r.Title)
	}
	observed := r.FedBy == health.FromDevice || r.FedBy == health.FromHistory
	if observed != (r.Check != nil) {
		t.Errorf("it is fed by %s, and has a check: %v", r.FedBy, r.Check != nil)
	}
	if observed && len(r.Evidence) == 0 {
		t.Error("it rests on nothing")
	}
	if len(r.SuppressedBy) > 0 && r.Severity > health.Medium {
		t.Error("what is grave is folded below its cause, never left out")
	}
}

// tone finds what makes a text hard to follow at eight in the morning, or what
// sounds as if nobody had been in that place.
func tone(text string) (wrong []string) {
	if text == "" {
		return nil
	}
	if !strings.HasSuffix(text, ".") && !strings.HasSuffix(text, "?") && !strings.HasSuffix(text, "`") {
		wrong = append(wrong, "it does not end like a sentence")
	}
	if n := len(text); n > 420 {
		wrong = append(wrong, fmt.Sprintf("%d characters", n))
	}
	plain := outsideCommands(text)
	for sentence := range strings.SplitSeq(plain, ". ") {
		if n := len(strings.Fields(sentence)); n > 36 {
			wrong = append(wrong, fmt.Sprintf("a sentence of %d words", n))
		}
	}
	for word := range strings.FieldsSeq(strings.ToLower(plain)) {
		switch strings.Trim(word, ".,;:()?") {
		case "please", "simply", "just", "obviously", "easily", "oops", "sorry", "unfortunately", "utilize", "leverage", "e.g", "i.e", "etc": //nolint:misspell // that spelling is one of them
			wrong = append(wrong, "the word "+word)
		}
	}
	if strings.Contains(plain, "!") {
		wrong = append(wrong, "it shouts")
	}
	if strings.Count(text, "`")%2 != 0 {
		wrong = append(wrong, "a command without an end")
	}
	return wrong
}

// outsideCommands is a text with a single word in place of each command.
func outsideCommands(text string) string {
	var b strings.Builder
	for i, part := range strings.Split(text, "`") {
		if i%2 == 1 {
			part = "command"
		}
		b.WriteString(part)
	}
	return b.String()
}

// Every condition that the Mac's tools tell is raised on some Mac by what they
// print, rests on no more than it says it does, and is said completely.
func TestFindingsOfScenarios(t *testing.T) {
	t.Parallel()
	found := map[health.Code]health.Finding{}
	for _, name := range macsim.Scenarios() {
		j := judge(observe(t, name))
		decided := health.Policy{RequiredHolders: []string{"itadmin"}} // some conditions are there by decision
		for _, f := range slices.Concat(j.found, health.Diagnose(j.model, decided)) {
			found[f.Code] = f
			finding(t, name, f)
		}
	}
	for _, r := range health.Rules() {
		if r.FedBy != health.FromDevice {
			continue
		}
		t.Run(string(r.Code), func(t *testing.T) {
			t.Parallel()
			if _, shown := found[r.Code]; !shown {
				t.Error("no scenario shows it")
			}
		})
	}
}

func finding(t *testing.T, scenario string, f health.Finding) {
	t.Helper()
	if f.Summary == "" || f.NextStep == "" || f.Subject == "" || len(f.Because) == 0 {
		t.Errorf("%s: a finding is incomplete: %+v", scenario, f)
	}
	rule, _ := health.RuleOf(f.Code)
	for _, fact := range f.Because {
		if !slices.Contains(rule.Evidence, fact) && (fact != evidence.OSVersionFact || rule.Versions == (health.Versions{})) {
			t.Errorf("%s: %s rests on %s, which its rule does not name", scenario, f.Code, fact)
		}
	}
	for _, text := range []string{f.Summary, f.NextStep, f.Consequence} {
		for _, wrong := range tone(text) {
			t.Errorf("%s: %s: %s: %q", scenario, f.Code, wrong, text)
		}
	}
}
