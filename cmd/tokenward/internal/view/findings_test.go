package view_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/tokenward/tokenward/cmd/tokenward/internal/view"
	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/wire"
)

// muted is a report in which the organisation does not count the worst finding,
// which explains another.
func muted() wire.Report {
	r := troubled()
	r.Verdict = health.VerdictDegraded
	r.Findings[0].Muted, r.Findings[0].MutedUntil = "It is sent back next week", time.Date(2027, 5, 31, 0, 0, 0, 0, time.UTC)
	r.Findings[3].Muted, r.Findings[3].Subject = "The record is being restored", "A"
	return r
}

func allMuted() wire.Report {
	r := muted()
	r.Verdict = health.VerdictOK
	for i := range r.Findings {
		r.Findings[i].Muted = "Known"
	}
	return r
}

func written(t *testing.T, r wire.Report) string {
	t.Helper()
	var out bytes.Buffer
	if err := view.Write(&out, view.Screen{Width: 110}, view.Page{Report: r, Now: now}); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestWhatIsMutedNeverLeads(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		report wire.Report
		head   string
	}{
		"the worst of four": {muted(), "DEGRADED  No account can"},
		"all":               {allMuted(), "OK  Tokens are in order, apart from 4 muted findings"},
		"none":              {troubled(), "CRITICAL  Nobody holds a Secure Token"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := written(t, tc.report)
			if head, _, _ := strings.Cut(text, "\n"); head != tc.head {
				t.Errorf("the first line is %q, want %q", head, tc.head)
			}
			for _, f := range tc.report.Findings {
				if !strings.Contains(text, f.Code) {
					t.Errorf("%s is not told:\n%s", f.Code, text)
				}
				if f.Muted != "" && strings.Contains(text, f.Summary) {
					t.Errorf("%s is muted and told at length:\n%s", f.Code, text)
				}
			}
		})
	}
}

// A finding whose cause is not in the report stands for itself.
func TestAnEffectWithoutItsCauseIsTold(t *testing.T) {
	t.Parallel()
	r := troubled()
	r.Findings = r.Findings[1:2]
	if text := written(t, r); !strings.HasPrefix(text, "CRITICAL  Bootstrap Token not escrowed\n") || !strings.Contains(text, "Not escrowed.") {
		t.Errorf("it is not told:\n%s", text)
	}
}

// What is worst in its effects is read first.
func TestTheCauseOfTheWorstComesFirst(t *testing.T) {
	t.Parallel()
	r := troubled()
	r.Findings = []wire.Finding{
		{Code: "ALONE", Title: "Alone", Severity: "high", Subject: "device"},
		{Code: "CAUSE", Title: "The cause", Severity: "medium", Subject: "device"},
		{Code: "EFFECT", Title: "The effect", Severity: "critical", Subject: "device", CausedBy: "CAUSE"},
	}
	if text := written(t, r); !strings.HasPrefix(text, "CRITICAL  The cause\n") || strings.Index(text, "EFFECT") > strings.Index(text, "ALONE") {
		t.Errorf("the cause of what is critical does not come first:\n%s", text)
	}
}

// That nobody else could do what the only person of a Mac does goes without saying.
func TestForecastsOfAMacWithOnePerson(t *testing.T) {
	t.Parallel()
	names := []health.ForecastName{health.SafeToRemove, health.SafeToTurnOff, health.SurvivesLeaver}
	for name, tc := range map[string]struct {
		other health.Tri
		told  bool
	}{
		"one person": {health.No, false}, "two": {health.Yes, true}, "perhaps two": {health.Unknown, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := healthy()
			r.Accounts = []wire.Account{{GUID: "A", Name: "ada", Person: health.Yes}, {GUID: "B", Name: "bot", Person: tc.other}}
			for _, forecast := range names {
				r.Forecasts = append(r.Forecasts, wire.Forecast{Name: string(forecast), Subject: "A", Answer: health.No})
			}
			if text := written(t, r); strings.Contains(text, "Before you act") != tc.told {
				t.Errorf("told: %t:\n%s", !tc.told, text)
			}
			r.Forecasts = append(r.Forecasts, wire.Forecast{Name: string(health.SafeToReset), Subject: "A", Answer: health.No})
			if !strings.Contains(written(t, r), "A reset of the password is not safe for ada.") {
				t.Error("a reset that is not safe is not told")
			}
		})
	}
}

// While the page says that the Mac must not be restarted, it does not say that
// nobody knows whether it may.
func TestARestartThatIsHeldIsNoOpenQuestion(t *testing.T) {
	t.Parallel()
	for hold, told := range map[health.Tri]bool{health.Yes: false, health.Unknown: true, health.No: true} {
		r := healthy()
		r.HoldRestart = hold
		r.Forecasts = []wire.Forecast{{Name: string(health.EveryUserUnlocks), Subject: "device", Answer: health.Unknown}}
		if got := strings.Contains(written(t, r), "before a restart"); got != told {
			t.Errorf("hold %v: told: %t", hold, got)
		}
	}
}

// An answer that hangs on macOS says on what, in words.
func TestEveryContestedBehaviourHasWords(t *testing.T) {
	t.Parallel()
	for _, b := range health.Behaviours() {
		if words := view.Contested(string(b)); !strings.HasPrefix(words, "whether ") {
			t.Errorf("%s: %q", b, words)
		}
	}
}
