package wire

import (
	"slices"

	"github.com/tokenward/tokenward/health"
)

func forecasts(all []health.Forecast) []Forecast {
	list := make([]Forecast, 0, len(all))
	for _, f := range all {
		list = append(list, Forecast{
			Name: string(f.Name), Subject: f.Subject, Answer: f.Answer, Because: texts(f.Because), Depends: texts(f.Depends),
		})
	}
	return list
}

func texts[T ~string](values []T) []string {
	list := make([]string, 0, len(values))
	for _, v := range values {
		list = append(list, string(v))
	}
	return list
}

// holdRestart is the one forecast that stands in the envelope, for what restarts
// Macs.
func holdRestart(all []health.Forecast) health.Tri {
	i := slices.IndexFunc(all, func(f health.Forecast) bool { return f.Name == health.HoldRestart })
	if i < 0 {
		return health.Unknown
	}
	return all[i].Answer
}

// mostAble bounds each list: a report must stay small on a Mac with thousands of
// accounts, of which nobody needs more than a few.
const mostAble = 32

func able(m health.Model) *Able {
	who := health.WhoIsAble(m)
	return &Able{
		Holders: subjects(who.Holders), Granters: subjects(who.Granters), Escrowers: subjects(who.Escrowers),
		Owners: subjects(who.Owners), Unlockers: subjects(who.Unlockers),
	}
}

func subjects(actors []health.Actor) []string {
	list := []string{}
	for _, a := range actors[:min(len(actors), mostAble)] {
		list = append(list, a.Subject)
	}
	return list
}
