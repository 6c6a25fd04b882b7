package macsim

import (
	"testing"

	"github.com/tokenward/tokenward/internal/run"
)

func TestScutil(t *testing.T) {
	const question = "show State:/Users/ConsoleUser\n"
	console := func(c Console) func(*Mac) { return func(m *Mac) { m.Console = c } }
	clerkOnScreen := `    0 : <dictionary> {
      kCGSSessionAuditIDKey : 100008
      kCGSSessionGroupIDKey : 20
      kCGSSessionIDKey : 257
      kCGSSessionLoginwindowSafeLogin : FALSE
      kCGSSessionOnConsoleKey : TRUE
      kCGSSessionSystemSafeBoot : FALSE
      kCGSSessionUserIDKey : 502
      kCGSSessionUserNameKey : clerk
      kCGSessionLoginDoneKey : TRUE
      kCGSessionLongUserNameKey : Clara Clerk
      kSCSecuritySessionID : 100008
    }
`
	bossBehind := `    1 : <dictionary> {
      kCGSSessionAuditIDKey : 100098
      kCGSSessionGroupIDKey : 20
      kCGSSessionIDKey : 265
      kCGSSessionLoginwindowSafeLogin : FALSE
      kCGSSessionOnConsoleKey : FALSE
      kCGSSessionSystemSafeBoot : FALSE
      kCGSSessionUserIDKey : 501
      kCGSSessionUserNameKey : boss
      kCGSessionLoginDoneKey : TRUE
      kCGSessionLongUserNameKey : The Boss
      kSCSecuritySessionID : 100098
    }
`
	testAnswers(t, run.Scutil, []answerCase{
		{
			name: "one session", stdin: question,
			want: out("<dictionary> {\n  GID : 20\n  Name : clerk\n  SessionInfo : <array> {\n" + clerkOnScreen + "  }\n  UID : 502\n}\n"),
		},
		{
			name: "stale name above two sessions", stdin: question,
			change: console(Console{User: "clerk", TopLevelName: "boss", Background: []string{"boss"}}),
			want:   out("<dictionary> {\n  GID : 20\n  Name : boss\n  SessionInfo : <array> {\n" + clerkOnScreen + bossBehind + "  }\n  UID : 501\n}\n"),
		},
		{
			name: "login window", stdin: "show State:/Users/ConsoleUser", change: console(Console{}),
			want: out("<dictionary> {\n  GID : 0\n  Name : loginwindow\n  UID : 0\n}\n"),
		},
		{name: "early boot", stdin: question, change: console(Console{EarlyBoot: true}), want: out("  No such key\n")},
		{name: "other key", stdin: "show State:/Network", want: errText(125, "macsim: scutil with input \"show State:/Network\" is not simulated\n")},
		{name: "argument", args: "--dns", want: errText(125, "macsim: scutil --dns with input \"\" is not simulated\n")},
	})
}
