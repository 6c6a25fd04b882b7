package macsim

import (
	"fmt"
	"slices"
	"strings"
)

// diskutil answers which cryptographic users the startup volume has. It needs
// no root.
func (m *Mac) diskutil(c Call) Reply {
	if len(c.Args) < 3 || !strings.EqualFold(c.Args[0], "apfs") || !isListCryptoUsers(c.Args[1]) {
		return notSimulated(c)
	}
	switch rest := strings.Join(c.Args[2:], " "); rest {
	case "/":
		return printed(m.cryptoUserText()...)
	case "-plist /", "/ -plist": // community: both orders
		return Reply{Stdout: document(m.cryptoUserList())}
	}
	return notSimulated(c)
}

// isListCryptoUsers knows the verb's names. documented: diskutil ignores case;
// community: the other names.
func isListCryptoUsers(verb string) bool {
	names := []string{"listusers", "listcryptousers", "listkeys", "listcryptokeys"}
	return slices.Contains(names, strings.ToLower(verb))
}

// cryptoUserText is the form for people. observed (10.13, 10.15.6, 26).
func (m *Mac) cryptoUserText() []string {
	users := m.cryptoUsers()
	if len(users) == 0 {
		return []string{"No cryptographic users for " + m.Volume}
	}
	lines := []string{fmt.Sprintf("Cryptographic user%s for %s (%d found)", either(len(users) == 1, "", "s"), m.Volume, len(users))}
	for i, u := range users {
		bar := either(i < len(users)-1, "|   ", "    ")
		lines = append(lines, "|", "+-- "+u.UUID, bar+"Type: "+u.Type.text())
		if m.OS.hasVolumeOwners() {
			lines = append(lines, bar+"Volume Owner: "+either(u.VolumeOwner, "Yes", "No"))
		}
	}
	return lines
}

// cryptoUserList is the form for programs. observed (11): with users; inferred:
// an empty list where there are none.
func (m *Mac) cryptoUserList() dict {
	users := list{}
	for _, u := range m.cryptoUsers() {
		d := dict{"APFSCryptoUserType": string(u.Type), "APFSCryptoUserUUID": u.UUID}
		if m.OS.hasVolumeOwners() {
			d["VolumeOwner"] = u.VolumeOwner
		}
		users = append(users, d)
	}
	return dict{"Users": users}
}

// hasVolumeOwners says whether diskutil speaks of volume owners. observed: not
// on 10.15.6, but on 11 and 26; inferred: also on Intel.
func (o OS) hasVolumeOwners() bool { return o.atLeast(11) }
