package tool

import (
	"slices"
	"strings"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// appSSO says whether there is single sign-on with the platform. community: both
// texts; documented: since 13, and the long option.
//
// What is configured shows a part of the keys, in the form and order of a Mac
// with 15.6. inferred: that root sees no user's part, and no word about one.
func appSSO(m *state.Mac, c *Call) Reply {
	asked := c.is("platform", "-s") || c.is("platform", "--state")
	if !m.OS.AtLeast(13) || !asked {
		return notSimulated(c)
	}
	registered := slices.ContainsFunc(m.Accounts, func(a state.Account) bool { return a.SSO })
	if registered && !c.isRoot() {
		return own("app-sso shows a user's part, which is not simulated")
	}
	device, login := []string{" (null)"}, []string{" (null)"}
	if registered {
		device, login = ssoDevice(), ssoLogin()
	}
	lines := []string{"Time: " + c.At.UTC().Format("2006-01-02 15:04:05 -0700"), "", "Device Configuration:"}
	lines = append(lines, device...)
	lines = append(lines, "", "Login Configuration:")
	return printed(append(lines, login...)...)
}

// ssoDevice is the registration of the device, which lets Platform SSO make
// accounts. The extension is made up.
func ssoDevice() []string {
	return ssoLines(
		`"allowDeviceIdentifiersInAttestation" : false`,
		`"authorizationEnabled" : false`,
		`"createUsersEnabled" : true`,
		`"encryptionAlgorithm" : "ECDHE-A256GCM"`,
		`"extensionIdentifier" : "com.example.sso.extension"`,
		`"fileVaultPolicy" : "None (0)"`,
		`"loginFrequency" : 64800`,
		`"loginPolicy" : "None (0)"`,
		`"loginType" : "POLoginTypePassword (1)"`,
		`"newUserAuthorizationMode" : "None"`,
		`"offlineGracePeriod" : "0 hours"`,
		`"protocolVersion" : 1`,
		`"registrationCompleted" : true`,
		`"sharedDeviceKeys" : true`,
		`"signingAlgorithm" : "ES256"`,
		`"tokenToUserMapping" : {`,
		`  "AccountName" : "preferred_username",`,
		`  "FullName" : "name"`,
		`}`,
		`"unlockPolicy" : "None (0)"`,
		`"userAuthorizationMode" : "None"`,
		`"version" : 1`,
	)
}

// ssoLogin is the identity provider, which is made up.
func ssoLogin() []string {
	return ssoLines(
		`"accountDisplayName" : "Example Identity"`,
		`"audience" : "login.example.com"`,
		`"clientID" : "example"`,
		`"issuer" : "https://login.example.com/"`,
		`"jwksEndpointURL" : "https://login.example.com/keys"`,
		`"serverNonceClaimName" : "request_nonce"`,
		`"tokenEndpointURL" : "https://login.example.com/token"`,
		`"uniqueIdentifierClaimName" : "oid"`,
	)
}

// ssoLines puts an object's lines into braces, of which the first is a step in,
// and ends each of its own members but the last with a comma.
func ssoLines(members ...string) []string {
	lines := []string{" {"}
	for i, line := range members {
		inside := strings.HasPrefix(line, " ") || strings.HasSuffix(line, "{")
		lines = append(lines, "  "+line+either(inside || i == len(members)-1, "", ","))
	}
	return append(lines, "}")
}
