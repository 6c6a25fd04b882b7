package tool

import "testing"

func TestLogger(t *testing.T) {
	testAnswers(t, "/usr/bin/logger", []answerCase{
		{name: "a message", args: "-i|-t|agent|-p|user.err|hello|there", want: Reply{}},
		{name: "from standard input", stdin: "one\ntwo\n", want: Reply{}},
		{name: "said aloud", args: "-s|-t|agent|hello|there", want: errText(0, "Mar  9 08:07:06  agent[77] <Notice>: hello there\n")},
		{name: "said aloud by a user", args: "-is|-p|local0.warn|hello", user: "clerk", want: errText(0, "Mar  9 08:07:06  clerk[77] <Warning>: hello\n")},
		{name: "said aloud from standard input", args: "-s|-p|crit", stdin: "one\ntwo\n", want: errText(0, "Mar  9 08:07:06  root[77] <Critical>: one\nMar  9 08:07:06  root[77] <Critical>: two\n")},
		{name: "by number", args: "-p|1|x", want: Reply{}},
		{name: "by number, aloud", args: "-s|-p|1|x", want: errText(125, "macsim: logger -s -p 1 x is not simulated\n")},
		{name: "no such level", args: "-p|user.loud|x", want: errText(1, "macsim: logger -p user.loud x fails with an unknown priority, in words that nobody has published\n")},
		{name: "no such facility", args: "-p|local8.err|x", want: errText(1, "macsim: logger -p local8.err x fails with an unknown priority, in words that nobody has published\n")},
		{name: "unknown option", args: "-z|x", want: errText(125, "macsim: logger -z x is not simulated\n")},
	})
}

func TestLevelName(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"emerg": "Emergency", "kern.panic": "Emergency", "alert": "Alert", "crit": "Critical", "error": "Error", "ERR": "Error",
		"warning": "Warning", "notice": "Notice", "user.info": "Info", "debug": "Debug", "none": "", "3": "",
	} {
		if got := levelName(in); got != want {
			t.Errorf("levelName(%q) = %q, want %q", in, got, want)
		}
	}
}
