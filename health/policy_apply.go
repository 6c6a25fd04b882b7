package health

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// LongestMute is how far ahead a mute may end. What is muted for longer is meant
// for good, and that is a severity.
const LongestMute = 366 * 24 * time.Hour

// firstClock is a time before which no clock can rightly stand: this program is
// younger.
const firstClock = 2024

// Apply gives a finding the severity that the organisation gave its condition, and
// the reason why it does not count and until when, if it muted it: of several mutes
// the first that covers it. A mute covers a finding whatever its severity, critical ones
// too: it is a decision with a reason and an end, and the report shows both the
// finding and the reason.
func (p Policy) Apply(f Finding, m Model) Finding { return p.decide(f, p.mutesOn(&m)) }

func (p Policy) decide(f Finding, mutes []mute) Finding {
	f = p.weigh(f)
	for _, u := range mutes {
		if u.covers(f) {
			f.Muted, f.MutedUntil = u.Reason, u.Until
			break
		}
	}
	return f
}

// weigh replaces the severity that a rule has of its own. One that a rule gave a
// finding because of its evidence is only ever lowered: what is nothing on this Mac
// is no trouble because the same is one elsewhere.
func (p Policy) weigh(f Finding) Finding {
	wanted, decided := p.Severities[f.Code]
	if !decided || wanted == f.Severity || wanted > f.Severity && f.weighed {
		return f
	}
	was := f.Severity
	f.Severity, f.RuleSeverity = wanted, &was
	return f
}

// mute is one that is in force on a Mac, and what account it is about.
type mute struct {
	Mute
	account string // its subject, where the mute gives its name
}

// mutesOn are those in force. Accounts are looked up once here, and not for every
// finding.
func (p Policy) mutesOn(m *Model) []mute {
	var on []mute
	for _, u := range p.Mutes {
		if !u.counts(m.TakenAt) {
			continue
		}
		one := mute{Mute: u, account: u.Subject}
		if a, is := m.Account(u.Subject); is && u.Subject != "" {
			one.account = a.Subject()
		}
		on = append(on, one)
	}
	return on
}

// counts says whether a mute has a reason and an end that is near enough. By a clock
// that shows what cannot be, nobody can tell, and then nothing is muted.
func (u Mute) counts(now time.Time) bool {
	left := u.Until.Sub(now)
	return u.Reason != "" && left > 0 && left <= LongestMute && now.UTC().Year() >= firstClock
}

// covers compares GeneratedUIDs as tools print them, in either case.
func (u mute) covers(f Finding) bool {
	if u.Code != f.Code {
		return false
	}
	return u.Subject == "" || strings.EqualFold(u.Subject, f.Subject) || strings.EqualFold(u.account, f.Subject)
}

// proofLasts is how long a proof counts where the organisation says nothing else.
// Servers clear the Bootstrap Token at a renewal of the identity, which a Mac does not
// show. inferred: the length.
const proofLasts = 30 * 24 * time.Hour

// aged takes a proof that is older than the organisation trusts for the claim that
// it once was. This is no part of [Derive]: how long a proof counts is a decision,
// and the model keeps the proof and its time as they are. Of one whose time has not
// come yet, since the clock was set back, nobody knows the age.
func (p Policy) aged(m *Model) Bootstrap {
	b, lasts := m.Bootstrap, cmp.Or(max(p.ProofAge, 0), proofLasts)
	age := m.TakenAt.Sub(b.ProvenAt)
	if b.Strength != StrengthProven || age <= lasts && age >= -time.Hour {
		return b
	}
	b.Strength = StrengthUnknown
	if And(b.Escrowed, b.CryptoUser) == Yes {
		b.Strength = StrengthClaimed
	}
	return b
}

// Decided is the Mac as the organisation sees it: with nobody behind its service
// accounts, and with a proof no older than it trusts. It is what plans go by.
func (p Policy) Decided(m Model) Model {
	m.Bootstrap = p.aged(&m)
	m.Accounts = slices.Clone(m.Accounts)
	for i := range m.Accounts {
		if p.Serves(&m.Accounts[i]) {
			m.Accounts[i].Person = No
		}
	}
	return m
}
