package macsim

import (
	"fmt"
	"strings"
)

// scutil answers the one question about the console, which it reads from
// standard input.
func (m *Mac) scutil(c Call) Reply {
	if len(c.Args) > 0 || strings.TrimSpace(c.Stdin) != "show State:/Users/ConsoleUser" {
		return own(fmt.Sprintf("%s with input %q is not simulated", c, c.Stdin))
	}
	if m.Console.EarlyBoot {
		return printed("  No such key") // community
	}
	return printed(m.consoleLines()...)
}

// consoleLines is the dictionary. observed (12): with sessions; community: the
// name loginwindow; inferred: its ids, and no sessions where nobody is in.
func (m *Mac) consoleLines() []string {
	name, user := m.topLevel()
	lines := []string{"<dictionary> {", fmt.Sprintf("  GID : %d", user.primaryGroup()), "  Name : " + name}
	if sessions := m.sessions(); len(sessions) > 0 {
		lines = append(append(append(lines, "  SessionInfo : <array> {"), sessions...), "  }")
	}
	return append(lines, fmt.Sprintf("  UID : %d", user.UID), "}")
}

// topLevel is the name and the account that the dictionary itself gives. They
// can lag behind the session on the screen. observed.
func (m *Mac) topLevel() (string, Account) {
	name := m.Console.User
	if m.Console.TopLevelName != "" {
		name = m.Console.TopLevelName
	}
	if a, ok := m.account(name); ok {
		return name, a
	}
	if name == "" {
		name = "loginwindow"
	}
	return name, Account{Kind: System} // user and group 0
}

// sessions are the lines of all sessions, the one on the screen first.
func (m *Mac) sessions() []string {
	names := m.Console.Background
	if m.Console.User != "" {
		names = append([]string{m.Console.User}, names...)
	}
	var lines []string
	for i, name := range names {
		a, _ := m.account(name)
		lines = append(lines, sessionLines(i, a, name == m.Console.User)...)
	}
	return lines
}

// sessionLines is one session. observed (12): the keys; the session numbers are
// made up.
func sessionLines(i int, a Account, onConsole bool) []string {
	audit := 100008 + 90*i
	return []string{
		fmt.Sprintf("    %d : <dictionary> {", i),
		fmt.Sprintf("      kCGSSessionAuditIDKey : %d", audit),
		fmt.Sprintf("      kCGSSessionGroupIDKey : %d", a.primaryGroup()),
		fmt.Sprintf("      kCGSSessionIDKey : %d", 257+8*i),
		"      kCGSSessionLoginwindowSafeLogin : FALSE",
		"      kCGSSessionOnConsoleKey : " + either(onConsole, "TRUE", "FALSE"),
		"      kCGSSessionSystemSafeBoot : FALSE",
		fmt.Sprintf("      kCGSSessionUserIDKey : %d", a.UID),
		"      kCGSSessionUserNameKey : " + a.Name,
		"      kCGSessionLoginDoneKey : TRUE",
		"      kCGSessionLongUserNameKey : " + a.RealName,
		fmt.Sprintf("      kSCSecuritySessionID : %d", audit),
		"    }",
	}
}
