package health

// ability is something that is asked of every account, for many forecasts.
type ability int

const (
	working ability = iota
	unlocking
	administering
	granting
	owning
	escrowingAnew
	abilities
)

// ask is the question itself: its answer says why.
func (o *outlook) ask(able ability, a *Account) ground {
	return [abilities]func(*Account) ground{
		o.works, o.unlocks, o.administers, o.grants, o.owns, o.escrowsAnew,
	}[able](a)
}

// can asks every account once, and keeps no more than the answers. Most accounts of
// a Mac are macOS' own and can nothing, and the sentences that say so for each of
// them and each forecast were a third of the memory that a check went through.
func (o *outlook) can(able ability, i int) Tri {
	if o.able[able] == nil {
		answers := make([]Tri, len(o.m.Accounts))
		for k := range o.m.Accounts {
			answers[k] = o.ask(able, &o.m.Accounts[k]).is
		}
		o.able[able] = answers
	}
	return o.able[able][i]
}
