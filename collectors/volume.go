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

func personalKey() Collector {
	return recoveryKey("personal-key", "haspersonalrecoverykey", func(s *evidence.Snapshot) *evidence.Obs[bool] { return &s.RecoveryKeys.Personal })
}

func institutionalKey() Collector {
	return recoveryKey("institutional-key", "hasinstitutionalrecoverykey", func(s *evidence.Snapshot) *evidence.Obs[bool] {
		return &s.RecoveryKeys.Institutional
	})
}

func recoveryKey(name, verb string, at func(*evidence.Snapshot) *evidence.Obs[bool]) Collector {
	return ask(name, run.Command{Tool: run.Fdesetup, Args: words(verb)}, reader[bool]{
		parse: parse.FdesetupHasRecoveryKey, needsRoot: true, anyExit: true,
		set: func(s *evidence.Snapshot, m evidence.Meta, v bool) { *at(s) = evidence.Is(m, v) },
	})
}

// deferral says in words, and with an exit status of its own, that there is none.
func deferral() Collector {
	return ask("filevault-deferral", run.Command{Tool: run.Fdesetup, Args: words("showdeferralinfo")}, reader[parse.FileVaultDeferral]{
		parse: parse.FdesetupShowDeferralInfo, needsRoot: true, anyExit: true,
		set: func(s *evidence.Snapshot, m evidence.Meta, v parse.FileVaultDeferral) {
			s.RecoveryKeys.Deferral = evidence.IsPointer(m, v.Deferral)
		},
	})
}

func fileVaultRecords() Collector {
	return ask("filevault-records", run.Command{Tool: run.Fdesetup, Args: words("list -extended")}, reader[parse.FileVaultRecords]{
		parse: parse.FdesetupListExtended, needsRoot: true, anyExit: true,
		set: func(s *evidence.Snapshot, m evidence.Meta, v parse.FileVaultRecords) {
			records := &v.Records
			if v.Error != nil {
				records = nil
			}
			s.FileVaultRecords = evidence.IsPointer(m, records)
		},
	})
}
