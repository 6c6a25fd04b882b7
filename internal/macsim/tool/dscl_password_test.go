package tool

import (
	"testing"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// passwordIs is a check of what an account's password is afterwards.
func passwordIs(name, want string) func(*testing.T, *state.Mac) {
	return func(t *testing.T, m *state.Mac) {
		t.Helper()
		if a, ok := m.Account(name); !ok || a.Password != want {
			t.Errorf("password of %q afterwards: %q, want %q", name, a.Password, want)
		}
	}
}

func TestDsclAuthOnly(t *testing.T) {
	wrong := Reply{
		Exit:   10,
		Stdout: "Authentication for node /Local/Default failed. (-14090, eDSAuthFailed)\n",
		Stderr: "<dscl_cmd> DS Error: -14090 (eDSAuthFailed)\n",
	}
	failures := func(want int) func(*testing.T, *state.Mac) {
		return accountIs("boss", func(a *state.Account) bool { return a.Failed == want })
	}
	testAnswers(t, dsclPath, []answerCase{
		{name: "right", args: ".|-authonly|boss|boss-pw", after: failures(0)},
		{name: "wrong", args: "/Local/Default|authonly|boss|no", want: wrong, after: failures(1)},
		{name: "asked", args: ".|-authonly|boss", answers: []string{"boss-pw"}, after: failures(0)},
		{name: "asked, wrong", args: ".|-authonly|boss", answers: []string{""}, want: wrong, after: failures(1)},
		{
			name: "search node", args: "/Search|-authonly|boss|no", after: failures(1),
			want: Reply{Exit: 10, Stdout: "Authentication for node /Search failed. (-14090, eDSAuthFailed)\n", Stderr: wrong.Stderr},
		},
		{name: "nobody to ask", args: ".|-authonly|boss", want: errText(125, "macsim: there is no terminal to ask on\n"), after: macUnchanged},
		{name: "nobody", args: ".|-authonly|ghost|x", want: errText(10, "macsim: dscl . -authonly ghost x fails (unknown account), in words that nobody has published\n")},
		{name: "no user", args: ".|-authonly", want: errText(64, "macsim: dscl . -authonly fails for want of arguments, in words that nobody has published\n")},
		{name: "no such node", args: "/NoSuchNode|-authonly|boss|x", want: errText(125, "macsim: dscl /NoSuchNode -authonly boss x is not simulated\n")},
		{
			name: "first token on 10.13", args: ".|-authonly|clerk|clerk-pw",
			change: func(m *state.Mac) {
				m.OS.Version, m.Chip = "10.13.6", state.Intel
				m.Accounts = append(m.Accounts[:5:5], m.Accounts[6]) // without boss
			},
			after: accountIs("clerk", func(a *state.Account) bool { return a.Holds() }),
		},
	})
}

func TestDsclPasswd(t *testing.T) {
	failed := Reply{Exit: 10, Stdout: "passwd: DS error: eDSAuthFailed\n", Stderr: "<dscl_cmd> DS Error: -14090 (eDSAuthFailed)\n"}
	testAnswers(t, dsclPath, []answerCase{
		{name: "root sets it", args: ".|-passwd|/Users/clerk|new", after: passwordIs("clerk", "new")},
		{name: "root is asked for it", args: ".|-passwd|/Users/clerk", answers: []string{"new"}, after: passwordIs("clerk", "new")},
		{
			name: "first password of a record", args: ".|-passwd|/Users/clerk|new",
			change: func(m *state.Mac) { clerkOf(m).Password = state.NoPassword }, after: passwordIs("clerk", "new"),
		},
		{
			name: "token holder, old one known", args: ".|-passwd|/Users/boss|new", answers: []string{"boss-pw"},
			after: accountIs("boss", func(a *state.Account) bool { return a.Password == "new" && a.Usable() }),
		},
		{name: "token holder, old one unknown", args: ".|-passwd|/Users/boss|new", answers: []string{""}, want: failed, after: passwordIs("boss", "boss-pw")},
		{name: "token holder, nobody to ask", args: ".|-passwd|/Users/boss|new", want: failed, after: passwordIs("boss", "boss-pw")},
		{
			name: "token holder on 10.13", args: ".|-passwd|/Users/boss|new", change: version("10.13.6"),
			after: accountIs("boss", func(a *state.Account) bool { return a.Password == "new" && a.Drifted() }),
		},
		{name: "old and new", args: ".|passwd|/Users/clerk|clerk-pw|new", user: "clerk", after: passwordIs("clerk", "new")},
		{name: "wrong old one", args: ".|passwd|/Users/clerk|no|new", user: "clerk", want: failed, after: passwordIs("clerk", "clerk-pw")},
		{name: "user is asked", args: ".|passwd|/Users/clerk|new", user: "clerk", answers: []string{"clerk-pw"}, after: passwordIs("clerk", "new")},
		{name: "user is asked for both", args: ".|passwd|/Users/clerk", user: "clerk", answers: []string{"new", "clerk-pw"}, after: passwordIs("clerk", "new")},
		{
			name: "too short", args: ".|-passwd|/Users/clerk|new", change: func(m *state.Mac) { m.Policy.MinLength = 4 },
			want:  Reply{Exit: 85, Stdout: "passwd: DS error: eDSAuthPasswordQualityCheckFailed\n", Stderr: "<dscl_cmd> DS Error: -14165 (eDSAuthPasswordQualityCheckFailed)\n"},
			after: passwordIs("clerk", "clerk-pw"),
		},
		{
			name: "drifted", args: ".|-passwd|/Users/boss|boss-pw|new", change: func(m *state.Mac) { a, _ := m.Account("boss"); a.Token.Password = "old" },
			want:  errText(1, "macsim: dscl . -passwd /Users/boss boss-pw new fails (needs a token's unlock), in words that nobody has published\n"),
			after: passwordIs("boss", "boss-pw"),
		},
		{name: "nobody", args: ".|-passwd|/Users/ghost|new", want: Reply{Exit: 185, Stdout: "passwd: Invalid Path\n", Stderr: noNode}, after: macUnchanged},
		{name: "no path", args: ".|-passwd", want: errText(10, "<dscl_cmd> DS Error: -14090 (eDSAuthFailed)\n"), after: macUnchanged},
		{name: "group", args: ".|-passwd|/Groups/admin|x", want: errText(125, "macsim: dscl . -passwd /Groups/admin x is not simulated\n"), after: macUnchanged},
	})
}
