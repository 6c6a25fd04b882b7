package config

import (
	"errors"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"time"
)

// Origin is how a daemon came to its configuration.
type Origin string

// The origins.
const (
	Fresh    Origin = "fresh"     // what the layers say now
	LastGood Origin = "last_good" // they hold a mistake: what they said before it
	Defaults Origin = "defaults"  // they hold a mistake, and nothing is known from before
)

// Loaded is a configuration with what is to be said about it.
type Loaded struct {
	Config   Config
	Layers   map[string]Layer // of every key: where its value comes from; of a last good one, where it came from then
	Problems []Problem        // empty, or what to tell as a finding
	From     Origin
}

// Current puts the layers together for a daemon, which never stops for its
// configuration.
//
// A mistake in managed preferences puts the last good configuration in the place of
// all layers, and the defaults where there is none. A mistake in a weaker layer does
// the same to the weaker layers alone: managed preferences stay in force, since a
// typing error in a file must not take a Mac away from its server. What counts in
// managed preferences alone is never taken from the last good configuration: nobody
// is an operator because a file says that he was one.
//
// What stands in is never laxer than what it stands in for: unless a good profile
// says otherwise, reports leave the Mac without names, and it only observes.
//
// A mute that ends too late by now is told and costs nothing else: the clock may be
// what is wrong, and judging bounds mutes itself, whenever it judges.
func Current(s Sources, now time.Time) Loaded {
	all := s.read()
	problems := badKeys(all)
	c, wrong := merge(all)
	if len(problems) == 0 {
		problems = placed(all, wrong)
	}
	if len(problems) == 0 {
		return loaded(c, all, append(unknownKeys(all), placed(all, c.Policy.tooLong(now))...), Fresh)
	}
	problems = append(problems, unknownKeys(all)...)
	managed := all[len(all)-1]
	before, err := lastGood(s.Paths)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		problems = append(problems, Problem{Path: s.Paths.LastConfig(), Text: err.Error()})
	}
	c, stands := firstValid(fallbacks(managed, before))
	return loaded(c, stands.layers, problems, stands.from)
}

type fallback struct {
	from   Origin
	layers []*reading
}

// fallbacks are what may stand in the place of layers with a mistake, the best
// first. The last is always valid.
func fallbacks(managed *reading, before []*reading) (all []fallback) {
	_, wrong := merge([]*reading{managed})
	usable := len(managed.bad) == 0 && len(wrong) == 0
	switch {
	case usable && before != nil:
		return []fallback{{LastGood, yielding(append(local(before), caution(), managed))}, {Defaults, []*reading{caution(), managed}}}
	case usable:
		return []fallback{{Defaults, []*reading{caution(), managed}}}
	case before != nil:
		return []fallback{{LastGood, append(before, caution())}, {Defaults, []*reading{caution()}}}
	}
	return []fallback{{Defaults, []*reading{caution()}}}
}

// firstValid takes the first whose layers fit together: what was good with another
// profile may contradict the one that is there now. The last has to do.
func firstValid(all []fallback) (Config, fallback) {
	for _, try := range all[:len(all)-1] {
		if c, wrong := merge(try.layers); len(wrong) == 0 {
			return c, try
		}
	}
	last := all[len(all)-1]
	c, _ := merge(last.layers) // that of a profile which is valid alone, or the defaults
	return c, last
}

// local leaves out what was managed: the profile that is there now says that.
func local(before []*reading) (kept []*reading) {
	for _, r := range before {
		if r.layer != FromManaged {
			kept = append(kept, r)
		}
	}
	return kept
}

func loaded(c Config, all []*reading, problems []Problem, from Origin) Loaded {
	l := Loaded{Config: c, Layers: map[string]Layer{}, Problems: problems, From: from}
	for _, k := range Keys() {
		l.Layers[k.Path] = FromDefault
	}
	for _, r := range all {
		for path := range maps.Keys(r.values) {
			l.Layers[path] = r.layer
		}
	}
	return l
}

// setter finds the strongest layer that sets the key of a fault, which may lie below
// it.
func setter(all []*reading, key string) (*reading, string) {
	base, _, _ := strings.Cut(key, "[")
	for _, r := range slices.Backward(all) {
		path := base
		for {
			if _, set := r.values[path]; set {
				return r, path
			}
			cut := strings.LastIndexByte(path, '.')
			if cut < 0 {
				break
			}
			path = path[:cut]
		}
	}
	return nil, ""
}
