package state

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"slices"
)

// CryptoType is the type of a cryptographic user of an APFS volume, in the word
// of diskutil's property list.
type CryptoType string

// The types. observed (11): the first three; community: the others; inferred:
// the words of the two institutional ones and of a disk user.
const (
	LocalOpenDirectory       CryptoType = "LocalOpenDirectory"
	PersonalRecovery         CryptoType = "PersonalRecovery"
	MDMRecovery              CryptoType = "MDMRecovery" // the Bootstrap Token
	InstitutionalRecovery    CryptoType = "InstitutionalRecovery"
	InstitutionalRecoveryKey CryptoType = "InstitutionalRecoveryKey"
	ICloudRecovery           CryptoType = "ICloudRecovery"
	ICloud                   CryptoType = "ICloud"
	Disk                     CryptoType = "Disk"
)

// The UUIDs that are the same on every Mac. observed (10.13 to 26): the first
// two; community: the others.
const (
	PersonalRecoveryUUID      = "EBC6C064-0000-11AA-AA11-00306543ECAC"
	bootstrapUUID             = "2457711A-523C-4604-B75A-F48A571D5036"
	institutionalRecoveryUUID = "C064EBC6-0000-11AA-AA11-00306543ECAC"
	iCloudRecoveryUUID        = "EC1C2AD9-B618-4ED6-BD8D-50F361C27507"
	iCloudKeyUUID             = "64C0C6EB-0000-11AA-AA11-00306543ECAC"
)

// CryptoUser is a cryptographic user of the startup volume.
type CryptoUser struct {
	UUID        string     `yaml:"uuid"`
	Type        CryptoType `yaml:"type,omitempty"` // LocalOpenDirectory unless given
	VolumeOwner bool       `yaml:"volume_owner"`
}

func (t CryptoType) known() bool {
	return slices.Contains([]CryptoType{
		LocalOpenDirectory, PersonalRecovery, MDMRecovery, InstitutionalRecovery,
		InstitutionalRecoveryKey, ICloudRecovery, ICloud, Disk,
	}, t)
}

// CryptoUsers are all cryptographic users of the startup volume, in the order in
// which they came to it. inferred from Macs whose history is known (10.15.6,
// 26); what was there from the beginning: accounts first.
//
// observed (26): a personal recovery key is a volume owner; inferred: so are the
// other keys.
func (m *Mac) CryptoUsers() []CryptoUser {
	var users []CryptoUser
	for _, a := range m.Accounts {
		if a.Token.CryptoUser {
			users = append(users, CryptoUser{a.GUID, LocalOpenDirectory, a.Token.VolumeOwner})
		}
	}
	users = append(users, m.OrphanCryptoUsers...)
	if m.Bootstrap.Local > 0 {
		users = append(users, CryptoUser{m.BootstrapUUID(), MDMRecovery, m.Bootstrap.VolumeOwner})
	}
	if m.FileVault.ICloud {
		users = append(users, CryptoUser{iCloudRecoveryUUID, ICloudRecovery, true}, CryptoUser{iCloudKeyUUID, ICloud, true})
	}
	if m.FileVault.Institutional {
		users = append(users, CryptoUser{institutionalRecoveryUUID, InstitutionalRecovery, true})
	}
	if m.FileVault.RecoveryKey.Generation > 0 {
		users = append(users, CryptoUser{PersonalRecoveryUUID, PersonalRecovery, true})
	}
	slices.SortStableFunc(users, func(a, b CryptoUser) int {
		return cmp.Compare(slices.Index(m.CryptoOrder, a.UUID), slices.Index(m.CryptoOrder, b.UUID))
	})
	return users
}

// arrived notes that a cryptographic user came to the volume: the last of all.
func (m *Mac) arrived(uuid string) {
	m.left(uuid)
	m.CryptoOrder = append(m.CryptoOrder, uuid)
}

// left notes that one is gone.
func (m *Mac) left(uuid string) {
	m.CryptoOrder = without(m.CryptoOrder, uuid)
}

// BootstrapUUID is that of the Bootstrap Token's cryptographic user.
func (m *Mac) BootstrapUUID() string {
	if m.Switches.BootstrapUUIDPerMac {
		return derivedUUID(m.HardwareUUID, "bootstrap token")
	}
	return bootstrapUUID
}

// derivedUUID makes the same UUID of the same texts, on every run.
func derivedUUID(from, what string) string {
	sum := sha256.Sum256([]byte(from + "\n" + what))
	sum[6], sum[8] = sum[6]&0x0F|0x40, sum[8]&0x3F|0x80
	return fmt.Sprintf("%X-%X-%X-%X-%X", sum[0:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
}
