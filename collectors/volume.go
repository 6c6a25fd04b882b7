package collectors

import (
	"github.com/tokenward/tokenward/collectors/parse"
	"github.com/tokenward/tokenward/health/evidence"
	"github.com/tokenward/tokenward/internal/run"
)

func cryptoUsers() Collector {
	c := run.Command{Tool: run.Diskutil, Args: words("apfs listcryptousers -plist /")}
	return ask("crypto-users", c, reader[parse.CryptoUsers]{
		parse: parse.DiskutilListCryptoUsers,
		set: func(s *evidence.Snapshot, m evidence.Meta, v parse.CryptoUsers) {
			s.CryptoUsers = evidence.Is(m, v.Users)
		},
	})
}

func fileVaultStatus() Collector {
	c := run.Command{Tool: run.Fdesetup, Args: words("status")}
	return ask("filevault-status", c, reader[parse.FileVaultStatus]{
		parse: parse.FdesetupStatus, anyExit: true, // its exit status can tell the state: 0, 1, 2
		set: func(s *evidence.Snapshot, m evidence.Meta, v parse.FileVaultStatus) {
			s.FileVault, s.FileVaultPercent = evidence.IsPointer(m, v.FileVault), evidence.IsPointer(m, v.Percent)
			s.FileVaultDeferred, s.FileVaultDeferredUser = evidence.Is(m, v.Deferred), evidence.IsPointer(m, v.DeferredUser)
		},
	})
}

// fileVaultList is absent while FileVault is off: the tool answers with an
// error, whose exit status nobody has written down.
func fileVaultList() Collector {
	c := run.Command{Tool: run.Fdesetup, Args: words("list")}
	return ask("filevault-users", c, reader[parse.FileVaultList]{
		parse: parse.FdesetupList, needsRoot: true, anyExit: true,
		set: func(s *evidence.Snapshot, m evidence.Meta, v parse.FileVaultList) {
			users := &v.Users
			if v.Error != nil {
				users = nil
			}
			s.FileVaultUsers = evidence.IsPointer(m, users)
		},
	})
}
