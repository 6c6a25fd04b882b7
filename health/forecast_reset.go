package health

import "github.com/tokenward/tokenward/health/evidence"

// resets: a management agent writes a new password over the old one, the worst way
// there is. The user then logs in at the login window, with the network up, and the
// window's list is brought up to date, before the Mac restarts. It is safe where
// that login makes the token anew, and nowhere else: a recovery key opens the disk
// once and gives the user no way in, and what others hold is not the user's.
func (o *outlook) resets(a *Account) ground {
	if a.holds() == No {
		return ground{is: Yes, facts: tokenFacts(), says: a.Name + " holds no Secure Token that a reset could break."}
	}
	g := o.regains(a)
	if g.is == No {
		g.because = append(g.because, o.drifted())
		g.says += " " + o.leftBehind(a)
	}
	return unless(a.holds(), g, tokenFacts()...)
}

// leftBehind is what becomes of a token that no login makes anew.
func (o *outlook) leftBehind(a *Account) string {
	switch {
	case o.locks.is == No:
		return "After a reset the Secure Token of " + a.Name + " would want the former password."
	case o.keySent().is == Yes:
		return "After a restart FileVault would want the former password of " + a.Name + ": only the recovery key opens the disk afterwards, or somebody else."
	}
	return "After a restart FileVault would want the former password of " + a.Name + "."
}

// regains: a login with a Bootstrap Token that works makes the token anew, with the
// new password. community. Since 11 for everybody, before that for mobile accounts
// and the managed administrator.
func (o *outlook) regains(a *Account) ground {
	if !o.otherClaims(a) {
		return o.regainsAlone(a)
	}
	mends := is(o.m.mends(a), "BT_1015_LOCAL_USER", "On macOS 10.15 a login does not mend the token of a local user.", evidence.OSVersionFact, evidence.ManagedAdminsFact)
	return allOf(mends, o.logsIn(a), o.bootstrap)
}

// regainsAlone: with nobody else, a token that the reset takes away can come back
// as the Mac's first one alone, since 11 and unless the account is barred from that.
// Where the Bootstrap Token works and that one is open too, nothing is lost.
func (o *outlook) regainsAlone(a *Account) ground {
	either := contested(AgentResetRemovesToken, "Whether a reset by an agent breaks the Secure Token of "+a.Name+" or takes it away, sources differ.")
	either.because = []Code{"ST_SOLE_HOLDER"}
	if o.m.OS.AtLeast(11, 0) == Yes && !a.Barred {
		return anyOf(allOf(o.logsIn(a), o.bootstrap), either)
	}
	return either
}

// mends says whether a login of that account can be granted a token at all.
func (m *Model) mends(a *Account) Tri {
	managed := TriOf(a.Kind == KindManagedAdmin)
	if m.lost(evidence.ManagedAdminsFact) {
		managed = Or(managed, And(a.Admin, Unknown))
	}
	return Or(m.OS.AtLeast(11, 0), TriOf(a.Kind == KindMobile), managed)
}

func (o *outlook) logsIn(a *Account) ground {
	return is(a.CanLogIn, "ST_HOLDER_IS_SERVICE_ACCOUNT", a.Name+" cannot log in.", evidence.DirectoryFact)
}

// otherClaims says whether some source calls another account a holder.
func (o *outlook) otherClaims(a *Account) bool {
	for i := range o.m.Accounts {
		if b := &o.m.Accounts[i]; b != a && b.holds() == Yes {
			return true
		}
	}
	return false
}
