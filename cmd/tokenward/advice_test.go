package main

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/health/plan"
	"github.com/tokenward/tokenward/internal/wire"
)

func TestSinceOf(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	for text, ago := range map[string]time.Duration{"12h": 12 * time.Hour, "7d": 7 * 24 * time.Hour, "2w": 14 * 24 * time.Hour, "90m": 90 * time.Minute, "5228w": 5228 * 7 * 24 * time.Hour} {
		if got, err := sinceOf(text, now); err != nil || now.Sub(got) != ago {
			t.Errorf("%s: %v ago, %v", text, now.Sub(got), err)
		}
	}
	if got, err := sinceOf("", now); err != nil || !got.IsZero() {
		t.Errorf("nothing: %v, %v", got, err)
	}
	for _, text := range []string{"d", "-1d", "0d", "7", "seven", "99999999999999d", "-3h", "1.5d", "400000w", "20000w", "6000w", "36701d"} {
		if _, err := sinceOf(text, now); err == nil {
			t.Errorf("%q is a time", text)
		} else if code, _ := codeOf(err); code != exitUsage {
			t.Errorf("%q: exit %d", text, code)
		}
	}
}

func TestChosen(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	all := []health.Change{{At: at, Subject: "G", Name: "lea"}, {At: at.Add(-time.Hour), Subject: "device"}, {At: at.Add(-2 * time.Hour), Subject: "g", Name: ""}}
	for _, tc := range []struct {
		name, user string
		from       time.Time
		want       int
	}{
		{"all", "", time.Time{}, 3},
		{"of an account by name", "lea", time.Time{}, 1},
		{"of an account by its GUID", "G", time.Time{}, 2},
		{"of nobody", "tom", time.Time{}, 0},
		{"lately", "", at.Add(-time.Hour), 2},
	} {
		if got := chosen(slices.Clone(all), tc.user, tc.from); len(got) != tc.want {
			t.Errorf("%s: %+v", tc.name, got)
		}
	}
}

func typedAnswers(yes, no []string) (all []spoken) {
	for _, word := range yes {
		all = append(all, spoken{word, health.Yes})
	}
	for _, word := range no {
		all = append(all, spoken{word, health.No})
	}
	return all
}

func TestAnswersOf(t *testing.T) {
	t.Parallel()
	said, err := answersOf(typedAnswers([]string{"password:lea", "recovery-key", "password:lea"}, []string{"former-password:o'neil", "recovery-lock", "presence:lea", "step-works:A08 lea"}))
	want := plan.Answers{
		{Kind: plan.Password, User: "lea"}: health.Yes, {Kind: plan.RecoveryKey}: health.Yes, {Kind: plan.FormerPassword, User: "o'neil"}: health.No,
		{Kind: plan.RecoveryLock}: health.No, {Kind: plan.Presence, User: "lea"}: health.No, {Kind: plan.StepWorks, User: "A08 lea"}: health.No,
	}
	if err != nil || len(said) != len(want) {
		t.Fatalf("%v, %v", said, err)
	}
	for c, is := range want {
		if said[c] != is {
			t.Errorf("%v is %v, want %v", c, said[c], is)
		}
	}
	for _, tc := range []struct {
		name    string
		yes, no []string
		says    string
	}{
		{"both", []string{"password:lea"}, []string{"password:lea"}, "with yes and with no"},
		{"a slip", []string{"pasword:lea"}, nil, "did you mean password?"},
		{"nothing like it", []string{"luck"}, nil, "there are administers"},
		{"nobody's password", nil, []string{"password"}, "write password:NAME"},
		{"somebody's recovery key", nil, []string{"recovery-key:lea"}, "leave :lea out"},
		{"nothing", []string{""}, nil, "nothing is called"},
	} {
		_, err := answersOf(typedAnswers(tc.yes, tc.no))
		if code, _ := codeOf(err); code != exitUsage || !strings.Contains(err.Error(), tc.says) {
			t.Errorf("%s: %v, exit %d", tc.name, err, code)
		}
	}
}

// What a plan prints to be typed is read back as the same.
func TestAnswerWordsAreReadBack(t *testing.T) {
	t.Parallel()
	for kind, of := range credentialKinds() {
		c := plan.Credential{Kind: kind}
		switch of {
		case ofAnAccount:
			c.User = "lea.1"
		case ofAStep:
			c.User = "A08 0 lea.1 -"
		case ofNobody:
		}
		if got, err := credentialOf(answerWord(c)); err != nil || got != c {
			t.Errorf("%s: %+v, %v", answerWord(c), got, err)
		}
	}
	if got := answerWord(plan.Credential{Kind: plan.FormerPassword, User: "o'neil x"}); got != `former-password:'o'\''neil x'` {
		t.Errorf("for a shell: %s", got)
	}
}

func TestLeads(t *testing.T) {
	t.Parallel()
	way, closed, open := plan.Plan{Outcome: plan.Steps}, plan.Plan{Outcome: plan.NoWay}, plan.Plan{Outcome: plan.NotKnown}
	asks := func(yes, no *plan.Plan) plan.Plan {
		return plan.Plan{Outcome: plan.Asks, Ask: &plan.Question{Yes: yes, No: no}}
	}
	deep := asks(&closed, &way)
	for _, tc := range []struct {
		name string
		plan plan.Plan
		want health.Tri
	}{
		{"reached", plan.Plan{Outcome: plan.Reached}, health.Yes},
		{"steps", way, health.Yes},
		{"no way", closed, health.No},
		{"not known", open, health.Unknown},
		{"the zero value", plan.Plan{}, health.Unknown},
		{"one answer leads there", asks(&closed, &way), health.Yes},
		{"one answer, later", asks(&deep, &closed), health.Yes},
		{"no answer leads there", asks(&closed, &closed), health.No},
		{"one answer is closed and one not known", asks(&closed, &open), health.Unknown},
		{"an answer that was not worked out", asks(nil, &closed), health.Unknown},
	} {
		if got := leads(tc.plan); got != tc.want {
			t.Errorf("%s: %v, want %v", tc.name, got, tc.want)
		}
	}
}

// Programs read plans: lists are lists, and words are words.
func TestToldPlan(t *testing.T) {
	t.Parallel()
	closed := plan.Plan{Outcome: plan.NoWay, Blocked: &plan.Blocked{Because: []health.Code{"ST_NO_HOLDERS"}}}
	p := plan.Plan{
		Goal: plan.Goal{Kind: plan.TokenFor, User: "lea"}, Outcome: plan.Asks,
		Steps: []plan.Step{{Action: "A08", Who: plan.LocalAdmin, Risk: plan.Destroys, Needs: []plan.Credential{{Kind: plan.Password, User: "ada"}}}},
		Ask:   &plan.Question{About: plan.Credential{Kind: plan.FormerPassword, User: "lea"}, Text: "?", No: &closed},
	}
	data, err := json.Marshal(told(p, nil))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{
		`"goal":"token","user":"lea","outcome":"asks"`, `"risk":"destroys"`, `"before":[]`, `"needs":[{"kind":"password","user":"ada"}]`,
		`"answer":"former-password:lea"`, `"yes":null`, `"outcome":"no_way","steps":[]`, `"because":["ST_NO_HOLDERS"],"reasons":[],"missing":[],"least_bad":[]`,
	} {
		if !strings.Contains(string(data), part) {
			t.Errorf("%s is not in %s", part, data)
		}
	}
	if strings.Contains(string(data), "null") != strings.Contains(string(data), `"yes":null`) || strings.Count(string(data), "null") != 1 {
		t.Errorf("a list is null: %s", data)
	}
}

// foreseeing is a foresight that answers each question as it is told.
func foreseeing(answers map[health.ForecastName]health.Tri) foresight {
	return foresight{
		forecast: func(_ *health.Model, _ health.Policy, name health.ForecastName, subject string) (health.Forecast, error) {
			answer, there := answers[name]
			if !there {
				return health.Forecast{}, errors.New("nobody asked " + string(name))
			}
			return health.Forecast{Name: name, Subject: subject, Answer: answer, Summary: "So it is."}, nil
		},
		erasures: func(health.Model) []health.ErasePath { return []health.ErasePath{{Behavior: "Default"}} },
		plan:     func(health.Model, plan.Goal, plan.Answers) plan.Plan { return plan.Plan{Outcome: plan.Reached} },
	}
}

func TestPreflightAnswers(t *testing.T) {
	t.Parallel()
	now := situation{model: health.Model{Accounts: []health.Account{{Name: "o'neil", GUID: "G"}}}}
	for _, tc := range []struct {
		name, user string
		answers    map[health.ForecastName]health.Tri
		safe       health.Tri
		plan       string
	}{
		{"reboot", "", map[health.ForecastName]health.Tri{health.HoldRestart: health.No, health.EveryUserUnlocks: health.Yes}, health.Yes, "tokens"},
		{"reboot", "", map[health.ForecastName]health.Tri{health.HoldRestart: health.Yes, health.EveryUserUnlocks: health.Yes}, health.No, "tokens"},
		{"reboot", "", map[health.ForecastName]health.Tri{health.HoldRestart: health.Unknown, health.EveryUserUnlocks: health.Yes}, health.Unknown, "tokens"},
		{"reboot", "", map[health.ForecastName]health.Tri{health.HoldRestart: health.Unknown, health.EveryUserUnlocks: health.No}, health.No, "tokens"},
		{"wipe", "", map[health.ForecastName]health.Tri{health.WipesSilently: health.Yes}, health.Yes, "wipe"},
		{"reset-password", "o'neil", map[health.ForecastName]health.Tri{health.SafeToReset: health.No}, health.No, `reset-password --user 'o'\''neil'`},
		{"leaver", "G", map[health.ForecastName]health.Tri{health.SurvivesLeaver: health.Unknown}, health.Unknown, "no-lock-out"},
	} {
		asked, err := preflightOf(tc.name, tc.user)
		if err != nil {
			t.Fatal(err)
		}
		got, err := foreseeing(tc.answers).answer(asked, &now, tc.user)
		if err != nil || got.Safe != tc.safe || got.Plan != tc.plan || len(got.Answers) != len(tc.answers) {
			t.Errorf("%s, %v: %+v, %v", tc.name, tc.answers, got, err)
		}
		if asked.user && (got.User != "o'neil" || got.Answers[0].Subject != "G") {
			t.Errorf("%s is about %+v", tc.name, got)
		}
		if (len(got.Erasures) > 0) != (tc.name == "wipe") {
			t.Errorf("%s: ways to erase: %v", tc.name, got.Erasures)
		}
	}
}

// The goals that make things safe exist, and every question has an account where
// its forecast wants one.
func TestPreflightsLeadToGoals(t *testing.T) {
	t.Parallel()
	aboutAccounts := []health.ForecastName{health.SafeToReset, health.SafeToRemove, health.SafeToTurnOff, health.SurvivesLeaver}
	for _, f := range preflights() {
		g, there := goalOf(f.remedy)
		if !there || (g.User && !f.user) {
			t.Errorf("%s leads to %s: there: %t, wants an account: %t", f.name, f.remedy, there, g.User)
		}
		if about := slices.Contains(aboutAccounts, f.asks[0]); about != f.user {
			t.Errorf("%s wants an account: %t", f.name, f.user)
		}
	}
}

func TestKnown(t *testing.T) {
	t.Parallel()
	all := []wire.Goal{{Name: "token", User: true}, {Name: "escrow"}}
	for _, tc := range []struct{ name, user, says string }{
		{"token", "lea", ""},
		{"escrow", "", ""},
		{"token", "", "add --user NAME"},
		{"escrow", "lea", "leave --user out"},
		{"escro", "", "did you mean escrow?"},
		{"something else", "", "tokenward plan lists them all"},
	} {
		err := known("goal", tc.name, tc.user, all, "tokenward plan")
		if code, _ := codeOf(err); (err == nil) != (tc.says == "") || (err != nil && (code != exitUsage || !strings.Contains(err.Error(), tc.says))) {
			t.Errorf("%s of %q: %v", tc.name, tc.user, err)
		}
	}
}

func TestIsCode(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"BT_NOT_ESCROWED": true, "bt_not_escrowed": true, "ST_PHANTOM:lea": true, "ST_PHANTOM:Lea Ro": true, "BT_1015_LOCAL_USER": true, "BT_NOPE": true,
		"Error: The profile type option was not recognized.": false, "Done!": false, "EACSPreflight = \"Unable to get Bootstrap Token <(null):0> ((null))\"": false, "": false,
	} {
		if got := isCode(text); got != want {
			t.Errorf("%q: %t", text, got)
		}
	}
}

// Every line that a condition is known by leads to it, whatever stands around it.
func TestSayingsAreFound(t *testing.T) {
	t.Parallel()
	for _, r := range health.Rules() {
		for _, words := range r.Says {
			for _, line := range []string{words, "  " + strings.ToUpper(words) + "\t", "2026-03-04 05:06 tool[77]: " + words + " (x)"} {
				found, sure := saying(line)
				if !sure || !slices.ContainsFunc(found, func(found health.Rule) bool { return found.Code == r.Code }) {
					t.Errorf("%q does not lead to %s", line, r.Code)
				}
			}
		}
	}
	for _, line := range []string{"", "e", "Error", "no such thing was ever printed by anything", "type option was not"} {
		if found, _ := saying(line); len(found) > 0 {
			t.Errorf("%q leads to %s", line, found[0].Code)
		}
	}
	if found, sure := saying("Error: The profile type"); len(found) == 0 || sure {
		t.Errorf("a beginning: %d conditions, sure: %t", len(found), sure)
	}
}

// What the help shows can be typed.
func TestExamplesNameConditions(t *testing.T) {
	t.Parallel()
	a := &app{}
	for line := range strings.Lines(a.explainCommand().Example) {
		if _, asked, found := strings.Cut(line, "tokenward explain "); found {
			if _, _, sure, err := meant(strings.Trim(strings.TrimSpace(asked), "'")); err != nil || !sure {
				t.Errorf("%s: %v", asked, err)
			}
		}
	}
}

func TestSqueezed(t *testing.T) {
	t.Parallel()
	if got := squeezed("  “It’s\n\tHERE”  "); got != `"it's here"` {
		t.Errorf("%q", got)
	}
}

// Every condition of the catalogue stands below a heading of its own kind.
func TestCatalogueIsGrouped(t *testing.T) {
	t.Parallel()
	for _, c := range catalogue() {
		if c.Group == "" || c.Title == "" || c.Evidence == nil || c.Says == nil || c.After == nil {
			t.Errorf("%+v", c)
		}
		prefix, _, _ := strings.Cut(c.Code, "_")
		if c.Group == groupOf("") && !slices.Contains([]string{"EVIDENCE", "SECRETS"}, prefix) {
			t.Errorf("%s stands below %q", c.Code, c.Group)
		}
	}
}
