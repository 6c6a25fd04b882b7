package tool

import (
	"strings"
	"testing"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

func TestScutil(t *testing.T) {
	const question = "show State:/Users/ConsoleUser\n"
	console := func(c state.Console) func(*state.Mac) { return func(m *state.Mac) { m.Console = c } }
	const clerkOnScreen = `    0 : <dictionary> {
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
	const bossBehind = `    1 : <dictionary> {
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
	const one = "<dictionary> {\n  GID : 20\n  Name : clerk\n  SessionInfo : <array> {\n" + clerkOnScreen + "  }\n  UID : 502\n}\n"
	testAnswers(t, "/usr/sbin/scutil", []answerCase{
		{name: "one session", stdin: question, want: out(one)},
		{name: "as a person types it", stdin: "open\n" + question + "quit\nnonsense\n", want: out(one)},
		{name: "twice", stdin: question + "\n" + question, want: out(one + one)},
		{
			name: "stale name above two sessions", stdin: question,
			change: console(state.Console{User: "clerk", TopLevelName: "boss", Background: []string{"boss"}}),
			want:   out("<dictionary> {\n  GID : 20\n  Name : boss\n  SessionInfo : <array> {\n" + clerkOnScreen + bossBehind + "  }\n  UID : 501\n}\n"),
		},
		{
			name: "login window", stdin: strings.TrimSpace(question), change: console(state.Console{}),
			want: out("<dictionary> {\n  GID : 0\n  Name : loginwindow\n  UID : 0\n}\n"),
		},
		{name: "early boot", stdin: question, change: console(state.Console{EarlyBoot: true}), want: out("  No such key\n")},
		{name: "other key", stdin: "show State:/Network", want: errText(125, "macsim: scutil with input \"show State:/Network\" is not simulated\n")},
		{name: "nothing asked", stdin: "open\n", want: errText(125, "macsim: scutil with input \"open\\n\" is not simulated\n")},
		{name: "argument", args: "--dns", want: errText(125, "macsim: scutil --dns with input \"\" is not simulated\n")},
		{name: "name of the Mac", args: "--get|ComputerName", want: errText(125, "macsim: scutil --get ComputerName with input \"\" is not simulated\n")},
	})
}

func TestScutilNetwork(t *testing.T) {
	offline := func(m *state.Mac) { m.Offline = true }
	testAnswers(t, "/usr/sbin/scutil", []answerCase{
		{name: "reachable", args: "-r|mdm.example.com", want: out("Reachable\n")},
		{name: "not reachable", args: "-r|mdm.example.com", change: offline, want: out("Not Reachable\n")},
		{name: "no host", args: "-r", want: errText(125, "macsim: scutil -r with input \"\" is not simulated\n")},
		{name: "no proxy", args: "--proxy", want: out("<dictionary> {\n  ExceptionsList : <array> {\n    0 : *.local\n    1 : 169.254/16\n  }\n  FTPPassive : 1\n}\n")},
		{name: "no network", args: "--proxy", change: offline, want: out("<dictionary> {\n}\n")},
		{
			name: "proxy", args: "--proxy",
			change: func(m *state.Mac) {
				m.Proxy = state.Proxy{Host: "proxy.example.com", Port: 8080, Exceptions: []string{"*.example.com"}}
			},
			want: out(`<dictionary> {
  ExceptionsList : <array> {
    0 : *.example.com
  }
  FTPPassive : 1
  HTTPEnable : 1
  HTTPPort : 8080
  HTTPProxy : proxy.example.com
  HTTPSEnable : 1
  HTTPSPort : 8080
  HTTPSProxy : proxy.example.com
}
`),
		},
		{
			name: "script", args: "--proxy",
			change: func(m *state.Mac) { m.Proxy = state.Proxy{Script: "http://wpad.example.com/wpad.dat"} },
			want: out(`<dictionary> {
  ExceptionsList : <array> {
    0 : *.local
    1 : 169.254/16
  }
  FTPPassive : 1
  ProxyAutoConfigEnable : 1
  ProxyAutoConfigURLString : http://wpad.example.com/wpad.dat
}
`),
		},
		{name: "network information", args: "--nwi", want: errText(125, "macsim: scutil --nwi with input \"\" is not simulated\n")},
	})
}
