package health

import (
	"slices"
	"time"
)

// provenByLogin takes a token that a login brought for a proof of the Bootstrap
// Token: the Mac can only have got it from the server. community (mkuser): the
// grant at a login; inferred: that nothing else explains what is asked for here.
// What was refuted stays so until the Mac has got the token in answer to a question.
func provenByLogin(m *Model) (Strength, time.Time) {
	b := m.Bootstrap
	if b.Strength != StrengthClaimed && b.Strength != StrengthProven || doubtful(*m, b) || !sameEnrollment(m) {
		return b.Strength, b.ProvenAt
	}
	for i := range m.Accounts {
		a := &m.Accounts[i]
		if grantedAtLogin(m, a) && a.LastLogin.After(b.ProvenAt) {
			b.Strength, b.ProvenAt = StrengthProven, a.LastLogin
		}
	}
	return b.Strength, b.ProvenAt
}

// sameEnrollment: at the last check the token was believed to be where it is
// believed to be now, and the server can be reached.
func sameEnrollment(m *Model) bool {
	was := m.Past.Mac
	claimed := was.Strength == StrengthClaimed || was.Strength == StrengthProven
	return claimed && was.HoldersKnown && m.Enrollment.Reachable == Yes &&
		m.Enrollment.Identity != "" && m.Enrollment.Identity == was.Identity
}

// grantedAtLogin: no token at the last check, one now, and a login at the login
// window between the two. Other ways to a token are ruled out: the first token of a
// Mac, which needs nobody's help; a reset in recoveryOS, which sets the password;
// the dialog for an administrator, which mobile accounts meet at a login; a grant by
// hand, for which no administrator with a token may have been there; and what this
// program did itself.
func grantedAtLogin(m *Model, a *Account) bool {
	was, known := m.Past.Mac.Accounts[a.Subject()]
	since := m.Past.Mac.At
	switch {
	case !known, was.Holder != No, a.Holder != Yes, a.Kind == KindMobile:
		return false
	case !a.LastLogin.After(since), a.LastLogin.After(m.TakenAt):
		return false
	case a.PasswordSet.IsZero(), a.PasswordSet.After(since):
		return false
	}
	return othersHeld(m.Past.Mac, a) && !othersGrant(m, a) && !tried(m.Past.Attempts, a, since)
}

// othersGrant says whether somebody else may have granted the token by hand, at
// the last check or at this one: that an account is no admin, or holds nothing, has
// to be known.
func othersGrant(m *Model, a *Account) bool {
	for guid, other := range m.Past.Mac.Accounts {
		if guid != a.Subject() && And(other.Holder, other.Admin) != No {
			return true
		}
	}
	return slices.ContainsFunc(m.Accounts, func(b Account) bool {
		return b.Subject() != a.Subject() && And(b.Holder, b.Admin) != No
	})
}

func othersHeld(was Memory, a *Account) bool {
	for guid, other := range was.Accounts {
		if guid != a.Subject() && other.Holder == Yes {
			return true
		}
	}
	return false
}

// tried says whether this program did something to the account since then.
func tried(attempts []Attempt, a *Account, since time.Time) bool {
	for _, attempt := range attempts {
		if attempt.Subject == a.Subject() && !attempt.At.Before(since) {
			return true
		}
	}
	return false
}
