package tool

import (
	"testing"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

func TestID(t *testing.T) {
	shares := func(m *state.Mac) {
		m.Groups = append(
			m.Groups,
			state.Group{Name: "com.apple.sharepoint.group.1", GID: 701, GUID: "AAAAAAAA-0000-0000-0000-000000000701", Nested: []string{"ABCDEFAB-CDEF-ABCD-EFAB-CDEF0000000C"}},
			state.Group{Name: "com.apple.sharepoint.group.2", GID: 702, GUID: "AAAAAAAA-0000-0000-0000-000000000702", GUIDs: []string{"AAAAAAAA-0000-0000-0000-000000000001"}},
		)
	}
	onNetwork := func(change func(*state.Mac)) func(*state.Mac) {
		return func(m *state.Mac) {
			m.Accounts = append(m.Accounts, state.Account{Name: "far", RealName: "Far Away", UID: 1234567890, Kind: state.Network, OriginalNode: "/Active Directory/CORP/All Domains"})
			change(m)
		}
	}
	testAnswers(t, "/usr/bin/id", []answerCase{
		{name: "root itself", args: "-u", want: out("0\n")},
		{name: "the caller", args: "-un", user: "clerk", want: out("clerk\n")},
		{name: "a user", args: "-u|boss", want: out("501\n")},
		{name: "by other case", args: "-un|BOSS", want: out("boss\n")},
		{name: "by number", args: "-un|502", want: out("clerk\n")},
		{name: "options apart", args: "-u|-n|boss", want: out("boss\n")},
		{name: "real", args: "-ru|boss", want: out("501\n")},
		{name: "group", args: "-g|boss", want: out("20\n")},
		{name: "group by name", args: "-gn|root", want: out("wheel\n")},
		{name: "all groups", args: "-G|boss", want: out("20 12 61 80 98 100\n")},
		{name: "share points before the rest", args: "-G|boss", change: shares, want: out("20 12 61 80 98 702 701 100\n")},
		{name: "as observed of nobody", args: "-G|nobody", change: shares, want: out("4294967294 12 61 701 100\n")},
		{name: "group names", args: "-Gn|clerk", want: out("staff everyone localaccounts _lpoperator\n")},
		{name: "group names, other order", args: "-nG|nobody", want: out("nobody everyone localaccounts _lpoperator\n")},
		{name: "all at once", args: "clerk", want: out("uid=502(clerk) gid=20(staff) groups=20(staff),12(everyone),61(localaccounts),100(_lpoperator)\n")},
		{name: "a group without a name", args: "_mbsetupuser", want: out("uid=248(_mbsetupuser) gid=248 groups=248,12(everyone),61(localaccounts),100(_lpoperator)\n")},
		{name: "full name", args: "-F|clerk", want: out("Clara Clerk\n")},
		{name: "passwd line", args: "-P|clerk", want: out("clerk:********:502:20::0:0:Clara Clerk:/Users/clerk:/bin/zsh\n")},
		{name: "passwd line without a password", args: "-P|nobody", want: out("nobody:*:-2:-2::0:0:Unprivileged User:/var/empty:/usr/bin/false\n")},
		{name: "for people", args: "-p|clerk", want: out("uid\tclerk\ngroups\tstaff everyone localaccounts _lpoperator\n")},
		{name: "network account", args: "-u|far", change: onNetwork(func(*state.Mac) {}), want: out("1234567890\n")},
		{name: "network account, directory away", args: "-u|far", change: onNetwork(func(m *state.Mac) { m.Directory.Down = true }), want: errText(1, "id: far: no such user\n")},
		{name: "network account by number, Mac offline", args: "-u|1234567890", change: onNetwork(func(m *state.Mac) { m.Offline = true }), want: errText(1, "id: 1234567890: no such user\n")},
		{name: "unknown user", args: "-u|no one", want: errText(1, "id: no one: no such user\n")},
		{name: "a name for nothing", args: "-n|boss", want: errText(125, "macsim: id -n boss is not simulated\n")},
		{name: "two questions", args: "-u|-g|boss", want: errText(125, "macsim: id -u -g boss is not simulated\n")},
		{name: "unknown option", args: "-x", want: errText(125, "macsim: id -x is not simulated\n")},
		{name: "two users", args: "-u|boss|clerk", want: errText(125, "macsim: id -u boss clerk is not simulated\n")},
	})
}
