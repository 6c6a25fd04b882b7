package tool

import (
	"slices"
	"strings"
	"testing"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

const profilesPath = "/usr/bin/profiles"

func TestProfilesStatus(t *testing.T) {
	const token, enrollment = "status|-type|bootstraptoken", "status|-type|enrollment"
	testAnswers(t, profilesPath, []answerCase{
		{name: "escrowed", args: token, want: out("profiles: Bootstrap Token supported on server: YES\nprofiles: Bootstrap Token escrowed to server: YES\n")},
		{name: "as a user", args: token, user: "clerk", want: out("profiles: Bootstrap Token supported on server: YES\nprofiles: Bootstrap Token escrowed to server: YES\n")},
		{
			name: "not escrowed", args: token, change: func(m *state.Mac) { m.Bootstrap.Escrowed = false },
			want: out("profiles: Bootstrap Token supported on server: YES\nprofiles: Bootstrap Token escrowed to server: NO\n"),
		},
		{
			name: "the server is not asked", args: token, change: func(m *state.Mac) { m.Server.Token, m.Server.Down = 0, true },
			want: out("profiles: Bootstrap Token supported on server: YES\nprofiles: Bootstrap Token escrowed to server: YES\n"),
		},
		{
			name: "other wording", args: token, change: func(m *state.Mac) { m.Switches.EscrowedOnWording = true },
			want: out("profiles: Bootstrap Token supported on server: YES\nprofiles: Bootstrap Token escrowed on server: YES\n"),
		},
		{
			name: "root wanted", args: token, user: "boss", change: func(m *state.Mac) { m.Switches.StatusNeedsRoot = true },
			want: errText(1, "macsim: profiles status -type bootstraptoken fails without root, in words that nobody has published\n"),
		},
		{
			name: "not supported is one line", args: token, change: func(m *state.Mac) { m.Enrollment.Capability = state.NoCapability },
			want: out("profiles: Bootstrap Token supported on server: NO\n"),
		},
		{
			name: "option on 10.15", args: token, change: older("10.15.7", func(m *state.Mac) { m.Enrollment.Capability = state.ByOption }),
			want: out("profiles: Bootstrap Token supported on server: YES\nprofiles: Bootstrap Token escrowed to server: YES\n"),
		},
		{name: "option since 11", args: token, change: func(m *state.Mac) { m.Enrollment.Capability = state.ByOption }, want: out("profiles: Bootstrap Token supported on server: NO\n")},
		{
			name: "not enrolled", args: token, change: unenrolled,
			want: errText(1, "macsim: profiles status -type bootstraptoken fails on a Mac that is not enrolled, in words that nobody has published\n"),
		},
		{name: "before 10.15", args: token, change: version("10.14.6"), want: errText(1, "Error: The profile type option was not recognized.\n")},
		{name: "enrolled", args: enrollment, want: out("Enrolled via DEP: Yes\nMDM enrollment: Yes (User Approved)\nMDM server: https://mdm.example.com/in?a=b\n")},
		{
			name: "unapproved", args: enrollment, user: "clerk", change: func(m *state.Mac) { m.Enrollment.DEP, m.Enrollment.MDM = false, state.Unapproved },
			want: out("Enrolled via DEP: No\nMDM enrollment: Yes\nMDM server: https://mdm.example.com/in?a=b\n"),
		},
		{name: "no server line before 10.15", args: enrollment, change: version("10.14.6"), want: out("Enrolled via DEP: Yes\nMDM enrollment: Yes (User Approved)\n")},
		{name: "unenrolled", args: enrollment, change: unenrolled, want: out("Enrolled via DEP: No\nMDM enrollment: No\n")},
		{name: "before 10.13.4", args: enrollment, change: version("10.13.3"), want: errText(125, "macsim: profiles status -type enrollment is not simulated\n")},
	})
}

func TestProfilesArguments(t *testing.T) {
	unknown := func(args string) answerCase {
		return answerCase{name: args, args: args, want: errText(125, "macsim: profiles "+strings.ReplaceAll(args, "|", " ")+" is not simulated\n")}
	}
	notRecognized := errText(1, "Error: The profile type option was not recognized.\n")
	escrowed := out("profiles: Bootstrap Token created\nprofiles: Bootstrap Token escrowed\n")
	testAnswers(t, profilesPath, []answerCase{
		unknown("status"), unknown("status|-type"), unknown("status|bootstraptoken"), unknown("frob|-type|bootstraptoken"),
		unknown("install|-type|bootstraptoken|-user"), unknown("install|-type|bootstraptoken|-admin|boss"), unknown("install|-type|bootstraptoken|-user|boss|-password|boss-pw|more"),
		unknown("status|-type|bootstraptoken|-user|boss"), unknown("status|-type|bootstraptoken|-password="), unknown("show|-type|bootstraptoken"),
		unknown("status|-type|enrollment|-user|boss"), unknown("install|-type|enrollment"), unknown("list|-type|enrollment"), unknown("-P"),
		{name: "nothing", want: errText(125, "macsim: profiles is not simulated\n")},
		{name: "other type", args: "status|-type|bootstrap", want: notRecognized},
		{name: "two words", args: "status|-type|bootstrap|token", want: notRecognized},
		{name: "known type and a word", args: "install|-type|bootstraptoken|now|-user|boss|-password|boss-pw", want: notRecognized, after: has("nothing is sent", func(m *state.Mac) bool { return m.Server.Token == 1 })},
		{name: "in one word each", args: "install|-type=bootstraptoken|-user=boss|-password=boss-pw", want: escrowed},
		{name: "pass", args: "install|-type|bootstraptoken|-user|boss|-pass|boss-pw", want: escrowed},
		{name: "type last", args: "install|-user|boss|-password|boss-pw|-type|bootstraptoken", want: escrowed},
		{
			name: "equals sign in the password", args: "install|-type|bootstraptoken|-user=boss|-password=a=b",
			change: withAccount("boss", func(a *state.Account) { a.Password, a.Token.Password = "a=b", "a=b" }), want: escrowed,
		},
		{
			name: "hyphen in the password", args: "install|-type|bootstraptoken|-password|-b|-user|boss",
			change: withAccount("boss", func(a *state.Account) { a.Password, a.Token.Password = "-b", "-b" }), want: escrowed,
		},
	})
}

func TestProfilesInstall(t *testing.T) {
	const install = "install|-type|bootstraptoken|-user|boss|-password|boss-pw"
	const command = "macsim: profiles install -type bootstraptoken -user boss -password boss-pw fails "
	const unpublished = ", in words that nobody has published\n"
	wants := func(text string) Reply { return errText(1, command+text+unpublished) }
	newToken := has("a new token on both sides", func(m *state.Mac) bool { return m.Bootstrap.Local == 2 && m.BootstrapValid() && m.Bootstrap.Escrowed })
	sameToken := has("the old token", func(m *state.Mac) bool { return m.Bootstrap.Local == 1 && m.Server.Token == 1 })
	notSent := has("made, not sent", func(m *state.Mac) bool { return m.Bootstrap.Local == 2 && m.Server.Token == 1 && !m.Bootstrap.Escrowed })
	created := Reply{Exit: 1, Stdout: "profiles: Bootstrap Token created\n"}
	server := func(change func(*state.Server)) func(*state.Mac) { return func(m *state.Mac) { change(&m.Server) } }
	testAnswers(t, profilesPath, []answerCase{
		{name: "done", args: install, want: out("profiles: Bootstrap Token created\nprofiles: Bootstrap Token escrowed\n"), after: newToken},
		{
			name: "four lines on 10.15", args: install, change: older("10.15.7", func(m *state.Mac) { m.Enrollment.Capability = state.ByOption }), after: newToken,
			want: out("profiles: Create Bootstrap Token created\nprofiles: Bootstrap Token created\nprofiles: Bootstrap Token escrowing to server...\nprofiles: Bootstrap Token escrowed\n"),
		},
		{name: "before 10.15", args: install, change: version("10.14.6"), want: errText(1, "Error: The profile type option was not recognized.\n"), after: sameToken},
		{name: "as a user", args: install, user: "boss", want: wants("without root"), after: sameToken},
		{name: "not enrolled", args: install, change: unenrolled, want: wants("here (not enrolled)"), after: sameToken},
		{
			name: "not supported", args: install, change: func(m *state.Mac) { m.Enrollment.Capability = state.NoCapability },
			want: errText(1, "Bootstrap Token functionality is not supported on the server.\n"), after: sameToken,
		},
		{
			name: "user enrolment", args: install, change: func(m *state.Mac) { m.Enrollment.BYOD = true },
			want: errText(1, "macsim: profiles install -type bootstraptoken -user boss -password boss-pw fails here (not permitted), in words that nobody has published\n"), after: sameToken,
		},
		{name: "server down", args: install, change: server(func(s *state.Server) { s.Down = true }), want: created, after: notSent},
		{name: "server refuses", args: install, change: server(func(s *state.Server) { s.Refuses = true }), want: created, after: notSent},
		{name: "no network", args: install, change: func(m *state.Mac) { m.Offline = true }, want: created, after: notSent},
		{name: "expired", args: install, change: func(m *state.Mac) { m.Enrollment.Expired = true }, want: created, after: notSent},
		{
			name: "server stores nothing", args: install, change: server(func(s *state.Server) { s.StoresNothing = true }),
			want:  out("profiles: Bootstrap Token created\nprofiles: Bootstrap Token escrowed\n"),
			after: has("believed and wrong", func(m *state.Mac) bool { return m.Bootstrap.Escrowed && !m.BootstrapValid() }),
		},
		{name: "standard user", args: install, change: bossStandard, want: wants("here (granter no administrator)"), after: sameToken},
		{
			name: "administrator without a token", args: "install|-type|bootstraptoken|-user|clerk|-password|clerk-pw", change: clerkAdmin, after: sameToken,
			want: errText(1, "macsim: profiles install -type bootstraptoken -user clerk -password clerk-pw fails here (granter has no usable token)"+unpublished),
		},
		{name: "drifted", args: install, change: bossDrifted, want: wants("here (granter has no usable token)"), after: sameToken},
		{name: "wrong password", args: "install|-type|bootstraptoken|-user|boss|-password|wrong", want: errText(1, "Unable to authenticate user information.\n"), after: sameToken},
		{name: "unknown user", args: "install|-type|bootstraptoken|-user|ghost|-password|x", want: errText(1, "Unable to authenticate user information.\n"), after: sameToken},
		{name: "blank password", args: "install|-type|bootstraptoken|-user|boss|-password|", want: errText(1, "Error: Password is required.\n"), after: sameToken},
	})
}

func TestProfilesPasswordLimits(t *testing.T) {
	long := func(n int) string { return strings.Repeat("ä", n/2) + strings.Repeat("x", n%2) }
	is := func(password string) func(*state.Mac) {
		return withAccount("boss", func(a *state.Account) { a.Password, a.Token.Password = password, password })
	}
	const install = "install|-type|bootstraptoken|-user|boss"
	escrowed := out("profiles: Bootstrap Token created\nprofiles: Bootstrap Token escrowed\n")
	testAnswers(t, profilesPath, []answerCase{
		{name: "512 bytes", args: install + "|-password|" + long(512), change: is(long(512)), want: escrowed},
		{
			name: "513 bytes", args: install + "|-password|" + long(513), change: is(long(513)),
			want: errText(1, "macsim: profiles install -type bootstraptoken -user boss -password "+long(513)+" fails with error -69581: the password is longer than 512 bytes, in words that nobody has published\n"),
		},
		{name: "128 bytes typed", args: install, answers: []string{long(128)}, change: is(long(128)), want: escrowed},
		{
			name: "129 bytes typed", args: install, answers: []string{long(129)}, change: is(long(129)),
			want: errText(1, "macsim: profiles install -type bootstraptoken -user boss fails with a password that is too long, in words that nobody has published\n"),
		},
	})
}

func TestProfilesPrompts(t *testing.T) {
	const bare = "install|-type|bootstraptoken"
	const failed = "macsim: profiles install -type bootstraptoken fails "
	testAnswers(t, profilesPath, []answerCase{
		{name: "both typed", args: bare, answers: []string{"boss", "boss-pw"}, want: out("profiles: Bootstrap Token created\nprofiles: Bootstrap Token escrowed\n")},
		{name: "a pipe is no terminal", args: bare, stdin: "boss\nboss-pw\n", want: errText(1, failed+"without a terminal, in words that nobody has published\n")},
		{name: "hung up", args: bare, answers: []string{"boss"}, want: errText(1, failed+"because nobody answers, in words that nobody has published\n")},
	})
	questions := []string{"Enter the admin user name:", "Enter the password for user 'Jörg Müller':"}
	named := withAccount("boss", func(a *state.Account) { a.Name = "Jörg Müller" })
	for _, tc := range []struct{ args, answers, want []string }{
		{[]string{"install", "-type", "bootstraptoken"}, []string{"Jörg Müller", "boss-pw"}, questions},
		{[]string{"validate", "-type", "bootstraptoken", "-user", "Jörg Müller"}, []string{"boss-pw"}, questions[1:]},
		{[]string{"remove", "-type", "bootstraptoken", "-password", "boss-pw"}, []string{"Jörg Müller"}, questions[:1]},
		{[]string{"install", "-type", "bootstraptoken"}, nil, questions[:1]},
	} {
		if got := asks(t, profilesPath, tc.args, tc.answers, named); !slices.Equal(got, tc.want) {
			t.Errorf("%q: asked %q, want %q", tc.args, got, tc.want)
		}
	}
}

func TestProfilesValidateAndRemove(t *testing.T) {
	const validate, remove = "validate|-type|bootstraptoken|-user|boss|-password|boss-pw", "remove|-type|bootstraptoken|-user|boss|-password|boss-pw"
	fails := func(verb, why string) Reply {
		return errText(1, "macsim: profiles "+verb+" -type bootstraptoken -user boss -password boss-pw fails here ("+why+"), in words that nobody has published\n")
	}
	down := func(m *state.Mac) { m.Server.Down = true }
	testAnswers(t, profilesPath, []answerCase{
		{name: "validated", args: validate, want: out("profiles: Bootstrap Token validated.\n")},
		{name: "server forgot", args: validate, change: func(m *state.Mac) { m.Server.Token = 0 }, want: errText(1, "Unable to verify token (err = -69594).\n")},
		{name: "another token", args: validate, change: func(m *state.Mac) { m.Server.Token = 7 }, want: errText(1, "Unable to verify token (err = -69594).\n")},
		{name: "wrong password", args: "validate|-type|bootstraptoken|-user|boss|-password|x", want: errText(1, "Unable to authenticate user information.\n")},
		{name: "server down", args: validate, change: down, want: fails("validate", "server unreachable")},
		{name: "server refuses", args: validate, change: func(m *state.Mac) { m.Server.Refuses = true }, want: fails("validate", "server refused")},
		{
			name: "removed", args: remove, want: errText(0, "macsim: profiles removes the Bootstrap Token, in words that nobody has published\n"),
			after: has("gone on both sides", func(m *state.Mac) bool { return m.Bootstrap.Local == 0 && m.Server.Token == 0 && !m.Bootstrap.Escrowed }),
		},
		{
			name: "removed while the server is down", args: remove, change: down, want: fails("remove", "server unreachable"),
			after: has("gone on the Mac alone", func(m *state.Mac) bool { return m.Bootstrap.Local == 0 && m.Server.Token == 1 }),
		},
	})
}

func TestProfilesEnrollment(t *testing.T) {
	const show, renew = "show|-type|enrollment", "renew|-type|enrollment"
	kept := has("the old token", func(m *state.Mac) bool { return m.Server.Token == 1 })
	anew := has("the Mac authenticates anew", func(m *state.Mac) bool { return m.Server.Token == 0 && m.Enrollment.DEP })
	testAnswers(t, profilesPath, []answerCase{
		{name: "show as a user", args: show, user: "boss", want: errText(1, "Must be running as root\n")},
		{name: "show without a server", args: show, change: unenrolled, want: errText(1, "Error fetching Device Enrollment configuration: Client is not DEP enabled.\n")},
		{
			name: "show without a network", args: show, change: func(m *state.Mac) { m.Offline = true },
			want: errText(1, "Bad response from apsd: Connection interrupted\nError fetching Device Enrollment configuration: We can't determine if this machine is DEP enabled.\n"),
		},
		{name: "show", args: show, want: errText(125, "macsim: profiles show -type enrollment is not simulated\n")},
		{name: "renewed", args: renew, change: person(state.Answer{}), want: out(""), after: anew},
		{name: "renew declined", args: renew, change: person(state.Answer{Cancel: true}), want: out(""), after: kept},
		{name: "renew quit", args: renew, change: person(state.Answer{Quit: true}), want: out(""), after: kept},
		{name: "renew while away", args: renew, want: out(""), after: kept},
		{name: "renew at the login window", args: renew, change: together(person(state.Answer{}), func(m *state.Mac) { m.Console.User = "" }), want: out(""), after: kept},
		{name: "renew uses an answer up", args: renew, change: person(state.Answer{Cancel: true}, state.Answer{}), want: out(""), after: left(1)},
		{name: "renew as a user", args: renew, user: "boss", change: person(state.Answer{}), want: errText(1, "Must be running as root\n"), after: kept},
		{
			name: "renew of a manual enrolment", args: renew, change: func(m *state.Mac) { m.Enrollment.DEP = false }, after: kept,
			want: errText(1, "macsim: profiles renew -type enrollment fails on a Mac that was not enrolled automatically, in words that nobody has published\n"),
		},
	})
}
