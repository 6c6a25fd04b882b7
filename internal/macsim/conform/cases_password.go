package conform

import (
	"strings"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// passwordCases are about passwords of token holders that are set without the
// old one.
func passwordCases() []Case {
	oldWorks := ask("dscl . -authonly {test}").typed("{test-pw}")
	status := ask(testStatus)
	return []Case{
		{
			ID: "root-passwd-on-holder", Claim: "Since 10.14 passwd as root is refused for a token holder, and the old password stays.",
			Known: "community, and the contrary", Question: "Can root set the password of a token holder with passwd, and what does it say?",
			Items: []string{"X6"}, Settles: []string{"RootPasswdDrifts"}, From: "10.14", Account: Holder,
			Steps: []Step{ask("passwd {test}").typed("{new-pw}", "{new-pw}"), oldWorks}, Open: true, Check: every(ends(0, failureExit), ends(1, 0)),
		},
		{
			ID: "root-dscl-passwd-on-holder", Claim: "Since 10.14 dscl asks even root for the old password of a token holder, and ends with exit code 10 without it.",
			Known: "community", From: "10.14", Account: Holder,
			Steps: []Step{ask("dscl . -passwd /Users/{test}").typed("{new-pw}", wrong), oldWorks},
			Check: every(prints(0, 10, `passwd: DS error: eDSAuthFailed\n`, `<dscl_cmd> DS Error: -14090 \(eDSAuthFailed\)\n`), onTerminal(0, `Permission denied. Please enter user's old password:`), ends(1, 0)),
		},
		{
			ID: "root-reset-on-holder", Claim: "Since 10.14 sysadminctl refuses root without credentials to reset a token holder's password, and the exit code is 0.",
			Known: "observed (26)", From: "10.14", Account: Holder,
			Steps: []Step{ask("sysadminctl -resetPasswordFor {test} -newPassword -").typed("{new-pw}"), oldWorks},
			Check: every(prints(0, 0, "", `.*`+needsUnlock+`\n`), ends(1, 0)),
		},
		{
			ID: "agent-reset-keeps-token", Claim: "A password that an agent of a management server writes leaves the status ENABLED.",
			Known: "community, and the contrary", Question: "Does a password that a management agent writes remove the token, or leave one that opens with the old password?",
			Items: []string{"X11"}, Settles: []string{"AgentResetRemovesToken"}, From: tokensFrom, Account: Holder, Needs: []Need{Enrolled, ServerHand},
			Steps: []Step{
				deed("let your management agent set the password of {test} to {new-pw}", func(m *state.Mac, n *Names) (string, error) {
					return "", happens(m, &state.ResetPassword{User: TestAccount, New: n.NewPassword, By: state.ByAgent})
				}), status,
			},
			Check: tokenIs(1, true),
		},
	}
}

// passwordSetCases are about passwords that are set.
func passwordSetCases() []Case {
	newWorks := ask("dscl . -authonly {test}").typed("{new-pw}")
	const questions = `Changing password for realmactest\.\nNew password:\nRetype new password:\n`
	return []Case{
		{
			ID: "root-passwd-words", Claim: "passwd as root asks for the new password twice, sets it without the old one, and warns about the keychain.",
			Known: "observed (26)", From: "11", Account: Standard,
			Steps: []Step{ask("passwd {test}").typed("{new-pw}", "{new-pw}"), newWorks},
			Check: every(prints(0, 0, `.*# This tool does not update the login keychain password\. .*`, ""), onTerminalShape(0, questions), ends(1, 0)),
		},
		{
			ID: "root-reset-without-token", Claim: "Root resets the password of a user without a token without credentials.",
			Known: "community", Question: "What does sysadminctl -resetPasswordFor print when it succeeds?", From: tokensFrom, Account: Standard,
			Steps: []Step{ask("sysadminctl -resetPasswordFor {test} -newPassword -").typed("{new-pw}"), newWorks},
			Open:  true, Check: every(ends(0, 0), ends(1, 0)),
		},
		{
			ID: "reset-by-holder-keeps-token", Claim: "A password that is reset with the credentials of an administrator with a token leaves the token.",
			Known: "community", From: tokensFrom, Account: Holder,
			Steps: []Step{ask("sysadminctl -resetPasswordFor {test} -newPassword - -adminUser {admin} -adminPassword -").typed("{admin-pw}", "{new-pw}"), newWorks, ask(testStatus)},
			Check: every(ends(0, 0), ends(1, 0), tokenIs(2, true)),
		},
	}
}

// onTerminal wants a text among what was shown on the terminal.
func onTerminal(step int, text string) Check {
	return func(s *Seen) Finding {
		return holdsIf(strings.Contains(s.out(step).Terminal, text), "the terminal does not show %q", text)
	}
}

// onTerminalShape wants a shape for all of it.
func onTerminalShape(step int, shape string) Check {
	return func(s *Seen) Finding {
		return holdsIf(whole(shape).MatchString(s.out(step).Terminal), "the terminal does not show the shape %s", shape)
	}
}
