package collectors

import (
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
