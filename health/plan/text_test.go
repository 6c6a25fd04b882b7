package plan

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tokenward/tokenward/health"
)

// Every action says what it is, how it is seen and who says so; one that no plan
// proposes says why.
func TestActions(t *testing.T) {
	t.Parallel()
	seen := map[ActionID]bool{}
	for _, a := range Actions() {
		if seen[a.ID] {
			t.Errorf("%s is there twice", a.ID)
		}
		seen[a.ID] = true
		if a.Title == "" || a.Who == "" || a.Verify == "" || a.Source == "" || strings.HasSuffix(a.Title, ".") || len(a.Title) > 64 {
			t.Errorf("%s is incomplete: %+v", a.ID, a)
		}
		for _, text := range []string{a.Verify, a.Undo, a.Note} {
			for _, wrong := range tone(text) {
				t.Errorf("%s: %s: %q", a.ID, wrong, text)
			}
		}
	}
	for i := range 28 {
		if id := ActionID(fmt.Sprintf("A%02d", i+1)); !seen[id] {
			t.Errorf("%s is missing", id)
		}
	}
}

func TestGoals(t *testing.T) {
	t.Parallel()
	seen := map[GoalKind]bool{}
	for _, g := range Goals() {
		seen[g.Kind] = true
		if g.Title == "" || len(tone(g.Means)) > 0 || g.Means == "" {
			t.Errorf("%s: %+v: %v", g.Kind, g, tone(g.Means))
		}
	}
	if len(seen) != 13 {
		t.Errorf("%d goals", len(seen))
	}
}

// walk calls f for a plan and all that its questions lead to.
func walk(p *Plan, f func(*Plan)) {
	f(p)
	if p.Ask == nil {
		return
	}
	for _, next := range []*Plan{p.Ask.Yes, p.Ask.No} {
		if next != nil {
			walk(next, f)
		}
	}
}

// sound holds a plan against what no plan may ever say or do.
func sound(p *Plan) (wrong []string) {
	promoted := ""
	for i, st := range p.Steps {
		for what, text := range map[string]string{
			"do": st.Do, "expect": st.Expect, "verify": st.Verify, "undo": st.Undo, "warning": st.Warning, "before": strings.Join(st.Before, " "),
		} {
			for _, bad := range tone(text) {
				wrong = append(wrong, fmt.Sprintf("%s: %s: %s: %q", st.Action, what, bad, text))
			}
		}
		if st.Do == "" || st.Expect == "" || st.Verify == "" || st.Who == "" || st.Risk == Destroys {
			wrong = append(wrong, fmt.Sprintf("%s is incomplete or destroys: %+v", st.Action, st))
		}
		switch {
		case st.Action == "A07" && st.Done[Credential{Promoted, st.User}] == health.Yes:
			promoted = st.User
		case st.Action == "A07":
			promoted = ""
		case st.Action == "A12" && (i+1 >= len(p.Steps) || !slices.Contains([]ActionID{"A04", "A14"}, p.Steps[i+1].Action)):
			wrong = append(wrong, "a reset that makes a token drift is not followed by its repair")
		}
	}
	if promoted != "" {
		wrong = append(wrong, promoted+" stays an administrator")
	}
	return append(wrong, soundEnd(p)...)
}

func soundEnd(p *Plan) (wrong []string) {
	if p.Ask != nil && (p.Ask.Text == "" || len(p.Steps) > 0 || len(tone(p.Ask.Text)) > 0) {
		wrong = append(wrong, "a question comes first and is one: "+p.Ask.Text)
	}
	if (p.Outcome == NoWay || p.Outcome == NotKnown) != (p.Blocked != nil) || (p.Outcome == Asks) != (p.Ask != nil) {
		wrong = append(wrong, fmt.Sprintf("outcome %d", p.Outcome))
	}
	if p.Blocked == nil {
		return wrong
	}
	if len(p.Blocked.Reasons) == 0 {
		wrong = append(wrong, "nothing is said about why there is no way")
	}
	for _, text := range p.Blocked.Reasons {
		for _, bad := range tone(text) {
			wrong = append(wrong, bad+": "+text)
		}
	}
	for _, st := range p.Blocked.LeastBad {
		if st.Inevitable == "" || st.Risk != Destroys {
			wrong = append(wrong, "an erase without a reason")
		}
	}
	return wrong
}

// tone finds what makes a text hard to follow at eight in the morning; the rules are
// those of the catalogue of conditions. A warning may end in a command.
func tone(text string) (wrong []string) {
	if text == "" {
		return nil
	}
	if !strings.ContainsAny(text[len(text)-1:], ".?`") {
		wrong = append(wrong, "it does not end like a sentence")
	}
	if len(text) > 420 {
		wrong = append(wrong, fmt.Sprintf("%d characters", len(text)))
	}
	if strings.Count(text, "`")%2 != 0 {
		wrong = append(wrong, "a command without an end")
	}
	plain := outsideCommands(text)
	for sentence := range strings.SplitSeq(plain, ". ") {
		if n := len(strings.Fields(sentence)); n > 36 {
			wrong = append(wrong, fmt.Sprintf("a sentence of %d words", n))
		}
	}
	for word := range strings.FieldsSeq(strings.ToLower(plain)) {
		switch strings.Trim(word, ".,;:()?") {
		case "please", "simply", "just", "obviously", "easily", "oops", "sorry", "unfortunately", "leverage", "e.g", "i.e", "etc":
			wrong = append(wrong, "the word "+word)
		}
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
