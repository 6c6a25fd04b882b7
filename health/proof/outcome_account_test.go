package proof

import "github.com/tokenward/tokenward/internal/macsim/state"

const fresh = "fresh"

// resets is the worst reset there is, then a login, and the restart after it. It went
// well where the user gets in with the new password, and has a token that opens with it.
func resets(m *state.Mac, who string) outcome {
	a, _ := m.Account(who)
	if !a.Holds() && !a.Token.CryptoUser {
		return good // nothing to break
	}
	do(m, &state.ResetPassword{User: who, New: fresh, By: state.ByAgent})
	do(m, &state.Login{User: who, Password: new(fresh)})
	do(m, &state.UpdatePreboot{})
	if !do(m, &state.Restart{}) {
		return moot
	}
	in := m.Phase == state.Running || do(m, &state.Unlock{User: who, Password: new(fresh)})
	after, _ := m.Account(who)
	return outcomeOf(in && after.Usable())
}

func removes(m *state.Mac, who string) outcome {
	_, done := try(m, &state.Delete{User: who})
	return outcomeOf(done && survives(m, who, false))
}

// survives asks of everything that the account is whether somebody else is it.
func survives(m *state.Mac, who string, key bool) bool {
	a, _ := m.Account(who)
	holds, admin := a.Holds() || a.Token.CryptoUser, m.IsAdmin(a)
	other := func(can func(*state.Account) bool) bool { return anybody(m, who, can) }
	after, locked := restarted(m)
	switch {
	case admin && !other(func(b *state.Account) bool { return m.IsAdmin(b) && b.Password != state.NoPassword && !b.Disabled }):
		return false
	case !holds:
		return true
	case !other((*state.Account).Usable), admin && !other(func(b *state.Account) bool { return usableAdmin(m, b) }):
		return false
	case m.Chip == state.AppleSilicon && !other(func(b *state.Account) bool { return b.Usable() && b.Token.VolumeOwner }):
		return false
	}
	return !locked || key && sealed(m) || other(func(b *state.Account) bool { return unlocks(&after, b) })
}

// turnsOff is done by any other admin.
func turnsOff(m *state.Mac, who string) outcome {
	a, _ := m.Account(who)
	if !a.Holds() && !a.Token.CryptoUser {
		return good
	}
	after, locked := restarted(m)
	others := !locked || anybody(m, who, func(b *state.Account) bool { return unlocks(&after, b) })
	shutOut := locked && person(a) && a.FileVault
	done := anybody(m, who, func(b *state.Account) bool {
		_, off := try(m, &state.TokenOff{User: who, Granter: b.Name})
		return off
	})
	owner := m.Chip != state.AppleSilicon || anybody(m, who, func(b *state.Account) bool { return b.Usable() && b.Token.VolumeOwner })
	return outcomeOf(done && owner && others && !shutOut)
}
