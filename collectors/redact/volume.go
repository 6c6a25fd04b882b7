package redact

import (
	"maps"
	"slices"
	"strings"

	"github.com/tokenward/tokenward/internal/pattern"
)

// plainWord is a word of a tool, of which there are few and none is a name.
var plainWord = pattern.Lazy(`^[A-Za-z]{1,40}$`)

// observed (10.13 to 26): who or what a key on the volume is for.
var cryptoKind = pattern.Lazy(`^(?:LocalOpenDirectory|MDMRecovery|PersonalRecovery|InstitutionalRecovery|InstitutionalRecoveryKey|ICloudRecovery|ICloud|Disk|` + removed + `)$`)

// cryptoUsers keeps who has a key on the volume. The list can hold hints too.
func cryptoUsers(b *book, out []byte) ([]byte, bool) {
	doc, ok := decoded[struct {
		Users *[]struct {
			Type  string `plist:"APFSCryptoUserType"`
			UUID  string `plist:"APFSCryptoUserUUID"`
			Owner *bool  `plist:"VolumeOwner"`
		} `plist:"Users"`
	}](out)
	if !ok || doc.Users == nil {
		return nil, false // diskutil reports errors as a list too
	}
	kept := []map[string]any{}
	for _, u := range *doc.Users {
		user := map[string]any{"APFSCryptoUserType": u.Type, "APFSCryptoUserUUID": scrub(u.UUID)}
		if !plainWord.MatchString(u.Type) && u.Type != "" {
			user["APFSCryptoUserType"] = removed
		}
		if b != nil && !cryptoKind.MatchString(u.Type) {
			user["APFSCryptoUserType"] = b.word(u.Type)
		}
		if b != nil && u.UUID != "" {
			user["APFSCryptoUserUUID"] = b.identifier(u.UUID)
		}
		if u.Owner != nil {
			user["VolumeOwner"] = *u.Owner
		}
		kept = append(kept, user)
	}
	return written(map[string]any{"Users": kept})
}

// volume keeps what a disk is like, and not what it is called.
func volume(b *book, out []byte) ([]byte, bool) {
	all, ok := decoded[map[string]any](out)
	if !ok {
		return nil, false
	}
	kept := map[string]any{}
	for _, key := range []string{
		"DeviceIdentifier", "DeviceNode", "FilesystemName", "FilesystemType", "FilesystemUserVisibleName", "MountPoint", "FileVault", "Encryption", "Sealed",
		"Locked", "Internal", "SolidState", "WritableVolume",
	} {
		switch v := all[key].(type) {
		case nil:
		case bool:
			kept[key] = v
		case string:
			kept[key] = scrub(v)
			if b != nil && !volumeValue.MatchString(v) {
				kept[key] = b.word(v)
			}
		default:
			kept[key] = []string{} // as unreadable as what it stands for
		}
	}
	return written(kept)
}

// volumeValue is what a disk or a file system is called that no person named.
var volumeValue = pattern.Lazy(`^(?:/|(?:/dev/)?disk\d{1,4}(?:s\d{1,4}){0,3}|apfs|hfs|exfat|msdos|ntfs|nfs|smbfs|udf|ufs|(?:Case-sensitive )?APFS(?: \(Case-sensitive\))?|` +
	`(?:Case-sensitive )?(?:Journaled )?HFS\+|Mac OS Extended(?: \((?:Case-sensitive, )?Journaled\))?|ExFAT|Yes|No|Broken|` + removed + `)$`)

const policyCategory = "policyCategory"

// policies keeps which password policies there are. Their texts are an admin's.
func policies(b *book, out []byte) ([]byte, bool) {
	all, ok := decoded[map[string][]policy](out)
	if !ok {
		return nil, false
	}
	kept := map[string]any{}
	for _, category := range slices.Sorted(maps.Keys(all)) {
		what, is := strings.CutPrefix(category, policyCategory)
		if !is {
			return nil, false
		}
		list := []map[string]any{}
		for _, entry := range all[category] {
			list = append(list, map[string]any{"policyIdentifier": entry.identifier(b)})
		}
		if !knownPolicies.MatchString(what) {
			what = scrub(what)
			if b != nil {
				what = b.word(what)
			}
		}
		kept[policyCategory+what] = list
	}
	return written(kept)
}

var (
	knownPolicies = pattern.Lazy(`^(?:Authentication|PasswordContent|PasswordChange)$`)
	// community (26, and another identifier before it): the policy that macOS comes with.
	shippedPolicy = pattern.Lazy(`^com\.apple\.defaultpasswordpolicy(?:\.fde)?$`)
)

// policy is one password policy, by its identifier. Apple's own are told from
// others by it.
type policy struct {
	Identifier string `plist:"policyIdentifier"`
}

func (p policy) identifier(b *book) string {
	if b == nil || shippedPolicy.MatchString(p.Identifier) {
		return scrub(p.Identifier)
	}
	return b.word(p.Identifier)
}
