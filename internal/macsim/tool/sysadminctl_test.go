package tool

import (
	"slices"
	"strings"
	"testing"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

const sysadminctlPath = "/usr/sbin/sysadminctl"

// stamped are lines in the form of NSLog.
func stamped(lines ...string) string {
	var b strings.Builder
	for _, line := range lines {
		b.WriteString("2026-03-09 08:07:06.543 sysadminctl[77:777] " + line + "\n")
	}
	return b.String()
}

// says is what sysadminctl answers, which is always on the error stream and
// always with exit code 0.
func says(lines ...string) Reply { return errText(0, stamped(lines...)) }

func notPublished(what string) Reply {
	return errText(0, "macsim: "+what+", in words that nobody has published\n")
}

const doesNotUnlock = "Operation is not permitted without secure token unlock."

// noRights is what an administrator without a token, and one who is none, is
// told.
const noRights = `setSecureTokenAuthorizationEnabled error Error Domain=com.apple.OpenDirectory Code=5101 "Authentication server refused operation because the current credentials are not authorized for the requested operation." UserInfo={NSLocalizedDescription=Authentication server refused operation because the current credentials are not authorized for the requested operation., NSLocalizedFailureReason=Authentication server refused operation because the current credentials are not authorized for the requested operation.}`

const wrongGranter = "### Error:-14090 File:macsim/DSAuthenticator.m Line:94"

func TestSysadminctlStatus(t *testing.T) {
	const boss = "-secureTokenStatus|boss"
	const enabled = "Secure token is ENABLED for user The Boss"
	testAnswers(t, sysadminctlPath, []answerCase{
		{name: "enabled, by full name", args: boss, user: "clerk", want: says(enabled), after: macUnchanged},
		{name: "disabled", args: "-secureTokenStatus|clerk", want: says("Secure token is DISABLED for user Clara Clerk")},
		{name: "on 10.15", args: boss, change: version("10.15.7"), want: says(enabled)},
		{name: "drifted", args: boss, change: bossDrifted, want: says(enabled)},
		{name: "status of its own", args: boss, change: withAccount("boss", func(a *state.Account) { a.Token.Status = state.Disabled }), want: says("Secure token is DISABLED for user The Boss")},
		{
			name: "name with a percent sign", args: boss, change: withAccount("boss", func(a *state.Account) { a.RealName = "100 % O’Hara ENABLED for user x" }),
			want: says("Secure token is ENABLED for user 100 % O’Hara ENABLED for user x"),
		},
		{name: "blank in the name", args: "-secureTokenStatus|Jörg Müller", change: withAccount("boss", func(a *state.Account) { a.Name = "Jörg Müller" }), want: says(enabled)},
		{name: "unknown user", args: "-secureTokenStatus|no%sbody", want: says("Unknown user no%sbody")},
		{
			name: "network account without its directory", args: "-secureTokenStatus|clerk", want: says("Unknown user clerk"),
			change: withAccount("clerk", func(a *state.Account) {
				a.Kind, a.OriginalNode = state.Network, "/Active Directory/CORP/corp.example.com"
			}),
		},
		{name: "10.13.2", args: boss, change: version("10.13.2"), want: says("Failed to authenticate with SystemAdministration framework."), after: macUnchanged},
		{name: "10.13.3", args: boss, user: "clerk", change: version("10.13.3"), want: says("Failed to authenticate with SystemAdministration framework.")},
		{name: "10.13.4", args: boss, change: version("10.13.4"), want: says(enabled)},
		{name: "10.13.1", args: boss, change: version("10.13.1"), want: says(enabled)},
		{name: "10.13.2 with credentials", args: boss + "|-adminUser|boss|-adminPassword|boss-pw", change: version("10.13.2"), want: says(enabled)},
		{name: "10.13.2 with wrong ones", args: boss + "|-adminUser|boss|-adminPassword|x", change: version("10.13.2"), want: says(wrongGranter, enabled)},
		{name: "10.13.2 with credentials typed", args: boss + "|-adminUser|ghost|-adminPassword|-", answers: []string{"x"}, change: version("10.13.2"), want: says(wrongGranter, enabled)},
		{name: "new account on 10.13.2", args: "-addUser|new|-password|x", change: version("10.13.2"), want: says("Failed to authenticate with SystemAdministration framework."), after: macUnchanged},
	})
}

func TestSysadminctlArguments(t *testing.T) {
	const by = "|-adminUser|boss|-adminPassword|boss-pw"
	var cases []answerCase
	for _, args := range []string{
		"-frob", "-frob|x", "interactive", "-secureTokenStatus", "-secureTokenStatus|", "-secureTokenStatus|-x", "-secureTokenStatus|boss|more",
		"-secureTokenOn|clerk" + by, "-secureTokenOn|clerk|-password|x|-adminUser|boss", "-secureTokenOn|clerk|-password|x|-adminPassword|boss-pw",
		"-secureTokenOn|clerk|-password|x|interactive" + by, "-secureTokenOn|clerk|-password|x|-secureTokenOff|boss", "-secureTokenOn|clerk|-password|x|-admin",
		"-secureTokenOn|clerk|-password|x|-password|y" + by, "-resetPasswordFor|clerk", "-resetPasswordFor|clerk|-password|x", "-newPassword|x", "-newPassword|x|-oldPassword",
		"-addUser|new|-UID|five", "-addUser|new|-UID|-5", "-addUser|new|-UID|0", "-addUser|new|-GID|80", "-addUser|new|-secure", "-addUser|-new", "-deleteUser|clerk|-secure|-keepHome",
		"-deleteUser|root", "-guestAccount|on", "-guestAccount|status|-admin", "-autologin|status", "-screenLock|status", "-h",
	} {
		cases = append(cases, answerCase{name: args, args: args, want: errText(125, "macsim: sysadminctl "+strings.ReplaceAll(args, "|", " ")+" is not simulated\n"), after: macUnchanged})
	}
	testAnswers(t, sysadminctlPath, cases)
}

func TestSysadminctlUsage(t *testing.T) {
	t.Parallel()
	got := Answer(officeWith(t, nil), Call{Path: sysadminctlPath})
	lines := strings.Split(got.Stderr, "\n")
	const last = "*Role accounts require name starting with _ and UID in 200-400 range."
	if !strings.HasSuffix(lines[0], "] Usage: sysadminctl") || len(lines) != 21 || lines[19] != last || lines[20] != "" || got.Exit != 0 || got.Stdout != "" {
		t.Errorf("%d lines: %+v", len(lines), got)
	}
}

func TestSysadminctlGuest(t *testing.T) {
	testAnswers(t, sysadminctlPath, []answerCase{
		{name: "status", args: "-guestAccount|status", user: "clerk", want: says("Guest account disabled.")},
		{name: "off", args: "-guestAccount|off", want: says("Guest account is already disabled")},
		{name: "off as a user", args: "-guestAccount|off", user: "clerk", want: errText(125, "macsim: sysadminctl -guestAccount off is not simulated\n")},
	})
}

func TestSysadminctlTokenOn(t *testing.T) {
	const on, by = "-secureTokenOn|clerk|-password|clerk-pw", "|-adminUser|boss|-adminPassword|boss-pw"
	granted := accountIs("clerk", func(a *state.Account) bool { return a.Usable() && a.Token.VolumeOwner && a.FileVault })
	none := has("the clerk has no token", func(m *state.Mac) bool { a, _ := m.Account("clerk"); return !a.Holds() })
	const refused = "macsim: -secureTokenOn clerk is refused (wrong password), in words that nobody has published\n"
	testAnswers(t, sysadminctlPath, []answerCase{
		{name: "done", args: on + by, want: says("- Done!"), after: granted},
		{name: "credentials first", args: "-adminUser|boss|-adminPassword|boss-pw|-secureTokenOn|clerk|-password|clerk-pw", want: says("- Done!"), after: granted},
		{name: "without root", args: on + by, user: "boss", want: says("- Done!"), after: granted},
		{name: "on a dialog", args: on + "|interactive", change: together(person(state.Answer{}), console(state.Console{User: "boss"})), want: says("- Done!"), after: granted},
		{name: "tagged", args: on + by, change: withAccount("clerk", func(a *state.Account) { a.DisabledTag = true }), want: says("- Done!"), after: granted},
		{name: "without credentials", args: on, want: says(doesNotUnlock), after: none},
		{name: "without root and credentials", args: on, user: "boss", want: notPublished("sysadminctl -secureTokenOn clerk -password clerk-pw fails without root"), after: macUnchanged},
		{name: "standard granter", args: on + by, change: bossStandard, want: says(noRights), after: none},
		{name: "granter without a token", args: "-secureTokenOn|boss|-password|boss-pw|-adminUser|clerk|-adminPassword|clerk-pw", change: clerkAdmin, want: says(noRights)},
		{name: "drifted granter", args: on + by, change: bossDrifted, want: says(noRights), after: none},
		{name: "standard user on the dialog", args: on + "|interactive", change: person(state.Answer{}), want: says(noRights), after: none},
		{name: "wrong granter password", args: on + "|-adminUser|boss|-adminPassword|x", want: says(wrongGranter), after: none},
		{name: "unknown granter", args: on + "|-adminUser|ghost|-adminPassword|x", want: says(wrongGranter), after: none},
		{name: "wrong password", args: "-secureTokenOn|clerk|-password|x" + by, want: errText(0, refused), after: none},
		{name: "unknown user", args: "-secureTokenOn|ghost|-password|x" + by, want: says("Unknown user ghost")},
		{name: "oneself", args: "-secureTokenOn|clerk|-password|clerk-pw|-adminUser|clerk|-adminPassword|clerk-pw", change: clerkAdmin, want: says(noRights), after: none},
		{name: "HFS", args: on + by, change: func(m *state.Mac) { m.FileSystem = state.HFS }, want: notPublished("-secureTokenOn clerk is refused (not permitted)"), after: none},
		{name: "dialog declined", args: on + "|interactive", change: person(state.Answer{Cancel: true}), want: notPublished("sysadminctl -secureTokenOn clerk -password clerk-pw interactive fails because nobody authorises it on the screen"), after: none},
		{name: "nobody at the dialog", args: on + "|interactive", want: notPublished("sysadminctl -secureTokenOn clerk -password clerk-pw interactive fails because nobody authorises it on the screen"), after: macUnchanged},
		{
			name: "nobody logged in", args: on + "|interactive", change: together(person(state.Answer{}), console(state.Console{})), after: macUnchanged,
			want: notPublished("sysadminctl -secureTokenOn clerk -password clerk-pw interactive fails because nobody authorises it on the screen"),
		},
	})
}

func TestSysadminctlTokenOff(t *testing.T) {
	const off, by = "-secureTokenOff|clerk", "|-adminUser|boss|-adminPassword|boss-pw"
	gone := accountIs("clerk", func(a *state.Account) bool { return !a.Holds() && !a.Token.CryptoUser && !a.FileVault })
	kept := has("the token stays", func(m *state.Mac) bool { a, _ := m.Account("clerk"); return a.Usable() })
	wanted := together(clerkHolds, func(m *state.Mac) { m.Switches.TokenOffNeedsPassword = true })
	testAnswers(t, sysadminctlPath, []answerCase{
		{name: "done", args: off + "|-password|clerk-pw" + by, change: clerkHolds, want: says("- Done!"), after: gone},
		{name: "without the password", args: off + by, change: clerkHolds, want: says("- Done!"), after: gone},
		{name: "without the password that is wanted", args: off + by, change: wanted, want: notPublished("-secureTokenOff clerk is refused (wrong password)"), after: kept},
		{name: "with the password that is wanted", args: off + "|-password|clerk-pw" + by, change: wanted, want: says("- Done!"), after: gone},
		{name: "without credentials", args: off, change: clerkHolds, want: says(doesNotUnlock), after: kept},
		{name: "oneself", args: "-secureTokenOff|boss|-password|boss-pw" + by, change: clerkHolds, want: says("User cannot disable their own SEP credential")},
		{name: "drifted granter", args: off + by, change: together(clerkHolds, bossDrifted), want: says(noRights), after: kept},
		{name: "standard granter", args: off + by, change: together(clerkHolds, bossStandard), want: says(noRights), after: kept},
		{name: "wrong granter password", args: off + "|-adminUser|boss|-adminPassword|x", change: clerkHolds, want: says(wrongGranter), after: kept},
		{name: "unknown user", args: "-secureTokenOff|ghost" + by, want: says("Unknown user ghost")},
	})
}

func TestSysadminctlReset(t *testing.T) {
	const reset, by = "-resetPasswordFor|clerk|-newPassword|new", "|-adminUser|boss|-adminPassword|boss-pw"
	const set = "macsim: the password of clerk is set, in words that nobody has published\n"
	const rule = "----------------------------"
	const warning = "No clear text password or interactive option was specified (adduser, change/reset password will not allow user to use FDE) !"
	banner := stamped(rule, warning, rule)
	same := passwordIs("clerk", "clerk-pw")
	short := func(m *state.Mac) { m.Policy.MinLength = 8 }
	comesAlong := has("the token opens with it", func(m *state.Mac) bool { a, _ := m.Account("clerk"); return a.Password == "new" && a.Usable() })
	testAnswers(t, sysadminctlPath, []answerCase{
		{name: "no holder", args: reset, want: errText(0, banner+set), after: passwordIs("clerk", "new")},
		{name: "holder", args: reset, change: clerkHolds, want: says(rule, warning, rule, doesNotUnlock), after: same},
		{
			name: "holder on 10.13", args: reset, change: older("10.13.6", clerkHolds), want: errText(0, banner+set),
			after: has("the token is left behind", func(m *state.Mac) bool { a, _ := m.Account("clerk"); return a.Password == "new" && a.Drifted() }),
		},
		{name: "holder, authorised", args: reset + by, change: clerkHolds, want: errText(0, set), after: comesAlong},
		{name: "hint", args: reset + by + "|-passwordHint|as ever", change: clerkHolds, want: errText(0, set), after: comesAlong},
		{name: "holder, by a user", args: reset + by, user: "boss", change: clerkHolds, want: errText(0, set), after: comesAlong},
		{name: "by a drifted one", args: reset + by, change: together(clerkHolds, bossDrifted), want: says(doesNotUnlock), after: same},
		{name: "by a standard user", args: reset + by, change: together(clerkHolds, bossStandard), want: notPublished("-resetPasswordFor clerk is refused (granter no administrator)"), after: same},
		{name: "wrong granter", args: reset + "|-adminUser|boss|-adminPassword|x", want: says(wrongGranter), after: same},
		{name: "too short", args: reset, change: short, want: says(rule, warning, rule, "New account password error"), after: same},
		{name: "unknown user", args: "-resetPasswordFor|ghost|-newPassword|x" + by, want: says("Unknown user ghost")},
		{name: "without root", args: reset, user: "boss", want: notPublished("sysadminctl -resetPasswordFor clerk -newPassword new fails without root"), after: macUnchanged},
	})
}

func TestSysadminctlNewPassword(t *testing.T) {
	const change = "-newPassword|new|-oldPassword|boss-pw"
	same := passwordIs("boss", "boss-pw")
	notChanged := func(why string) Reply { return notPublished("the password of boss is not changed (" + why + ")") }
	testAnswers(t, sysadminctlPath, []answerCase{
		{
			name: "own", args: change, user: "boss", want: notPublished("the password of boss is set"),
			after: accountIs("boss", func(a *state.Account) bool { return a.Password == "new" && a.Usable() }),
		},
		{name: "old one first", args: "-oldPassword|boss-pw|-newPassword|new", user: "boss", want: notPublished("the password of boss is set"), after: passwordIs("boss", "new")},
		{name: "typed", args: "-newPassword|-|-oldPassword|-", user: "boss", answers: []string{"boss-pw", "new"}, want: notPublished("the password of boss is set"), after: passwordIs("boss", "new")},
		{name: "wrong", args: "-newPassword|new|-oldPassword|x", user: "boss", want: notChanged("wrong password"), after: same},
		{name: "drifted", args: change, user: "boss", change: bossDrifted, want: notChanged("needs a token's unlock"), after: same},
		{name: "too short", args: change, user: "boss", change: func(m *state.Mac) { m.Policy.MinLength = 8 }, want: says("New account password error"), after: same},
		{name: "root", args: change, want: notPublished("the password of root is not changed (wrong password)"), after: same},
		{name: "of nobody", args: change, user: "ghost", want: notPublished("the password of ghost is not changed (unknown account)"), after: same},
	})
}

func TestSysadminctlAddUser(t *testing.T) {
	const by = "|-adminUser|boss|-adminPassword|boss-pw"
	const rule = "----------------------------"
	const warning = "No clear text password or interactive option was specified (adduser, change/reset password will not allow user to use FDE) !"
	const creating, assigning, making = "Creating user record…", "Assigning UID: 503 GID: 20", "Creating home directory at /Users/new"
	plain := accountIs("new", func(a *state.Account) bool { return a.UID == 503 && !a.Holds() && !a.Admin.Name && a.RealName == "new" })
	none := has("no account", func(m *state.Mac) bool { _, ok := m.Account("new"); return !ok })
	office := has("the office as it was", func(m *state.Mac) bool { return len(m.People()) == 2 })
	testAnswers(t, sysadminctlPath, []answerCase{
		{name: "plain", args: "-addUser|new|-password|x", want: says(rule, warning, rule, creating, assigning, making), after: plain},
		{name: "blank", args: "-addUser|new", want: says(rule, warning, rule, creating, assigning, making), after: passwordIs("new", "")},
		{name: "on 10.15", args: "-addUser|new|-password|x", change: older("10.15.7", intel), want: says(rule, warning, rule, creating, "Assigning UID: 503", making), after: plain},
		{
			name: "with everything", args: "-addUser|new|-fullName|Neu Ünd Ganz|-UID|650|-GID|20|-shell|/bin/sh|-password|x|-hint|h|-home|/private/var/new|-admin|-picture|/p.png" + by,
			want: says(creating, "Assigning UID: 650 GID: 20", "Home directory is assigned (not created!) at /private/var/new"),
			after: accountIs("new", func(a *state.Account) bool {
				return a.UID == 650 && a.RealName == "Neu Ünd Ganz" && a.Shell == "/bin/sh" && a.Home == "/private/var/new" && a.Password == "x" && a.Usable() && a.Admin.Name && a.Admin.GUID
			}),
		},
		{name: "home on 10.15", args: "-addUser|new|-home|/Users/new", change: older("10.15.7", intel), want: says(rule, warning, rule, creating, "Assigning UID: 503", making)},
		{name: "granted", args: "-addUser|new|-password|x" + by, want: says(creating, assigning, making), after: accountIs("new", (*state.Account).Usable)},
		{name: "by a token-less administrator", args: "-addUser|new|-password|x|-adminUser|clerk|-adminPassword|clerk-pw", change: clerkAdmin, want: says(creating, assigning, making), after: plain},
		{name: "first holder since 11", args: "-addUser|new|-password|x", change: withAccount("boss", func(a *state.Account) { a.Token = state.Token{} }), want: says(rule, warning, rule, creating, assigning, making), after: accountIs("new", (*state.Account).Usable)},
		{name: "wrong granter", args: "-addUser|new|-password|x|-adminUser|boss|-adminPassword|no", want: says(creating, wrongGranter), after: none},
		{name: "standard granter", args: "-addUser|new|-password|x|-adminUser|clerk|-adminPassword|clerk-pw", want: errText(0, stamped(creating)+"macsim: -addUser new is refused (granter no administrator), in words that nobody has published\n"), after: none},
		{name: "too short", args: "-addUser|new|-password|x", change: func(m *state.Mac) { m.Policy.MinLength = 8 }, want: says(rule, warning, rule, creating, "New account password error"), after: none},
		{
			name: "existing on 10.14", args: "-addUser|clerk|-password|x|-UID|80", change: version("10.14.6"), after: office,
			want: says(rule, warning, rule, creating, "### Error:-14135 File:/BuildRoot/Library/Caches/com.apple.xbs/Sources/Admin/Admin-679/DSRecord.m Line:496",
				"Assigning UID: 80", "Creating home directory at /Users/clerk", "Directory at path:/Users/clerk already exists"),
		},
		{
			name: "existing on 10.14 without a number", args: "-addUser|clerk", change: version("10.14.6"), after: passwordIs("clerk", "clerk-pw"),
			want: says(rule, warning, rule, creating, "### Error:-14135 File:/BuildRoot/Library/Caches/com.apple.xbs/Sources/Admin/Admin-679/DSRecord.m Line:496",
				"Assigning UID: 502", "Creating home directory at /Users/clerk", "Directory at path:/Users/clerk already exists"),
		},
		{
			name: "existing", args: "-addUser|clerk|-password|x", after: passwordIs("clerk", "clerk-pw"),
			want: errText(0, stamped(rule, warning, rule, creating)+"macsim: -addUser clerk is refused (account exists), in words that nobody has published\n"),
		},
		{name: "number taken", args: "-addUser|new|-UID|501", want: errText(125, "macsim: create: accounts: \"new\": uid 501 is taken by accounts: \"boss\"\n"), after: none},
		{name: "as a user", args: "-addUser|new|-password|x", user: "boss", want: notPublished("sysadminctl -addUser new -password x fails without root"), after: macUnchanged},
	})
}

func TestSysadminctlRoleAccounts(t *testing.T) {
	const rule = "----------------------------"
	const warning = "No clear text password or interactive option was specified (adduser, change/reset password will not allow user to use FDE) !"
	made := func(uid string) Reply {
		return says(rule, warning, rule, "Creating user record…", "Assigning UID: "+uid+" GID: 20", "Creating home directory at /Users/_svc")
	}
	refusal := func(args string) Reply {
		return notPublished("sysadminctl " + args + " fails for a role account whose name has no underscore in front or whose ID is not from 200 to 400")
	}
	role := accountIs("_svc", func(a *state.Account) bool { return a.Kind == state.Role })
	testAnswers(t, sysadminctlPath, []answerCase{
		{name: "next number", args: "-addUser|_svc|-roleAccount", want: made("300"), after: role},
		{name: "lowest", args: "-addUser|_svc|-roleAccount|-UID|200", want: made("200"), after: role},
		{name: "highest", args: "-addUser|_svc|-roleAccount|-UID|400", want: made("400"), after: role},
		{name: "too low", args: "-addUser|_svc|-roleAccount|-UID|199", want: refusal("-addUser _svc -roleAccount -UID 199"), after: macUnchanged},
		{name: "too high", args: "-addUser|_svc|-roleAccount|-UID|401", want: refusal("-addUser _svc -roleAccount -UID 401"), after: macUnchanged},
		{name: "no underscore", args: "-addUser|svc|-roleAccount", want: refusal("-addUser svc -roleAccount"), after: macUnchanged},
	})
}

func TestSysadminctlDeleteUser(t *testing.T) {
	const by = "|-adminUser|boss|-adminPassword|boss-pw"
	told := func(home ...string) Reply {
		lines := append([]string{"Killing all processes for UID 502"}, home...)
		return says(append(lines, "Deleting Public share point for clerk", "Deleting record for clerk",
			"AOSKit INFO: Disabling BTMM for user, no zone found for uid=502, usersToZones: (null)")...)
	}
	gone := has("the account is gone", func(m *state.Mac) bool { _, ok := m.Account("clerk"); return !ok })
	there := has("both are there", func(m *state.Mac) bool { return len(m.People()) == 2 })
	const last = "User boss can not be deleted (it's either last admin user or last secure token user neither of which can be deleted)"
	testAnswers(t, sysadminctlPath, []answerCase{
		{name: "plain", args: "-deleteUser|clerk", want: told("Removing clerk's home at /Users/clerk"), after: gone},
		{name: "secure", args: "-deleteUser|clerk|-secure", want: told("Securely removing clerk's home at /Users/clerk"), after: gone},
		{name: "home stays", args: "-deleteUser|clerk|-keepHome", want: told(), after: gone},
		{name: "holder", args: "-deleteUser|clerk|-keepHome", change: clerkHolds, want: told(), after: gone},
		{name: "authorised, as a user", args: "-deleteUser|clerk" + by, user: "boss", want: told("Removing clerk's home at /Users/clerk"), after: gone},
		{name: "wrong credentials", args: "-deleteUser|clerk|-adminUser|boss|-adminPassword|x", want: says(wrongGranter), after: there},
		{name: "unknown administrator", args: "-deleteUser|clerk|-adminUser|ghost|-adminPassword|x", want: says(wrongGranter), after: there},
		{name: "standard credentials", args: "-deleteUser|clerk|-adminUser|clerk|-adminPassword|clerk-pw", want: notPublished("-deleteUser clerk is refused (granter no administrator)"), after: there},
		{name: "last holder and administrator", args: "-deleteUser|boss", want: says(last), after: there},
		{name: "last administrator", args: "-deleteUser|boss", change: clerkHolds, want: says(last), after: there},
		{name: "last holder", args: "-deleteUser|boss", change: clerkAdmin, want: says(last), after: there},
		{name: "neither", args: "-deleteUser|boss|-keepHome", change: together(clerkAdmin, clerkHolds), after: has("the boss is gone", func(m *state.Mac) bool { _, ok := m.Account("boss"); return !ok }), want: says("Killing all processes for UID 501",
			"Deleting Public share point for boss", "Deleting record for boss", "AOSKit INFO: Disabling BTMM for user, no zone found for uid=501, usersToZones: (null)")},
		{name: "unknown", args: "-deleteUser|ghost", want: says("Unknown user ghost"), after: there},
		{name: "without root", args: "-deleteUser|clerk", user: "boss", want: notPublished("sysadminctl -deleteUser clerk fails without root"), after: macUnchanged},
		{name: "guest", args: "-deleteUser|Guest|-keepHome", after: has("no guest", func(m *state.Mac) bool { _, ok := m.Account("Guest"); return !ok }), want: says("Killing all processes for UID 201",
			"Deleting Public share point for Guest", "Deleting record for Guest", "AOSKit INFO: Disabling BTMM for user, no zone found for uid=201, usersToZones: (null)")},
	})
}

// Passwords that are given as "-" come one by one, the administrator's first.
func TestSysadminctlPasswords(t *testing.T) {
	t.Parallel()
	long := func(n int) string { return strings.Repeat("p", n) }
	on := []string{"-secureTokenOn", "clerk", "-password", "-", "-adminUser", "boss", "-adminPassword", "-"}
	const administrators, users = "macsim: the administrator's password:", "User password:"
	for _, tc := range []struct {
		name   string
		lines  []string
		change func(*state.Mac)
		asked  []string
		want   Reply
	}{
		{"both", []string{"boss-pw", "clerk-pw"}, nil, []string{administrators, users}, says("- Done!")},
		{"wrong order", []string{"clerk-pw", "boss-pw"}, nil, []string{administrators, users}, notPublished("-secureTokenOn clerk is refused (wrong password)")},
		{"one alone", []string{"boss-pw"}, nil, []string{administrators, users}, notPublished("sysadminctl " + strings.Join(on, " ") + " fails because nobody answers")},
		{"1022 bytes", []string{long(1022), "clerk-pw"}, withAccount("boss", func(a *state.Account) { a.Password, a.Token.Password = long(1022), long(1022) }), []string{administrators, users}, says("- Done!")},
		{"1023 bytes", []string{long(1023), "clerk-pw"}, nil, []string{administrators}, notPublished("sysadminctl " + strings.Join(on, " ") + " fails with a password that is too long")},
		{"no pipe", []string{"boss-pw", "clerk-pw"}, func(m *state.Mac) { m.Switches.PipeIsNoTerminal = true }, nil, notPublished("sysadminctl " + strings.Join(on, " ") + " fails without a terminal")},
	} {
		var prompts []string
		c := Call{Path: sysadminctlPath, Args: on, Input: piped{&prompts, &tc.lines}, At: answerCase{}.call("").At, PID: 77}
		if got := Answer(officeWith(t, tc.change), c); got != tc.want {
			t.Errorf("%s: got %+v, want %+v", tc.name, got, tc.want)
		}
		if !slices.Equal(prompts, tc.asked) {
			t.Errorf("%s: asked %q, want %q", tc.name, prompts, tc.asked)
		}
	}
	if got, want := asks(t, sysadminctlPath, []string{"-newPassword", "-", "-oldPassword", "-"}, []string{"a", "b"}, nil), []string{"macsim: the old password:", "macsim: the new password:"}; !slices.Equal(got, want) {
		t.Errorf("asked %q, want %q", got, want)
	}
}

func TestSysadminctlPasswordsAtATerminal(t *testing.T) {
	const on = "-secureTokenOn|clerk|-password|clerk-pw|-adminUser|boss|-adminPassword|-"
	is := func(password string) func(*state.Mac) {
		return withAccount("boss", func(a *state.Account) { a.Password, a.Token.Password = password, password })
	}
	testAnswers(t, sysadminctlPath, []answerCase{
		{name: "128 bytes", args: on, answers: []string{strings.Repeat("p", 128)}, change: is(strings.Repeat("p", 128)), want: says("- Done!")},
		{
			name: "129 bytes", args: on, answers: []string{strings.Repeat("p", 129)}, change: is(strings.Repeat("p", 129)), after: macUnchanged,
			want: notPublished("sysadminctl " + strings.ReplaceAll(on, "|", " ") + " fails with a password that is too long"),
		},
		{name: "argument of any length", args: strings.TrimSuffix(on, "-") + strings.Repeat("p", 2000), change: is(strings.Repeat("p", 2000)), want: says("- Done!")},
		{name: "hyphen in a new account", args: "-addUser|new|-password|-|-adminUser|boss|-adminPassword|-", answers: []string{"boss-pw", "typed"}, after: passwordIs("new", "typed"), want: says("Creating user record…", "Assigning UID: 503 GID: 20", "Creating home directory at /Users/new")},
	})
}
