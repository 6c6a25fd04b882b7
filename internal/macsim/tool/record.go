package tool

import (
	"crypto/sha1" //nolint:gosec // names a key distribution centre, protects nothing
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tokenward/tokenward/internal/macsim/state"
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

// shownName is the name in texts for people, where native attributes alone show
// their prefix. observed (26).
func (a attribute) shownName() string {
	return either(a.native, a.fullName(), a.name)
}

// find returns the attribute that a caller means.
func (r record) find(asked string) (attribute, bool) {
	i := slices.IndexFunc(r, func(a attribute) bool { return a.answersTo(asked) })
	if i < 0 {
		return attribute{}, false
	}
	return r[i], true
}

// name is the first name of the record, which every record has.
func (r record) name() string {
	a, _ := r.find("RecordName")
	return a.values[0]
}

// newRecord leaves out attributes without a value and sorts. observed (26):
// native attributes first, then by name, not in the order asked for;
// documented: in the source of dscl, that case does not matter.
func newRecord(attributes ...attribute) record {
	r := slices.DeleteFunc(record(attributes), func(a attribute) bool { return len(a.values) == 0 })
	slices.SortFunc(r, func(a, b attribute) int { return strings.Compare(a.rank(), b.rank()) })
	return r
}

func (a attribute) rank() string {
	return either(a.native, " ", "") + strings.ToLower(a.name) // a blank comes before every letter
}

// userRecord is the record of an account. What holds the hash is never shown.
// documented.
func userRecord(m *state.Mac, a *state.Account) record {
	return newRecord(
		attribute{name: "accountPolicyData", native: true, values: some(policyData(a))},
		attribute{name: "AppleMetaNodeLocation", values: []string{localNode}},
		attribute{name: "AuthenticationAuthority", values: authorities(m, a)},
		attribute{name: "GeneratedUID", values: []string{a.GUID}},
		attribute{name: "IsHidden", native: true, values: hiddenValues(a)},
		attribute{name: "NFSHomeDirectory", values: append([]string{a.Home}, a.OtherHomes...)},
		attribute{name: "OriginalNodeName", values: some(a.OriginalNode)},
		attribute{name: "Password", values: []string{shownPassword(a)}},
		attribute{name: "PrimaryGroupID", values: []string{strconv.Itoa(a.PrimaryGroup())}},
		attribute{name: "RealName", values: []string{a.RealName}},
		attribute{name: "RecordName", values: a.Names()},
		attribute{name: "RecordType", values: []string{"dsRecTypeStandard:Users"}},
		attribute{name: "UniqueID", values: []string{strconv.Itoa(a.UID)}},
		attribute{name: "UserShell", values: []string{a.Shell}},
	)
}

// shownPassword stands where a hash stood once. observed (10.14, 26): stars also
// where there is no password; community: one star for the system's accounts.
func shownPassword(a *state.Account) string {
	return either(a.Kind == state.System, "*", "********")
}

// hiddenValues is IsHidden. observed: 1; community: YES for the setup user.
func hiddenValues(a *state.Account) []string {
	switch {
	case !a.Hidden:
		return nil
	case a.Kind == state.System:
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
func authorities(m *state.Mac, a *state.Account) []string {
	return append(origins(m, a), tags(a)...)
}

// origins are the values that say how a password is checked. observed (26): an
// account that has never had one has none.
func origins(m *state.Mac, a *state.Account) []string {
	made := a.Kind == state.Local || a.Kind == state.Service || a.Kind == state.Role
	if made && a.Password == state.NoPassword {
		return nil
	}
	var values []string
	if a.Kind == state.Mobile {
		realm := strings.ToUpper(a.OriginalNode[strings.LastIndexByte(a.OriginalNode, '/')+1:])
		values = append(values,
			fmt.Sprintf(";LocalCachedUser;%s:%s:%s", a.OriginalNode, a.Name, a.GUID),
			fmt.Sprintf(";Kerberosv5;;%s@%s;%s;", a.Name, realm, realm))
	}
	if a.Kind != state.System {
		values = append(values, hashList(m))
	}
	if made || a.Kind == state.Sharing {
		values = append(values, fmt.Sprintf(";Kerberosv5;;%s@%s;%s;", a.Name, lkdc(m), lkdc(m)))
	}
	return values
}

// The values that other tools write.
const (
	disabledTag  = ";DisabledTags;SecureToken"
	disabledUser = ";DisabledUser;"
)

// hashList names the kinds of hashes that are kept. community: two kinds;
// observed (15, 26): one.
func hashList(m *state.Mac) string {
	if m.OS.AtLeast(15) {
		return ";ShadowHash;HASHLIST:<SALTED-SHA512-PBKDF2>"
	}
	return ";ShadowHash;HASHLIST:<SALTED-SHA512-PBKDF2,SRP-RFC5054-4096-SHA512-PBKDF2>"
}

// tags are the values that say something of the token or the account.
func tags(a *state.Account) []string {
	var values []string
	if a.Token.Tag {
		values = append(values, ";SecureToken;")
	}
	if a.DisabledTag {
		values = append(values, disabledTag)
	}
	if a.Disabled {
		values = append(values, disabledUser)
	}
	return values
}

// lkdc is the realm of this Mac's own Kerberos: one per Mac.
func lkdc(m *state.Mac) string {
	return fmt.Sprintf("LKDC:SHA1.%X", sha1.Sum([]byte(m.HardwareUUID))) //nolint:gosec // as above
}

// some is the value, or nothing where it is empty.
func some(value string) []string {
	if value == "" {
		return nil
	}
	return []string{value}
}
