package conform

const (
	grantTest = "sysadminctl -secureTokenOn {test} -password - -adminUser {admin} -adminPassword -"
	grantSelf = "sysadminctl -secureTokenOn {test} -password - -adminUser {test} -adminPassword -"
	takeTest  = "sysadminctl -secureTokenOff {test} -password - -adminUser {admin} -adminPassword -"

	notAuthorised = `Code=5101 "Authentication server refused operation because the current credentials are not authorized for the requested operation\."`
	needsUnlock   = `Operation is not permitted without secure token unlock\.`
)

// grantCases are about granting a token.
func grantCases() []Case {
	status, record, users := ask(testStatus), ask(testRecord), ask(listPlist)
	grant := ask(grantTest).typed("{admin-pw}", "{test-pw}")
	asTokenAdmin := []Need{TokenAdmin}
	return []Case{
		{
			ID: "grant-shows-everywhere", Claim: "A token that is granted shows at once in the status, the record and the volume.",
			Known: "observed (10.15)", From: tokensFrom, Account: Standard, Needs: asTokenAdmin,
			Steps: []Step{grant, status, record, users},
			Check: every(prints(0, 0, "", `.*`+logged(`- Done!`)), tokenIs(1, true), tagIs(2, tokenTag, true), cryptoUserIs(3, testGUID(2), true)),
		},
		{
			ID: "grant-comes-last", Claim: "The volume lists its users in the order in which they came: a new holder is the last.",
			Known: "inferred", Question: "In which order does diskutil list cryptographic users?", From: tokensFrom, Account: Standard, Needs: asTokenAdmin,
			Steps: []Step{grant, record, users}, Check: comesLast,
		},
		{
			ID: "grant-makes-owner", Claim: "With a token comes ownership of the volume.",
			Known: "documented", From: "11", Chips: silicon(), Account: Standard, Needs: asTokenAdmin,
			Steps: []Step{grant, record, users}, Check: isOwner,
		},
		{
			ID: "grant-by-pipe", Claim: "sysadminctl takes both passwords from a pipe, the administrator's first.",
			Known: "community, and the contrary", Question: "Does sysadminctl -secureTokenOn take both passwords from a pipe, and in which order?",
			Settles: []string{"PipeIsNoTerminal"}, From: tokensFrom, Account: Standard, Needs: asTokenAdmin,
			Steps: []Step{ask(grantTest).piped("{admin-pw}\n{test-pw}\n"), status}, Check: every(ends(0, 0), tokenIs(1, true)),
		},
		{
			ID: "grant-prompts", Claim: "At a terminal the user's password is asked for with the words \"User password:\", and both questions are on the terminal.",
			Known: "observed (10.14): these words", Question: "With which words does sysadminctl ask for the administrator's password, and which password comes first?",
			From: tokensFrom, Account: Standard, Needs: asTokenAdmin,
			Steps: []Step{grant},
			Open:  true, Check: func(s *Seen) Finding {
				return holdsIf(firstMatch(`(User password:)`, s.out(0).Terminal+s.out(0).Stderr) != "", "it does not ask for \"User password:\"")
			},
		},
		{
			ID: "grant-in-spite-of-tag", Claim: "The value ;DisabledTags;SecureToken does not keep an administrator from granting a token.",
			Known: "community", From: tokensFrom, Account: Standard, Needs: asTokenAdmin,
			Steps: []Step{ask("dscl . -append /Users/{test} AuthenticationAuthority " + disabledTag), grant, status},
			Check: every(ends(0, 0), ends(1, 0), tokenIs(2, true)),
		},
		{
			ID: "grant-filevault-list", Claim: "While FileVault is on, a user who is granted a token may unlock the Mac at once.",
			Known: "documented", From: tokensFrom, Account: Standard, Needs: []Need{TokenAdmin, FileVaultOn},
			Steps: []Step{grant, ask("fdesetup list")}, Check: hasLine(1, `realmactest,[0-9A-F-]{36}`, true),
		},
	}
}

// grantRefusedCases are about tokens that are not granted.
func grantRefusedCases() []Case {
	status := ask(testStatus)
	return []Case{
		{
			ID: "grant-without-credentials", Claim: "Without an administrator's credentials even root grants no token, and the exit code is 0.",
			Known: "community", From: tokensFrom, Account: Standard,
			Steps: []Step{ask("sysadminctl -secureTokenOn {test} -password -").typed("{test-pw}"), status},
			Check: every(prints(0, 0, "", `.*`+needsUnlock+`\n`), tokenIs(1, false)),
		},
		{
			ID: "grant-wrong-administrator-password", Claim: "A wrong administrator's password is error -14090 in the log, and the exit code is 0.",
			Known: "observed (10.13.2); inferred: later", Question: "What does -secureTokenOn say when the administrator's password is wrong?",
			From: tokensFrom, Account: Administrator,
			Steps: []Step{ask(grantSelf).typed(wrong, "{test-pw}"), status}, Check: every(prints(0, 0, "", `.*### Error:-14090 .*`), tokenIs(1, false)),
		},
		{
			ID: "grant-by-administrator-without-token", Claim: "An administrator without a token cannot grant one: error 5101, and the exit code is 0.",
			Known: "observed (10.15)", From: tokensFrom, Account: Administrator,
			Steps: []Step{ask(grantSelf).typed("{test-pw}", "{test-pw}"), status}, Check: every(prints(0, 0, "", `.*`+notAuthorised+`.*`), tokenIs(1, false)),
		},
		{
			ID: "grant-to-oneself", Claim: "An administrator with a token cannot grant one to the own account: error 5101.",
			Known: "community (reports differ)", Question: "Can a token holder grant a token to the own account?",
			Settles: []string{"SelfGrantWorks"}, From: tokensFrom, Account: HolderAdmin,
			Steps: []Step{ask(grantSelf).typed("{test-pw}", "{test-pw}"), status}, Check: every(prints(0, 0, "", `.*`+notAuthorised+`.*`), tokenIs(1, true)),
		},
	}
}

// tokenOffCases are about taking a token away.
func tokenOffCases() []Case {
	status, record, users := ask(testStatus), ask(testRecord), ask(listPlist)
	take := ask(takeTest).typed("{admin-pw}", "{test-pw}")
	return []Case{
		{
			ID: "token-off-shows-everywhere", Claim: "A token that is taken away is gone from the status, the record and the volume.",
			Known: "community", Question: "What does sysadminctl -secureTokenOff print?", From: tokensFrom, Account: Holder,
			Steps: []Step{take, status, record, users},
			Open:  true, Check: every(prints(0, 0, "", `.+`), tokenIs(1, false), tagIs(2, tokenTag, false), cryptoUserIs(3, testGUID(2), false)),
		},
		{
			ID: "token-off-without-password", Claim: "An administrator takes a token away without the password of its holder.",
			Known: "inferred", Question: "Does -secureTokenOff need the password of the user?",
			Settles: []string{"TokenOffNeedsPassword"}, From: tokensFrom, Account: Holder,
			Steps: []Step{ask("sysadminctl -secureTokenOff {test} -adminUser {admin} -adminPassword -").typed("{admin-pw}"), status},
			Check: every(ends(0, 0), tokenIs(1, false)),
		},
		{
			ID: "token-off-filevault-list", Claim: "Who loses the token leaves the list of those who may unlock the Mac.",
			Known: "inferred", Question: "Does a user whose token is taken away stay in FileVault's list?",
			Items: []string{"U4"}, Settles: []string{"TokenOffKeepsFileVault"}, From: tokensFrom, Account: Holder, Needs: []Need{FileVaultOn},
			Steps: []Step{take, ask("fdesetup list")}, Check: hasLine(1, `realmactest,.*`, false),
		},
		{
			ID: "token-off-oneself", Claim: "Nobody takes the own token away.",
			Known: "observed (27.0)", From: tokensFrom, Account: HolderAdmin,
			Steps: []Step{ask("sysadminctl -secureTokenOff {test} -password - -adminUser {test} -adminPassword -").typed("{test-pw}", "{test-pw}"), status},
			Check: every(prints(0, 0, "", `.*`+logged(`User cannot disable their own SEP credential`)), tokenIs(1, true)),
		},
		{
			ID: "token-off-without-credentials", Claim: "Without an administrator's credentials even root takes no token away.",
			Known: "inferred", From: tokensFrom, Account: Holder,
			Steps: []Step{ask("sysadminctl -secureTokenOff {test} -password -").typed("{test-pw}"), status},
			Check: every(prints(0, 0, "", `.*`+needsUnlock+`\n`), tokenIs(1, true)),
		},
	}
}

// comesLast wants the test account's user at the end of the list.
func comesLast(s *Seen) Finding {
	users := readCryptoUsers(s.out(2).Stdout)
	return holdsIf(len(users) > 0 && users[len(users)-1].UUID == testGUID(1)(s), "the new user is not the last one")
}

// isOwner wants the test account's user to own the volume.
func isOwner(s *Seen) Finding {
	for _, u := range readCryptoUsers(s.out(2).Stdout) {
		if u.UUID == testGUID(1)(s) {
			return holdsIf(u.Owner != nil && *u.Owner, "the new user is no volume owner")
		}
	}
	return differs("the new user is not on the volume")
}
