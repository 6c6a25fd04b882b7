package health

// Able is who could act on this Mac today. Every one of them needs the own present
// password, which nobody here has and no tool tells; an account is listed only where
// the evidence says that its token opens with it.
type Able struct {
	Holders   []Actor // hold a usable Secure Token
	Granters  []Actor // admins who could give others one
	Escrowers []Actor // could make and escrow the Bootstrap Token with `profiles install`
	Owners    []Actor // of the volume: could authorise an update; on Apple silicon alone
	Unlockers []Actor // open FileVault at its window
}

// An Actor is an account that could do something, with its own password.
type Actor struct {
	Subject string
	Name    string
}

// WhoIsAble lists who could act today, in the order of the accounts.
func WhoIsAble(m Model) Able {
	o := look(&m, Policy{})
	able := Able{Holders: o.actors(working), Granters: o.actors(granting)}
	if And(m.Enrolled, m.OS.AtLeast(10, 15), m.Bootstrap.Supported) == Yes {
		able.Escrowers = able.Granters
	}
	if m.AppleSilicon == Yes {
		able.Owners = o.actors(owning)
	}
	if m.FileVault.On == Yes {
		able.Unlockers = o.actors(unlocking)
	}
	return able
}

func (o *outlook) actors(able ability) []Actor {
	var list []Actor
	for i := range o.m.Accounts {
		if a := &o.m.Accounts[i]; o.can(able, i) == Yes {
			list = append(list, Actor{a.Subject(), a.Name})
		}
	}
	return list
}
