package health

// doubtMended takes back that a login mended a token where nothing can have done
// so. On a Mac that was never checked before, a later login clears a suspicion, for
// nothing else is known. Of a password that earlier checks saw set anew, more is: the
// token opens with it only if the login could fetch the Bootstrap Token. Whether the
// user typed the former password when changing it, which mends as well, no tool
// tells. So it is not known, until a login is seen with a proven Bootstrap Token or
// the account is given another token.
func doubtMended(m *Model) {
	for i := range m.Accounts {
		a := &m.Accounts[i]
		was := m.Past.Mac.Accounts[a.Subject()]
		drifted := was.Drift == Yes || a.setAnew(was)
		if drifted && was.Holder != No && a.Holder == Yes && a.Drift == No && !mendedByLogin(m, a, was) {
			a.Drift = Unknown
		}
	}
}

// setAnew: the password is another one than at an earlier check, and somebody
// logged in since. The password that an account was made with is never such a one.
func (a *Account) setAnew(was AccountMemory) bool {
	original := !a.Created.IsZero() && a.PasswordSet.Sub(a.Created) < originalPassword
	return !original && !was.PasswordSet.IsZero() && a.PasswordSet.After(was.PasswordSet) && a.LastLogin.After(a.PasswordSet)
}

// mendedByLogin: the Bootstrap Token was proven before a login that is seen for the
// first time, and still is, in the same enrolment and with its server in reach both
// times. community: such a login makes the token anew.
func mendedByLogin(m *Model, a *Account, was AccountMemory) bool {
	past := m.Past.Mac
	before := past.Strength == StrengthProven && past.Reachable != No && past.Proof.Identity == m.Enrollment.Identity
	now := m.Bootstrap.Strength == StrengthProven && m.inReach() == Yes
	login := a.LastLogin.After(was.LastLogin) && a.LastLogin.After(past.Proof.At) && a.LastLogin.Sub(past.Proof.At) <= proofLasts
	return before && now && login && m.mends(a) == Yes
}
