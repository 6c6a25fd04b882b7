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

// Apply gives a finding the severity that the organisation gave its condition, and
// the reason why it does not count and until when, if it muted it: of several mutes
// the first that covers it. A mute covers a finding whatever its severity, critical ones
// too: it is a decision with a reason and an end, and the report shows both the
// finding and the reason.
func (p Policy) Apply(f Finding, m Model) Finding {
	if severity, decided := p.Severities[f.Code]; decided {
		f.Severity = severity
	}
	for _, mute := range p.Mutes {
		if mute.covers(f, &m) {
			f.Muted, f.MutedUntil = mute.Reason, mute.Until
			break
		}
	}
	return f
}

// covers compares GeneratedUIDs as tools print them, in either case.
func (u Mute) covers(f Finding, m *Model) bool {
	if u.Code != f.Code || u.Reason == "" || !m.TakenAt.Before(u.Until) {
		return false
	}
	return u.Subject == "" || strings.EqualFold(u.Subject, f.Subject) || u.Subject == m.NameOf(f.Subject)
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
