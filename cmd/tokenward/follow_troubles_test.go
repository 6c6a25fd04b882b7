//go:build linux

package main

import (
	"slices"
	"strings"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

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

// onMac is what several troubles have in common.
type onMac struct {
	slug, scenario, goal, user string
	as                         string // ADMIN=itadmin …
	before                     []state.Event
}

func (m onMac) are(all ...trouble) []trouble {
	for i := range all {
		tr := &all[i]
		tr.slug, tr.scenario, tr.goal, tr.user, tr.before = m.slug, m.scenario, m.goal, m.user, slices.Concat(m.before, tr.before)
		tr.as = map[string]string{}
		for pair := range strings.FieldsSeq(m.as) {
			word, name, _ := strings.Cut(pair, "=")
			tr.as[word] = name
		}
	}
	return all
}

// troubles has at least one for each runbook.
func troubles() []trouble {
	return slices.Concat(fileWaveTroubles(), addigyTroubles(), resetTroubles())
}

func fileWaveTroubles() []trouble {
	return slices.Concat(
		onMac{slug: "nothing-escrowed-after-setup-assistant", scenario: "at-setup-assistant", goal: "escrow", as: "ADMIN=itadmin USER=lea", before: firstStart()}.are(
			trouble{name: "the user is there", person: knowing("lea")},
		),
		onMac{slug: "profile-type-not-recognized", scenario: "user-at-the-keyboard", as: "ADMIN=mtanaka"}.are(
			trouble{name: "typed in two words", unseen: true, person: with(knowing("mtanaka"), func(p *person) { p.twoWords = true })},
		),
		onMac{slug: "profile-type-not-recognized", scenario: "mojave-mac-in-storage", as: "ADMIN=archive"}.are(
			trouble{name: "an old Mac", person: knowing("archive"), noWay: true},
		),
		onMac{slug: "server-without-support", scenario: "server-without-bootstrap-support", goal: "escrow", as: "ADMIN=itadmin"}.are(
			trouble{name: "the administrator is there", person: knowing("itadmin")},
		),
		onMac{slug: "not-in-the-list-of-filevault", scenario: "removed-from-filevault-list", goal: "unlock", user: "rsilva", as: "ADMIN=itadmin USER=rsilva"}.are(
			trouble{name: "with the key", person: with(knowing("rsilva"), holdsKey)},
			trouble{name: "with an administrator", person: knowing("rsilva", "itadmin")},
			trouble{name: "with the user alone", person: knowing("rsilva"), noWay: true},
		),
		onMac{slug: "token-in-name-only", scenario: "password-reset-as-root", goal: "token", user: "tkim", as: "ADMIN=itadmin USER=tkim"}.are(
			trouble{name: "with the user", person: knowing("tkim")},
			trouble{name: "with the key", person: holdsKey},
		),
		onMac{slug: "mobile-account-without-a-token", scenario: "two-directory-users-at-the-dialog", goal: "token", user: "boconnor", as: "ADMIN=itadmin USER=boconnor"}.are(
			trouble{name: "with an administrator", person: knowing("itadmin", "boconnor")},
		),
		onMac{slug: "token-turned-off", scenario: "token-turned-off-and-on", goal: "token", user: "bkaya", as: "ADMIN=itadmin USER=bkaya", before: []state.Event{&state.TokenOff{User: "bkaya", Granter: "itadmin"}}}.are(
			trouble{name: "with the user", person: knowing("bkaya")},
		),
	)
}

func addigyTroubles() []trouble {
	refusing := true
	return slices.Concat(
		onMac{slug: "enrolled-by-an-admin-without-a-token", scenario: "enrolled-by-the-contractor", goal: "escrow", as: "USER=lnikolaidis ADMIN=contractor"}.are(
			trouble{name: "with the user", person: knowing("lnikolaidis")},
		),
		onMac{slug: "bootstrap-token-not-escrowed", scenario: "user-at-the-keyboard", goal: "escrow", as: "ADMIN=mtanaka"}.are(
			trouble{name: "with the administrator", person: knowing("mtanaka")},
			trouble{name: "from afar", way: 1, said: []string{"--yes", "password:mtanaka", "--no", "presence:mtanaka"}, person: knowing("mtanaka")},
		),
		onMac{slug: "admin-password-unknown", scenario: "founder-leaves-company", goal: "escrow", as: "ADMIN=founder"}.are(
			trouble{name: "with the key", person: holdsKey},
			trouble{name: "with nothing", person: knowing(), noWay: true},
		),
		onMac{slug: "no-token-but-escrowed", scenario: "user-without-token", goal: "token", user: "pnovak", as: "ADMIN=itadmin USER=pnovak"}.are(
			trouble{name: "with the user", person: knowing("pnovak")},
			trouble{name: "with nobody's password", person: knowing()},
		),
		onMac{slug: "no-token-but-escrowed", scenario: "user-without-token", user: "pnovak", as: "ADMIN=itadmin USER=pnovak", before: []state.Event{&state.Restart{}}}.are(
			trouble{name: "at the FileVault window", person: knowing("pnovak", "itadmin")},
		),
		onMac{slug: "no-token-admin-known", scenario: "new-hire-before-escrow", goal: "token", user: "newhire", as: "ADMIN=itadmin USER=newhire"}.are(
			trouble{name: "with both", person: knowing("itadmin", "newhire")},
			trouble{name: "with the administrator", person: knowing("itadmin")},
			trouble{name: "with the key", person: holdsKey},
		),
		onMac{slug: "nobody-accessible", scenario: "volume-without-any-user", goal: "token", user: "yito", as: "USER=yito"}.are(
			trouble{name: "with nothing", person: knowing()},
		),
		onMac{slug: "only-a-standard-user-holds", scenario: "bootstrap-not-escrowed-standard-holder", goal: "escrow", as: "ADMIN=itadmin USER=jokafor"}.are(
			trouble{name: "with the user", person: knowing("jokafor")},
			trouble{name: "by an administrator for a moment", way: 1, person: knowing("jokafor"), said: []string{"--no", "step-works:A03 0 jokafor -", "--yes", "password:jokafor"}},
			trouble{name: "while the server refuses", person: knowing("jokafor"), before: []state.Event{&state.ServerDoes{Refuses: &refusing}}, noWay: true, pageless: true},
		),
	)
}

func resetTroubles() []trouble {
	return slices.Concat(
		onMac{slug: "after-a-remote-reset", scenario: "healthy", goal: "repair", user: "mbauer", as: "USER=mbauer", before: agentResets("mbauer")}.are(
			trouble{name: "with the user", person: knowing("mbauer")},
			trouble{name: "with the key", person: holdsKey},
			trouble{name: "with the former password", person: remembers("mbauer")},
			trouble{name: "with nothing", person: knowing(), noWay: true},
		),
		onMac{slug: "reset-keeping-the-token", scenario: "healthy", goal: "reset-password", user: "mbauer", as: "ADMIN=itadmin USER=mbauer"}.are(
			trouble{name: "with an administrator", person: knowing("itadmin")},
		),
		onMac{slug: "reset-of-the-only-holder", scenario: "before-the-privacy-profile", goal: "reset-password", user: "dcosta", as: "USER=dcosta"}.are(
			trouble{name: "with nothing", person: knowing()},
		),
		onMac{slug: "locked-out-at-filevault", scenario: "healthy", user: "mbauer", as: "USER=mbauer COLLEAGUE=itadmin", before: append(agentResets("mbauer"), &state.Restart{})}.are(
			trouble{name: "with the former password", person: with(knowing("mbauer"), remembers("mbauer"))},
			trouble{name: "with a colleague", person: knowing("mbauer", "itadmin")},
			trouble{name: "over the network", person: with(knowing("mbauer", "itadmin"), func(p *person) { p.absent = []string{"itadmin"} })},
			trouble{name: "with the key", person: with(knowing("mbauer"), holdsKey)},
			trouble{name: "with nothing", person: knowing("mbauer"), noWay: true},
		),
		onMac{slug: "locked-out-at-filevault", scenario: "single-sign-on-at-the-login-window", user: "nfujita", as: "USER=nfujita COLLEAGUE=itadmin", before: append(agentResets("nfujita"), &state.Restart{})}.are(
			trouble{name: "with a password that is told", person: with(knowing("nfujita", "itadmin"), func(p *person) { p.absent, p.shares = []string{"itadmin"}, true })},
		),
	)
}
