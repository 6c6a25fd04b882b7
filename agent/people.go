package agent

import (
	"time"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/wire"
)

// Admin says whether every account with that number was an administrator at the
// last check. What is not known is no, and so is what was seen too long ago: nobody
// keeps reading because the checks have stopped. It is safe for concurrent use.
func (a *Agent) Admin(uid int) bool {
	report, public := a.latest()
	if report == nil || !public.Fresh(time.Now()) {
		return false
	}
	mine := accountsOf(report, uid)
	for _, account := range mine {
		if account.Admin != health.Yes {
			return false
		}
	}
	return len(mine) > 0
}

// Me is how the Mac is, and what the last check knows of the account with that
// number: nothing, where two have it. It is safe for concurrent use.
func (a *Agent) Me(uid int) wire.Me {
	me := wire.Me{Token: health.TokenUnknown.String(), Findings: []wire.OwnFinding{}}
	report, public := a.latest()
	if report == nil {
		return me
	}
	me.Verdict, me.HoldRestart, me.CheckedAt, me.NextCheck = public.Verdict, public.HoldRestart, public.CheckedAt, public.NextCheck
	mine := accountsOf(report, uid)
	if len(mine) != 1 {
		return me
	}
	account := mine[0]
	me.Known, me.Admin, me.Token = true, account.Admin, account.Token
	me.VolumeOwner, me.Unlocks = account.VolumeOwner, account.FileVaultUnlock
	me.Findings = findingsAbout(report, account)
	return me
}

// latest is the report of the last check, nil before there was one, with what of it
// is for everybody.
func (a *Agent) latest() (*wire.Report, wire.Public) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.report == nil {
		return nil, wire.Public{}
	}
	return a.report, wire.PublicOf(*a.report, a.due(*a.report))
}

func accountsOf(report *wire.Report, uid int) []wire.Account {
	var mine []wire.Account
	for _, account := range report.Accounts {
		if account.UID != nil && *account.UID == uid {
			mine = append(mine, account)
		}
	}
	return mine
}

// findingsAbout takes the texts of the catalogue: those of a finding may name other
// people.
func findingsAbout(report *wire.Report, account wire.Account) []wire.OwnFinding {
	about := []wire.OwnFinding{}
	subject := account.GUID
	if subject == "" {
		subject = account.Name
	}
	for _, f := range report.Findings {
		rule, known := health.RuleOf(health.Code(f.Code))
		if known && f.Subject == subject && f.Muted == "" && f.Severity != health.Info.String() {
			about = append(about, wire.OwnFinding{Code: f.Code, Title: rule.Title, Severity: f.Severity, Consequence: rule.Consequence})
		}
	}
	return about
}
