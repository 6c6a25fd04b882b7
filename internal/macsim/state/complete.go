package state

import (
	"cmp"
	"slices"
)

// complete fills in what a scenario may leave out. A completed Mac stays as it
// is, so that a state file can be read again.
func (m *Mac) complete() {
	m.OS.Product = cmp.Or(m.OS.Product, m.OS.product())
	m.Board = cmp.Or(m.Board, m.Model)
	m.Volume = cmp.Or(m.Volume, m.volume())
	m.FileSystem = cmp.Or(m.FileSystem, APFS)
	m.Phase = cmp.Or(m.Phase, Running)
	m.Security.Boot = cmp.Or(m.Security.Boot, FullSecurity)
	m.Enrollment.MDM = cmp.Or(m.Enrollment.MDM, NotEnrolled)
	m.Server.URL = cmp.Or(m.Server.URL, m.Enrollment.Server)
	m.Bootstrap.Last = max(m.Bootstrap.Last, m.Bootstrap.Local, m.Server.Token)
	m.FileVault.RecoveryKey.Last = max(m.FileVault.RecoveryKey.Last, m.FileVault.RecoveryKey.Generation, m.FileVault.RecoveryKey.Escrowed)
	m.Directory.Domain = cmp.Or(m.Directory.Domain, m.Directory.Forest)
	m.FileVault.State = cmp.Or(m.FileVault.State, Off)
	for i := range m.Accounts {
		m.Accounts[i].complete(m.OS)
	}
	m.addSystemAccounts()
	m.addSystemGroups()
	for i := range m.Files {
		if f := &m.Files[i]; f.Modified.IsZero() {
			f.Modified = m.Clock
		}
	}
	for i := range m.OrphanCryptoUsers {
		m.OrphanCryptoUsers[i].Type = cmp.Or(m.OrphanCryptoUsers[i].Type, LocalOpenDirectory)
	}
}

// complete gives an account what its kind has. community (mkuser): an account for
// file sharing alone has neither a shell nor a home.
func (a *Account) complete(os OS) {
	a.Kind = cmp.Or(a.Kind, Local)
	a.completePassword()
	a.RealName = cmp.Or(a.RealName, a.Name)
	switch a.Kind {
	case Service:
		a.Home = cmp.Or(a.Home, "/private/var/"+a.Name)
	case Sharing:
		a.Shell, a.Home = cmp.Or(a.Shell, "/usr/bin/false"), cmp.Or(a.Home, "/dev/null")
	case Local, Mobile, Network, Role, System:
	}
	a.Shell = cmp.Or(a.Shell, os.shell())
	a.Home = cmp.Or(a.Home, "/Users/"+a.Name)
}

// notGiven stands for a password that a scenario leaves out. No password holds a
// control character, see check.
const notGiven = "\x00"

// completePassword gives a person a password to type: the name and "-pw".
func (a *Account) completePassword() {
	if a.Password == notGiven {
		a.Password = a.Name + "-pw"
		if a.Kind == System || a.Kind == Sharing {
			a.Password = NoPassword
		}
	}
	if a.Token.Password == notGiven {
		a.Token.Password = a.Password
	}
	if !a.Token.Tag && !a.Token.CryptoUser {
		a.Token.Password = ""
	}
}

// addSystemGroups adds those that the scenario does not describe itself.
func (m *Mac) addSystemGroups() {
	var added []Group
	for _, g := range systemGroups() {
		if _, described := m.Group(g.Name); !described {
			added = append(added, g)
		}
	}
	m.Groups = append(added, m.Groups...)
	for i := range m.Groups {
		g := &m.Groups[i]
		g.GUID = cmp.Or(g.GUID, groupGUID(g.GID))
	}
}

// addSystemAccounts adds those that the scenario neither describes itself nor
// declares absent.
func (m *Mac) addSystemAccounts() {
	var added []Account
	for _, a := range systemAccounts() {
		described := slices.ContainsFunc(m.Accounts, func(b Account) bool { return a.Name == b.Name })
		if described || slices.Contains(m.Absent, a.Name) {
			continue
		}
		a.Kind, a.GUID, a.Password = System, SystemGUID(a.UID), NoPassword
		added = append(added, a)
	}
	m.Accounts = append(added, m.Accounts...) // observed (26): root is the first member of admin
}

// volume is the usual name of the startup volume.
func (m *Mac) volume() string {
	switch {
	case m.Chip == AppleSilicon:
		return "disk3s1s1" // observed (26): the snapshot that the Mac started from
	case m.OS.AtLeast(11):
		return "disk1s5s1" // inferred from the two others
	case m.OS.AtLeast(10, 15):
		return "disk1s5" // observed (10.15.6)
	default:
		return "disk1s1" // observed (10.13)
	}
}
