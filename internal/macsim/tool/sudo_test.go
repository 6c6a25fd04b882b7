package tool

import (
	"reflect"
	"testing"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

const sudoPath = "/usr/bin/sudo"

func TestSudoRuns(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, user string
		args       []string
		want       Command
	}{
		{"as root", "boss", []string{"id", "-u"}, Command{"root", []string{"id", "-u"}}},
		{"as a user", "", []string{"-u", "clerk", "/usr/bin/osascript", "-e", "x"}, Command{"clerk", []string{"/usr/bin/osascript", "-e", "x"}}},
		{"user in one word", "root", []string{"-nHuclerk", "id"}, Command{"clerk", []string{"id"}}},
		{"by number", "", []string{"-u", "#502", "id"}, Command{"clerk", []string{"id"}}},
		{"name in other letters", "", []string{"-u", "CLERK", "id"}, Command{"clerk", []string{"id"}}},
		{"end of the options", "boss", []string{"-E", "-S", "--", "-x"}, Command{"root", []string{"-x"}}},
		{"asked anew", "boss", []string{"-k", "id"}, Command{"root", []string{"id"}}},
		{"blank in the name", "", []string{"-u", "Jörg Müller", "id"}, Command{"Jörg Müller", []string{"id"}}},
	} {
		change := together(clerkHolds, func(m *state.Mac) { m.Accounts = append(m.Accounts, state.Account{Name: "Jörg Müller", UID: 503}) })
		got := Answer(officeWith(t, change), Call{Path: sudoPath, Args: tc.args, User: tc.user})
		if got.Exit != 0 || got.Stdout+got.Stderr != "" || got.Then == nil || !reflect.DeepEqual(*got.Then, tc.want) {
			t.Errorf("%s: got %+v, want %+v", tc.name, got, tc.want)
		}
	}
}

func TestSudo(t *testing.T) {
	unknown := errText(1, "sudo: unknown user ghost\nsudo: error initializing audit plugin sudoers_audit\n") //nolint:misspell // sudo's words
	none := errText(125, "macsim: clerk is no administrator: what sudo asks and says then is not simulated\n")
	testAnswers(t, sudoPath, []answerCase{
		{name: "forget", args: "-k", want: out("")},
		{name: "forget for good", args: "-K", user: "boss", want: out("")},
		{name: "remember", args: "-n|-v", user: "boss", want: out("")},
		{name: "forget for good with a command", args: "-K|id", want: errText(125, "macsim: sudo -K id is not simulated\n")},
		{name: "remember with a command", args: "-v|id", want: errText(125, "macsim: sudo -v id is not simulated\n")},
		{name: "nothing", want: errText(125, "macsim: sudo is not simulated\n")},
		{name: "user alone", args: "-u|clerk", want: errText(125, "macsim: sudo -u clerk is not simulated\n")},
		{name: "no user", args: "-u", want: errText(125, "macsim: sudo -u is not simulated\n")},
		{name: "other option", args: "-i|-u|clerk", want: errText(125, "macsim: sudo -i -u clerk is not simulated\n")},
		{name: "variable", args: "A=b|id", want: errText(125, "macsim: sudo A=b id is not simulated\n")},
		{name: "unknown user", args: "-u|ghost|id", want: unknown},
		{name: "unknown user before 14", args: "-u|ghost|id", change: version("13.6"), want: errText(1, "macsim: sudo -u ghost id fails because there is no such user, in words that nobody has published\n")},
		{name: "unknown number", args: "-u|#777|id", change: version("13.6"), want: errText(1, "macsim: sudo -u #777 id fails because there is no such user, in words that nobody has published\n")},
		{name: "no number", args: "-u|#x|id", change: version("13.6"), want: errText(1, "macsim: sudo -u #x id fails because there is no such user, in words that nobody has published\n")},
		{name: "standard user", args: "id", user: "clerk", want: none},
		{name: "standard user without a command", args: "-v", user: "clerk", want: none},
	})
}
