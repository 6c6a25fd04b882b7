package collectors

import (
	"strconv"
	"strings"

	"github.com/tokenward/tokenward/collectors/parse"
	"github.com/tokenward/tokenward/health/evidence"
	"github.com/tokenward/tokenward/internal/run"
)

// directoryUsers reads all accounts with one process, however many there are.
func directoryUsers() Collector {
	c := run.Command{Tool: run.Dscl, Args: words("-plist . -readall /Users UniqueID GeneratedUID RealName RecordName " +
		"AuthenticationAuthority NFSHomeDirectory UserShell IsHidden OriginalNodeName")}
	return ask("directory-users", c, reader[[]evidence.DirectoryAccount]{
		parse: parse.DirectoryUsers,
		set: func(s *evidence.Snapshot, m evidence.Meta, v []evidence.DirectoryAccount) {
			s.Directory = evidence.Is(m, v)
		},
	})
}

func adminGroup() Collector {
	c := run.Command{Tool: run.Dscl, Args: words("-plist . -read /Groups/admin GroupMembership GroupMembers")}
	return ask("admin-group", c, reader[evidence.AdminGroup]{
		parse: parse.AdminGroup,
		set: func(s *evidence.Snapshot, m evidence.Meta, v evidence.AdminGroup) {
			s.AdminGroup = evidence.Is(m, v)
		},
	})
}

// groups reads all groups with one process: administrators can be made by a group
// within the group admin, and that one's members are in records of their own.
func groups() Collector {
	c := run.Command{Tool: run.Dscl, Args: words("-plist . -readall /Groups RecordName GeneratedUID GroupMembership GroupMembers NestedGroups")}
	return ask("groups", c, reader[[]evidence.Group]{
		parse: parse.DirectoryGroups,
		set:   func(s *evidence.Snapshot, m evidence.Meta, v []evidence.Group) { s.Groups = evidence.Is(m, v) },
	})
}

// passwords reads when passwords were set, of all accounts with one process.
func passwords() Collector {
	c := run.Command{Tool: run.Dscl, Args: words("-plist . -readall /Users RecordName accountPolicyData")}
	return ask("passwords", c, reader[[]evidence.PasswordRecord]{
		parse: parse.DirectoryPasswords, needsRoot: true,
		set: func(s *evidence.Snapshot, m evidence.Meta, v []evidence.PasswordRecord) {
			s.Passwords = evidence.Is(m, v)
		},
	})
}

func passwordPolicy() Collector {
	return ask("password-policy", run.Command{Tool: run.Pwpolicy, Args: words("-getaccountpolicies")}, reader[bool]{
		parse: parse.PwpolicyAccountPolicies,
		set:   func(s *evidence.Snapshot, m evidence.Meta, v bool) { s.Policy = evidence.Is(m, v) },
	})
}

// activeDirectory is silent where the Mac is bound to none. community.
func activeDirectory() Collector {
	return ask("active-directory", run.Command{Tool: run.Dsconfigad, Args: words("-show")}, reader[*string]{
		parse: parse.DsconfigadShow, silence: true,
		set: func(s *evidence.Snapshot, m evidence.Meta, v *string) { s.ADDomain = evidence.IsPointer(m, v) },
	})
}

// platformSSO came with macOS 13.
func platformSSO() Collector {
	since13 := func(s evidence.Snapshot) evidence.State { return since(s, 13) }
	return askWhere(since13, "platform-sso", run.Command{Tool: run.AppSSO, Args: words("platform -s")}, reader[bool]{
		parse: parse.AppSSOPlatform,
		set:   func(s *evidence.Snapshot, m evidence.Meta, v bool) { s.PlatformSSO = evidence.Is(m, v) },
	})
}

// since says whether this macOS has what came with that version.
func since(s evidence.Snapshot, major int) evidence.State {
	version, known := s.OSVersion.Known()
	first, _, _ := strings.Cut(version, ".")
	number, err := strconv.Atoi(first)
	switch {
	case !known || err != nil:
		return evidence.NotObserved
	case number < major:
		return evidence.Unsupported
	}
	return evidence.Observed
}
