package conform

import (
	"strings"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// bootstrapReplaceCases make a new Bootstrap Token or remove it.
func bootstrapReplaceCases() []Case {
	status, users := ask(bootstrapStatus), ask(listPlist)
	install := ask(installToken).typed("{admin}", "{admin-pw}")
	const escrowed = `profiles: Bootstrap Token escrowed (to|on) server: `
	return []Case{
		{
			ID: "bootstrap-install-lines", Claim: "A new Bootstrap Token is told in two lines, created and escrowed, and the status says YES.",
			Known: "community", From: "11", Needs: []Need{Root, Supported, Approved, TokenAdmin},
			Steps: []Step{install, status},
			Check: whereTaken(prints(0, 0, `profiles: Bootstrap Token created\nprofiles: Bootstrap Token escrowed\n`, ""), hasLine(1, escrowed+"YES", true)),
		},
		{
			ID: "bootstrap-install-without-ade", Claim: "A Mac that was enrolled by hand may have a Bootstrap Token.",
			Known: "documented, twice and differently", Question: "Do Bootstrap Tokens need Automated Device Enrollment, or is an enrolment that the user approved enough?",
			Items: []string{"X1", "X15"}, Settles: []string{"BootstrapNeedsADE"}, From: "10.15.4", Needs: []Need{Root, NotByADE, Approved, Supported, TokenAdmin},
			Steps: []Step{install, status}, Check: whereTaken(ends(0, 0), hasLine(1, escrowed+"YES", true)),
		},
		{
			ID: "bootstrap-remove", Claim: "Removing the Bootstrap Token takes its user off the volume, and the status says NO.",
			Known: "community", Question: "What does profiles remove -type bootstraptoken print?", From: "10.15.4", Needs: []Need{Root, Escrowed, TokenAdmin},
			Steps: []Step{validateToken(), ask("profiles remove -type bootstraptoken").typed("{admin}", "{admin-pw}"), status, users},
			Open:  true, Check: withValidToken(every(ends(1, 0), hasLine(2, escrowed+"NO", true), noBootstrapUser(3))),
		},
	}
}

// escrowCases are about when a Bootstrap Token is escrowed.
func escrowCases() []Case {
	status := ask(bootstrapStatus)
	install := ask(installToken).typed("{admin}", "{admin-pw}")
	remove := ask("profiles remove -type bootstraptoken").typed("{admin}", "{admin-pw}")
	const escrowed = `profiles: Bootstrap Token escrowed (to|on) server: `
	return []Case{
		{
			ID: "escrow-refused-by-server", Claim: "Where the server answers with an error, the Mac does not take its Bootstrap Token for escrowed.",
			Known: "unknown", Question: "What does the Mac believe, and profiles say, after the server has answered SetBootstrapToken with an error?",
			Items: []string{"U7"}, Settles: []string{"FailedEscrowSetsFlag"}, From: "10.15.4", Needs: []Need{Root, Supported, TokenAdmin, ServerHand},
			Steps: []Step{
				deed("let the server answer SetBootstrapToken with an error (HTTP 500)", serverRefuses), install, status,
			},
			Open: true, Check: hasLine(2, escrowed+"NO", true),
		},
		{
			ID: "escrow-after-offline-login", Claim: "A Bootstrap Token that could not be sent at a login waits for the next login, also when the network is back.",
			Known: "unknown", Question: "When is a Bootstrap Token escrowed that could not be sent for want of a network?",
			Items: []string{"U12"}, Settles: []string{"EscrowRetriesOnline"}, From: "10.15.4", Needs: []Need{Root, Escrowed, TokenAdmin, AtTheMac},
			Steps: []Step{
				remove, deed("cut the network, log out, log in as {admin} on the screen and wait a minute", offlineLogin), status,
				deed("connect the network, and wait ten minutes without anybody logging in", online), status,
			},
			Check: every(hasLine(2, escrowed+"NO", true), hasLine(4, escrowed+"NO", true)),
		},
		{
			ID: "escrow-after-profile-update", Claim: "A profile that announces Bootstrap Tokens lets none be escrowed before the next login.",
			Known: "unknown", Question: "Does an enrolment profile that begins to announce Bootstrap Tokens lead to an escrow without a login?",
			Items: []string{"U6"}, Settles: []string{"ProfileUpdateEscrows"}, From: "11", Needs: []Need{Root, NotSupported, ServerHand},
			Steps: []Step{
				deed("let the server announce Bootstrap Tokens in a new enrolment profile, and wait until the Mac has it; nobody logs in", announced), status,
			},
			Check: withoutToken(prints(1, 0, `profiles: Bootstrap Token supported on server: YES\n`+escrowed+`NO\n`, "")),
		},
	}
}

// whereTaken leaves Macs alone whose server did not take the new token in the
// first step.
func whereTaken(checks ...Check) Check {
	return func(s *Seen) Finding {
		out := s.out(0)
		if out.Exit != 0 && strings.Contains(out.Stdout, "Bootstrap Token created") {
			return notApplicable("the server did not take the new token, or does not answer")
		}
		return every(checks...)(s)
	}
}

// withoutToken leaves Macs alone that had a Bootstrap Token from before.
func withoutToken(check Check) Check {
	return func(s *Seen) Finding {
		if s.Before.hasCryptoUser("MDMRecovery") {
			return notApplicable("there is a Bootstrap Token on the volume from before")
		}
		return check(s)
	}
}

func serverRefuses(m *state.Mac, _ *Names) (string, error) {
	yes := true
	return "", happens(m, &state.ServerDoes{Refuses: &yes})
}

func offlineLogin(m *state.Mac, n *Names) (string, error) {
	return "", happens(m, &state.Connect{Network: false}, &state.Login{User: n.Admin})
}

func online(m *state.Mac, _ *Names) (string, error) {
	return "", happens(m, &state.Connect{Network: true})
}

func announced(m *state.Mac, _ *Names) (string, error) {
	return "", happens(m, &state.UpdateProfile{Capability: state.ByProfile})
}

// noBootstrapUser wants no cryptographic user of a Bootstrap Token.
func noBootstrapUser(step int) Check {
	return func(s *Seen) Finding {
		f := Facts{CryptoUsers: readCryptoUsers(s.out(step).Stdout)}
		there := f.hasCryptoUser("MDMRecovery")
		return holdsIf(!there, "the cryptographic user of the Bootstrap Token is still there")
	}
}

// tokenLossCases are about what may cost a token or a password.
func tokenLossCases() []Case {
	status := ask("sysadminctl -secureTokenStatus {user}").each()
	return []Case{
		{
			ID: "filevault-off-keeps-tokens", Claim: "Turning FileVault off changes nobody's token.",
			Known: "unknown", Question: "What becomes of Secure Tokens when FileVault is turned off?",
			Items: []string{"U5"}, Settles: []string{"FileVaultOffDropsTokens"}, From: tokensFrom, Needs: []Need{Root, FileVaultOn, TokenAdmin},
			Steps: []Step{status, ask("fdesetup disable").typed("{admin}", "{admin-pw}").slowly(), status}, Check: every(ends(1, 0), asBefore),
		},
		{
			ID: "root-reset-of-sole-holder", Claim: "Root is refused without credentials to reset the password of the sole token holder too.",
			Known: "inferred, against one report (27.0.1)", Question: "Can root reset the password of the sole token holder without credentials?",
			Items: []string{"X7"}, Settles: []string{"RootResetsSoleHolder"}, From: "10.14", Needs: []Need{Root, SoleHolder, TokenAdmin},
			Steps: []Step{ask("sysadminctl -resetPasswordFor {admin} -newPassword -").typed("{new-pw}"), ask("dscl . -authonly {admin}").typed("{admin-pw}")},
			Check: every(prints(0, 0, "", `.*`+needsUnlock+`\n`), ends(1, 0)),
		},
		{
			ID: "window-after-grant", Claim: "Who is granted a token is offered at the FileVault window after a restart, without updatePreboot.",
			Known: "community, and the contrary", Question: "Does the FileVault window need updatePreboot after a token was granted?",
			Items: []string{"X4"}, Settles: []string{"PrebootNeedsUpdate"}, From: tokensFrom, Account: Holder, Needs: []Need{FileVaultOn, AtTheMac},
			Steps: []Step{
				afterRestart("restart the Mac and unlock it as {test}, or, where {test} is not offered, as {admin}", restartsAs), question("Was {test} offered at the FileVault window?", whoUnlocked),
			},
			Check: saidYes(1),
		},
		{
			ID: "recovery-reset-moves-token", Claim: "A password that is reset in recoveryOS also opens the token.",
			Known: "community, and the contrary", Question: "Does a token open with the password that was set in recoveryOS?",
			Items: []string{"X5"}, Settles: []string{"RecoveryResetLeavesToken"}, From: "11", Account: Holder, Needs: []Need{FileVaultOn, AtTheMac},
			Steps: []Step{
				afterRestart("start recoveryOS, unlock as {admin}, set the password of {test} to {new-pw} with resetpassword, restart, and unlock the Mac as {test} with it; where it is not taken, as {admin}", resetInRecovery),
				question("Did the FileVault window take the new password of {test}?", whoUnlocked), ask(testStatus),
			},
			Check: every(saidYes(1), tokenIs(2, true)),
		},
	}
}

// asBefore compares the status of everybody before and after.
func asBefore(s *Seen) Finding {
	for i, before := range s.runs[0] {
		if enabled(before.Output) != enabled(s.runs[2][i].Output) {
			return differs("somebody's token is enabled: %v, and was before: %v", !enabled(before.Output), enabled(before.Output))
		}
	}
	return holds()
}

// saidYes wants that answer of a person.
func saidYes(step int) Check {
	return func(s *Seen) Finding { return holdsIf(s.answer(step) == "yes", "the person says no") }
}

func whoUnlocked(m *state.Mac, _ *Names) (string, error) {
	if m.Console.User == TestAccount {
		return "yes", nil
	}
	return "no", nil
}

func restartsAs(m *state.Mac, n *Names) (string, error) {
	if err := happens(m, &state.Restart{}); err != nil {
		return "", err
	}
	return "", unlockAs(m, n, n.TestPassword)
}

func resetInRecovery(m *state.Mac, n *Names) (string, error) {
	err := happens(m, &state.RecoveryReset{User: TestAccount, New: n.NewPassword, Unlocker: n.Admin, RecoveryLock: m.Security.RecoveryLock})
	if err != nil {
		return "", err
	}
	return "", unlockAs(m, n, n.NewPassword)
}

// unlockAs unlocks as the test account, or else as the administrator.
func unlockAs(m *state.Mac, n *Names, password string) error {
	why, err := m.Do(m.Clock, &state.Unlock{User: TestAccount, Password: &password})
	if err != nil || why == state.NotRefused {
		return err
	}
	return happens(m, &state.Unlock{User: n.Admin})
}

// firstTokenCases are about the first token of a Mac. Whoever gets it cannot be
// removed again.
func firstTokenCases() []Case {
	needs := []Need{NoHolder}
	status := ask(testStatus)
	return []Case{
		{
			ID: "first-password-takes-first-token", Claim: "Since 11 the first account whose password is set gets the first token at once.",
			Known: "documented", From: "11", Account: Bare, Needs: needs,
			Steps: []Step{ask(addTest).typed("{test-pw}"), status}, Check: tokenIs(1, true),
		},
		{
			ID: "blank-password-takes-first-token", Claim: "Since 11 a blank password gets the first token too.",
			Known: "community", Question: "Does an account with a blank password get the first token?",
			Settles: []string{"BlankTakesNoFirstToken"}, From: "11", Account: Bare, Needs: needs,
			Steps: []Step{ask(addTest).typed(""), status}, Check: tokenIs(1, true),
		},
		{
			ID: "tagged-account-takes-no-first-token", Claim: "The value ;DisabledTags;SecureToken also keeps the first token away from an account that logs in.",
			Known: "inferred", Question: "Does an account with ;DisabledTags;SecureToken get the first token at its first login?",
			Settles: []string{"TaggedTakesFirstAtLogin"}, From: "11", Account: Bare, Needs: []Need{NoHolder, AtTheMac},
			Steps: []Step{deed("install a package that makes {test} with a password hash and the value ;DisabledTags;SecureToken, and log in as it on the screen", taggedLogin), status},
			Check: tokenIs(1, false),
		},
	}
}

func taggedLogin(m *state.Mac, n *Names) (string, error) {
	return "", happens(m,
		&state.Create{User: TestAccount, Password: &n.TestPassword, With: state.InstallPackage, Tag: true},
		&state.Login{User: TestAccount, Password: &n.TestPassword})
}
