package health

import (
	"cmp"
	"time"

	"github.com/tokenward/tokenward/health/evidence"
)

// remember is the Mac for the next check: what is known now, and what was known
// before where this check could not find it out.
func remember(was Memory, m *Model) Memory {
	now := Memory{
		At: m.TakenAt, Identity: identity(was, m),
		Enrolled: kept(was.Enrolled, m.Enrolled), Supported: kept(was.Supported, m.Bootstrap.Supported),
		Escrowed: kept(was.Escrowed, m.Bootstrap.Escrowed), Reachable: kept(was.Reachable, m.Enrollment.Reachable),
		FileVault: kept(was.FileVault, m.FileVault.On), Strength: m.Bootstrap.Strength,
		SealedAt: known(was.SealedAt, m.FileVault.SealedAt), OS: cmp.Or(m.OS.Text, was.OS), BootedAt: known(was.BootedAt, m.BootedAt),
		Restarted:    was.startedAnew(m),
		HoldersKnown: !m.lost(evidence.DirectoryFact) && !m.lost(evidence.CryptoUsersFact),
	}
	now.TurnedOff, now.TurnedOn = was.turned(m)
	now.Uncovered = was.uncovered(m, now.Identity)
	if outage(m) {
		now.Strength = StrengthUnknown
	}
	if now.Strength == StrengthUnknown && now.Identity == was.Identity {
		now.Strength = was.Strength
	}
	now.Proof = proof(was, m, now.Identity)
	now.Accounts = rememberAccounts(was.Accounts, m)
	return now
}

// identity ends with the enrolment, and else stays what it was until another is
// known.
func identity(was Memory, m *Model) string {
	if m.Enrolled == No {
		return ""
	}
	return cmp.Or(m.Enrollment.Identity, was.Identity)
}

// proof ends with the enrolment, and with anything that speaks against it. It is
// filed under the enrolment as it was last known: if that is another one by now, the
// next check that can tell says so.
func proof(was Memory, m *Model, identity string) Proof {
	switch {
	case identity == "":
		return Proof{}
	case m.Bootstrap.Strength == StrengthProven:
		return Proof{At: m.Bootstrap.ProvenAt, Identity: identity}
	case identity != was.Proof.Identity:
		return Proof{}
	case outage(m):
		return was.Proof
	case m.Bootstrap.Strength == StrengthRefuted, m.Bootstrap.Strength == StrengthNone:
		return Proof{}
	}
	return was.Proof
}

// outage: a Bootstrap Token that could not be got while its server was away, or was
// not asked whether it is there, may be as well there as before. Where the way to the
// server can never be followed, as with a proxy script, a proof would else outlive
// everything that speaks against it.
func outage(m *Model) bool {
	away := m.Enrollment.Reachable == No || m.lost(evidence.MDMReachFact)
	return m.Bootstrap.Strength == StrengthRefuted && away
}

// turned is when FileVault was found off after it had been on, and when it was
// found on after it had been off. A first check finds neither.
func (was Memory) turned(m *Model) (off, on time.Time) {
	switch {
	case was.FileVault == Yes && m.FileVault.On == No:
		return m.TakenAt, time.Time{}
	case was.FileVault == No && m.FileVault.On == Yes:
		return was.TurnedOff, m.TakenAt
	}
	return was.TurnedOff, was.TurnedOn
}

// startedAnew is when the Mac was started, as far as that is known to be another start
// than an earlier check knew: it has been up for less time than it had been then. The
// times alone would not tell, since whoever sets the clock moves the time of the last
// start with it, and a Mac that was only asleep would seem to have been restarted.
func (was Memory) startedAnew(m *Model) time.Time {
	if was.BootedAt.IsZero() || m.BootedAt.IsZero() {
		return was.Restarted
	}
	if m.TakenAt.Sub(m.BootedAt)+time.Minute < was.At.Sub(was.BootedAt) {
		return m.BootedAt
	}
	return was.Restarted
}

// uncovered is when a recovery key could last not go to this server: FileVault was
// off, the Mac was in no enrolment or in another one, or the escrow payload was not
// there. Of what happened between two checks the earlier one is the witness.
func (was Memory) uncovered(m *Model, identity string) time.Time {
	switch {
	case m.FileVault.On == No, m.Enrolled == No:
		return m.TakenAt
	case m.FileVault.EscrowProfile != Yes && !m.lost(evidence.EscrowProfileFact):
		return m.TakenAt
	case was.Identity != "" && identity != was.Identity:
		return was.At
	}
	return was.Uncovered
}

// rememberAccounts keeps people and holders. One that was a holder is kept until
// it is known to be none any more, whatever kind of account it is.
func rememberAccounts(was map[string]AccountMemory, m *Model) map[string]AccountMemory {
	if m.lost(evidence.DirectoryFact) {
		return was
	}
	now := map[string]AccountMemory{}
	for i := range m.Accounts {
		a := &m.Accounts[i]
		if a.GUID == "" {
			continue
		}
		before := was[a.Subject()]
		if a.Person == Yes || a.Holder == Yes || before.Holder == Yes {
			now[a.Subject()] = a.remember(before, m)
		}
	}
	return now
}

func (a *Account) remember(was AccountMemory, m *Model) AccountMemory {
	is := AccountMemory{
		Name: a.Name, Holder: kept(was.Holder, a.Holder), Admin: kept(was.Admin, a.Admin), Owner: kept(was.Owner, a.VolumeOwner), Managed: kept(was.Managed, managedAdmin(m, a)),
		Drift: kept(was.Drift, a.Drift), DriftSeen: was.DriftSeen,
		PasswordSet: known(was.PasswordSet, a.PasswordSet), LastLogin: known(was.LastLogin, a.LastLogin),
	}
	if a.Drift == Unknown && a.setAnew(was) {
		is.Drift = Yes // between two checks, and nothing is known to have mended it
	}
	switch {
	case is.Drift != Yes, a.Drift == Unknown && a.LastLogin.After(was.LastLogin):
		is.DriftSeen = time.Time{}
	case is.DriftSeen.IsZero():
		is.DriftSeen = m.TakenAt
	}
	return is
}

func kept(was, is Tri) Tri {
	if is == Unknown {
		return was
	}
	return is
}

// known is the time that is known now, even if it is the earlier one: clocks are
// set.
func known(was, is time.Time) time.Time {
	if is.IsZero() {
		return was
	}
	return is
}
