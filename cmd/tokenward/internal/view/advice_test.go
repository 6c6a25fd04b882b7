package view_test

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/mattn/go-runewidth"

	"github.com/tokenward/tokenward/cmd/tokenward/internal/view"
	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/wire"
)

const grantCommand = "sudo sysadminctl -secureTokenOn lea -password - -adminUser ada -adminPassword -"

func explanation() wire.Explanation {
	at := now.Add(-3 * time.Minute)
	condition := wire.Condition{
		Code: "ST_PHANTOM", Group: "Secure Tokens", Title: "A Secure Token in name only", Severity: "high", FedBy: "device",
		Evidence: []string{"accounts.directory", "accounts.crypto_users"}, Open: "Whether the tag was copied.", Versions: "all versions",
		Why: "The record was copied from another Mac.", Consequence: "The user cannot unlock the disk.",
		NextStep: "Give the user a token.", DoNot: "Do not delete the account.", Says: []string{"Secure token is ENABLED for user"}, Source: "observed (15.7)",
	}
	other := condition
	other.Code, other.Severity, other.FedBy, other.Evidence, other.Says = "VO_BY_LIST_ONLY", "low", "advice", nil, nil
	open := condition
	open.Code, open.Severity = "ST_NO_HOLDERS", "critical"
	return wire.Explanation{
		Asked: "Secure token is ENABLED for user lea", Words: true, Looked: &wire.LookedAt{From: "daemon", At: at},
		Conditions: []wire.Explained{
			{Condition: condition, Holds: health.Yes, Shown: []wire.Shown{{
				Finding: wire.Finding{
					Code: "ST_PHANTOM", Subject: "GUID", Since: now.Add(-50 * time.Hour), Summary: "lea has a tag and no key.",
					NextStep: "Run `" + grantCommand + "` and type both passwords.",
				},
				Account: "lea", Sources: map[string]string{"directory": "yes", "crypto_user": "no", "sysadminctl": "yes", "fdesetup": "unknown"},
				Facts: []wire.Evidence{
					{Name: "accounts.crypto_users", Fact: wire.Fact{Value: 3, Status: "observed", Source: "diskutil apfs listcryptousers -plist /", ObservedAt: &at}},
					{Name: "filevault.users", Fact: wire.Fact{Status: "denied", Source: "fdesetup list", Reason: "tcc"}},
				},
			}}},
			{Condition: other},
			{Condition: open, Missing: []string{"accounts.crypto_users"}},
			{Condition: condition, Holds: health.No},
		},
	}
}

func somePlan() wire.Plan {
	grant := wire.PlanStep{
		Action: "A08", Who: "local admin", User: "lea", Helper: "ada", Do: "Run `" + grantCommand + "`, and type both passwords when asked.",
		Needs: []wire.Credential{{Kind: "password", User: "ada"}, {Kind: "presence", User: "lea"}}, Before: []string{"ada holds a token that works."},
		Expect: "lea holds a token.", Verify: "`sysadminctl -secureTokenStatus lea` says `Secure token is ENABLED for user`.",
		Undo: "`sudo sysadminctl -secureTokenOff lea`", Risk: "medium", Warning: "Do not restart.", Secret: true, Failed: []string{"--no step-works:A08.0:lea:ada"},
	}
	erase := wire.PlanStep{Who: "mdm admin", Do: "Erase the Mac.", Risk: "destroys", Inevitable: "Every other way is closed."}
	grant.Done = []string{"--yes token-opens:lea"}
	way := wire.Plan{Goal: "token", User: "lea", Outcome: "steps", Steps: append([]wire.PlanStep{grant, {Who: "user", User: "lea", Do: "Log in.", Risk: "none"}}, someElevation()...)}
	closed := wire.Plan{Goal: "token", User: "lea", Outcome: "no_way", Blocked: &wire.PlanBlocked{
		Because: []string{"ST_NO_HOLDERS"}, Reasons: []string{"Nobody knows a password that opens a token."}, Missing: []string{"the recovery key"}, LeastBad: []wire.PlanStep{erase},
	}}
	later := wire.Plan{Outcome: "asks", Ask: &wire.PlanAsk{Text: "Is the recovery key at hand?", Answer: "recovery-key", No: &closed}}
	return wire.Plan{
		Goal: "token", User: "lea", Outcome: "asks", Note: "A note.", Steps: []wire.PlanStep{{Who: "colleague", Do: "Unlock the disk.", Risk: "low"}},
		Ask: &wire.PlanAsk{Text: "Does somebody know the password of ada?", Answer: "password:ada", Yes: &way, No: &later},
	}
}

// someElevation is a plan that makes somebody an administrator for a moment.
func someElevation() []wire.PlanStep {
	return []wire.PlanStep{
		{
			Who: "local admin", User: "lea", Do: "Make lea an administrator.", Risk: "medium", Rights: wire.RightsGiven,
			Done: []string{"--yes promoted:lea"}, Failed: []string{"--no step-works:A07.0:lea"}, FailedAfter: []string{"--no step-works:A07.0:lea"},
		},
		{
			Who: "local admin", Do: "Escrow.", Risk: "low", Rights: wire.RightsHeld,
			Done: []string{"--yes promoted:lea"}, Failed: []string{"--no step-works:A05.0:-:lea", "--yes promoted:lea"}, FailedAfter: []string{"--no step-works:A05.0:-:lea"},
		},
		{Who: "local admin", User: "lea", Do: "Take the rights back.", Risk: "medium", Rights: wire.RightsTakenBack, Done: []string{"--forget promoted:lea"}, Failed: []string{"--yes promoted:lea"}},
	}
}

// Nobody is told to ask again while somebody has rights for a moment: an answer that
// is left out then leaves the rights where they are.
func TestNobodyAsksAgainDuringAnElevation(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := view.WritePlan(&out, view.Screen{Width: 110}, nil, wire.Plan{Outcome: "steps", Steps: someElevation()}, ""); err != nil {
		t.Fatal(err)
	}
	before, after, _ := strings.Cut(out.String(), "\n3. ")
	if strings.Contains(before, "--yes promoted:lea") || strings.Count(before, "Go on to step 3 all the same") != 2 || !strings.Contains(before, "Steps 1 to 3 belong together") {
		t.Errorf("during it:\n%s", before)
	}
	if !strings.Contains(after, "--forget promoted:lea") || !strings.Contains(after, "--yes promoted:lea") {
		t.Errorf("at its end:\n%s", after)
	}
}

func somePreflight() wire.Preflight {
	return wire.Preflight{
		Name: "wipe", Text: "Erase this Mac", Safe: health.No, Plan: "wipe", Note: "A note.",
		Answers: []wire.Foreseen{
			{Name: "can_wipe_silently", Answer: health.No, Because: []string{"BT_INVALID"}, Facts: []string{"mdm.eacs_preflight"}, Summary: "The Mac cannot fetch its token.", DoNot: "Do not send Default."},
			{Name: "other", Answer: health.Unknown, Facts: []string{"device.chip"}, Depends: []string{"self_grant_works"}, Summary: "Nobody knows."},
			{Name: "third", Answer: health.Yes, Summary: "This is fine and is not said."},
		},
		Erasures: []wire.Erasure{{Behavior: "Default", Outcome: "It is obliterated.", Erases: health.Yes, Silently: health.No}},
	}
}

func someHistory() wire.History {
	h := wire.History{Since: now.Add(-72 * time.Hour), Last: now}
	at := now
	for _, c := range []health.Change{
		{Kind: health.FindingRaised, Subject: "G", Name: "lea", Code: "ST_PHANTOM", Is: "high"},
		{Kind: health.FindingCleared, Subject: health.DeviceSubject, Code: "BT_NOT_ESCROWED", Was: "high"},
		{Kind: health.EnrollmentChanged, Was: "https://a", Is: "https://b"},
		{Kind: health.EnrollmentChanged, Was: "yes", Is: "no"},
		{Kind: health.EnrollmentChanged, Was: "no", Is: "yes"},
		{Kind: health.SupportChanged, Is: "yes"},
		{Kind: health.EscrowChanged, Is: "no"},
		{Kind: health.FileVaultChanged, Is: "yes"},
		{Kind: health.ServerForgot},
		{Kind: health.KeySealedAnew},
		{Kind: health.SystemChanged, Was: "15.7", Is: "26.1"},
		{Kind: health.TokenGained, Name: "lea"},
		{Kind: health.TokenLost, Subject: "GUID"},
		{Kind: health.HolderGone, Name: "tom"},
		{Kind: health.AdminGained, Name: "lea"},
		{Kind: health.AdminLost, Name: "lea"},
		{Kind: health.OwnerLost, Name: "lea"},
		{Kind: health.PasswordSetAnew, Name: "lea"},
		{Kind: health.DriftSuspected, Name: "lea"},
		{Kind: health.DriftCleared, Name: "lea"},
		{Kind: "something_of_a_later_version"},
	} {
		c.At, at = at, at.Add(-4*time.Hour)
		h.Changes = append(h.Changes, c)
	}
	return h
}

func someOwn() wire.Own {
	return wire.Own{
		Verdict: health.VerdictCritical, Note: "A note.", CheckedAt: now, Known: true, Admin: health.Yes, Token: "usable",
		Public:   &wire.Public{Verdict: health.VerdictCritical, HoldRestart: health.Yes, CheckedAt: now.Add(-time.Minute)},
		Findings: []wire.OwnFinding{{Code: "ST_TOKEN_DRIFT", Title: "The token may open with a former password", Severity: "high", Consequence: "FileVault may want the former password."}},
	}
}

func foreseenReport() wire.Report {
	r := troubled()
	r.HoldRestart = health.Yes
	r.Forecasts = []wire.Forecast{
		{Name: string(health.EveryUserUnlocks), Subject: "device", Answer: health.No, Because: []string{"ST_USER_MISSING_BT_READY"}},
		{Name: string(health.WipesSilently), Subject: "device", Answer: health.Unknown},
		{Name: string(health.UpdatesUnattended), Subject: "device", Answer: health.Unknown},
		{Name: string(health.ConsoleAuthorises), Subject: "device", Answer: health.Unknown},
		{Name: string(health.EnablesFileVault), Subject: "device", Answer: health.Yes},
		{Name: string(health.HoldRestart), Subject: "device", Answer: health.Yes},
		{Name: string(health.SafeToReset), Subject: "A", Answer: health.No, Because: []string{"ST_SOLE_HOLDER"}},
		{Name: string(health.SafeToReset), Subject: "B", Answer: health.No},
	}
	return r
}

// pages are what each command prints.
func pages() map[string]func(io.Writer, view.Screen) error {
	return map[string]func(io.Writer, view.Screen) error{
		"explain": func(w io.Writer, s view.Screen) error { return view.WriteExplanation(w, s, nil, explanation(), now) },
		"catalogue": func(w io.Writer, s view.Screen) error {
			return view.WriteCatalogue(w, s, []wire.Condition{explanation().Conditions[0].Condition, explanation().Conditions[1].Condition})
		},
		"plan": func(w io.Writer, s view.Screen) error {
			return view.WritePlan(w, s, nil, somePlan(), "The user holds a token (lea)")
		},
		"goals": func(w io.Writer, s view.Screen) error {
			return view.WriteGoals(w, s, []wire.Goal{{Name: "token", Text: "The user holds a token", User: true}, {Name: "escrow", Text: "It is escrowed"}})
		},
		"preflight":  func(w io.Writer, s view.Screen) error { return view.WritePreflight(w, s, nil, somePreflight()) },
		"history":    func(w io.Writer, s view.Screen) error { return view.WriteHistory(w, s, someHistory(), now) },
		"no-history": func(w io.Writer, s view.Screen) error { return view.WriteHistory(w, s, wire.History{}, now) },
		"own":        func(w io.Writer, s view.Screen) error { return view.WriteOwn(w, s, someOwn(), now) },
		"own-unknown": func(w io.Writer, s view.Screen) error {
			return view.WriteOwn(w, s, wire.Own{Token: "unknown", Known: false}, now)
		},
		"foreseen": func(w io.Writer, s view.Screen) error {
			return view.Write(w, s, view.Page{Report: foreseenReport(), Now: now})
		},
	}
}

func TestAdvice(t *testing.T) {
	t.Parallel()
	for name, write := range pages() {
		for suffix, screen := range map[string]view.Screen{"wide": {Width: 110}, "narrow": {Width: 60}, "colour": {Width: 80, Color: true}} {
			t.Run(name+"-"+suffix, func(t *testing.T) {
				t.Parallel()
				var out bytes.Buffer
				if err := write(&out, screen); err != nil {
					t.Fatal(err)
				}
				golden(t, name+"-"+suffix, out.String())
				if !screen.Color {
					fits(t, screen, out.String())
				}
			})
		}
	}
}

// fits wants every line to fit on the screen, but a command, which is there to be
// copied whole.
func fits(t *testing.T, screen view.Screen, text string) {
	t.Helper()
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		typed := strings.TrimSpace(line)
		if w := runewidth.StringWidth(line); w > screen.Width && typed != grantCommand {
			t.Errorf("%d columns on a screen of %d: %q", w, screen.Width, line)
		}
	}
}

func TestACommandIsOneLineHoweverNarrowTheScreen(t *testing.T) {
	t.Parallel()
	for _, width := range []int{20, 60, 110} {
		for name, write := range map[string]func(io.Writer, view.Screen) error{"plan": pages()["plan"], "explain": pages()["explain"]} {
			var out bytes.Buffer
			if err := write(&out, view.Screen{Width: width}); err != nil {
				t.Fatal(err)
			}
			alone := false
			for line := range strings.Lines(out.String()) {
				alone = alone || strings.TrimSpace(line) == grantCommand
			}
			if !alone {
				t.Errorf("%s at %d columns: the command does not stand alone:\n%s", name, width, out.String())
			}
		}
	}
}

// The sentence about a restart comes before everything that takes time to read.
func TestTheRestartIsSaidFirst(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"own", "foreseen"} {
		var out bytes.Buffer
		if err := pages()[name](&out, view.Screen{Width: 110}); err != nil {
			t.Fatal(err)
		}
		if second := strings.Split(out.String(), "\n")[1]; !strings.HasPrefix(second, "Do not restart") {
			t.Errorf("%s: the second line is %q", name, second)
		}
	}
}

// Every question of a report that can be answered with no has its words.
func TestEveryForecastIsTold(t *testing.T) {
	t.Parallel()
	for _, name := range []health.ForecastName{
		health.EveryUserUnlocks, health.NextUserGranted, health.UpdatesUnattended, health.ConsoleAuthorises, health.WipesSilently,
		health.EnablesFileVault, health.SafeToReenrol, health.SafeToMigrate, health.SafeToRenew, health.RecoveryPathExists,
		health.SafeToReset, health.SafeToRemove, health.SafeToTurnOff, health.SurvivesLeaver,
	} {
		for answer, told := range map[health.Tri]bool{health.No: true, health.Unknown: true, health.Yes: false} {
			r := healthy()
			r.Accounts[0].GUID = "G"
			r.Forecasts = []wire.Forecast{{Name: string(name), Subject: "G", Answer: answer, Because: []string{"CODE_X"}}}
			var out bytes.Buffer
			if err := view.Write(&out, view.Screen{Width: 110}, view.Page{Report: r, Now: now}); err != nil {
				t.Fatal(err)
			}
			if got := strings.Contains(out.String(), "Before you act"); got != told {
				t.Errorf("%s, answered %v: told: %t", name, answer, got)
			}
			if answer == health.No && !strings.Contains(out.String(), "CODE_X") {
				t.Errorf("%s: the reason is missing", name)
			}
		}
	}
}

func TestHostileAdviceStaysText(t *testing.T) {
	t.Parallel()
	e := explanation()
	e.Asked = hostileText
	for i := range e.Conditions {
		c := &e.Conditions[i]
		c.Title, c.Why, c.Says, c.Open, c.Source, c.Missing = hostileText, hostileText, []string{hostileText}, hostileText, hostileText, []string{hostileText}
		for j := range c.Shown {
			s := &c.Shown[j]
			s.Summary, s.Account, s.Sources["directory"], s.NextStep = hostileText, hostileText, hostileText, "Run `"+hostileText+" x` now."
			s.Facts[0].Source, s.Facts[0].Value = hostileText, hostileText
		}
	}
	step := wire.PlanStep{
		Who: hostileText, User: hostileText, Helper: hostileText, Do: hostileText + " `run " + hostileText + "`", Before: []string{hostileText}, Warning: hostileText,
		Verify: "`check " + hostileText + "`", Undo: hostileText, Expect: hostileText, Inevitable: hostileText, Needs: []wire.Credential{{Kind: hostileText, User: hostileText}}, Failed: []string{hostileText},
	}
	way := wire.Plan{Steps: []wire.PlanStep{step}, Blocked: &wire.PlanBlocked{Reasons: []string{hostileText}, Missing: []string{hostileText}, LeastBad: []wire.PlanStep{step}}}
	way.Note = hostileText
	way.Ask = &wire.PlanAsk{Text: hostileText, Answer: hostileText, Yes: &wire.Plan{}}
	f := somePreflight()
	f.User, f.Text, f.Note, f.Plan, f.Answers[0].Summary, f.Answers[0].DoNot, f.Erasures[0].Outcome = hostileText, hostileText, hostileText, hostileText, hostileText, hostileText, hostileText
	h := wire.History{Changes: []health.Change{
		{Kind: health.TokenGained, Name: hostileText},
		{Kind: health.SystemChanged, Was: hostileText, Is: hostileText},
		{Kind: hostileText},
		{Kind: health.FindingRaised, Code: hostileText, Subject: hostileText, Is: hostileText},
	}}
	own := someOwn()
	own.Note, own.Findings[0].Title, own.Findings[0].Code = hostileText, hostileText, hostileText
	r := foreseenReport()
	r.Forecasts[0].Because, r.Forecasts[6].Subject = []string{hostileText}, hostileText
	var out bytes.Buffer
	s := view.Screen{Width: 80}
	for _, err := range []error{
		view.WriteExplanation(&out, s, nil, e, now), view.WritePlan(&out, s, nil, way, hostileText), view.WritePreflight(&out, s, nil, f),
		view.WriteHistory(&out, s, h, now), view.WriteOwn(&out, s, own, now), view.Write(&out, s, view.Page{Report: r, Now: now}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if strings.ContainsAny(out.String(), "\x1b\x07\r\u202e") {
		t.Errorf("control characters reach the terminal:\n%q", out.String())
	}
}
