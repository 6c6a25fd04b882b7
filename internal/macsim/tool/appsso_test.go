package tool

import (
	"testing"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

func TestAppSSO(t *testing.T) {
	const none = "Time: 2026-03-09 08:07:06 +0000\n\nDevice Configuration:\n (null)\n\nLogin Configuration:\n (null)\n"
	const configured = `Time: 2026-03-09 08:07:06 +0000

Device Configuration:
 {
  "allowDeviceIdentifiersInAttestation" : false,
  "authorizationEnabled" : false,
  "createUsersEnabled" : true,
  "encryptionAlgorithm" : "ECDHE-A256GCM",
  "extensionIdentifier" : "com.example.sso.extension",
  "fileVaultPolicy" : "None (0)",
  "loginFrequency" : 64800,
  "loginPolicy" : "None (0)",
  "loginType" : "POLoginTypePassword (1)",
  "newUserAuthorizationMode" : "None",
  "offlineGracePeriod" : "0 hours",
  "protocolVersion" : 1,
  "registrationCompleted" : true,
  "sharedDeviceKeys" : true,
  "signingAlgorithm" : "ES256",
  "tokenToUserMapping" : {
    "AccountName" : "preferred_username",
    "FullName" : "name"
  },
  "unlockPolicy" : "None (0)",
  "userAuthorizationMode" : "None",
  "version" : 1
}

Login Configuration:
 {
  "accountDisplayName" : "Example Identity",
  "audience" : "login.example.com",
  "clientID" : "example",
  "issuer" : "https://login.example.com/",
  "jwksEndpointURL" : "https://login.example.com/keys",
  "serverNonceClaimName" : "request_nonce",
  "tokenEndpointURL" : "https://login.example.com/token",
  "uniqueIdentifierClaimName" : "oid"
}
`
	sso := func(m *state.Mac) { m.Accounts[len(m.Accounts)-1].SSO = true }
	testAnswers(t, "/usr/bin/app-sso", []answerCase{
		{name: "short", args: "platform|-s", want: out(none)},
		{name: "long", args: "platform|--state", want: out(none)},
		{name: "configured", args: "platform|-s", change: sso, want: out(configured)},
		{
			name: "configured, and the user asks", args: "platform|-s", change: sso, user: "clerk",
			want: errText(125, "macsim: app-sso shows a user's part, which is not simulated\n"),
		},
		{name: "before 13", args: "platform|-s", change: version("12.7"), want: errText(125, "macsim: app-sso platform -s is not simulated\n")},
		{name: "unknown", args: "-l", want: errText(125, "macsim: app-sso -l is not simulated\n")},
	})
}
