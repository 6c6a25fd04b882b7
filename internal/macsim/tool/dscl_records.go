package tool

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// systemGroupPrefix begins the GUIDs of the groups that come with macOS, before
// eight digits of the group ID. observed (26).
const systemGroupPrefix = "ABCDEFAB-CDEF-ABCD-EFAB-CDEF"

// groupRecord is the record of a group. observed (26): names and GUIDs are two
// lists, and a group of the system has a star for a password.
func groupRecord(m *state.Mac, g *state.Group) record {
	names, guids := m.Members(g)
	return newRecord(
		attribute{name: "AppleMetaNodeLocation", values: []string{localNode}},
		attribute{name: "GeneratedUID", values: []string{g.GUID}},
		attribute{name: "GroupMembers", values: guids},
		attribute{name: "GroupMembership", values: names},
		attribute{name: "NestedGroups", values: g.Nested},
		attribute{name: "Password", values: some(either(isSystemGroup(g), "*", ""))},
		attribute{name: "PrimaryGroupID", values: []string{strconv.Itoa(g.GID)}},
		attribute{name: "RealName", values: some(g.RealName)},
		attribute{name: "RecordName", values: append([]string{g.Name}, g.OtherNames...)},
		attribute{name: "RecordType", values: []string{"dsRecTypeStandard:Groups"}},
	)
}

// isSystemGroup says whether the group came with macOS, which shows in its GUID.
func isSystemGroup(g *state.Group) bool {
	return strings.HasPrefix(g.GUID, systemGroupPrefix)
}

// networkRecord is the record that the directory service shows of an account.
// community: the values of AuthenticationAuthority; inferred: the others, which
// are a part of the real ones.
func networkRecord(a *state.Account) record {
	node := strings.Split(a.OriginalNode, "/") // /Active Directory/CORP/corp.example.com
	realm := strings.ToUpper(node[len(node)-1])
	return newRecord(
		attribute{name: "AppleMetaNodeLocation", values: []string{a.OriginalNode}},
		attribute{name: "AuthenticationAuthority", values: []string{
			fmt.Sprintf(";Kerberosv5;;%s@%s;%s;", a.Name, realm, realm),
			fmt.Sprintf(";NetLogon;%s;%s", a.Name, node[max(len(node)-2, 0)]),
		}},
		attribute{name: "GeneratedUID", values: []string{a.GUID}},
		attribute{name: "NFSHomeDirectory", values: []string{a.Home}},
		attribute{name: "RealName", values: []string{a.RealName}},
		attribute{name: "RecordName", values: a.Names()},
		attribute{name: "RecordType", values: []string{"dsRecTypeStandard:Users"}},
		attribute{name: "UniqueID", values: []string{strconv.Itoa(a.UID)}},
		attribute{name: "UserShell", values: []string{a.Shell}},
	)
}
