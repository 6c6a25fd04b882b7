package tool

import (
	"fmt"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// cryptoUserText is the form for people. observed (10.13, 10.15.6, 26).
func cryptoUserText(m *state.Mac, volume string) []string {
	users := m.CryptoUsers()
	if len(users) == 0 {
		return []string{"No cryptographic users for " + volume}
	}
	lines := []string{fmt.Sprintf("Cryptographic user%s for %s (%d found)", either(len(users) == 1, "", "s"), volume, len(users))}
	for i, u := range users {
		bar := either(i < len(users)-1, "|   ", "    ")
		lines = append(lines, "|", "+-- "+u.UUID, bar+"Type: "+typeText(u.Type))
		if note := noteText(m.OS, u.Type); note != "" {
			lines = append(lines, bar+"Note: "+note)
		}
		if hasVolumeOwners(m.OS) {
			lines = append(lines, bar+"Volume Owner: "+either(u.VolumeOwner, "Yes", "No"))
		}
	}
	return lines
}

// cryptoUserList is the form for programs. observed (11): with users; inferred:
// an empty list where there are none.
func cryptoUserList(m *state.Mac) dict {
	users := list{}
	for _, u := range m.CryptoUsers() {
		d := dict{"APFSCryptoUserType": string(u.Type), "APFSCryptoUserUUID": u.UUID}
		if hasVolumeOwners(m.OS) {
			d["VolumeOwner"] = u.VolumeOwner
		}
		users = append(users, d)
	}
	return dict{"Users": users}
}

// hasVolumeOwners says whether diskutil speaks of volume owners. observed: not
// on 10.15.6, but on 11 and 26; inferred: also on Intel.
func hasVolumeOwners(o state.OS) bool { return o.AtLeast(11) }

// noteText is what diskutil explains of the users for iCloud. observed: the
// words, on an unknown release before 11; inferred: 10.15, since a list of 10.13
// or 10.14 has none.
func noteText(o state.OS, t state.CryptoType) string {
	switch {
	case !o.AtLeast(10, 15) || o.AtLeast(11):
		return ""
	case t == state.ICloudRecovery:
		return "Unlock with iCloud account data + iCloud Recovery External Key data"
	case t == state.ICloud:
		return "Stores partial credentials for the iCloud Recovery User"
	}
	return ""
}

// typeText is diskutil's wording for a type.
// observed (10.13 to 26); community: the institutional ones; inferred: that of
// an institutional key.
func typeText(t state.CryptoType) string {
	switch t {
	case state.LocalOpenDirectory:
		return "Local Open Directory User"
	case state.PersonalRecovery:
		return "Personal Recovery User"
	case state.MDMRecovery:
		return "MDM Bootstrap Token External Key"
	case state.InstitutionalRecovery:
		return "Institutional Recovery User"
	case state.InstitutionalRecoveryKey:
		return "Institutional Recovery External Key"
	case state.ICloudRecovery:
		return "iCloud Recovery User"
	case state.ICloud:
		return "iCloud Recovery External Key"
	case state.Disk:
		return "Disk User"
	}
	return "" // checked when the Mac was described
}
