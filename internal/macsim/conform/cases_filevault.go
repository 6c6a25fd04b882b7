package conform

import (
	"slices"
	"strings"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// fileVaultCases are about who may unlock the Mac.
func fileVaultCases() []Case {
	list, extended := ask("fdesetup list"), ask("fdesetup list -extended")
	return []Case{
		{
			ID: "filevault-status-line", Claim: "The first line of the status says On or Off.",
			Known: "observed (10.13 to 26)",
			Steps: []Step{ask("fdesetup status")}, Check: prints(0, 0, `FileVault is (On|Off)\.\n.*`, ""),
		},
		{
			ID: "filevault-status-without-root", Claim: "The status needs no root.",
			Known: "documented", Needs: []Need{Root, User},
			Steps: []Step{ask("fdesetup status"), ask("fdesetup status").asUser()}, Check: asFirst(1),
		},
		{
			ID: "filevault-progress-lines", Claim: "While it encrypts or decrypts, a second line has the percentage.",
			Known: "community (test files)", Question: "What does fdesetup print while it encrypts or decrypts?", Needs: []Need{InProgress},
			Steps: []Step{ask("fdesetup status")},
			Check: prints(0, 0, `FileVault is On\.\n(Encryption|Decryption) in progress: Percent completed = \d+(\.\d+)?\n.*`, ""),
		},
		{
			ID: "filevault-isactive", Claim: "isactive prints true with exit code 0 while FileVault is on, and false with 1 while it is off.",
			Known: "documented",
			Steps: []Step{ask("fdesetup isactive"), ask("fdesetup status")}, Check: isActive,
		},
		{
			ID: "filevault-list-lines", Claim: "While FileVault is on, the list has a line NAME,UUID for each user.",
			Known: "observed (10.13, 15)", Needs: []Need{Root, FileVaultOn},
			Steps: []Step{list}, Check: listLines,
		},
		{
			ID: "filevault-list-are-holders", Claim: "Whoever is in the list holds a Secure Token.",
			Known: "community", Needs: []Need{Root, FileVaultOn},
			Steps: []Step{list}, Check: listedHold,
		},
		{
			ID: "filevault-list-off", Claim: "While FileVault is off, the list is refused on the error stream with exit code 1.",
			Known: "community; inferred: stream and exit code", Question: "Does fdesetup list name the token holders while FileVault is off?",
			Items: []string{"U11"}, Settles: []string{"FileVaultListsHoldersOff"}, Needs: []Need{Root, FileVaultOff},
			Steps: []Step{list}, Check: prints(0, 1, "", `Error: FileVault is Off\.\n`),
		},
		{
			ID: "filevault-list-without-root", Claim: "Without root the list is refused.", Known: "community",
			Question: "What does fdesetup list say without root?", Needs: []Need{User}, Steps: []Step{list.asUser()}, Open: true, Check: ends(0, failureExit),
		},
		{
			ID: "filevault-list-recovery-key", Claim: "10.13 lists the personal recovery key as (null).", Known: "community (10.13)", Below: "10.14", Needs: []Need{Root, FileVaultOn},
			Steps: []Step{list, ask("fdesetup haspersonalrecoverykey")},
			Check: func(s *Seen) Finding {
				return hasLine(0, `\(null\),`+state.PersonalRecoveryUUID, s.out(1).Stdout == "true\n")(s)
			},
		},
		{
			ID: "filevault-table", Claim: "The extended list is a table with the columns ESCROW, UUID and TYPE USER.", Known: "observed (10.15.6, 12)",
			Question: "How wide are the columns of fdesetup list -extended on this macOS?", Needs: []Need{Root, FileVaultOn}, Steps: []Step{extended},
			Check: prints(0, 0, `ESCROW  UUID +TYPE USER\n((Yes)? +[0-9A-F-]{36} +(OS User|Personal Recovery Record|Bootstrap Token|Unknown User|Disk Passphrase User).*\n)*`, ""),
		},
	}
}

// fileVaultKeyCases are about recovery keys and what else fdesetup tells.
func fileVaultKeyCases() []Case {
	const yesOrNo = `(true|false)\n`
	return []Case{
		{
			ID: "filevault-has-personal-key", Claim: "haspersonalrecoverykey prints true or false, with exit code 0.",
			Known: "community; inferred: the exit code", Question: "With which exit code does has...recoverykey say false?", Needs: []Need{Root, FileVaultOn},
			Steps: []Step{ask("fdesetup haspersonalrecoverykey")}, Check: prints(0, 0, yesOrNo, ""),
		},
		{
			ID: "filevault-has-institutional-key", Claim: "hasinstitutionalrecoverykey prints true or false, with exit code 0.",
			Known: "community; inferred: the exit code", Needs: []Need{Root, FileVaultOn},
			Steps: []Step{ask("fdesetup hasinstitutionalrecoverykey")}, Check: prints(0, 0, yesOrNo, ""),
		},
		{
			ID: "filevault-key-is-crypto-user", Claim: "There is a personal recovery key exactly where the volume has a user for it.",
			Known: "inferred", Needs: []Need{Root, FileVaultOn},
			Steps: []Step{ask("fdesetup haspersonalrecoverykey"), ask(listPlist)}, Check: keyIsUser,
		},
		{
			ID: "filevault-key-while-off", Claim: "While FileVault is off, haspersonalrecoverykey goes on telling whether there is a key.",
			Known: "inferred", Question: "What does haspersonalrecoverykey say while FileVault is off?", Needs: []Need{Root, FileVaultOff},
			Steps: []Step{ask("fdesetup haspersonalrecoverykey"), ask(listPlist)}, Check: keyIsUser,
		},
		{
			ID: "filevault-authrestart", Claim: "supportsauthrestart prints true, without root.",
			Known: "observed (26)", Needs: []Need{User},
			Steps: []Step{ask("fdesetup supportsauthrestart").asUser()}, Check: prints(0, 0, `true\n`, ""),
		},
		{
			ID: "filevault-using-recovery-key", Claim: "usingrecoverykey does not work on APFS, with exit code 34.",
			Known: "observed (10.13, 10.14); documented: the exit code", Needs: []Need{Root, CryptoUsers},
			Steps: []Step{ask("fdesetup usingrecoverykey")}, Check: prints(0, 34, "", `This command is not supported on APFS volumes\.\n`),
		},
		{
			ID: "filevault-deferral-none", Claim: "showdeferralinfo says \"Not found.\" where nothing is put off, with exit code 20.",
			Known: "community; inferred: the exit code", Question: "With which exit code does fdesetup showdeferralinfo end where nothing is put off?",
			Needs: []Need{Root, FileVaultOn},
			Steps: []Step{ask("fdesetup showdeferralinfo")}, Check: prints(0, 20, `Not found\.\n`, ""),
		},
	}
}

func isActive(s *Seen) Finding {
	if strings.HasPrefix(s.out(1).Stdout, "FileVault is On.") || s.Facts.Encrypting {
		return shaped(s.out(0), 0, `true\n`, "")
	}
	return shaped(s.out(0), 1, `false\n`, "")
}

// listLines wants names of the directory with their own GUIDs. A user whose
// record is gone has no name.
func listLines(s *Seen) Finding {
	for _, line := range lines(s.out(0).Stdout) {
		name, guid, ok := strings.Cut(line, ",")
		r, known := s.Facts.Person(name)
		switch {
		case !ok || !whole(`[0-9A-F-]{36}`).MatchString(guid):
			return differs("a line is not NAME,UUID")
		case name != "" && name != "(null)" && (!known || r.GUID != guid):
			return differs("a line has another UUID than the user's record, or a user without a record")
		}
	}
	return shaped(s.out(0), 0, anything, "")
}

func listedHold(s *Seen) Finding {
	for _, line := range lines(s.out(0).Stdout) {
		name, _, _ := strings.Cut(line, ",")
		if r, known := s.Facts.Person(name); known && !r.Holds() {
			return differs("somebody in the list has no tag of a Secure Token")
		}
	}
	return holds()
}

func keyIsUser(s *Seen) Finding {
	there := slices.ContainsFunc(readCryptoUsers(s.out(1).Stdout), func(u CryptoUser) bool { return u.Type == "PersonalRecovery" })
	want := "false"
	if there {
		want = "true"
	}
	return shaped(s.out(0), 0, want+`\n`, "")
}
