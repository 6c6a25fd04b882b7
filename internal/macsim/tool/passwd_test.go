package tool

import (
	"io"
	"slices"
	"testing"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

const keychainText = `
################################### WARNING ###################################
# This tool does not update the login keychain password.                      #
# To update it, run ` + "`security set-keychain-password`" + ` as the user in question, #
# or as root providing a path to such user's login keychain.                  #
###############################################################################

`

func TestPasswd(t *testing.T) {
	const weak = "Password change failed because password does not meet minimum quality requirements."
	testAnswers(t, "/usr/bin/passwd", []answerCase{
		{name: "root", args: "clerk", answers: []string{"new", "new"}, want: out(keychainText), after: passwordIs("clerk", "new")},
		{name: "root mistypes", args: "clerk", answers: []string{"new", "neu", "new", "new"}, want: out(keychainText), after: passwordIs("clerk", "new")},
		{name: "root types nothing", args: "clerk", answers: []string{""}, want: out("Password unchanged.\n"), after: macUnchanged},
		{name: "root, nobody to ask", args: "clerk", want: out("Password unchanged.\n"), after: macUnchanged},
		{
			name: "root, too short", args: "clerk", answers: []string{"new", "new"}, change: func(m *state.Mac) { m.Policy.MinLength = 4 },
			want: errText(1, "passwd: "+weak+"  "+weak+"\n"), after: passwordIs("clerk", "clerk-pw"),
		},
		{
			name: "root, token holder", args: "boss", answers: []string{"new", "new"}, after: passwordIs("boss", "boss-pw"),
			want: errText(1, "macsim: passwd boss fails (needs a token's unlock), in words that nobody has published\n"),
		},
		{
			name: "root, token that drifts", args: "boss", answers: []string{"new", "new"}, want: out(keychainText),
			change: func(m *state.Mac) { m.Switches.RootPasswdDrifts = true },
			after:  accountIs("boss", func(a *state.Account) bool { return a.Password == "new" && a.Drifted() }),
		},
		{name: "root, nobody", args: "ghost", want: errText(1, "passwd: Unknown user name 'ghost'.\n"), after: macUnchanged},
		{
			name: "oneself", user: "boss", answers: []string{"boss-pw", "new", "new"}, want: out(keychainText),
			after: accountIs("boss", func(a *state.Account) bool { return a.Password == "new" && a.Usable() }),
		},
		{
			name: "wrong old one", user: "clerk", answers: []string{"no", "new", "new"},
			want: errText(1, "passwd: authentication token failure\n"), after: passwordIs("clerk", "clerk-pw"),
		},
		{name: "somebody else", user: "boss", args: "clerk", answers: []string{"clerk-pw", "new", "new"}, want: out(keychainText), after: passwordIs("clerk", "new")},
		{
			name: "mistyped", user: "clerk", answers: []string{"clerk-pw", "new", "neu"}, after: macUnchanged,
			want: errText(1, "macsim: passwd fails because the new passwords differ, in words that nobody has published\n"),
		},
		{name: "no terminal", user: "clerk", want: errText(1, "passwd: conversation failure\n"), after: macUnchanged},
		{name: "too long", user: "clerk", answers: []string{string(make([]byte, 129))}, want: errText(125, "macsim: more than the tool takes\n"), after: macUnchanged},
		{
			name: "nobody", user: "clerk", args: "ghost", after: macUnchanged,
			want: errText(1, "macsim: passwd ghost fails because there is no such user, in words that nobody has published\n"),
		},
		{name: "option", args: "-i|file|clerk", want: errText(125, "macsim: passwd -i file clerk is not simulated\n"), after: macUnchanged},
	})
}

// asker is an Input that notes the questions and ends after its answers.
type asker struct {
	questions *[]string
	answers   []string
}

func (a asker) Ask(q Question) (string, error) {
	n := len(*a.questions)
	*a.questions = append(*a.questions, q.Prompt)
	if !q.Hidden || n >= len(a.answers) {
		return "", io.EOF
	}
	return a.answers[n], nil
}

func (a asker) All() (string, error) { return "", io.EOF }

func TestPasswordQuestions(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name    string
		path    string
		args    []string
		user    string
		answers []string
		want    []string
	}{
		{
			name: "passwd as root", path: "/usr/bin/passwd", args: []string{"clerk"}, answers: []string{"a", "b", ""},
			want: []string{"Changing password for clerk.\nNew password:", "Retype new password:", "Mismatch; try again, EOF to quit.\nNew password:"},
		},
		{
			name: "passwd", path: "/usr/bin/passwd", user: "clerk", answers: []string{"clerk-pw", "new", "new"},
			want: []string{"Changing password for clerk.\nOld Password:", "New Password:", "Retype New Password:"},
		},
		{name: "dscl authonly", path: dsclPath, args: []string{".", "-authonly", "boss"}, answers: []string{"boss-pw"}, want: []string{"Password: "}},
		{
			name: "dscl passwd", path: dsclPath, args: []string{".", "-passwd", "/Users/boss"}, answers: []string{"new", "boss-pw"},
			want: []string{"New Password: ", "Permission denied. Please enter user's old password:"},
		},
		{
			name: "dseditgroup", path: dseditgroupPath, args: []string{"-u", "boss", "-o", "edit", "-a", "clerk", "admin"}, answers: []string{"boss-pw"},
			want: []string{"Please enter user password:"},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			Answer(officeWith(t, nil), Call{Path: tc.path, Args: tc.args, User: tc.user, Input: asker{&got, tc.answers}})
			if !slices.Equal(got, tc.want) {
				t.Errorf("asked %q, want %q", got, tc.want)
			}
		})
	}
}
