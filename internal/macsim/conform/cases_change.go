package conform

import (
	"fmt"
	"strings"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// happens lets events happen to a simulated Mac, none of which it may refuse.
func happens(m *state.Mac, events ...state.Event) error {
	for _, e := range events {
		why, err := m.Do(m.Clock, e)
		if err != nil {
			return err
		}
		if why != state.NotRefused {
			return fmt.Errorf("%s: the Mac refuses it: %s", state.EventName(e), why)
		}
	}
	return nil
}

// fileVaultChangeCases are about the list of those who may unlock the Mac.
func fileVaultChangeCases() []Case {
	status, record, users, list := ask(testStatus), ask(testRecord), ask(listPlist), ask("fdesetup list")
	return []Case{
		{
			ID: "filevault-add-grants", Claim: "A user without a token who is added to those who may unlock the Mac gets one.",
			Known: "inferred", Question: "Does fdesetup add grant a token?",
			Settles: []string{"AddingToFileVaultNoToken"}, From: tokensFrom, Account: Standard, Needs: []Need{FileVaultOn, TokenAdmin},
			Steps: []Step{ask("fdesetup add -user {admin} -usertoadd {test}").typed("{admin-pw}", "{test-pw}"), status, list},
			Check: every(ends(0, 0), tokenIs(1, true), hasLine(2, `realmactest,.*`, true)),
		},
		{
			ID: "filevault-add-refused", Claim: "Somebody who may not unlock the Mac can add nobody: error -69578 and exit code 17.",
			Known: "observed (10.13)", From: tokensFrom, Account: Standard, Needs: []Need{FileVaultOn},
			Steps: []Step{ask("fdesetup add -user {test} -usertoadd {test}").typed("{test-pw}", "{test-pw}"), status},
			Check: every(prints(0, 17, "", `Error: user could not be added \(-69578\)\.\nError: Unable to add one or more users to FileVault\.\n`), tokenIs(1, false)),
		},
		{
			ID: "filevault-remove-keeps-token", Claim: "A user who is taken off the list keeps the token and the place on the volume.",
			Known: "community", From: tokensFrom, Account: Holder, Needs: []Need{FileVaultOn},
			Steps: []Step{ask("fdesetup remove -user {test}"), list, status, record, users},
			Check: every(ends(0, 0), hasLine(1, `realmactest,.*`, false), tokenIs(2, true), cryptoUserIs(4, testGUID(3), true)),
		},
		{
			ID: "update-preboot-lines", Claim: "updatePreboot ends with the sum of its errors and the end of the operation.",
			Known: "observed (26)", Needs: []Need{Root, CryptoUsers},
			Steps: []Step{ask("diskutil apfs updatePreboot /").slowly()},
			Check: prints(0, 0, `Started APFS operation.*\n.*UpdatePreboot: Exiting Update Preboot operation with overall error=\(ZeroMeansSuccess\)=0\nFinished APFS operation.*\n`, ""),
		},
	}
}

const installToken = "profiles install -type bootstraptoken"

// bootstrapInstallCases are about who may make a new Bootstrap Token: none is
// made here.
func bootstrapInstallCases() []Case {
	status, install := ask(bootstrapStatus), ask(installToken)
	supported := []Need{Supported, Approved}
	return []Case{
		{
			ID: "bootstrap-install-by-standard-user", Claim: "A standard user cannot install a Bootstrap Token, and the status stays.",
			Known: "inferred: the exit code", Question: "What does profiles install -type bootstraptoken say to a standard user?",
			Items: []string{"U1"}, From: "10.15.4", Account: Standard, Needs: supported,
			Steps: []Step{status, install.typed("{test}", "{test-pw}"), status}, Open: true, Check: every(ends(1, failureExit), asFirst(2)),
		},
		{
			ID: "bootstrap-install-by-administrator-without-token", Claim: "An administrator without a token cannot install one, and the status stays.",
			Known: "inferred: the exit code", Question: "What does profiles install -type bootstraptoken say to an administrator without a token?",
			Items: []string{"U1"}, From: "10.15.4", Account: Administrator, Needs: supported,
			Steps: []Step{status, install.typed("{test}", "{test-pw}"), status}, Open: true, Check: every(ends(1, failureExit), asFirst(2)),
		},
		{
			ID: "bootstrap-install-wrong-password", Claim: "A wrong password is refused with \"Unable to authenticate user information.\"",
			Known: "community; inferred: stream and exit code", Question: "On which stream, with which exit code and prefix does profiles refuse a wrong password?",
			From: "10.15.4", Account: Administrator, Needs: supported,
			Steps: []Step{install.typed("{test}", wrong)}, Check: prints(0, 1, "", `Unable to authenticate user information\.\n`),
		},
		{
			ID: "bootstrap-install-blank-password", Claim: "A blank password is refused with \"Error: Password is required.\"",
			Known: "community; inferred: stream and exit code", Question: "On which stream and with which exit code does profiles refuse a blank password?",
			From: "10.15.4", Account: Administrator, Needs: supported,
			Steps: []Step{install.typed("{test}", "")}, Check: prints(0, 1, "", `Error: Password is required\.\n`),
		},
		{
			ID: "bootstrap-install-prompts", Claim: "profiles asks for the name and the password on the terminal.",
			Known: "observed", From: "10.15.4", Account: Administrator, Needs: supported,
			Steps: []Step{install.typed("{test}", wrong)},
			Check: onTerminalShape(0, `Enter the admin user name:\s?realmactest\nEnter the password for user 'realmactest':\s?\n`),
		},
		{
			ID: "bootstrap-install-without-root", Claim: "Without root no Bootstrap Token is installed.",
			Known: "community", Question: "What does profiles install -type bootstraptoken say without root?",
			From: "10.15.4", Needs: []Need{Root, User, Supported},
			Steps: []Step{status, install.asUser().typed(noSuchUser, wrong), status}, Open: true, Check: every(ends(1, failureExit), asFirst(2)),
		},
		{
			ID: "bootstrap-validate", Claim: "validate says \"profiles: Bootstrap Token validated.\", or error -69594 where the server has another token.",
			Known: "community; inferred: exit code and stream of the error", Question: "What does profiles validate say where the server does not answer?",
			From: "10.15.4", Needs: []Need{Root, Escrowed, TokenAdmin},
			Steps: []Step{validateToken()}, Check: validates,
		},
	}
}

// validateToken asks whether the server has the token of the volume.
func validateToken() Step {
	return ask("profiles validate -type bootstraptoken").typed("{admin}", "{admin-pw}")
}

func validates(s *Seen) Finding {
	out := s.out(0)
	switch {
	case out.Exit == 0:
		return shaped(out, 0, `profiles: Bootstrap Token validated\.\n`, "")
	case strings.Contains(out.Stderr, "-69594"):
		return shaped(out, 1, "", `Unable to verify token \(err = -69594\)\.\n`)
	}
	return Finding{Unanswered, "it says neither, such as where the server does not answer"}
}

// loginCases are about what a login does for a user without a token while the
// server has the right Bootstrap Token.
func loginCases() []Case {
	needs := []Need{Escrowed, TokenAdmin, AtTheMac}
	status := ask(testStatus)
	return []Case{
		{
			ID: "login-window-grants", Claim: "A user without a token gets one at a login on the screen, by the Bootstrap Token.",
			Known: "documented", From: "11", Account: Standard, Needs: needs,
			Steps: []Step{validateToken(), deed("log in as {test} on the screen, wait a minute, and log out again", logsIn(state.Window)), status},
			Check: withValidToken(tokenIs(2, true)),
		},
		{
			ID: "ssh-login-grants-nothing", Claim: "A login over SSH with the password grants nothing.",
			Known: "unknown", Question: "Does a login over SSH get a token by the Bootstrap Token?",
			Items: []string{"U8"}, Settles: []string{"SSHGrants"}, From: "11", Account: Standard, Needs: needs,
			Steps: []Step{validateToken(), deed("log in as {test} over SSH with the password, such as with ssh {test}@localhost, and log out again", logsIn(state.SSH)), status},
			Check: withValidToken(tokenIs(2, false)),
		},
		{
			ID: "screen-sharing-login-grants", Claim: "A login by screen sharing counts as one on the screen.",
			Known: "unknown", Question: "Does a login by screen sharing or Remote Desktop get a token by the Bootstrap Token?",
			Items: []string{"U9"}, Settles: []string{"ScreenSharingIsNoLogin"}, From: "11", Account: Standard, Needs: needs,
			Steps: []Step{validateToken(), deed("log in as {test} by screen sharing, at its own login window, and log out again", logsIn(state.ScreenSharing)), status},
			Check: withValidToken(tokenIs(2, true)),
		},
		{
			ID: "token-off-returns-at-login", Claim: "A token that was taken away returns at the next login on the screen, by the Bootstrap Token.",
			Known: "community", From: "11", Account: Holder, Needs: needs,
			Steps: []Step{validateToken(), ask(takeTest).typed("{admin-pw}", "{test-pw}"), deed("log in as {test} on the screen, wait a minute, and log out again", logsIn(state.Window)), status},
			Check: withValidToken(tokenIs(3, true)),
		},
	}
}

// logsIn plays a login of the test account.
func logsIn(via state.Way) Play {
	return func(m *state.Mac, _ *Names) (string, error) {
		return "", happens(m, &state.Login{User: TestAccount, Via: via})
	}
}

// withValidToken leaves Macs alone whose first step did not validate the token.
func withValidToken(check Check) Check {
	return func(s *Seen) Finding {
		if s.out(0).Exit != 0 {
			return notApplicable("the server does not have the Bootstrap Token of this Mac, or does not answer")
		}
		return check(s)
	}
}
