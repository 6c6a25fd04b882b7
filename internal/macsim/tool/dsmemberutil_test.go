package tool

import (
	"testing"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

const dsmemberutilPath = "/usr/bin/dsmemberutil"

func TestDsmemberutilCheckMembership(t *testing.T) {
	const check = "checkmembership|"
	yes, no := out("user is a member of the group\n"), out("user is not a member of the group\n")
	const ghostly = "CCCCCCCC-0000-0000-0000-000000000009"
	testAnswers(t, dsmemberutilPath, []answerCase{
		{name: "member", args: check + "-U|boss|-G|admin", want: yes},
		{name: "not a member", args: check + "-U|clerk|-G|admin", want: no},
		{name: "by a GUID alone", args: check + "-U|clerk|-G|admin", change: func(m *state.Mac) { clerkOf(m).Admin.GUID = true }, want: yes},
		{name: "everyone", args: check + "-U|clerk|-G|everyone", want: yes},
		{name: "by numbers", args: check + "-u|501|-g|80", want: yes},
		{name: "by GUIDs", args: check + "-x|aaaaaaaa-0000-0000-0000-000000000001|-X|ABCDEFAB-CDEF-ABCD-EFAB-CDEF00000050", want: yes},
		{name: "a number that nobody has", args: check + "-u|999|-g|80", want: no},
		{name: "a group that is not there", args: check + "-u|501|-g|999", want: no},
		{name: "nobody", args: check + "-U|nosuchuser|-G|admin", want: errText(7, "The user nosuchuser cannot be found\n")},
		{name: "no such group", args: check + "-U|boss|-G|ghosts", want: errText(7, "The group ghosts cannot be found\n")},
		{
			name: "nobody's GUID", args: check + "-x|" + ghostly + "|-G|admin",
			want: errText(1, "macsim: dsmemberutil checkmembership -x "+ghostly+" -G admin fails because nothing has that GUID, in words that nobody has published\n"),
		},
		{
			name: "no GUID", args: check + "-x|5|-G|admin",
			want: errText(1, "macsim: dsmemberutil checkmembership -x 5 -G admin fails because a GUID is none, in words that nobody has published\n"),
		},
		{
			name: "no number", args: check + "-u|boss|-G|admin",
			want: errText(22, "macsim: dsmemberutil checkmembership -u boss -G admin fails because an ID is no number, in words that nobody has published\n"),
		},
		{
			name: "no group given", args: check + "-U|boss",
			want: errText(22, "macsim: dsmemberutil checkmembership -U boss fails because of its options, in words that nobody has published\n"),
		},
		{
			name: "unknown option", args: check + "-U|boss|-U|admin",
			want: errText(22, "macsim: dsmemberutil checkmembership -U boss -U admin fails because of its options, in words that nobody has published\n"),
		},
	})
}

func TestDsmemberutilGet(t *testing.T) {
	testAnswers(t, dsmemberutilPath, []answerCase{
		{name: "GUID of a name", args: "getuuid|-U|boss", want: out("AAAAAAAA-0000-0000-0000-000000000001\n")},
		{name: "GUID of another name", args: `getuuid|-U|CORP\clerk`, change: mobileClerk, want: out("AAAAAAAA-0000-0000-0000-000000000002\n")},
		{name: "GUID of a number", args: "getuuid|-u|502", want: out("AAAAAAAA-0000-0000-0000-000000000002\n")},
		{name: "GUID of a number below 0", args: "getuuid|-u|-2", want: out("FFFFEEEE-DDDD-CCCC-BBBB-AAAAFFFFFFFE\n")},
		{name: "GUID of a number that nobody has", args: "getuuid|-u|999", want: out("FFFFEEEE-DDDD-CCCC-BBBB-AAAA000003E7\n")},
		{name: "GUID of a group", args: "getuuid|-G|admin", want: out("ABCDEFAB-CDEF-ABCD-EFAB-CDEF00000050\n")},
		{name: "GUID of a group's number", args: "getuuid|-g|0", want: out("ABCDEFAB-CDEF-ABCD-EFAB-CDEF00000000\n")},
		{name: "GUID of nobody", args: "getuuid|-U|ghost", want: Reply{Exit: 5, Stdout: "There is no uuid for user ghost\n"}},
		{name: "GUID of no group", args: "getuuid|-G|ghosts", want: Reply{Exit: 5, Stdout: "There is no uuid for group ghosts\n"}},
		{name: "number of a user", args: "getid|-U|boss", want: out("uid: 501\n")},
		{name: "number of a group", args: "getid|-G|staff", want: out("gid: 20\n")},
		{name: "number of a GUID", args: "getid|-X|ABCDEFAB-CDEF-ABCD-EFAB-CDEF0000000C", want: out("gid: 12\n")},
		{name: "number of a user's GUID", args: "getid|-x|FFFFEEEE-DDDD-CCCC-BBBB-AAAAFFFFFFFE", want: out("uid: -2\n")},
		{name: "number of nobody", args: "getid|-U|ghost", want: Reply{Stdout: "id not found\n", Stderr: "The user ghost cannot be found\n"}},
		{name: "flush", args: "flushcache", want: out("")},
		{name: "SID", args: "getsid|-U|boss", want: errText(125, "macsim: dsmemberutil getsid -U boss is not simulated\n")},
		{name: "nothing", want: errText(125, "macsim: dsmemberutil is not simulated\n")},
	})
}
