package view

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/wire"
)

// ahead is what a page says of one forecast. Where its answer is yes, nothing is
// said.
type ahead struct {
	name   health.ForecastName
	before string // what somebody is about to do
	no     string // what would come of it; %s stands for the account
}

// aheads are the questions in the order in which people run into them.
func aheads() []ahead {
	return []ahead{
		{health.EveryUserUnlocks, "Before a restart", "Not every user would get past the FileVault screen."},
		{health.NextUserGranted, "Before a new user", "The next user who logs in would get no Secure Token."},
		{health.UpdatesUnattended, "Before an update", "It would not install by itself."},
		{health.ConsoleAuthorises, "Before an update", "Whoever is at the Mac could not authorise it."},
		{health.EnablesFileVault, "Before FileVault", "It could not be turned on."},
		{health.WipesSilently, "Before a wipe", "The Mac would not erase itself ready for the next user."},
		{health.SafeToRenew, "Before a renewal", "A new identity of the enrolment is not safe now."},
		{health.SafeToReenrol, "Before unenrolling", "To enrol anew is not safe now."},
		{health.SafeToMigrate, "Before a migration", "To move to another server is not safe now."},
		{health.RecoveryPathExists, "If all else fails", "There would be no way back in through recovery."},
		{health.SafeToReset, "Before a reset", "A reset of the password is not safe for %s."},
		{health.SafeToRemove, "Before removing", "It is not safe to remove %s."},
		{health.SafeToTurnOff, "Before a token goes", "It is not safe to turn off the Secure Token of %s."},
		{health.SurvivesLeaver, "If somebody leaves", "Nobody could do what is now done by %s."},
	}
}

// holdRestart is said at the top of a page, since a restart is what people try
// first.
func (p *page) holdRestart(r wire.Report) {
	if r.HoldRestart == health.Yes {
		p.alarm("Do not restart this Mac now: a Secure Token on it may open with a former password alone.")
	}
}

// alarm is a sentence that nobody shall overlook.
func (p *page) alarm(text string) {
	for _, l := range wrap(text, p.width()) {
		p.line("%s", p.paint(red, l))
	}
}

// forecasts shows what would not go well, a line each, and in one line what is not
// known. What is fine is not said: the page is read by somebody in a hurry.
func (p *page) forecasts(r wire.Report) {
	r.Forecasts = slices.DeleteFunc(slices.Clone(r.Forecasts), func(f wire.Forecast) bool { return !tells(r, f) })
	if len(r.Forecasts) == 0 {
		return
	}
	p.heading("Before you act")
	for _, a := range aheads() {
		no := answers(r, a.name, health.No)
		if len(no) == 0 {
			continue
		}
		text := a.no
		if strings.Contains(text, "%s") {
			text = fmt.Sprintf(text, some(subjects(r, no)))
		}
		p.paragraph(2, pad(a.before, aheadWidth), yellow, text+because(no))
	}
	if open := unknowns(r); len(open) > 0 {
		p.paragraph(2, pad("Not known", aheadWidth), dim, strings.Join(open, ", ")+". Ask `sudo tokenward preflight`.")
	}
}

const aheadWidth = 21

// tells says whether a forecast is worth a word: it is not fine, and nothing else on
// the page says so already.
func tells(r wire.Report, f wire.Forecast) bool {
	switch name := health.ForecastName(f.Name); name {
	case health.HoldRestart:
		return false
	case health.EveryUserUnlocks:
		return f.Answer == health.No || f.Answer == health.Unknown && r.HoldRestart != health.Yes
	case health.SafeToRemove, health.SafeToTurnOff, health.SurvivesLeaver:
		return f.Answer != health.Yes && !onlyPerson(r, f.Subject)
	case health.NextUserGranted, health.UpdatesUnattended, health.ConsoleAuthorises, health.WipesSilently, health.EnablesFileVault,
		health.SafeToReenrol, health.SafeToMigrate, health.SafeToRenew, health.RecoveryPathExists, health.SafeToReset:
	}
	return f.Answer != health.Yes
}

// onlyPerson says whether an account is that of the one person who works on this
// Mac: that nobody else could do the same goes without saying.
func onlyPerson(r wire.Report, subject string) bool {
	is := false
	for _, a := range r.Accounts {
		if strings.EqualFold(a.GUID, subject) {
			is = a.Person == health.Yes
		} else if a.Person != health.No {
			return false
		}
	}
	return is
}

func answers(r wire.Report, name health.ForecastName, answer health.Tri) (some []wire.Forecast) {
	for _, f := range r.Forecasts {
		if f.Name == string(name) && f.Answer == answer {
			some = append(some, f)
		}
	}
	return some
}

// unknowns are what people are about to do and nobody can say how it would end,
// each once.
func unknowns(r wire.Report) (open []string) {
	for _, a := range aheads() {
		what := strings.ToLower(a.before[:1]) + a.before[1:]
		if len(answers(r, a.name, health.Unknown)) > 0 && len(answers(r, a.name, health.No)) == 0 && !slices.Contains(open, what) {
			open = append(open, what)
		}
	}
	return open
}

func subjects(r wire.Report, all []wire.Forecast) (names []string) {
	for _, f := range all {
		names = append(names, accountName(r, f.Subject))
	}
	return names
}

// accountName is the record name of a subject, or the subject itself.
func accountName(r wire.Report, subject string) string {
	for _, a := range r.Accounts {
		if strings.EqualFold(a.GUID, subject) {
			return a.Name
		}
	}
	return subject
}

// some names a few and counts the rest.
func some(names []string) string {
	const shown = 4
	if len(names) > shown+1 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:shown], ", "), len(names)-shown)
	}
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

func because(all []wire.Forecast) string {
	var codes []string
	for _, f := range all {
		codes = append(codes, f.Because...)
	}
	slices.Sort(codes)
	if codes = slices.Compact(codes); len(codes) == 0 {
		return ""
	}
	return " (" + strings.Join(codes, ", ") + ")"
}

// WritePreflight shows the answer in a line, then why, and what would make it safe.
// The names are those on the Mac that no command may contain.
func WritePreflight(out io.Writer, s Screen, names wire.Names, f wire.Preflight) error {
	p := &page{Screen: s, out: out, names: names}
	word, st := answerWord(f.Safe)
	p.paragraph(0, pad(word, labelWidth), st, headOf(f))
	if f.Note != "" {
		p.paragraph(0, "", plain, f.Note)
	}
	for _, a := range f.Answers {
		p.foreseen(a, f.Safe)
	}
	p.erasures(f.Erasures)
	if f.Plan != "" && f.Safe != health.Yes {
		p.line("")
		p.steps(0, "", "What makes it safe, and how to do it: `sudo tokenward plan "+f.Plan+"`")
	}
	return p.err
}

func answerWord(is health.Tri) (string, style) {
	switch is {
	case health.Yes:
		return "SAFE", green
	case health.No:
		return "NOT SAFE", red
	case health.Unknown:
	}
	return "NOT KNOWN", purple
}

func headOf(f wire.Preflight) string {
	if f.User == "" {
		return f.Text
	}
	return f.Text + ": " + f.User
}

func (p *page) foreseen(a wire.Foreseen, all health.Tri) {
	if a.Answer == health.Yes && all != health.Yes {
		return
	}
	p.line("")
	p.paragraph(0, pad("  Why", labelWidth), bold, cmp.Or(a.Summary, a.Name))
	if len(a.Because) > 0 {
		p.paragraph(0, pad("  Codes", labelWidth), bold, strings.Join(a.Because, ", "))
	}
	if len(a.Facts) > 0 && a.Answer == health.Unknown {
		p.paragraph(0, pad("  Missing", labelWidth), bold, strings.Join(a.Facts, ", "))
	}
	for _, behaviour := range a.Depends {
		p.paragraph(0, pad("  Not sure", labelWidth), bold, Contested(behaviour))
	}
	if a.DoNot != "" {
		p.paragraph(0, pad("  Careful", labelWidth), bold, a.DoNot)
	}
}

// erasures is the table of what an erase command does for each of its values.
func (p *page) erasures(all []wire.Erasure) {
	if len(all) == 0 {
		return
	}
	p.heading("What EraseDevice does, by its ObliterationBehavior")
	for _, e := range all {
		p.line("")
		p.paragraph(2, "", plain, fmt.Sprintf("%s – erases: %s, ready for the next user: %s", e.Behavior, e.Erases, e.Silently))
		p.paragraph(4, "", dim, e.Outcome)
	}
}

// WritePreflights lists the questions.
func WritePreflights(out io.Writer, s Screen, all []wire.Goal) error {
	p := &page{Screen: s, out: out}
	p.paragraph(0, "", plain, "`sudo tokenward preflight NAME` says whether it is safe, before somebody does it.")
	p.line("")
	p.choices(all)
	return p.err
}

// choices are names with their texts, and which of them want an account.
func (p *page) choices(all []wire.Goal) {
	for _, g := range all {
		text := g.Text
		if g.User {
			text += " (--user NAME)"
		}
		p.paragraph(2, pad(g.Name, 17), bold, text)
	}
}
