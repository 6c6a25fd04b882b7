package tool

import (
	"testing"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

func TestPwpolicy(t *testing.T) {
	policy := func(p state.Policy) func(*state.Mac) { return func(m *state.Mac) { m.Policy = p } }
	clerk := func(change func(*state.Account)) func(*state.Mac) {
		return func(m *state.Mac) {
			a, _ := m.Account("clerk")
			m.Policy.MaxFailures = 5
			change(a)
		}
	}
	const (
		head = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
`
		failures = `	<key>policyCategoryAuthentication</key>
	<array>
		<dict>
			<key>policyContent</key>
			<string>policyAttributeFailedAuthentications &lt; policyAttributeMaximumFailedAuthentications</string>
			<key>policyIdentifier</key>
			<string>ProfilePayload:371E3E4F-1997-4640-A5A4-4657FAFCF69F:maxFailedAttempts</string>
			<key>policyParameters</key>
			<dict>
				<key>policyAttributeMaximumFailedAuthentications</key>
				<integer>5</integer>
			</dict>
		</dict>
	</array>
`
		length = `	<key>policyCategoryPasswordContent</key>
	<array>
		<dict>
			<key>policyContent</key>
			<string>policyAttributePassword matches '.{12,}'</string>
			<key>policyIdentifier</key>
			<string>ProfilePayload:371E3E4F-1997-4640-A5A4-4657FAFCF69F:minLength</string>
		</dict>
	</array>
`
		tail = "</dict>\n</plist>\n"
	)
	testAnswers(t, "/usr/bin/pwpolicy", []answerCase{
		{name: "none", args: "-getaccountpolicies", want: out("Getting global account policies\n")},
		{name: "both", args: "-getaccountpolicies", change: policy(state.Policy{MinLength: 12, MaxFailures: 5}), want: out("Getting global account policies\n" + head + failures + length + tail)},
		{name: "length alone", args: "getaccountpolicies", change: policy(state.Policy{MinLength: 12}), want: out("Getting global account policies\n" + head + length + tail)},
		{name: "of a user", args: "-u|clerk|-getaccountpolicies", change: policy(state.Policy{MaxFailures: 5}), want: out("Getting account policies for user <clerk>\n" + head + failures + tail)},
		{name: "of a user, said last", args: "-getaccountpolicies|-u|clerk", want: out("Getting account policies for user <clerk>\n")},
		{name: "of the local node", args: "-n|/Local/Default|-getaccountpolicies", want: out("Getting global account policies\n")},
		{name: "of another node", args: "-n|/LDAPv3/x|-getaccountpolicies", want: errText(125, "macsim: pwpolicy -n /LDAPv3/x -getaccountpolicies is not simulated\n")},
		{name: "of nobody", args: "-u|ghost|-getaccountpolicies", want: errText(1, "macsim: pwpolicy -u ghost -getaccountpolicies fails for an unknown user, in words that nobody has published\n")},
		{name: "allowed", args: "-u|clerk|-authentication-allowed", want: out("Policy allows user <clerk> to authenticate\n")},
		{name: "almost shut", args: "-u|clerk|authentication-allowed", change: clerk(func(a *state.Account) { a.Failed = 4 }), want: out("Policy allows user <clerk> to authenticate\n")},
		{
			name: "shut", args: "-u|clerk|-authentication-allowed", change: clerk(func(a *state.Account) { a.Failed = 5 }),
			want: errText(0, "macsim: pwpolicy -u clerk -authentication-allowed fails on an account with too many wrong passwords, in words that nobody has published\n"),
		},
		{
			name: "disabled", args: "-u|clerk|-authentication-allowed", change: clerk(func(a *state.Account) { a.Disabled = true }),
			want: errText(0, "macsim: pwpolicy -u clerk -authentication-allowed fails on a disabled account, in words that nobody has published\n"),
		},
		{name: "nobody asked about", args: "-authentication-allowed", want: errText(125, "macsim: pwpolicy -authentication-allowed is not simulated\n")},
		{name: "two commands", args: "-getaccountpolicies|-clearaccountpolicies", want: errText(125, "macsim: pwpolicy -getaccountpolicies -clearaccountpolicies is not simulated\n")},
		{name: "changing command", args: "-clearaccountpolicies", want: errText(125, "macsim: pwpolicy -clearaccountpolicies is not simulated\n")},
		{name: "none at all", want: errText(125, "macsim: pwpolicy is not simulated\n")},
	})
}
