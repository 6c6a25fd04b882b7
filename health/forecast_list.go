package health

import (
	"fmt"
	"slices"
)

// mostForeseen is how many accounts are asked about in a report, which must stay
// small on a Mac with thousands. Foresee answers for any of them.
const mostForeseen = 32

// A question is one forecast: how it is answered for the Mac (on is nil) or for an
// account, and in which words.
type question struct {
	name    ForecastName
	account bool
	answer  func(o *outlook, on *Account) ground
	well    string // what a yes says; %s is the account's name
	doNot   string // what any other answer than yes forbids
	careful string // what a yes forbids all the same
}

// questions lists all there are: those about the Mac first.
func questions() []question {
	return slices.Concat(restartQuestions(), serverQuestions(), enrolmentQuestions(), accountQuestions())
}

// Forecasts answers every question about the Mac, and those about an account for
// its holders and its people, holders first, of which it takes 32 at most.
func Forecasts(m Model, p Policy) []Forecast {
	o := look(&m, p)
	var all []Forecast
	for _, q := range questions() {
		if !q.account {
			all = append(all, o.answer(q, nil))
		}
	}
	asked := o.foreseen()
	for _, q := range questions() {
		if !q.account {
			continue
		}
		for _, a := range asked {
			all = append(all, o.answer(q, a))
		}
	}
	return all
}

// Foresee answers one question. The subject is DeviceSubject, or the GeneratedUID
// or record name of an account. It is an error where there is no such question or
// account.
func Foresee(m *Model, p Policy, name ForecastName, subject string) (Forecast, error) {
	i := slices.IndexFunc(questions(), func(q question) bool { return q.name == name })
	if i < 0 {
		return Forecast{}, fmt.Errorf("forecast: there is no question %q", name)
	}
	q, o := questions()[i], look(m, p)
	switch a, ok := m.Account(subject); {
	case q.account && ok:
		return o.answer(q, a), nil
	case !q.account && subject == DeviceSubject:
		return o.answer(q, nil), nil
	case q.account:
		return Forecast{}, fmt.Errorf("forecast %s: this Mac has no account %q", name, subject)
	}
	return Forecast{}, fmt.Errorf("forecast %s: it is about the Mac, not about %q", name, subject)
}

// foreseen are the accounts that a report answers for.
func (o *outlook) foreseen() []*Account {
	var holders, people []*Account
	for i := range o.m.Accounts {
		switch a := &o.m.Accounts[i]; {
		case a.Holder == Yes:
			holders = append(holders, a)
		case a.Person == Yes:
			people = append(people, a)
		}
	}
	all := slices.Concat(holders, people)
	return all[:min(len(all), mostForeseen)]
}

// about puts the name of the account into the question's own sentences, before any
// other name stands in them: an account may be called what the mark is.
func (q question) about(a *Account) question {
	q.well, q.doNot, q.careful = named(q.well, a), named(q.doNot, a), named(q.careful, a)
	return q
}

func (o *outlook) answer(q question, a *Account) Forecast {
	if a != nil {
		q = q.about(a)
	}
	g := q.answer(o, a)
	f := Forecast{
		Name: q.name, Subject: DeviceSubject, Answer: g.is, Because: firstOf(g.because),
		Facts: sortedSet(slices.Clone(g.facts)), Summary: g.says, DoNot: q.doNot,
	}
	if g.is == Unknown {
		f.Depends = sortedSet(slices.Clone(g.depends))
	}
	if g.is == Yes {
		f.DoNot = q.careful
		if f.Summary == "" {
			f.Summary = q.well
		}
	}
	if a != nil {
		f.Subject = a.Subject()
	}
	return f
}
