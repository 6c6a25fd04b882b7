package tool

import (
	"testing"
	"time"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

func TestLast(t *testing.T) {
	at := func(day, hour, minute int) time.Time { return time.Date(2026, 3, day, hour, minute, 33, 0, time.UTC) }
	logins := func(m *state.Mac) {
		m.Booted = at(7, 7, 30)
		m.Sessions = []state.Session{
			{User: "clerk", Line: "console", In: at(9, 8, 0)},
			{User: "boss", Line: "ttys000", From: "10.0.0.5", In: at(8, 9, 5), Out: at(8, 9, 35)},
			{User: "boss", Line: "console", In: at(7, 8, 0), Out: at(8, 10, 1)},
			{User: "clerk", Line: "console", In: at(6, 20, 0)},
		}
	}
	old := func(m *state.Mac) {
		version("12.7")(m)
		logins(m)
	}
	const (
		clerkNow  = "clerk      console                         Mon Mar  9 08:00   still logged in\n"
		bossFar   = "boss       ttys000  10.0.0.5               Sun Mar  8 09:05 - 09:35  (00:30)\n"
		bossLong  = "boss       console                         Sat Mar  7 08:00 - 10:01 (1+02:01)\n"
		boot      = "reboot time                                Sat Mar  7 07:30\n"
		clerkLost = "clerk      console                         Fri Mar  6 20:00 - crash  (11:30)\n"
		begins    = "\nwtmp begins Fri Mar  6 20:00:33 UTC 2026\n"
	)
	testAnswers(t, "/usr/bin/last", []answerCase{
		{name: "all", change: logins, want: out(clerkNow + bossFar + bossLong + boot + clerkLost + begins)},
		{name: "one user", change: logins, args: "boss", want: out(bossFar + bossLong + begins)},
		{name: "a line", change: logins, args: "console", want: out(clerkNow + bossLong + clerkLost + begins)},
		{name: "a line in short", change: logins, args: "-t|co", want: out(clerkNow + bossLong + clerkLost + begins)},
		{name: "a terminal", change: logins, args: "ttys000", want: out(bossFar + begins)},
		{name: "a host", change: logins, args: "-h|10.0.0.5", want: out(bossFar + begins)},
		{name: "starts", change: logins, args: "reboot", want: out(boot + begins)},
		{name: "the first, with more to come", change: logins, args: "-1|clerk", want: out(clerkNow)},
		{name: "so many and no more", change: logins, args: "-2|clerk", want: out(clerkNow + clerkLost + begins)},
		{name: "by -n", change: logins, args: "-n|1", want: out(clerkNow)},
		{name: "none", change: logins, args: "-0", want: Reply{}},
		{name: "nobody", change: logins, args: "ghost", want: out(begins)},
		{name: "an empty list", want: out("\nwtmp begins Mon Mar  9 08:07:06 UTC 2026\n")},
		{name: "only a start", change: func(m *state.Mac) { m.Booted = at(7, 7, 30) }, want: out(boot + "\nwtmp begins Sat Mar  7 07:30:33 UTC 2026\n")},
		{
			name: "before 13", change: old,
			want: out("clerk     console                   Mon Mar  9 08:00   still logged in\n" +
				"boss      ttys000  10.0.0.5         Sun Mar  8 09:05 - 09:35  (00:30)\n" +
				"boss      console                   Sat Mar  7 08:00 - 10:01 (1+02:01)\n" +
				"reboot    ~                         Sat Mar  7 07:30 \n" +
				"clerk     console                   Fri Mar  6 20:00 - crash  (11:30)\n" +
				"\nwtmp begins Fri Mar  6 20:00 \n"),
		},
		{name: "before 13, the first", change: old, args: "-1|boss", want: out("boss      ttys000  10.0.0.5         Sun Mar  8 09:05 - 09:35  (00:30)\n")},
		{name: "before 13, the only one", change: old, args: "-1|ttys000", want: out("boss      ttys000  10.0.0.5         Sun Mar  8 09:05 - 09:35  (00:30)\n")},
		{name: "before 13, -n", change: old, args: "-n|1", want: errText(125, "macsim: last -n 1 is not simulated\n")},
		{name: "a line of two letters", change: func(m *state.Mac) { m.Sessions = []state.Session{{User: "boss", Line: "ttyp1", In: at(9, 8, 0)}} }, args: "p1", want: out("boss       ttyp1                           Mon Mar  9 08:00   still logged in\n\nwtmp begins Mon Mar  9 08:00:33 UTC 2026\n")},
		{name: "no lines", args: "-n|0", want: errText(125, "macsim: last -n 0 is not simulated\n")},
		{name: "unknown option", args: "-z", want: errText(125, "macsim: last -z is not simulated\n")},
		{name: "no number", args: "-1x", want: errText(125, "macsim: last -1x is not simulated\n")},
	})
}

func TestLastInZone(t *testing.T) {
	t.Parallel()
	m := officeWith(t, func(m *state.Mac) {
		m.Sessions = []state.Session{{User: "clerk", Line: "console", In: time.Date(2026, 3, 9, 23, 30, 0, 0, time.UTC)}}
	})
	c := answerCase{}.call("/usr/bin/last")
	c.At = time.Date(2026, 3, 10, 9, 0, 0, 0, time.FixedZone("CET", 3600))
	want := out("clerk      console                         Tue Mar 10 00:30   still logged in\n\nwtmp begins Tue Mar 10 00:30:00 CET 2026\n")
	if got := Answer(m, c); got != want {
		t.Errorf("got %q, want %q", got.Stdout, want.Stdout)
	}
}
