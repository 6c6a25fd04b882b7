package wire

import (
	"slices"
	"strings"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/health/evidence"
)

// Privacy is what pseudonyms are made with.
type Privacy struct {
	Key PrivacyKey
	// Chosen says that an admin chose the Mac's name. Else it is the host name,
	// which people make of their own, and it is not sent.
	Chosen bool
	// People are names that may stand in a text though the report lists no account
	// of that name, see [People].
	People []string
}

// People are the names that judging a Mac knows: of its accounts and of those that
// it once had, of who is at it or is to turn FileVault on, and those in a policy.
// What a text says of somebody, it has from here.
func People(m health.Model, p health.Policy) []string {
	people := slices.Concat([]string{m.NetworkUser, m.FileVault.DeferredUser}, m.FileVault.DeferredFor, p.ServiceAccounts, p.RequiredHolders)
	for i := range m.Accounts {
		people = append(people, m.Accounts[i].Name, m.Accounts[i].RealName)
	}
	for _, a := range m.Past.Mac.Accounts {
		people = append(people, a.Name)
	}
	for _, c := range m.Past.Changes {
		people = append(people, c.Name)
	}
	for _, mute := range p.Mutes {
		if mute.Subject != health.DeviceSubject && !isUUID(mute.Subject) {
			people = append(people, mute.Subject)
		}
	}
	return people
}

// Pseudonymous returns a snapshot in which nobody is named: names are pseudonyms
// there, in texts as well. GeneratedUIDs stay: they are pseudonyms of the Mac's own
// making, and without them no two reports could be compared. So do the serial
// number and what an admin chose: labels, and the name of the Mac. It is a pure
// function: the same report and the same key give the same state hash.
func (r Report) Pseudonymous(p Privacy) Report {
	h := r.hide(p)
	if !p.Chosen {
		r.Device.Name = ""
	}
	r.Facts = h.facts(r.Facts)
	r.Accounts = changed(r.Accounts, h.account)
	r.Findings = changed(r.Findings, h.finding)
	r.Forecasts = changed(r.Forecasts, func(f Forecast) Forecast {
		f.Subject = h.subject(f.Subject)
		return f
	})
	if r.Able != nil {
		r.Able = &Able{
			Holders: changed(r.Able.Holders, h.subject), Granters: changed(r.Able.Granters, h.subject), Escrowers: changed(r.Able.Escrowers, h.subject),
			Owners: changed(r.Able.Owners, h.subject), Unlockers: changed(r.Able.Unlockers, h.subject),
		}
	}
	r.Privacy = &PrivacyMark{Names: HashedNames, KeyID: p.Key.ID()}
	r.StateHash = r.hash()
	r.Privacy.Proof = p.Key.proof(r.StateHash)
	return r
}

// hide prepares to hide all who are known, accounts of the report first: where a
// full name is that of an account too, the account's pseudonym stands for it.
func (r Report) hide(p Privacy) *hidden {
	h := newHidden(p.Key)
	for _, a := range r.Accounts {
		h.add(UserPseudonym, a.Name)
	}
	for _, f := range r.Findings {
		if f.Subject != health.DeviceSubject && !isUUID(f.Subject) {
			h.add(UserPseudonym, f.Subject)
		}
	}
	for _, name := range namingFacts() {
		if text, is := r.Facts[name].Value.(string); is {
			h.add(UserPseudonym, text)
		}
	}
	for _, a := range r.Accounts {
		h.add(PersonPseudonym, a.RealName)
	}
	for _, name := range p.People {
		h.add(UserPseudonym, name)
	}
	return h
}

// namingFacts are the facts whose value names somebody.
func namingFacts() []string {
	return []string{string(evidence.ConsoleUserFact), string(evidence.FileVaultDeferUserFact)}
}

func (h *hidden) facts(all map[string]Fact) map[string]Fact {
	if all == nil {
		return nil
	}
	out := make(map[string]Fact, len(all))
	for name, f := range all {
		if text, is := f.Value.(string); is && slices.Contains(namingFacts(), name) {
			f.Value = h.name(UserPseudonym, text)
		}
		out[name] = f
	}
	return out
}

func (h *hidden) account(a Account) Account {
	a.Name, a.RealName = h.name(UserPseudonym, a.Name), h.name(PersonPseudonym, a.RealName)
	if a.GUID != "" && !isUUID(a.GUID) {
		a.GUID = h.name(UserPseudonym, a.GUID) // somebody wrote it into the directory by hand
	}
	return a
}

func (h *hidden) subject(subject string) string {
	if subject == health.DeviceSubject || isUUID(subject) {
		return subject
	}
	return h.name(UserPseudonym, subject)
}

// finding hides names in the texts of a finding. Where one of them is an ordinary
// word of such texts, it cannot be told what is a name and what is not: then the
// words of the catalogue stand there, which name nobody.
func (h *hidden) finding(f Finding) Finding {
	rule, known := health.RuleOf(health.Code(f.Code))
	if !known {
		rule = health.Rule{Title: Unsaid, Consequence: Unsaid, NextStep: Unsaid, DoNot: Unsaid}
	}
	f.Subject = h.subject(f.Subject)
	f.Title = h.text(f.Title, rule.Title)
	f.Summary = h.text(f.Summary, strings.TrimSuffix(rule.Title, ".")+".")
	f.Consequence = h.text(f.Consequence, rule.Consequence)
	f.NextStep = h.text(f.NextStep, rule.NextStep)
	f.DoNot = h.text(f.DoNot, rule.DoNot)
	f.Muted = h.text(f.Muted, Unsaid)
	return f
}

// Unsaid stands for a text that may name somebody and that nothing can replace.
const Unsaid = "(not sent: it may name somebody)"

// changed is a list of what became of each; nil stays nil.
func changed[T any](all []T, how func(T) T) []T {
	all = slices.Clone(all)
	for i := range all {
		all[i] = how(all[i])
	}
	return all
}

// isUUID knows the form of a GeneratedUID.
func isUUID(text string) bool {
	const form = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"
	if len(text) != len(form) {
		return false
	}
	for i := range len(form) {
		dash, hexDigit := text[i] == '-', strings.IndexByte("0123456789abcdefABCDEF", text[i]) >= 0
		if dash != (form[i] == '-') || !dash && !hexDigit {
			return false
		}
	}
	return true
}
