package parse

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/tokenward/tokenward/health/evidence"
	"github.com/tokenward/tokenward/internal/pattern"
	"github.com/tokenward/tokenward/internal/plistx"
)

// CryptoUsers is what diskutil apfs listcryptousers says.
type CryptoUsers struct {
	Users []evidence.CryptoUser `json:"users"`
}

// DiskutilListCryptoUsers reads diskutil apfs listcryptousers in its text and
// in its plist form, told apart by the text itself.
func DiskutilListCryptoUsers(out []byte) (CryptoUsers, error) {
	if bytes.HasPrefix(out, []byte("bplist")) || bytes.Contains(out, []byte("<plist")) {
		return cryptoUsersPlist(out)
	}
	return cryptoUsersText(out)
}

func cryptoUsersPlist(out []byte) (CryptoUsers, error) {
	var doc struct {
		Users *[]struct {
			Type  string `plist:"APFSCryptoUserType"`
			UUID  string `plist:"APFSCryptoUserUUID"`
			Owner *bool  `plist:"VolumeOwner"`
		} `plist:"Users"`
	}
	if err := plistx.Decode(out, &doc); err != nil {
		return CryptoUsers{}, unreadable("%v", err)
	}
	if doc.Users == nil {
		return CryptoUsers{}, unreadable("it has no key Users") // diskutil reports errors as a plist too
	}
	list := CryptoUsers{Users: make([]evidence.CryptoUser, 0, len(*doc.Users))}
	for _, u := range *doc.Users {
		if u.UUID == "" || u.Type == "" {
			return CryptoUsers{}, unreadable("a user without UUID or type")
		}
		list.Users = append(list.Users, evidence.CryptoUser{UUID: u.UUID, Type: plistType(u.Type, u.UUID), VolumeOwner: u.Owner})
	}
	return list, nil
}

// plistType reads the type of the plist form. Two of its words stand for a pair
// each, so the UUID, which is the same on every Mac, decides.
func plistType(word, uuid string) evidence.CryptoUserType {
	switch {
	case evidence.SameUUID(uuid, evidence.ICloudRecoveryKeyUUID):
		return evidence.ICloudRecoveryKey
	case evidence.SameUUID(uuid, evidence.InstitutionalRecoveryKeyUUID):
		return evidence.InstitutionalRecoveryKey
	}
	switch word {
	case "LocalOpenDirectory":
		return evidence.LocalUser
	case "MDMRecovery":
		return evidence.BootstrapTokenUser
	case "PersonalRecovery":
		return evidence.PersonalRecoveryUser
	case "InstitutionalRecovery":
		return evidence.InstitutionalRecovery
	case "ICloud", "ICloudRecovery":
		return evidence.ICloudRecovery
	}
	return evidence.OtherCryptoUser
}

func textType(words string) evidence.CryptoUserType {
	switch words {
	case "Local Open Directory User", "Local Open Directory": // the second in a 10.13 beta
		return evidence.LocalUser
	case "MDM Bootstrap Token External Key":
		return evidence.BootstrapTokenUser
	case "Personal Recovery User", "Personal Recovery Key", "Personal":
		return evidence.PersonalRecoveryUser
	case "Institutional Recovery User":
		return evidence.InstitutionalRecovery
	case "Institutional Recovery External Key":
		return evidence.InstitutionalRecoveryKey
	case "iCloud Recovery User":
		return evidence.ICloudRecovery
	case "iCloud Recovery External Key":
		return evidence.ICloudRecoveryKey
	case "Disk User":
		return evidence.DiskUser
	}
	return evidence.OtherCryptoUser
}

var cryptoHeader = pattern.Lazy(`^Cryptographic users?(?: for \S+)? \((\d+) found\)$`)

// cryptoUsersText reads the tree of the text form. Its header counts the users,
// so a list that was cut off is noticed.
func cryptoUsersText(out []byte) (CryptoUsers, error) {
	all, err := lines(out)
	if err != nil {
		return CryptoUsers{}, err
	}
	tree := cryptoTree{found: -1}
	for _, line := range all {
		if m := cryptoHeader.FindStringSubmatch(line); m != nil && tree.found < 0 {
			tree.found, _ = strconv.Atoi(m[1])
		} else if strings.HasPrefix(line, "No cryptographic users") && tree.found < 0 {
			tree.found = 0
		} else if err := tree.line(line); err != nil {
			return CryptoUsers{}, err
		}
	}
	return tree.finish()
}

type cryptoTree struct {
	found int // as the header says; -1 before it
	users []evidence.CryptoUser
}

func (t *cryptoTree) line(line string) error {
	if uuid, ok := strings.CutPrefix(line, "+-- "); ok {
		uuid = strings.TrimSpace(uuid)
		if t.found < 0 || !looksLikeUUID(uuid) {
			return unreadable("the line %s", clip(line))
		}
		t.users = append(t.users, evidence.CryptoUser{UUID: uuid})
		return nil
	}
	if len(t.users) == 0 {
		return nil
	}
	user := &t.users[len(t.users)-1]
	switch name, value := colon(strings.TrimLeft(line, "| ")); name {
	case "Type":
		if user.Type != "" {
			return unreadable("two types for %s", user.UUID)
		}
		user.Type = textType(value)
	case "Volume Owner":
		return sayOwner(user, value)
	}
	return nil
}

func sayOwner(user *evidence.CryptoUser, value string) error {
	if value != "Yes" && value != "No" || user.VolumeOwner != nil {
		return unreadable("volume owner is %s", clip(value))
	}
	owner := value == "Yes"
	user.VolumeOwner = &owner
	return nil
}

func (t *cryptoTree) finish() (CryptoUsers, error) {
	if t.found != len(t.users) {
		return CryptoUsers{}, unreadable("it announces %d users and shows %d", t.found, len(t.users))
	}
	for _, u := range t.users {
		if u.Type == "" {
			return CryptoUsers{}, unreadable("no type for %s", u.UUID)
		}
	}
	if t.users == nil {
		t.users = []evidence.CryptoUser{}
	}
	return CryptoUsers{t.users}, nil
}
