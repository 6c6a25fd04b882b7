package tool

import "testing"

func TestAppSSO(t *testing.T) {
	const none = "Time: 2026-03-09 08:07:06 +0000\n\nDevice Configuration:\n (null)\n\nLogin Configuration:\n (null)\n"
	testAnswers(t, "/usr/bin/app-sso", []answerCase{
		{name: "short", args: "platform|-s", want: out(none)},
		{name: "long", args: "platform|--state", want: out(none)},
		{name: "before 13", args: "platform|-s", change: version("12.7"), want: errText(125, "macsim: app-sso platform -s is not simulated\n")},
		{name: "unknown", args: "-l", want: errText(125, "macsim: app-sso -l is not simulated\n")},
	})
}
