package main

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/health/plan"
	"github.com/tokenward/tokenward/internal/wire"
)

// What is forgotten is as if it had never been answered, and can be answered again:
// whoever only adds to what was typed before says what is so now.
func TestForgottenAnswers(t *testing.T) {
	t.Parallel()
	lea := plan.Credential{Kind: plan.Promoted, User: "lea"}
	yes, forget := spoken{"promoted:lea", health.Yes}, spoken{"promoted:lea", health.Unknown}
	for _, tc := range []struct {
		name  string
		typed []spoken
		want  plan.Answers
	}{
		{"taken back", []spoken{yes, forget}, plan.Answers{}},
		{"never said", []spoken{forget}, plan.Answers{}},
		{"said again", []spoken{yes, forget, yes}, plan.Answers{lea: health.Yes}},
		{"another answer", []spoken{yes, forget, {"promoted:lea", health.No}}, plan.Answers{lea: health.No}},
	} {
		if got, err := answersOf(tc.typed); err != nil || !maps.Equal(got, tc.want) {
			t.Errorf("%s: %v, %v", tc.name, got, err)
		}
	}
}

func TestMeant(t *testing.T) {
	t.Parallel()
	now := situation{model: health.Model{Accounts: []health.Account{{Name: "lea", GUID: "G-1"}, {Name: "mary ann", GUID: "G-2"}}}}
	for _, tc := range []struct {
		name string
		kind plan.CredentialKind
		user string
		want string // empty where it is refused
	}{
		{"a name", plan.Password, "lea", "lea"},
		{"a GeneratedUID", plan.Password, "G-1", "lea"},
		{"nobody's name", plan.Password, "tom", ""},
		{"a step", plan.StepWorks, "A08 0 lea -", "A08 0 lea -"},
		{"a step at a GeneratedUID", plan.StepWorks, "A08 0 G-1 G-2", "A08 0 lea mary ann"},
		{"a step with a blank in a name", plan.StepWorks, "A08 1 mary ann lea", "A08 1 mary ann lea"},
		{"a step for the Mac", plan.StepWorks, "A24 0 - -", "A24 0 - -"},
		{"no such action", plan.StepWorks, "A99 0 lea -", ""},
		{"no such form", plan.StepWorks, "A08 x lea -", ""},
		{"nobody's step", plan.StepWorks, "A08 0 tom -", ""},
		{"half a step", plan.StepWorks, "A08 lea", ""},
		{"nothing about anybody", plan.RecoveryKey, "", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got, err := now.meant(plan.Answers{{Kind: tc.kind, User: tc.user}: health.Yes})
			refused := tc.want == "" && tc.kind != plan.RecoveryKey
			if code, _ := codeOf(err); refused != (err != nil) || refused && code != exitUsage {
				t.Fatalf("%v, %v", got, err)
			}
			if !refused && got[plan.Credential{Kind: tc.kind, User: tc.want}] != health.Yes {
				t.Errorf("%v", got)
			}
		})
	}
	both := plan.Answers{{Kind: plan.Password, User: "lea"}: health.Yes, {Kind: plan.Password, User: "G-1"}: health.No}
	if _, err := now.meant(both); err == nil {
		t.Error("one account is answered about with yes and with no")
	}
}

// The help lists all that can be answered.
func TestHelpListsAnswers(t *testing.T) {
	t.Parallel()
	help := (&app{}).planCommand().Long
	for _, form := range answerForms() {
		if !strings.Contains(help, form) {
			t.Errorf("%s is not in\n%s", form, help)
		}
	}
	for line := range strings.Lines(inLines(answerForms())) {
		if len(line) > 100 {
			t.Errorf("too wide: %s", line)
		}
	}
}

// elevation makes lea an administrator, does something, and ends it.
func elevation() []plan.Step {
	lea := plan.Credential{Kind: plan.Promoted, User: "lea"}
	works := func(key string) plan.Credential { return plan.Credential{Kind: plan.StepWorks, User: key} }
	return []plan.Step{
		{Action: "A07", Done: plan.Answers{lea: health.Yes}, Failed: plan.Answers{works("A07 0 lea -"): health.No}},
		{Action: "A05", Done: plan.Answers{{Kind: plan.EscrowedAnew}: health.Yes}, Failed: plan.Answers{works("A05 0 - lea"): health.No}},
		{Action: "A07", Done: plan.Answers{lea: health.Unknown}},
	}
}

// As long as somebody has rights for a moment, each list of answers says so; where
// they are taken back, each takes it back.
func TestToldElevation(t *testing.T) {
	t.Parallel()
	said := plan.Answers{{Kind: plan.Password, User: "lea"}: health.Yes}
	steps, known := toldSteps(elevation(), said)
	const promoted, forgotten, typed = "--yes promoted:lea", "--forget promoted:lea", "--yes password:lea"
	for i, want := range []wire.PlanStep{
		{Rights: wire.RightsGiven, Done: []string{typed, promoted}, Failed: []string{"--no step-works:A07.0:lea", typed}, FailedAfter: []string{forgotten, "--no step-works:A07.0:lea", typed}},
		{
			Rights: wire.RightsHeld, Done: []string{"--yes escrowed-anew", typed, promoted}, Failed: []string{"--no step-works:A05.0:-:lea", typed, promoted},
			FailedAfter: []string{forgotten, "--no step-works:A05.0:-:lea", typed},
		},
		{Rights: wire.RightsTakenBack, Done: []string{forgotten, "--yes escrowed-anew", typed}, Failed: []string{typed, promoted}},
	} {
		got := steps[i]
		if got.Rights != want.Rights || !slices.Equal(got.Done, want.Done) || !slices.Equal(got.Failed, want.Failed) || !slices.Equal(got.FailedAfter, want.FailedAfter) {
			t.Errorf("step %d: %s\ndone %q\nfailed %q\nafter %q", i+1, got.Rights, got.Done, got.Failed, got.FailedAfter)
		}
	}
	if is, there := known[plan.Credential{Kind: plan.Promoted, User: "lea"}]; !there || is != health.Unknown {
		t.Errorf("afterwards: %v", known)
	}
}

// Whoever says that somebody was made an administrator gets to know how that ends.
func TestToldRemovalAlone(t *testing.T) {
	t.Parallel()
	said := plan.Answers{{Kind: plan.Promoted, User: "lea"}: health.Yes}
	steps, _ := toldSteps(elevation()[2:], said)
	if got := steps[0]; got.Rights != wire.RightsTakenBack || !slices.Equal(got.Done, []string{"--forget promoted:lea"}) || !slices.Equal(got.Failed, []string{"--yes promoted:lea"}) {
		t.Errorf("%+v", got)
	}
}
