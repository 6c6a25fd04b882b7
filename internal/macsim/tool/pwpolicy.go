package tool

import (
	"fmt"
	"strings"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// pwpolicy reads the account policies. documented: man pwpolicy; community: that
// a command may do without its dash.
//
// inferred: what a profile has set is shown for a user as well as for all.
func pwpolicy(m *state.Mac, c *Call) Reply {
	verb, user, ok := askedOfPwpolicy(c.Args)
	if !ok {
		return notSimulated(c)
	}
	if _, known := m.Account(user); user != "" && !known {
		return unpublished(c, 1, "for an unknown user")
	}
	switch {
	case verb == "getaccountpolicies":
		return accountPolicies(m, user)
	case verb == "authentication-allowed" && user != "":
		return authenticationAllowed(m, c, user)
	}
	return notSimulated(c)
}

// askedOfPwpolicy reads one command, and -u and -n in any place. The one node is
// the local one.
func askedOfPwpolicy(args []string) (verb, user string, ok bool) {
	for len(args) > 0 {
		switch {
		case args[0] == "-u" && len(args) > 1:
			user, args = args[1], args[2:]
		case args[0] == "-n" && len(args) > 1 && (args[1] == "/Local/Default" || args[1] == "."):
			args = args[2:]
		case verb == "":
			verb, args = strings.TrimPrefix(args[0], "-"), args[1:]
		default:
			return "", "", false
		}
	}
	return verb, user, verb != ""
}

// accountPolicies is a line of its own and then a property list. community: both
// lines, that they are on standard output, and that nothing follows where there
// is no policy; inferred: that each is one line. A Mac that was never told
// anything asks for four characters, in a policy that is left out here.
func accountPolicies(m *state.Mac, user string) Reply {
	head := "Getting global account policies\n"
	if user != "" {
		head = "Getting account policies for user <" + user + ">\n"
	}
	if m.Policy == (state.Policy{}) {
		return Reply{Stdout: head}
	}
	var b strings.Builder
	b.WriteString("<dict>\n")
	if n := m.Policy.MaxFailures; n > 0 {
		writePolicy(&b, "policyCategoryAuthentication", policyID(m, "maxFailedAttempts"),
			"policyAttributeFailedAuthentications < policyAttributeMaximumFailedAuthentications",
			fmt.Sprintf("\t\t\t<key>policyParameters</key>\n\t\t\t<dict>\n\t\t\t\t<key>policyAttributeMaximumFailedAuthentications</key>\n\t\t\t\t<integer>%d</integer>\n\t\t\t</dict>\n", n))
	}
	if n := m.Policy.MinLength; n > 0 {
		writePolicy(&b, "policyCategoryPasswordContent", policyID(m, "minLength"), fmt.Sprintf("policyAttributePassword matches '.{%d,}'", n), "")
	}
	b.WriteString("</dict>\n")
	return Reply{Stdout: head + plistOf(b.String())}
}

// writePolicy is one policy in a category of its own. community: a policy that a
// profile has set, less its description in many languages.
func writePolicy(b *strings.Builder, category, id, content, parameters string) {
	fmt.Fprintf(b, "\t<key>%s</key>\n\t<array>\n\t\t<dict>\n", category)
	fmt.Fprintf(b, "\t\t\t<key>policyContent</key>\n\t\t\t<string>%s</string>\n", escaped(content))
	fmt.Fprintf(b, "\t\t\t<key>policyIdentifier</key>\n\t\t\t<string>%s</string>\n", id)
	b.WriteString(parameters + "\t\t</dict>\n\t</array>\n")
}

// policyID names the profile and its key. community; the profile's UUID is made
// up.
func policyID(m *state.Mac, key string) string {
	return "ProfilePayload:" + madeUpUUID(m, "password policy") + ":" + key
}

// authenticationAllowed says whether the policies let a user in. community: the
// answer yes; exit code 0 with both answers.
func authenticationAllowed(m *state.Mac, c *Call, user string) Reply {
	a, _ := m.Account(user)
	switch limit := m.Policy.MaxFailures; {
	case a.Disabled:
		return unpublished(c, 0, "on a disabled account")
	case limit > 0 && a.Failed >= limit:
		return unpublished(c, 0, "on an account with too many wrong passwords")
	}
	return printed("Policy allows user <" + user + "> to authenticate")
}
