package macsim

// CryptoType is the type of a cryptographic user of an APFS volume, in the word
// of diskutil's property list.
type CryptoType string

// The types. observed (11): the first three; community: the others.
const (
	LocalOpenDirectory    CryptoType = "LocalOpenDirectory"
	PersonalRecovery      CryptoType = "PersonalRecovery"
	MDMRecovery           CryptoType = "MDMRecovery" // the Bootstrap Token
	InstitutionalRecovery CryptoType = "InstitutionalRecovery"
	ICloudRecovery        CryptoType = "ICloudRecovery"
	ICloud                CryptoType = "ICloud"
)

// The UUIDs that are the same on every Mac. observed (10.13 to 26), except the
// institutional one: community.
const (
	personalRecoveryUUID      = "EBC6C064-0000-11AA-AA11-00306543ECAC"
	institutionalRecoveryUUID = "C064EBC6-0000-11AA-AA11-00306543ECAC"
	bootstrapUUID             = "2457711A-523C-4604-B75A-F48A571D5036"
)

// text is diskutil's wording for a type; empty where it is not known.
// observed (10.13 to 26); community: the institutional one; inferred: which of
// the two about iCloud is which.
func (t CryptoType) text() string {
	switch t {
	case LocalOpenDirectory:
		return "Local Open Directory User"
	case PersonalRecovery:
		return "Personal Recovery User"
	case MDMRecovery:
		return "MDM Bootstrap Token External Key"
	case InstitutionalRecovery:
		return "Institutional Recovery User"
	case ICloudRecovery:
		return "iCloud Recovery User"
	case ICloud:
		return "iCloud Recovery External Key"
	}
	return ""
}

// cryptoUsers are all cryptographic users of the startup volume: accounts
// first, as on every Mac seen. observed (26): a personal recovery key is a
// volume owner; inferred: so is an institutional one.
func (m *Mac) cryptoUsers() []CryptoUser {
	var users []CryptoUser
	for _, a := range m.Accounts {
		if a.Token.CryptoUser {
			users = append(users, CryptoUser{a.GUID, LocalOpenDirectory, a.Token.VolumeOwner})
		}
	}
	users = append(users, m.OrphanCryptoUsers...)
	if m.Bootstrap.Local {
		users = append(users, CryptoUser{bootstrapUUID, MDMRecovery, m.Bootstrap.VolumeOwner})
	}
	if m.FileVault.Institutional {
		users = append(users, CryptoUser{institutionalRecoveryUUID, InstitutionalRecovery, true})
	}
	if m.FileVault.PersonalRecoveryKey {
		users = append(users, CryptoUser{personalRecoveryUUID, PersonalRecovery, true})
	}
	return users
}
