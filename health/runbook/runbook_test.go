package runbook_test

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/health/plan"
	"github.com/tokenward/tokenward/health/runbook"
)

var update = flag.Bool("update", false, "write the pages")

const folder = "../../docs/runbooks"

// The pages in the repository are those that the catalogue and the planner make.
// -update writes them.
func TestPagesAreCurrent(t *testing.T) {
	t.Parallel()
	want := map[string]string{"README.md": runbook.Index()}
	for _, p := range runbook.Pages() {
		want[p.Slug+".md"] = p.Markdown()
	}
	for name, text := range want {
		path := filepath.Join(folder, name)
		if *update {
			if err := os.WriteFile(path, []byte(text), 0o644); err != nil { //nolint:gosec // documentation is for everybody
				t.Fatal(err)
			}
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != text {
			t.Errorf("%s is not what is made now (%v): run go test ./health/runbook -update", name, err)
		}
	}
	there, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range there {
		if _, made := want[f.Name()]; !made {
			t.Errorf("%s belongs to no page", f.Name())
		}
	}
}

// The example of a page is in the trouble that the page is about: what the Mac
// itself shows is found there, and nothing that is essential is missing.
func TestExamplesShowTheTrouble(t *testing.T) {
	t.Parallel()
	for _, p := range runbook.Pages() {
		m := p.Model()
		if len(m.Gaps) > 0 {
			t.Errorf("%s: of the example is not known: %v", p.Slug, m.Gaps)
		}
		found := health.Diagnose(m, health.Policy{})
		for _, code := range p.Codes {
			r, known := health.RuleOf(code)
			shown := slices.ContainsFunc(found, func(f health.Finding) bool { return f.Code == code })
			if !known || r.FedBy == health.FromDevice && !shown {
				t.Errorf("%s: %s is not found on the example", p.Slug, code)
			}
		}
	}
}

// Whoever reads a page finds a way, or why there is none; short enough to be read by
// somebody in trouble, and with no question left open.
func TestPagesLeadSomewhere(t *testing.T) {
	t.Parallel()
	slugs := map[string]bool{}
	for _, p := range runbook.Pages() {
		text := p.Markdown()
		if slugs[p.Slug] || p.Title == "" || p.When == "" || p.Article == "" || len(p.Codes) == 0 || len(p.Names()) == 0 {
			t.Errorf("%s is incomplete, or there twice", p.Slug)
		}
		slugs[p.Slug] = true
		if lines := strings.Count(text, "\n"); lines > 150 {
			t.Errorf("%s has %d lines", p.Slug, lines)
		}
		ways := p.Ways
		if len(ways) == 0 {
			ways = []runbook.Way{{}}
		}
		for _, w := range ways {
			way := p.Plan(w)
			if !leads(&way) {
				t.Errorf("%s leads nowhere: %s", p.Slug, w.Title)
			}
		}
		if strings.Contains(text, "with all the answers") {
			t.Errorf("%s leaves a question open", p.Slug)
		}
	}
}

func leads(p *plan.Plan) bool {
	if p == nil {
		return false
	}
	if p.Ask != nil {
		return leads(p.Ask.Yes) || leads(p.Ask.No)
	}
	return p.Outcome == plan.Steps || p.Outcome == plan.Reached || p.Blocked != nil && len(p.Blocked.Reasons) > 0
}

// No page has a password in a command: every command that wants one asks at a
// prompt.
func TestNoSecretOnACommandLine(t *testing.T) {
	t.Parallel()
	for _, p := range runbook.Pages() {
		for i, part := range strings.Split(p.Markdown(), "`") {
			words := strings.Fields(part)
			for j, word := range words {
				if i%2 == 1 && strings.HasSuffix(strings.ToLower(word), "password") && strings.HasPrefix(word, "-") && (j+1 == len(words) || words[j+1] != "-") {
					t.Errorf("%s: `%s`", p.Slug, part)
				}
			}
		}
	}
}
