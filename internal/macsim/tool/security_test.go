package tool

import "testing"

func TestSecurity(t *testing.T) {
	notFound := errText(44, "security: SecKeychainSearchCopyNext: The specified item could not be found in the keychain.\n")
	testAnswers(t, "/usr/bin/security", []answerCase{
		{name: "generic", args: "find-generic-password|-s|service|-a|boss|-w", want: notFound},
		{name: "in a keychain", args: "find-generic-password|-ws|service|/Library/Keychains/System.keychain", want: notFound},
		{name: "internet", args: "find-internet-password|-s|host|-P|443|-g", want: notFound},
		{name: "unknown option", args: "find-generic-password|-x", want: errText(125, "macsim: security find-generic-password -x is not simulated\n")},
		{name: "rights", args: "authorizationdb|read|system.login.console", want: errText(125, "macsim: security authorizationdb read system.login.console is not simulated\n")},
		{name: "nothing", want: errText(125, "macsim: security is not simulated\n")},
	})
}
