package main

import (
	"context"
	"errors"
	"io/fs"
	"time"

	"github.com/tokenward/tokenward/agent"
	"github.com/tokenward/tokenward/agent/config"
	"github.com/tokenward/tokenward/cmd/tokenward/internal/view"
	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/wire"
)

// ownStatus is status of somebody who is no admin, as the daemon knows it or else as
// the Mac says.
func (a *app) ownStatus(ctx context.Context, asJSON bool) error {
	now := time.Now()
	own, err := a.own(ctx, now)
	if err != nil {
		return err
	}
	if asJSON {
		err = a.printJSON(own)
	} else {
		err = view.WriteOwn(a.out, a.screen(), own, now)
	}
	if err != nil {
		return err
	}
	return ended(own.Verdict)
}

func (a *app) own(ctx context.Context, now time.Time) (wire.Own, error) {
	asking, stop := interruptible(ctx)
	me, err := a.client().Me(asking)
	stop()
	if public := me.Public(); err == nil && public.Fresh(now) {
		own := wire.Own{
			Public: &public, CheckedAt: me.CheckedAt, Known: me.Known, Admin: me.Admin, Token: me.Token, Unlocks: me.Unlocks, Findings: me.Findings,
		}
		own.Verdict = ownVerdict(own, me.Verdict)
		return own, nil
	}
	return a.ownWithoutDaemon(ctx, now)
}

// ownWithoutDaemon asks the Mac, which tells less, and takes the verdict that the
// daemon left.
func (a *app) ownWithoutDaemon(ctx context.Context, now time.Time) (wire.Own, error) {
	// The configuration belongs to root, and nothing in it is about one account.
	found, err := a.look(ctx, config.Default(), health.Ledger{}, false, "")
	if err != nil {
		return wire.Own{}, err
	}
	own := ownOf(found, a.uid)
	own.Public, own.Note = a.public(now)
	own.Verdict = ownVerdict(own, found.Verdict)
	return own, nil
}

// ownVerdict is the worst of what the daemon left for everybody, or of what the Mac
// says without it, and of what is found about the own account. Without root's rights
// much is not seen, so a look without the daemon never says that all is well.
func ownVerdict(own wire.Own, seen health.Verdict) health.Verdict {
	verdict := seen
	if own.Public != nil {
		verdict = own.Public.Verdict
		if own.Public.HoldRestart == health.Yes {
			verdict = worse(verdict, health.VerdictDegraded)
		}
	} else if seen == health.VerdictOK {
		verdict = health.VerdictUnknown
	}
	for _, f := range own.Findings {
		switch f.Severity {
		case health.Critical.String():
			verdict = worse(verdict, health.VerdictCritical)
		case health.High.String(), health.Medium.String():
			verdict = worse(verdict, health.VerdictDegraded)
		}
	}
	return verdict
}

// worse is the one that outweighs the other in a judgement of the whole Mac.
func worse(a, b health.Verdict) health.Verdict {
	for _, v := range []health.Verdict{health.VerdictCritical, health.VerdictUnknown, health.VerdictDegraded} {
		if a == v || b == v {
			return v
		}
	}
	return health.VerdictOK
}

// public is what the daemon left for everybody, or why it does not count.
func (a *app) public(now time.Time) (*wire.Public, string) {
	public, err := agent.ReadPublic(a.paths())
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, "No daemon has checked this Mac yet. What follows, the Mac told you without an admin's rights."
	case err != nil:
		return nil, "What the daemon left cannot be trusted: " + err.Error() + "."
	case !public.Fresh(now):
		return nil, "The daemon has not checked this Mac since " + public.CheckedAt.Local().Format("15:04 on 2 January") + ", so its verdict does not count any more."
	}
	return &public, ""
}

// ownOf is what of a check is about the account of whoever runs the program. It
// takes the texts of the catalogue: those of a finding may name other people.
func ownOf(found agent.Assessment, uid int) wire.Own {
	own := wire.Own{CheckedAt: found.Model.TakenAt, Token: health.TokenUnknown.String(), Findings: []wire.OwnFinding{}}
	account := ownAccount(&found.Model, uid)
	if account == nil {
		return own
	}
	own.Known, own.Admin, own.Token = true, account.Admin, account.Token.String()
	own.Unlocks = account.Unlocks
	for _, f := range found.Findings {
		rule, known := health.RuleOf(f.Code)
		if known && f.Muted == "" && f.Subject == account.Subject() && f.Severity > health.Info {
			own.Findings = append(own.Findings, wire.OwnFinding{Code: string(f.Code), Title: rule.Title, Severity: f.Severity.String(), Consequence: rule.Consequence})
		}
	}
	return own
}

func ownAccount(m *health.Model, uid int) *health.Account {
	for i := range m.Accounts {
		if a := &m.Accounts[i]; a.UIDKnown && a.UID == uid {
			return a
		}
	}
	return nil
}
