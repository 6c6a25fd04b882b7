package conform

import "slices"

const (
	testStatus = "sysadminctl -secureTokenStatus {test}"
	testRecord = "dscl -plist . -read /Users/{test} GeneratedUID AuthenticationAuthority"
	addTest    = "sysadminctl -addUser {test} -password -"
	wrong      = "wrong-password-1"

	tokenTag    = ";SecureToken;"
	disabledTag = ";DisabledTags;SecureToken"

	// tokensFrom is the first version that needs no credentials for a status.
	tokensFrom = "10.13.4"
)

// testGUID is the test account's, by a step that reads its record.
func testGUID(step int) func(*Seen) string {
	return func(s *Seen) string {
		if values := attribute(s.out(step), "GeneratedUID"); len(values) > 0 {
			return values[0]
		}
		return ""
	}
}

// accountCases are about making, changing and removing an account.
func accountCases() []Case {
	status, record, users := ask(testStatus), ask(testRecord), ask(listPlist)
	return []Case{
		{
			ID: "new-account-has-no-token", Claim: "Where somebody holds a token already, an account that root makes without an administrator's credentials gets none.",
			Known: "documented", From: tokensFrom, Account: Standard,
			Steps: []Step{status, record, users}, Check: every(tokenIs(0, false), tagIs(1, tokenTag, false), cryptoUserIs(2, testGUID(1), false)),
		},
		{
			ID: "new-account-by-holder-has-token", Claim: "An account that is made with the credentials of an administrator with a token gets one at once.",
			Known: "documented", From: tokensFrom, Account: Bare, Needs: []Need{TokenAdmin},
			Steps: []Step{ask(addTest).with("-adminUser", "{admin}", "-adminPassword", "-").typed("{admin-pw}", "{test-pw}"), status, record, users},
			Check: every(ends(0, 0), tokenIs(1, true), tagIs(2, tokenTag, true), cryptoUserIs(3, testGUID(2), true)),
		},
		{
			ID: "add-user-lines", Claim: "Making an account without credentials prints a warning in three lines, then the record, the number and the home, all on the error stream.",
			Known: "observed (26); inferred: since 11", From: "11", Account: Bare,
			Steps: []Step{ask(addTest).typed("{test-pw}")},
			Check: prints(0, 0, "", logged("-+")+logged(`No clear text password or interactive option was specified .*!`)+logged("-+")+logged(`Creating user record…`)+logged(`Assigning UID: \d+ GID: 20`)+logged(`Creating home directory at /Users/realmactest`)),
		},
		{
			ID: "add-user-password-by-pipe", Claim: "sysadminctl takes the password of a new account from a pipe, without a terminal.",
			Known: "community, and the contrary", Question: "Does sysadminctl take passwords from a pipe where there is no terminal?",
			Settles: []string{"PipeIsNoTerminal"}, From: tokensFrom, Account: Bare,
			Steps: []Step{ask(addTest).piped("{test-pw}\n"), ask("dscl . -authonly {test}").typed("{test-pw}")}, Check: every(ends(0, 0), ends(1, 0)),
		},
		{
			ID: "add-existing-user", Claim: "A name that is taken is refused with exit code 0.",
			Known: "observed (10.14); inferred: since 11", Question: "What does sysadminctl say since macOS 11 when the name of a new account is taken?",
			From: "11", Account: Standard,
			Steps: []Step{ask(addTest).typed("{test-pw}")}, Open: true, Check: prints(0, 0, "", `.+`),
		},
		{
			ID: "delete-user-lines", Claim: "Removing an account prints what is done in a log on the error stream, and the record is gone.",
			Known: "community", From: tokensFrom, Account: Standard,
			Steps: []Step{ask("sysadminctl -deleteUser {test}"), record},
			Check: every(prints(0, 0, "", logged(`Killing all processes for UID \d+`)+logged(`Removing realmactest's home at /Users/realmactest`)+logged(`Deleting Public share point for realmactest`)+logged(`Deleting record for realmactest`)+`.*`), ends(1, 56)),
		},
		{
			ID: "delete-unknown-user", Claim: "Removing an account that is not there is refused with a line about an unknown user and exit code 0.",
			Known: "inferred", Question: "What does sysadminctl -deleteUser say of a user who does not exist?", From: tokensFrom, Needs: []Need{Root},
			Steps: []Step{ask("sysadminctl -deleteUser " + noSuchUser)}, Check: prints(0, 0, "", logged(`Unknown user `+noSuchUser)),
		},
	}
}

// accountRecordCases are about what is written into a record.
func accountRecordCases() []Case {
	record := ask(testRecord)
	return []Case{
		{
			ID: "disabled-tag-is-written", Claim: "dscl writes ;DisabledTags;SecureToken without a word, and the record shows it.",
			Known: "documented", From: tokensFrom, Account: Standard,
			Steps: []Step{ask("dscl . -append /Users/{test} AuthenticationAuthority " + disabledTag), record},
			Check: every(prints(0, 0, "", ""), tagIs(1, disabledTag, true)),
		},
		{
			ID: "hidden-account", Claim: "An account that is hidden has the native attribute IsHidden.",
			Known: "observed (26)", From: tokensFrom, Account: Standard,
			Steps: []Step{ask("dscl . -create /Users/{test} IsHidden 1"), ask("dscl . -read /Users/{test} IsHidden")},
			Check: every(prints(0, 0, "", ""), prints(1, 0, `dsAttrTypeNative:IsHidden: 1\n`, "")),
		},
		{
			ID: "authonly-wrong-password", Claim: "A wrong password is error -14090, with exit code 10 and a line on standard output.",
			Known: "observed (10.15)", From: tokensFrom, Account: Standard,
			Steps: []Step{ask("dscl . -authonly {test}").typed(wrong)},
			Check: prints(0, 10, `Authentication for node /Local/Default failed\. \(-14090, eDSAuthFailed\)\n`, `<dscl_cmd> DS Error: -14090 \(eDSAuthFailed\)\n`),
		},
	}
}

// membershipCases are about the two lists of the group admin.
func membershipCases() []Case {
	members := ask("dscl -plist . -read /Groups/admin GroupMembership GroupMembers")
	return []Case{
		{
			ID: "group-edit-writes-both-lists", Claim: "dseditgroup adds a user by name and by GUID, without a word.", Known: "documented (source)", From: tokensFrom, Account: Standard,
			Steps: []Step{ask("dseditgroup -o edit -a {test} -t user admin"), members, ask(testRecord)},
			Undo:  []Step{ask("dseditgroup -o edit -d {test} -t user admin")},
			Check: every(prints(0, 0, "", ""), isMember(true, true)),
		},
		{
			ID: "group-name-leaves-guids-alone", Claim: "A name that dscl appends to a group leaves the GUIDs alone.", Known: "observed (26)", From: tokensFrom, Account: Standard,
			Steps: []Step{ask("dscl . -append /Groups/admin GroupMembership {test}"), members, ask(testRecord)},
			Undo:  []Step{ask("dscl . -delete /Groups/admin GroupMembership {test}")},
			Check: every(prints(0, 0, "", ""), isMember(true, false)),
		},
	}
}

// isMember wants the test account in the group that the second step reads.
func isMember(name, guid bool) Check {
	return func(s *Seen) Finding {
		byName := slices.Contains(attribute(s.out(1), "GroupMembership"), TestAccount)
		byGUID := slices.Contains(attribute(s.out(1), "GroupMembers"), testGUID(2)(s))
		return holdsIf(byName == name && byGUID == guid, "the user is in the list of names: %v, in that of GUIDs: %v", byName, byGUID)
	}
}
