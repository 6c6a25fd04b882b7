package web

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/wire"
)

// foreseen is what would come of one thing that somebody could do: a line each
// for accounts of which the same is said.
type foreseen struct {
	Name, Text string
	Answer     health.Tri
	Who        []string // names of accounts; empty where it is about the Mac
	Because    []string
	Depends    []string
}

// outlook is what a page says of the future: what is not fine, and what is.
type outlook struct {
	Open, Fine []foreseen
	Hold       []string // conditions for which the Mac is to be kept from restarting
}

func outlookOf(r wire.Report) outlook {
	var o outlook
	for _, f := range grouped(r) {
		switch {
		case f.Name == string(health.HoldRestart):
			o.Hold = f.Because
		case f.Answer == health.Yes:
			o.Fine = append(o.Fine, f)
		default:
			o.Open = append(o.Open, f)
		}
	}
	slices.SortStableFunc(o.Open, func(a, b foreseen) int { return cmp.Compare(openness(a.Answer), openness(b.Answer)) })
	return o
}

// openness puts what is known not to go well first.
func openness(answer health.Tri) int {
	if answer == health.No {
		return 0
	}
	return 1
}

func grouped(r wire.Report) (all []foreseen) {
	for _, f := range r.Forecasts {
		same := func(g foreseen) bool {
			return g.Name == f.Name && g.Answer == f.Answer && slices.Equal(g.Because, f.Because) && slices.Equal(g.Depends, f.Depends)
		}
		i := slices.IndexFunc(all, same)
		if i < 0 {
			i = len(all)
			all = append(all, foreseen{Name: f.Name, Text: question(f.Name), Answer: f.Answer, Because: f.Because, Depends: f.Depends})
		}
		if f.Subject != health.DeviceSubject {
			all[i].Who = append(all[i].Who, nameOf(r, f.Subject))
		}
	}
	return all
}

// nameOf is the record name of a subject, or the subject itself.
func nameOf(r wire.Report, subject string) string {
	for _, a := range r.Accounts {
		if a.Name != "" && strings.EqualFold(a.GUID, subject) {
			return a.Name
		}
	}
	return subject
}

// question is what a yes to a forecast says. One that this program does not know
// is told by its name.
func question(name string) string {
	text := map[health.ForecastName]string{
		health.EveryUserUnlocks:   "Every user gets in after a restart",
		health.NextUserGranted:    "The next user who logs in gets a Secure Token",
		health.UpdatesUnattended:  "Updates install with nobody at the Mac",
		health.ConsoleAuthorises:  "Whoever is at the Mac can authorise an update",
		health.WipesSilently:      "An erase by the server leaves it ready for the next user",
		health.EnablesFileVault:   "FileVault can be turned on",
		health.SafeToReenrol:      "It is safe to enrol anew",
		health.SafeToMigrate:      "It is safe to move to another server",
		health.SafeToRenew:        "It is safe to renew the identity of the enrolment",
		health.RecoveryPathExists: "There is a way back in if all else fails",
		health.SafeToReset:        "It is safe to reset the password from outside",
		health.SafeToRemove:       "It is safe to remove the account",
		health.SafeToTurnOff:      "It is safe to turn off the Secure Token",
		health.SurvivesLeaver:     "Others can go on if the user leaves",
	}[health.ForecastName(name)]
	return cmp.Or(text, words(name))
}

// ability is one thing that some accounts could do today.
type ability struct {
	What string
	Who  []string
}

func abilities(r wire.Report) []ability {
	if r.Able == nil {
		return nil
	}
	all := []ability{}
	for _, a := range []struct {
		what     string
		subjects []string
	}{
		{"Hold a Secure Token that works", r.Able.Holders},
		{"Can give others a Secure Token", r.Able.Granters},
		{"Can escrow the Bootstrap Token", r.Able.Escrowers},
		{"Can authorise updates (own the volume)", r.Able.Owners},
		{"Can unlock FileVault", r.Able.Unlockers},
	} {
		names := []string{}
		for _, subject := range a.subjects {
			names = append(names, nameOf(r, subject))
		}
		all = append(all, ability{a.what, names})
	}
	return all
}
