package state

import "slices"

// Clone returns a Mac that shares nothing with this one that an event changes.
func (m *Mac) Clone() Mac {
	c := *m
	c.Accounts = slices.Clone(m.Accounts)
	for i := range c.Accounts {
		a := &c.Accounts[i]
		a.OtherNames, a.OtherHomes = slices.Clone(a.OtherNames), slices.Clone(a.OtherHomes)
	}
	c.Groups = slices.Clone(m.Groups)
	for i := range c.Groups {
		g := &c.Groups[i]
		g.OtherNames = slices.Clone(g.OtherNames)
		g.Names, g.GUIDs, g.Nested = slices.Clone(g.Names), slices.Clone(g.GUIDs), slices.Clone(g.Nested)
	}
	c.Absent, c.Canaries = slices.Clone(m.Absent), slices.Clone(m.Canaries)
	c.OrphanCryptoUsers, c.CryptoOrder = slices.Clone(m.OrphanCryptoUsers), slices.Clone(m.CryptoOrder)
	c.Console.Background = slices.Clone(m.Console.Background)
	c.Sessions, c.Jobs, c.Packages, c.Files = slices.Clone(m.Sessions), slices.Clone(m.Jobs), slices.Clone(m.Packages), slices.Clone(m.Files)
	c.Proxy.Exceptions = slices.Clone(m.Proxy.Exceptions)
	c.Person.Answers, c.Faults = slices.Clone(m.Person.Answers), slices.Clone(m.Faults)
	return c
}
