package parse

import (
	"strconv"
	"strings"

	"github.com/tokenward/tokenward/health/evidence"
	"github.com/tokenward/tokenward/internal/pattern"
	"github.com/tokenward/tokenward/internal/plistx"
)

// Tags are what an AuthenticationAuthority says about an account's token. The
// attribute itself can hold hashes and is not kept.
type Tags struct {
	TokenTag    bool `json:"token_tag"`
	DisabledTag bool `json:"disabled_tag"`
	Mobile      bool `json:"mobile"`

	disabledUser, shadowHash bool
}

// value reads one value. ";DisabledTags;SecureToken" prevents a token: a search
// for the word alone would read it as one.
func (t *Tags) value(v string) {
	parts := strings.Split(v, ";")
	if len(parts) < 2 || parts[0] != "" {
		return
	}
	switch parts[1] {
	case "SecureToken":
		t.TokenTag = true
	case "DisabledTags":
		for _, tag := range strings.FieldsFunc(strings.Join(parts[2:], ";"), func(r rune) bool { return r == ';' || r == ',' }) {
			t.DisabledTag = t.DisabledTag || tag == "SecureToken"
		}
	case "LocalCachedUser":
		t.Mobile = true
	case "DisabledUser":
		t.disabledUser = true
	case "ShadowHash":
		t.shadowHash = true
	}
}

var (
	attributeLine = pattern.Lazy(`^(?:dsAttrTypeStandard:|dsAttrTypeNative:)?(\w+):(?: (.*))?$`)
	errorNumber   = pattern.Lazy(`DS Error: (-\d{1,6}) \(|\((-\d{1,6}), eDS\w+\)`)
)

// DsclReadUser reads the text form of dscl . -read /Users/NAME. Its format is
// not safe against values with line breaks: the agent itself uses -plist.
func DsclReadUser(out []byte) (Tags, error) {
	all, err := lines(out)
	if err != nil {
		return Tags{}, err
	}
	var tags Tags
	found, inside := false, false
	for _, line := range all {
		if line == "No such key: AuthenticationAuthority" {
			found, inside = true, false
			continue
		}
		if m := attributeLine.FindStringSubmatch(line); m != nil {
			inside = m[1] == "AuthenticationAuthority"
			found = found || inside
			line = m[2]
		} else if !strings.HasPrefix(line, " ") {
			inside = false
		}
		if inside {
			for v := range strings.FieldsSeq(line) {
				tags.value(v)
			}
		}
	}
	if !found {
		return Tags{}, unreadable("it says nothing of AuthenticationAuthority")
	}
	return tags, nil
}

// DirectoryError is the error of Open Directory in a text of dscl.
type DirectoryError struct {
	Code *int `json:"ds_error"` // nil: an error without a number, such as eServerError
}

// DsclError reads what dscl prints when it fails.
func DsclError(out []byte) (DirectoryError, error) {
	all, err := lines(out)
	if err != nil {
		return DirectoryError{}, err
	}
	var code once[int]
	named := false
	for _, line := range all {
		named = named || strings.Contains(line, "error: eServerError")
		m := errorNumber.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		n, err := strconv.Atoi(m[1] + m[2]) // one of the two is empty
		if err != nil {
			return DirectoryError{}, unreadable("the number %s", clip(line))
		}
		if err := code.say("the error", n); err != nil {
			return DirectoryError{}, err
		}
	}
	if !code.said && !named {
		return DirectoryError{}, unreadable("it names no error of the directory")
	}
	return DirectoryError{code.pointer()}, nil
}

// record is one record of dscl -plist: every value is an array of strings.
type record map[string][]string

func (r record) first(attribute string) string {
	if v := r["dsAttrTypeStandard:"+attribute]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// eachRecord reads dscl -plist . -readall, one record at a time: a directory can
// hold thousands. The error is that of each, or wraps ErrUnreadable.
func eachRecord(out []byte, each func(record) error) error {
	var stopped error
	found := false
	err := plistx.DecodeEach(out, func(r map[string][]string) error {
		found = true
		stopped = each(r)
		return stopped
	})
	switch {
	case stopped != nil:
		return stopped
	case err != nil:
		return unreadable("%v", err)
	case !found:
		return unreadable("a directory without records") // root, admin and staff are always there
	}
	return nil
}

// DirectoryUsers reads dscl -plist . -readall /Users.
func DirectoryUsers(out []byte) ([]evidence.DirectoryAccount, error) {
	accounts := []evidence.DirectoryAccount{}
	err := eachRecord(out, func(r record) error {
		account, err := r.account()
		accounts = append(accounts, account)
		return err
	})
	if err != nil {
		return nil, err
	}
	return accounts, nil
}

func (r record) account() (evidence.DirectoryAccount, error) {
	names := r["dsAttrTypeStandard:RecordName"]
	if len(names) == 0 || names[0] == "" {
		return evidence.DirectoryAccount{}, unreadable("a record without a name")
	}
	var tags Tags
	for _, v := range r["dsAttrTypeStandard:AuthenticationAuthority"] {
		tags.value(v)
	}
	uid, err := strconv.Atoi(r.first("UniqueID"))
	return evidence.DirectoryAccount{
		Name: names[0], OtherNames: names[1:], RealName: r.first("RealName"), GUID: r.first("GeneratedUID"),
		UID: uid, UIDKnown: err == nil, Home: r.first("NFSHomeDirectory"), Shell: r.first("UserShell"),
		Hidden: r.hidden(), OriginalNode: r.first("OriginalNodeName"),
		TokenTag: tags.TokenTag, DisabledTag: tags.DisabledTag, Mobile: tags.Mobile,
		DisabledUser: tags.disabledUser, PasswordKnown: tags.shadowHash,
	}, nil
}

// hidden accepts both spellings that are in use.
func (r record) hidden() bool {
	for _, v := range r["dsAttrTypeNative:IsHidden"] {
		if v == "1" || strings.EqualFold(v, "YES") || strings.EqualFold(v, "true") {
			return true
		}
	}
	return false
}

// AdminGroup reads dscl -plist . -read /Groups/admin GroupMembership GroupMembers.
func AdminGroup(out []byte) (evidence.AdminGroup, error) {
	var group record
	if err := plistx.Decode(out, &group); err != nil {
		return evidence.AdminGroup{}, unreadable("%v", err)
	}
	names, named := group["dsAttrTypeStandard:GroupMembership"]
	guids, listed := group["dsAttrTypeStandard:GroupMembers"]
	if !named && !listed {
		return evidence.AdminGroup{}, unreadable("it names no members")
	}
	return evidence.AdminGroup{Names: names, GUIDs: guids}, nil
}
