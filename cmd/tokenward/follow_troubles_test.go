//go:build linux

package main

import "github.com/tokenward/tokenward/internal/macsim/state"

// learns tells a person the present passwords of accounts.
func (p *person) learns(names ...string) {
	m, err := p.mac()
	if err != nil {
		return // the first command says so
	}
	for _, name := range names {
		if a, there := m.Account(name); there {
			p.knows[name] = a.Password
		}
	}
}

// knowing is somebody who knows these passwords.
func knowing(names ...string) func(*person) {
	return func(p *person) { p.learns(names...) }
}

// with adds something to what somebody knows.
func with(one func(*person), more func(*person)) func(*person) {
	return func(p *person) { one(p); more(p) }
}

func holdsKey(p *person) { p.key = true }

// agentResets is a reset by management software.
func agentResets(user string) []state.Event {
	return []state.Event{&state.ResetPassword{User: user, New: "Roses2-" + user, By: state.ByAgent}}
}

func remembers(user string) func(*person) {
	return func(p *person) { p.former[user] = user + "-pw" }
}

// firstStart is Setup Assistant where the server makes its own administrator and skips
// the page for the first user, whose account a package makes afterwards.
func firstStart() []state.Event {
	return []state.Event{
		&state.Configure{Admin: "itadmin", SkipPrimary: true}, &state.SetUp{}, &state.Create{User: "lea", With: state.InstallPackage},
	}
}

// troubles has at least one for each runbook.
func troubles() []trouble {
	names := func(pairs ...string) map[string]string {
		as := map[string]string{}
		for i := 0; i < len(pairs); i += 2 {
			as[pairs[i]] = pairs[i+1]
		}
		return as
	}
	var all []trouble
	on := func(slug, scenario, goal, user string, as map[string]string, before []state.Event, who ...trouble) {
		for _, tr := range who {
			tr.slug, tr.scenario, tr.goal, tr.user, tr.as, tr.before = slug, scenario, goal, user, as, append(before, tr.before...)
			all = append(all, tr)
		}
	}
	on("nothing-escrowed-after-setup-assistant", "at-setup-assistant", "escrow", "", names("ADMIN", "itadmin", "USER", "lea"), firstStart(),
		trouble{name: "the user is there", person: knowing("lea")})
	on("profile-type-not-recognized", "user-at-the-keyboard", "", "", names("ADMIN", "mtanaka"), nil,
		trouble{name: "typed in two words", person: with(knowing("mtanaka"), func(p *person) { p.twoWords = true })})
	on("profile-type-not-recognized", "mojave-two-administrators", "", "", names("ADMIN", "ladmin"), nil,
		trouble{name: "an old Mac", person: knowing("ladmin"), noWay: true})
	on("server-without-support", "server-without-bootstrap-support", "escrow", "", names("ADMIN", "itadmin"), nil,
		trouble{name: "the administrator is there", person: knowing("itadmin")})
	on("not-in-the-list-of-filevault", "removed-from-filevault-list", "unlock", "rsilva", names("ADMIN", "itadmin", "USER", "rsilva"), nil,
		trouble{name: "with the key", person: with(knowing("rsilva"), holdsKey)},
		trouble{name: "with an administrator", person: knowing("rsilva", "itadmin")},
		trouble{name: "with the user alone", person: knowing("rsilva"), noWay: true})
	on("token-in-name-only", "password-reset-as-root", "token", "tkim", names("ADMIN", "itadmin", "USER", "tkim"), nil,
		trouble{name: "with the user", person: knowing("tkim")},
		trouble{name: "with the key", person: holdsKey})
	on("mobile-account-without-a-token", "two-directory-users-at-the-dialog", "token", "boconnor", names("ADMIN", "itadmin", "USER", "boconnor"), nil,
		trouble{name: "with an administrator", person: knowing("itadmin", "boconnor")})
	on("token-turned-off", "token-turned-off-and-on", "token", "bkaya", names("ADMIN", "itadmin", "USER", "bkaya"), []state.Event{&state.TokenOff{User: "bkaya", Granter: "itadmin"}},
		trouble{name: "with the user", person: knowing("bkaya")})
	return append(all, vendorTroubles(names)...)
}

func vendorTroubles(names func(...string) map[string]string) []trouble {
	var all []trouble
	on := func(slug, scenario, goal, user string, as map[string]string, before []state.Event, who ...trouble) {
		for _, tr := range who {
			tr.slug, tr.scenario, tr.goal, tr.user, tr.as, tr.before = slug, scenario, goal, user, as, append(before, tr.before...)
			all = append(all, tr)
		}
	}
	refusing := true
	on("enrolled-by-an-admin-without-a-token", "enrolled-by-the-contractor", "escrow", "", names("USER", "lnikolaidis", "ADMIN", "contractor"), nil,
		trouble{name: "with the user", person: knowing("lnikolaidis")})
	on("bootstrap-token-not-escrowed", "user-at-the-keyboard", "escrow", "", names("ADMIN", "mtanaka"), nil,
		trouble{name: "with the administrator", person: knowing("mtanaka")},
		trouble{name: "from afar", way: 1, said: []string{"--yes", "password:mtanaka", "--no", "presence:mtanaka"}, person: knowing("mtanaka")})
	on("admin-password-unknown", "founder-leaves-company", "escrow", "", names("ADMIN", "founder"), nil,
		trouble{name: "with the key", person: holdsKey},
		trouble{name: "with nothing", person: knowing(), noWay: true})
	on("no-token-but-escrowed", "user-without-token", "token", "pnovak", names("ADMIN", "itadmin", "USER", "pnovak"), nil,
		trouble{name: "with the user", person: knowing("pnovak")},
		trouble{name: "with nobody's password", person: knowing()})
	on("no-token-but-escrowed", "user-without-token", "", "pnovak", names("ADMIN", "itadmin", "USER", "pnovak"), []state.Event{&state.Restart{}},
		trouble{name: "at the FileVault window", person: knowing("pnovak", "itadmin")})
	on("no-token-admin-known", "new-hire-before-escrow", "token", "newhire", names("ADMIN", "itadmin", "USER", "newhire"), nil,
		trouble{name: "with both", person: knowing("itadmin", "newhire")},
		trouble{name: "with the administrator", person: knowing("itadmin")},
		trouble{name: "with the key", person: holdsKey})
	on("nobody-accessible", "volume-without-any-user", "token", "yito", names("USER", "yito"), nil,
		trouble{name: "with nothing", person: knowing()})
	on("only-a-standard-user-holds", "bootstrap-not-escrowed-standard-holder", "escrow", "", names("ADMIN", "itadmin", "USER", "jokafor"), nil,
		trouble{name: "with the user", person: knowing("jokafor")},
		trouble{name: "by an administrator for a moment", way: 1, person: knowing("jokafor"), said: []string{"--no", "step-works:A03 0 jokafor -", "--yes", "password:jokafor"}},
		trouble{name: "while the server refuses", person: knowing("jokafor"), before: []state.Event{&state.ServerDoes{Refuses: &refusing}}, noWay: true, pageless: true})
	on("after-a-remote-reset", "healthy", "repair", "mbauer", names("USER", "mbauer"), agentResets("mbauer"),
		trouble{name: "with the user", person: knowing("mbauer")},
		trouble{name: "with the key", person: holdsKey},
		trouble{name: "with the former password", person: remembers("mbauer")},
		trouble{name: "with nothing", person: knowing(), noWay: true})
	on("reset-keeping-the-token", "healthy", "reset-password", "mbauer", names("ADMIN", "itadmin", "USER", "mbauer"), nil,
		trouble{name: "with an administrator", person: knowing("itadmin")})
	on("reset-of-the-only-holder", "before-the-privacy-profile", "reset-password", "dcosta", names("USER", "dcosta"), nil,
		trouble{name: "with nothing", person: knowing()})
	on("locked-out-at-filevault", "healthy", "", "mbauer", names("USER", "mbauer", "COLLEAGUE", "itadmin"), append(agentResets("mbauer"), &state.Restart{}),
		trouble{name: "with the former password", person: with(knowing("mbauer"), remembers("mbauer"))},
		trouble{name: "with a colleague", person: knowing("mbauer", "itadmin")},
		trouble{name: "over the network", person: with(knowing("mbauer", "itadmin"), func(p *person) { p.absent = []string{"itadmin"} })},
		trouble{name: "with the key", person: with(knowing("mbauer"), holdsKey)},
		trouble{name: "with nothing", person: knowing("mbauer"), noWay: true})
	on("locked-out-at-filevault", "single-sign-on-at-the-login-window", "", "nfujita", names("USER", "nfujita", "COLLEAGUE", "itadmin"), append(agentResets("nfujita"), &state.Restart{}),
		trouble{name: "with a password that is told", person: with(knowing("nfujita", "itadmin"), func(p *person) { p.absent, p.shares = []string{"itadmin"}, true })})
	return all
}
