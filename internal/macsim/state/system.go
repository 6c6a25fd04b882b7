package state

import (
	"fmt"
	"slices"
)

// systemAccounts are the accounts that every Mac has. A real one has about a
// hundred more, all with an underscore, none of which can log in.
//
// observed (recent macOS): ids, the GUIDs and root's two homes; community: the
// setup user's record.
func systemAccounts() []Account {
	return []Account{
		{Name: "_mbsetupuser", RealName: "Setup User", UID: 248, Home: "/var/setup", Shell: "/bin/bash", Hidden: true},
		{Name: "daemon", RealName: "System Services", UID: 1, Home: "/var/root", Shell: "/usr/bin/false"},
		{Name: "Guest", RealName: "Guest User", UID: 201, Home: "/Users/Guest", Shell: "/bin/bash"},
		{Name: "nobody", RealName: "Unprivileged User", UID: -2, Home: "/var/empty", Shell: "/usr/bin/false"},
		{
			Name: "root", OtherNames: []string{`BUILTIN\Local System`}, RealName: "System Administrator",
			Home: "/var/root", OtherHomes: []string{"/private/var/root"}, Shell: "/bin/sh",
			Admin: Admin{Name: true, GUID: true},
		},
	}
}

func isSystemAccount(name string) bool {
	return slices.ContainsFunc(systemAccounts(), func(a Account) bool { return a.Name == name })
}

// SystemGUID is the GUID of a system account: a fixed prefix and the user ID.
// observed (macOS 26): nobody, root.
func SystemGUID(uid int) string {
	return fmt.Sprintf("FFFFEEEE-DDDD-CCCC-BBBB-AAAA%08X", uint32(int32(uid)))
}
