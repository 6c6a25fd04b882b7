package macsim

import (
	"crypto/sha1" //nolint:gosec // names a key distribution centre, protects nothing
	"fmt"
	"slices"
	"strconv"
	"strings"
)

const (
	standardPrefix = "dsAttrTypeStandard:"
	nativePrefix   = "dsAttrTypeNative:"
)

// attribute is one attribute of a directory record, with at least one value.
type attribute struct {
	name   string // without a prefix
	native bool
	values []string
}

// record is a directory record, its attributes in the order of dscl.
type record []attribute

// fullName is the name with its prefix, as property lists have it.
func (a attribute) fullName() string {
	if a.native {
		return nativePrefix + a.name
	}
	return standardPrefix + a.name
}

// answersTo says whether a caller means this attribute: the bare name finds
// both kinds. documented: man dscl.
func (a attribute) answersTo(asked string) bool {
	return asked == a.name || asked == a.fullName()
}

// newRecord leaves out attributes without a value and sorts. observed (26):
// native attributes first, then by name, not in the order asked for.
func newRecord(attributes ...attribute) record {
	r := slices.DeleteFunc(record(attributes), func(a attribute) bool { return len(a.values) == 0 })
	slices.SortFunc(r, func(a, b attribute) int { return strings.Compare(a.rank(), b.rank()) })
	return r
}

func (a attribute) rank() string {
	return either(a.native, " ", "") + a.name // a blank comes before every letter
}

// userRecord is the record of an account.
func (m *Mac) userRecord(a Account) record {
	return newRecord(
		attribute{name: "AppleMetaNodeLocation", values: []string{"/Local/Default"}},
		attribute{name: "AuthenticationAuthority", values: m.authorities(a)},
		attribute{name: "GeneratedUID", values: []string{a.GUID}},
		attribute{name: "IsHidden", native: true, values: a.hiddenValues()},
		attribute{name: "NFSHomeDirectory", values: append([]string{a.Home}, a.OtherHomes...)},
		attribute{name: "OriginalNodeName", values: some(a.OriginalNode)},
		attribute{name: "PrimaryGroupID", values: []string{strconv.Itoa(a.primaryGroup())}},
		attribute{name: "RealName", values: []string{a.RealName}},
		attribute{name: "RecordName", values: a.names()},
		attribute{name: "RecordType", values: []string{"dsRecTypeStandard:Users"}},
		attribute{name: "UniqueID", values: []string{strconv.Itoa(a.UID)}},
		attribute{name: "UserShell", values: []string{a.Shell}},
	)
}

// hiddenValues is IsHidden. observed: 1; community: YES for the setup user.
func (a Account) hiddenValues() []string {
	switch {
	case !a.Hidden:
		return nil
	case a.Kind == System:
		return []string{"YES"}
	default:
		return []string{"1"}
	}
}

// authorities are the values of AuthenticationAuthority.
//
// observed (26): those of a mobile account, and the local Kerberos one;
// community: the hash list, ;SecureToken; and ;DisabledTags;SecureToken;
// inferred: the order where several meet, and ;DisabledUser; as a value.
func (m *Mac) authorities(a Account) []string {
	var values []string
	if a.Kind == Mobile {
		realm := strings.ToUpper(a.OriginalNode[strings.LastIndexByte(a.OriginalNode, '/')+1:])
		values = append(values,
			fmt.Sprintf(";LocalCachedUser;%s:%s:%s", a.OriginalNode, a.Name, a.GUID),
			fmt.Sprintf(";Kerberosv5;;%s@%s;%s;", a.Name, realm, realm))
	}
	if a.Kind != System {
		values = append(values, ";ShadowHash;HASHLIST:<SALTED-SHA512-PBKDF2,SRP-RFC5054-4096-SHA512-PBKDF2>")
	}
	if a.Kind == Local || a.Kind == Service {
		values = append(values, fmt.Sprintf(";Kerberosv5;;%s@%s;%s;", a.Name, m.lkdc(), m.lkdc()))
	}
	return append(values, a.tags()...)
}

// tags are the values that say something of the token or the account.
func (a Account) tags() []string {
	var values []string
	if a.Token.Tag {
		values = append(values, ";SecureToken;")
	}
	if a.DisabledTag {
		values = append(values, ";DisabledTags;SecureToken")
	}
	if a.Disabled {
		values = append(values, ";DisabledUser;")
	}
	return values
}

// lkdc is the realm of this Mac's own Kerberos: one per Mac.
func (m *Mac) lkdc() string {
	return fmt.Sprintf("LKDC:SHA1.%X", sha1.Sum([]byte(m.HardwareUUID))) //nolint:gosec // as above
}

// adminGroup is the record of the group admin. observed (26): its ids, and that
// names and GUIDs are two lists.
func (m *Mac) adminGroup() record {
	var names, guids []string
	for _, a := range m.Accounts {
		if a.Admin.Name {
			names = append(names, a.Name)
		}
		if a.Admin.GUID {
			guids = append(guids, a.GUID)
		}
	}
	return newRecord(
		attribute{name: "AppleMetaNodeLocation", values: []string{"/Local/Default"}},
		attribute{name: "GeneratedUID", values: []string{"ABCDEFAB-CDEF-ABCD-EFAB-CDEF00000050"}},
		attribute{name: "GroupMembers", values: guids},
		attribute{name: "GroupMembership", values: names},
		attribute{name: "PrimaryGroupID", values: []string{"80"}},
		attribute{name: "RealName", values: []string{"Administrators"}},
		attribute{name: "RecordName", values: []string{"admin", `BUILTIN\Administrators`}},
		attribute{name: "RecordType", values: []string{"dsRecTypeStandard:Groups"}},
	)
}

// some is the value, or nothing where it is empty.
func some(value string) []string {
	if value == "" {
		return nil
	}
	return []string{value}
}
