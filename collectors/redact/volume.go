package redact

import (
	"regexp"
	"strings"
)

// plainWord is a word of a tool, of which there are few and none is a name.
var plainWord = regexp.MustCompile(`^[A-Za-z]{1,40}$`)

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
func volume(_ *book, out []byte) ([]byte, bool) {
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
		default:
			kept[key] = []string{} // as unreadable as what it stands for
		}
	}
	return written(kept)
}

// policies keeps which password policies there are. Their texts are an admin's.
func policies(b *book, out []byte) ([]byte, bool) {
	all, ok := decoded[map[string][]policy](out)
	if !ok {
		return nil, false
	}
	kept := map[string]any{}
	for category, entries := range all {
		if !plainWord.MatchString(category) {
			return nil, false
		}
		list := []map[string]any{}
		for _, entry := range entries {
			list = append(list, map[string]any{"policyIdentifier": entry.identifier(b)})
		}
		kept[category] = list
	}
	return written(kept)
}

// policy is one password policy, by its identifier. Apple's own are told from
// others by it.
type policy struct {
	Identifier string `plist:"policyIdentifier"`
}

func (p policy) identifier(b *book) string {
	if b == nil || strings.HasPrefix(p.Identifier, "com.apple.") {
		return scrub(p.Identifier)
	}
	return b.word(p.Identifier)
}
