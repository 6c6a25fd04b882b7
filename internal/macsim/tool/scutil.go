package tool

import (
	"fmt"
	"strings"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// scutil answers who is at the console, in commands that it reads from standard
// input, and by options whether the network and a proxy are there.
func scutil(m *state.Mac, c *Call) Reply {
	switch {
	case c.is("--proxy"):
		return printed(proxyLines(m)...)
	case len(c.Args) == 2 && c.Args[0] == "-r" && c.Args[1] != "":
		return printed(either(m.Offline, "Not Reachable", "Reachable")) // documented: man scutil
	}
	commands, err := c.Input.All()
	if err != nil {
		return own(err.Error())
	}
	lines, ok := scutilCommands(m, commands)
	if len(c.Args) > 0 || !ok {
		return own(fmt.Sprintf("%s with input %q is not simulated", c, commands))
	}
	return printed(lines...)
}

// scutilCommands answers the commands one after the other, up to quit. It knows
// the one key alone. documented: man scutil.
func scutilCommands(m *state.Mac, commands string) ([]string, bool) {
	var lines []string
	for command := range strings.Lines(commands) {
		switch strings.Join(strings.Fields(command), " ") {
		case "", "open":
		case "quit", "exit":
			return lines, true
		case "show State:/Users/ConsoleUser":
			lines = append(lines, consoleUser(m)...)
		default:
			return nil, false
		}
	}
	return lines, len(lines) > 0
}

// proxyLines is the dictionary of the way that HTTPS takes, its keys in order.
// community: with and without a network, with a proxy and with a script;
// inferred: that a proxy for everything is set for both protocols.
func proxyLines(m *state.Mac) []string {
	if m.Offline {
		return []string{"<dictionary> {", "}"}
	}
	lines := append([]string{"<dictionary> {"}, exceptionLines(m.Proxy.Exceptions)...)
	lines = append(lines, "  FTPPassive : 1")
	if m.Proxy.Host != "" {
		for _, protocol := range []string{"HTTP", "HTTPS"} {
			lines = append(
				lines,
				fmt.Sprintf("  %sEnable : 1", protocol),
				fmt.Sprintf("  %sPort : %d", protocol, m.Proxy.Port),
				fmt.Sprintf("  %sProxy : %s", protocol, m.Proxy.Host),
			)
		}
	}
	if m.Proxy.Script != "" {
		lines = append(lines, "  ProxyAutoConfigEnable : 1", "  ProxyAutoConfigURLString : "+m.Proxy.Script)
	}
	return append(lines, "}")
}

// exceptionLines are what is reached without a proxy: those that macOS makes
// itself, unless there are others.
func exceptionLines(given []string) []string {
	if len(given) == 0 {
		given = []string{"*.local", "169.254/16"}
	}
	lines := []string{"  ExceptionsList : <array> {"}
	for i, host := range given {
		lines = append(lines, fmt.Sprintf("    %d : %s", i, host))
	}
	return append(lines, "  }")
}

// consoleUser is the answer to the question who is at the console. community:
// nothing knows early in a start.
func consoleUser(m *state.Mac) []string {
	if m.Console.EarlyBoot {
		return []string{"  No such key"}
	}
	return consoleLines(m)
}

// consoleLines is the dictionary. observed (12): with sessions; community: the
// name loginwindow; inferred: its ids, and no sessions where nobody is in.
func consoleLines(m *state.Mac) []string {
	name, user := topLevel(m)
	lines := []string{"<dictionary> {", fmt.Sprintf("  GID : %d", user.PrimaryGroup()), "  Name : " + name}
	if sessions := sessions(m); len(sessions) > 0 {
		lines = append(append(append(lines, "  SessionInfo : <array> {"), sessions...), "  }")
	}
	return append(lines, fmt.Sprintf("  UID : %d", user.UID), "}")
}

// topLevel is the name and the account that the dictionary itself gives. They
// can lag behind the session on the screen. observed.
func topLevel(m *state.Mac) (string, *state.Account) {
	name := m.Console.User
	if m.Console.TopLevelName != "" {
		name = m.Console.TopLevelName
	}
	if a, ok := m.Account(name); ok {
		return name, a
	}
	if name == "" {
		name = "loginwindow"
	}
	return name, &state.Account{Kind: state.System} // user and group 0
}

// sessions are the lines of all sessions, the one on the screen first.
func sessions(m *state.Mac) []string {
	names := m.Console.Background
	if m.Console.User != "" {
		names = append([]string{m.Console.User}, names...)
	}
	var lines []string
	for i, name := range names {
		a, _ := m.Account(name)
		lines = append(lines, sessionLines(i, a, name == m.Console.User)...)
	}
	return lines
}

// auditSession is the number of a session, made up from one that was observed.
func auditSession(i int) int { return 100008 + 90*i }

// sessionLines is one session. observed (12): the keys; the session numbers are
// made up.
func sessionLines(i int, a *state.Account, onConsole bool) []string {
	return []string{
		fmt.Sprintf("    %d : <dictionary> {", i),
		fmt.Sprintf("      kCGSSessionAuditIDKey : %d", auditSession(i)),
		fmt.Sprintf("      kCGSSessionGroupIDKey : %d", a.PrimaryGroup()),
		fmt.Sprintf("      kCGSSessionIDKey : %d", 257+8*i),
		"      kCGSSessionLoginwindowSafeLogin : FALSE",
		"      kCGSSessionOnConsoleKey : " + either(onConsole, "TRUE", "FALSE"),
		"      kCGSSessionSystemSafeBoot : FALSE",
		fmt.Sprintf("      kCGSSessionUserIDKey : %d", a.UID),
		"      kCGSSessionUserNameKey : " + a.Name,
		"      kCGSessionLoginDoneKey : TRUE",
		"      kCGSessionLongUserNameKey : " + a.RealName,
		fmt.Sprintf("      kSCSecuritySessionID : %d", auditSession(i)),
		"    }",
	}
}
