package health

import "github.com/tokenward/tokenward/health/evidence"

// resets: a management agent writes a new password over the old one, the worst way
// there is. The user then logs in at the login window, with the network up, and the
// window's list is brought up to date, before the Mac restarts. It is safe where
// the user gets in afterwards, with the new password or the recovery key that the
// Mac shows as sent, and where somebody can still do with a token what the user
// could. What only the server or the user knows is no part of it.
func (o *outlook) resets(a *Account) ground {
	if a.holds() == No {
		return ground{is: Yes, facts: tokenFacts(), says: a.Name + " holds no Secure Token that a reset could break."}
	}
	return unless(a.holds(), anyOf(o.regains(a), allOf(o.staysIn(a), o.staysAble(a))), tokenFacts()...)
}

// regains: a login with a Bootstrap Token that works makes the token anew, with the
// new password. community. Since 11 for everybody, before that for mobile accounts
// and the managed administrator.
func (o *outlook) regains(a *Account) ground {
	if !o.otherClaims(a) {
		return o.regainsAlone(a)
	}
	if o.served(a) == No {
		return no("BT_1015_LOCAL_USER", "On macOS 10.15 a login does not mend the token of a local user.", evidence.OSVersionFact)
	}
	return allOf(o.logsIn(a), o.bootstrap)
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

func (o *outlook) served(a *Account) Tri {
	return Or(o.m.OS.AtLeast(11, 0), TriOf(a.Kind == KindMobile), TriOf(a.Kind == KindManagedAdmin))
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

// staysIn: the user can be let in after a restart.
func (o *outlook) staysIn(*Account) ground {
	key := o.keySent()
	if key.is == No {
		key.because = append(key.because, "ST_DRIFT_FV_ON")
		key.says = "After a restart FileVault would want the former password, and there is no recovery key."
	}
	return o.ifLocked(key)
}

// staysAble: somebody else has a usable token; an admin if this is one. Otherwise
// a reset in recoveryOS would have to make it anew.
func (o *outlook) staysAble(a *Account) ground {
	other := allOf(
		o.somebody(a, o.works, "ST_SOLE_HOLDER", "Nobody but "+a.Name+" holds a usable Secure Token."),
		unless(a.Admin, o.somebody(a, o.grants, "ST_SOLE_HOLDER", "No other admin holds a usable Secure Token."), adminFacts()...),
	)
	if other.is != No {
		return other
	}
	again := contested(RecoveryResetLeavesToken, other.says+" Whether a reset in recoveryOS makes the token anew, sources differ.")
	again.because = other.because
	return anyOf(other, allOf(o.recoveryOpen(), again))
}
