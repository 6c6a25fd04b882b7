package tool

import (
	"slices"
	"testing"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

const dseditgroupPath = "/usr/sbin/dseditgroup"

func TestDseditgroupCheckMember(t *testing.T) {
	const check = "-o|checkmember|"
	testAnswers(t, dseditgroupPath, []answerCase{
		{name: "member", args: check + "-m|boss|admin", want: out("yes boss is a member of admin\n")},
		{name: "not a member", args: check + "-m|clerk|admin", want: Reply{Exit: 67, Stdout: "no clerk is NOT a member of admin\n"}},
		{name: "the caller", args: check + "admin", user: "clerk", want: Reply{Exit: 67, Stdout: "no clerk is NOT a member of admin\n"}},
		{name: "root calls", args: check + "admin", want: out("yes root is a member of admin\n")},
		{name: "by a group within", args: check + "-m|boss|_lpadmin", want: out("yes boss is a member of _lpadmin\n")},
		{name: "other name of the group", args: check + `-m|boss|BUILTIN\Administrators`, want: out("yes boss is a member of BUILTIN\\Administrators\n")},
		{name: "other name of the user", args: check + `-m|CORP\clerk|staff`, change: mobileClerk, want: out("yes CORP\\clerk is a member of staff\n")},
		{name: "local node", args: check + "-n|.|-m|boss|admin", want: out("yes boss is a member of admin\n")},
		{name: "value at once", args: "-ocheckmember|-mboss|-n/Local/Default|admin", want: out("yes boss is a member of admin\n")},
		{name: "nobody", args: check + "-m|ghost|admin", want: errText(64, "Unable to find the user record\n")},
		{name: "no such group", args: check + "-m|ghost|ghosts", want: errText(64, "Group not found.\n")},
		{name: "no such node", args: check + "-n|/NoSuchNode|-m|boss|admin", want: errText(64, "Error locating specified node.\n")},
		{
			name: "not cached and no network", args: check + "-m|clerk|staff",
			change: func(m *state.Mac) { boundClerk(m); clerkOf(m).Kind, m.Offline = state.Network, true },
			want:   errText(64, "Unable to find the user record\n"),
		},
		{name: "no group", args: "-o|checkmember|-m|boss", want: errText(64, "No group name provided\n")},
		{name: "too many", args: check + "admin|-m|boss", want: errText(125, "macsim: dseditgroup -o checkmember admin -m boss is not simulated\n")},
		{name: "unknown option", args: check + "-z|admin", want: errText(64, "macsim: dseditgroup -o checkmember -z admin fails because of its options, in words that nobody has published\n")},
		{name: "no value", args: "-o", want: errText(64, "macsim: dseditgroup -o fails because of its options, in words that nobody has published\n")},
		{name: "verbose", args: "-v|-o|read|admin", want: errText(125, "macsim: dseditgroup -v -o read admin is not simulated\n")},
		{name: "nothing", want: errText(125, "macsim: dseditgroup is not simulated\n")},
		{name: "make a group", args: "-o|delete|staff", want: errText(125, "macsim: dseditgroup -o delete staff is not simulated\n"), after: macUnchanged},
	})
}

func TestDseditgroupEdit(t *testing.T) {
	const add, remove = "-o|edit|-a|clerk|-t|user|admin", "-o|edit|-d|boss|-t|user|admin"
	both, neither := state.Admin{Name: true, GUID: true}, state.Admin{}
	is := func(name string, want state.Admin) func(*testing.T, *state.Mac) {
		return accountIs(name, func(a *state.Account) bool { return a.Admin == want })
	}
	noCredentials := errText(64, "Username and password must be provided.\n")
	testAnswers(t, dseditgroupPath, []answerCase{
		{name: "add", args: add, after: is("clerk", both)},
		{name: "remove", args: remove, after: is("boss", neither)},
		{name: "both at once", args: "-o|edit|-n|.|-a|clerk|-d|boss|admin", after: func(t *testing.T, m *state.Mac) {
			is("clerk", both)(t, m)
			is("boss", neither)(t, m)
		}},
		{name: "by another name", args: `-o|edit|-a|CORP\clerk|admin`, change: mobileClerk, after: is("clerk", both)},
		{name: "again", args: "-o|edit|-a|boss|admin", after: is("boss", both)},
		{
			name: "another group", args: "-o|edit|-a|clerk|-t|user|staff",
			after: func(t *testing.T, m *state.Mac) {
				g, _ := m.Group("staff")
				if !slices.Contains(g.Names, "clerk") || !slices.Contains(g.GUIDs, clerkOf(m).GUID) {
					t.Errorf("staff afterwards: %v, %v", g.Names, g.GUIDs)
				}
			},
		},
		{name: "without credentials", args: add, user: "clerk", want: noCredentials, after: macUnchanged},
		{name: "administrator without credentials", args: add, user: "boss", want: noCredentials, after: macUnchanged},
		{name: "administrator", args: "-u|boss|-P|boss-pw|" + add, user: "clerk", after: is("clerk", both)},
		{name: "administrator, asked", args: "-p|" + add, user: "boss", answers: []string{"boss-pw"}, after: is("clerk", both)},
		{name: "named, asked", args: "-u|boss|" + add, user: "clerk", answers: []string{"boss-pw"}, after: is("clerk", both)},
		{name: "named, not asked", args: "-q|-u|boss|" + add, user: "clerk", want: noCredentials, after: macUnchanged},
		{name: "wrong password", args: "-u|boss|-P|no|" + add, user: "clerk", want: errText(64, "Failed to set credentials.\n"), after: is("clerk", neither)},
		{
			name: "standard user", args: "-P|clerk-pw|" + add, user: "clerk", after: is("clerk", neither),
			want: errText(64, "macsim: dseditgroup -P clerk-pw -o edit -a clerk -t user admin fails for want of an administrator's credentials, in words that nobody has published\n"),
		},
		{name: "nobody", args: "-o|edit|-a|ghost|-t|user|admin", want: errText(200, "Record was not found.\n"), after: macUnchanged},
		{name: "no such group", args: "-o|edit|-a|clerk|-t|user|ghosts", want: errText(64, "Group not found.\n"), after: macUnchanged},
		{name: "a group", args: "-o|edit|-a|staff|-t|group|admin", want: errText(125, "macsim: dseditgroup -o edit -a staff -t group admin is not simulated\n"), after: macUnchanged},
	})
}

func TestDseditgroupRead(t *testing.T) {
	const text = "dsAttrTypeStandard:AppleMetaNodeLocation -\n\t\t/Local/Default\n" +
		"dsAttrTypeStandard:GeneratedUID -\n\t\tABCDEFAB-CDEF-ABCD-EFAB-CDEF00000014\n" +
		"dsAttrTypeStandard:GroupMembers -\n\t\tFFFFEEEE-DDDD-CCCC-BBBB-AAAA00000000\n" +
		"dsAttrTypeStandard:GroupMembership -\n\t\troot\n\t\tn\\u00e9e \\ud83d\\udd12\n" +
		"dsAttrTypeStandard:Password -\n\t\t*\n" +
		"dsAttrTypeStandard:PrimaryGroupID -\n\t\t20\n" +
		"dsAttrTypeStandard:RealName -\n\t\tStaff\n" +
		"dsAttrTypeStandard:RecordName -\n\t\tstaff\n\t\tBUILTIN\\Users\n" +
		"dsAttrTypeStandard:RecordType -\n\t\tdsRecTypeStandard:Groups\n"
	change := func(m *state.Mac) { g, _ := m.Group("staff"); g.Names = append(g.Names, "née \U0001F512") }
	testAnswers(t, dseditgroupPath, []answerCase{
		{name: "read", args: "-o|read|staff", change: change, want: errText(0, text)},
		{name: "by default", args: "staff", change: change, want: errText(0, text)},
		{name: "no such group", args: "-o|read|ghosts", want: errText(64, "Group not found.\n")},
	})
}
