package tool

import (
	"testing"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

func TestDscacheutil(t *testing.T) {
	const clerk = "name: clerk\npassword: ********\nuid: 502\ngid: 20\ndir: /Users/clerk\nshell: /bin/zsh\ngecos: Clara Clerk\n\n"
	const admin = "name: admin\npassword: *\ngid: 80\nusers: root boss \n\n"
	testAnswers(t, "/usr/bin/dscacheutil", []answerCase{
		{name: "user", args: "-q|user|-a|name|clerk", want: out(clerk)},
		{name: "user by another name", args: `-q|user|-a|name|CORP\clerk`, change: mobileClerk, want: out(clerk)},
		{name: "user by number", args: "-q|user|-a|uid|502", want: out(clerk)},
		{
			name: "user of the system", args: "-q|user|-a|uid|-2",
			want: out("name: nobody\npassword: *\nuid: -2\ngid: -2\ndir: /var/empty\nshell: /usr/bin/false\ngecos: Unprivileged User\n\n"),
		},
		{name: "nobody", args: "-q|user|-a|name|ghost", want: out("")},
		{name: "nobody's number", args: "-q|user|-a|uid|999", want: out("")},
		{
			name: "not cached and no network", args: "-q|user|-a|uid|502", want: out(""),
			change: func(m *state.Mac) { boundClerk(m); clerkOf(m).Kind, m.Offline = state.Network, true },
		},
		{name: "group", args: "-q|group|-a|name|admin", want: out(admin)},
		{name: "group by number", args: "-q|group|-a|gid|80", want: out(admin)},
		{name: "group without members", args: "-q|group|-a|name|everyone", want: out("name: everyone\npassword: *\ngid: 12\n\n")},
		{name: "no such group", args: "-q|group|-a|name|ghosts", want: out("")},
		{name: "no such group's number", args: "-q|group|-a|gid|999", want: out("")},
		{name: "flush", args: "-flushcache", want: out("")},
		{name: "all users", args: "-q|user", want: errText(125, "macsim: dscacheutil -q user is not simulated\n")},
		{name: "hosts", args: "-q|host|-a|name|localhost", want: errText(125, "macsim: dscacheutil -q host -a name localhost is not simulated\n")},
	})
}
