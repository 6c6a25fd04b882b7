package conform

import (
	"context"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// Every case holds on every simulated Mac that it applies to, or shows the words
// that nobody has published; and there is a Mac for every case.
func TestCases(t *testing.T) {
	t.Parallel()
	all := offices(t)
	for _, c := range Cases() {
		t.Run(c.ID, func(t *testing.T) {
			t.Parallel()
			applied := 0
			for _, most := range []int{24, len(all)} { // all where none of some has what it is about
				for _, name := range some(all, &c, most) {
					applied += holdsOn(t, name, all[name], c)
				}
				if applied > 0 {
					return
				}
			}
			if !slices.Contains(c.Needs, RealMac) {
				t.Error("there is no Mac to put it to")
			}
		})
	}
}

// holdsOn puts a case to a Mac, and returns 1 where there was an answer.
func holdsOn(t *testing.T, name string, o office, c Case) int {
	t.Helper()
	s, target := o.suite()
	result := s.Run(t.Context(), c)
	switch {
	case result.Verdict == Differs:
		t.Errorf("%s: %s\n%s", name, result.Says, told(result))
	case result.Verdict == Unanswered && result.Question == "":
		t.Errorf("%s: there is no question to be unanswered\n%s", name, told(result))
	case result.Verdict == CouldNotAsk && !strings.HasSuffix(result.Says, "refuses it: server unreachable"):
		t.Errorf("%s: %s\n%s", name, result.Says, told(result))
	}
	if result.LeftBehind != "" && c.Tier != Destructive {
		t.Errorf("%s: left behind: %s", name, result.LeftBehind)
	}
	if c.Tier == ReadOnly {
		unchanged(t, name, o.mac, target.Mac())
	}
	if result.Verdict == Holds || result.Verdict == Unanswered {
		return 1
	}
	return 0
}

// some are the Macs that a case applies to, or a part of them where they are many:
// of several cases, not the same part.
func some(all map[string]office, c *Case, most int) []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(all)) {
		o := all[name]
		if f := c.applies(&o.facts, &o.names); f.Verdict == "" {
			names = append(names, name)
		}
	}
	stride := (len(names)-1)/most + 1
	var picked []string
	for i := len(c.ID) % stride; i < len(names); i += stride {
		picked = append(picked, names[i])
	}
	return picked
}

func unchanged(t *testing.T, name string, before, after state.Mac) {
	t.Helper()
	before = before.Clone()
	if !reflect.DeepEqual(before, after) {
		t.Errorf("%s: a case that only reads has changed the Mac", name)
	}
}

// told is what was seen, for messages.
func told(r Result) string {
	var b strings.Builder
	for _, run := range r.Seen {
		b.WriteString("$ " + strings.Join(append([]string{run.Command.Path}, run.Command.Args...), " ") + " " + run.Deed + "\n" + run.Output.Terminal + run.Output.Stdout + run.Output.Stderr)
	}
	return b.String()
}

// What is contested can be settled: every case that is about a switch comes out
// otherwise with it on than with it off, and every switch has one.
func TestSwitches(t *testing.T) {
	t.Parallel()
	all := offices(t)
	for field := range reflect.TypeFor[state.Switches]().Fields() {
		t.Run(field.Name, func(t *testing.T) {
			t.Parallel()
			settled := false
			for _, c := range Cases() {
				if !slices.Contains(c.Settles, field.Name) {
					continue
				}
				settled = true
				if !tellsApart(t, all, c, field.Name) {
					t.Errorf("%s does not tell one answer from the other", c.ID)
				}
			}
			if !settled {
				t.Error("no case settles it")
			}
		})
	}
}

// tellsApart says whether there is a Mac on which the case holds with the switch
// off and differs with it on.
func tellsApart(t *testing.T, all map[string]office, c Case, field string) bool {
	t.Helper()
	for _, name := range some(all, &c, len(all)) {
		off, _ := all[name].suite()
		without := off.Run(t.Context(), c)
		if without.Verdict != Holds && without.Verdict != Unanswered {
			continue
		}
		on, _ := turned(t, all[name], field).suite()
		if on.Run(t.Context(), c).Verdict == Differs {
			return true
		}
	}
	return false
}

// turned is the office with one switch on.
func turned(t *testing.T, o office, field string) office {
	t.Helper()
	m := o.mac.Clone()
	reflect.ValueOf(&m.Switches).Elem().FieldByName(field).SetBool(true)
	if admin := NamesFor(&m, &o.facts).Admin; field == "BootstrapNotOwner" && m.Bootstrap.Local > 0 && admin != "" {
		if _, err := m.Do(m.Clock, &state.InstallBootstrap{User: admin}); err != nil { // the switch is about new ones
			t.Fatal(err)
		}
	}
	facts, err := Survey(t.Context(), NewSimulated(m), true)
	if err != nil {
		t.Fatal(err)
	}
	return office{m, facts, o.names}
}

// The cases are what they promise: enough of each tier, each with its own name,
// none with a password among its arguments.
func TestCasesAreWellFormed(t *testing.T) {
	t.Parallel()
	for tier, least := range map[Tier]int{ReadOnly: 45, Reversible: 20, Destructive: 8} {
		if got := len(Of(tier)); got < least {
			t.Errorf("%s: %d cases, want %d", tier, got, least)
		}
	}
	seen := map[string]bool{}
	for _, c := range Cases() {
		if seen[c.ID] {
			t.Errorf("%s: a second case of that name", c.ID)
		}
		seen[c.ID] = true
		wellFormed(t, &c)
	}
}

func wellFormed(t *testing.T, c *Case) {
	t.Helper()
	kebab := strings.Trim(c.ID, "abcdefghijklmnopqrstuvwxyz0123456789-") == "" && c.ID != ""
	if !kebab || c.Claim == "" || c.Known == "" || len(c.Steps) == 0 || c.Check == nil {
		t.Errorf("%s: it lacks a name, a claim, how well that is known, steps or a check", c.ID)
	}
	if (c.Open || len(c.Settles) > 0 || len(c.Items) > 0) && !strings.HasSuffix(c.Question, "?") {
		t.Errorf("%s: it settles a question that is not put: %q", c.ID, c.Question)
	}
	if c.Tier == ReadOnly && (c.Account != NoAccount || len(c.Undo) > 0) {
		t.Errorf("%s: it reads, and makes an account or undoes something", c.ID)
	}
	for _, step := range slices.Concat(c.Account.making(), c.Steps, c.Undo) {
		if (step.Deed == "") != (step.Play == nil) || (step.Deed == "") == (step.Argv == nil) {
			t.Errorf("%s: %s is neither a command nor a deed that can be played", c.ID, step)
		}
		for _, secret := range secretNames() {
			if strings.Contains(strings.Join(step.Argv, " "), secret) {
				t.Errorf("%s: a password stands among the arguments of %s", c.ID, step)
			}
		}
	}
}

// Every dispute and every unknown has a case that would settle it.
func TestQuestionsAreCovered(t *testing.T) {
	t.Parallel()
	var covered []string
	for _, c := range Cases() {
		covered = append(covered, c.Items...)
		for _, field := range c.Settles {
			if _, ok := reflect.TypeFor[state.Switches]().FieldByName(field); !ok {
				t.Errorf("%s: there is no switch %s", c.ID, field)
			}
		}
	}
	for kind, last := range map[string]int{"X": 15, "U": 13} {
		for i := 1; i <= last; i++ {
			if item := kind + strconv.Itoa(i); !slices.Contains(covered, item) {
				t.Errorf("no case is about %s", item)
			}
		}
	}
}

// A case that waits for a restart goes on after it as if it had never stopped.
func TestRestarts(t *testing.T) {
	t.Parallel()
	all := offices(t)
	for _, c := range Cases() {
		if !slices.ContainsFunc(c.Steps, func(s Step) bool { return s.Restart }) {
			continue
		}
		t.Run(c.ID, func(t *testing.T) {
			t.Parallel()
			gone := 0
			for _, name := range some(all, &c, 24) {
				gone += restarted(t, name, all[name], c)
			}
			if gone == 0 {
				t.Error("there is no Mac to restart")
			}
		})
	}
}

func restarted(t *testing.T, name string, o office, c Case) int {
	t.Helper()
	s, target := o.suite()
	s.Person = restarter{target}
	before := s.Run(t.Context(), c)
	if before.Verdict != CouldNotAsk || !strings.Contains(before.Says, ErrGoesOn.Error()) {
		return 0
	}
	facts, err := Survey(t.Context(), target, true)
	if err != nil {
		t.Fatal(err)
	}
	names := s.Names
	s = &Suite{Target: target, Person: target, Facts: facts, Names: names, Resume: true}
	if after := s.Run(t.Context(), c); after.Verdict != Holds && after.Verdict != Unanswered {
		t.Errorf("%s: %s %s\n%s", name, after.Verdict, after.Says, told(after))
	}
	return 1
}

// restarter is a person with whom a restart ends the program.
type restarter struct{ *Simulated }

func (r restarter) Do(ctx context.Context, d Deed) (string, error) {
	answer, err := r.Simulated.Do(ctx, d)
	if err == nil && d.Restart {
		err = ErrGoesOn
	}
	return answer, err
}

// What a case did is undone when it is interrupted at any of its steps.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	all := offices(t)
	for _, c := range Of(Reversible) {
		t.Run(c.ID, func(t *testing.T) {
			t.Parallel()
			for _, name := range []string{"26.1 apple_silicon enrolled", "15.7.1 apple_silicon by hand", "10.15.7 t2 open"} {
				for after := range 6 {
					s, target := all[name].suite()
					ctx, cancel := context.WithCancel(t.Context())
					s.Target = &interrupter{Simulated: target, cancel: cancel, left: after}
					result := s.Run(ctx, c)
					m := target.Mac()
					if _, there := m.Account(TestAccount); there || result.LeftBehind != "" {
						t.Errorf("%s, after %d steps: the account is still there: %v, left behind: %q", name, after, there, result.LeftBehind)
					}
				}
			}
		})
	}
}

// interrupter ends the context after so many commands.
type interrupter struct {
	*Simulated
	cancel context.CancelFunc
	left   int
}

func (i *interrupter) Run(ctx context.Context, c Command) (Output, error) {
	if i.left == 0 {
		i.cancel()
	}
	i.left--
	return i.Simulated.Run(ctx, c)
}
