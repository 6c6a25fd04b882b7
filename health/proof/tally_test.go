package proof

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tokenward/tokenward/health"
)

// tally counts what all explorations came to.
type tally struct {
	mu               sync.Mutex
	settings         []setting
	states           int
	deceived, misled int // views of a state that hides what is wrong
	outdated         int // views that go by a proof which is true no more
	wrong            map[health.ForecastName]int
	mattered         map[health.Behaviour]int
	answers          map[health.ForecastName]map[string]int
}

func newTally() *tally {
	return &tally{settings: settings(), wrong: map[health.ForecastName]int{}, mattered: map[health.Behaviour]int{}, answers: map[health.ForecastName]map[string]int{}}
}

func (all *tally) count(what func()) {
	all.mu.Lock()
	defer all.mu.Unlock()
	what()
}

// sort counts the answers. Of the unknown ones those are weak where the truth is
// the same however macOS behaves.
func (all *tally) sort(truth *truths, seen *health.Model, f health.Forecast) {
	word := f.Answer.String()
	switch is := truth.of(f, subject(seen, f), nil); {
	case f.Answer != health.Unknown:
	case is == moot:
		word = "moot"
	case len(f.Depends) > 0:
		word = "contested"
	}
	all.count(func() {
		if all.answers[f.Name] == nil {
			all.answers[f.Name] = map[string]int{}
		}
		all.answers[f.Name][word]++
	})
}

func (all *tally) report(took time.Duration) string {
	var b strings.Builder
	fmt.Fprintf(&b, "forecasts: %d states of %d starts, each seen in 6 ways and with %d settings; left out where a login hides a former password: %d, a file a former recovery key: %d, a proof of the last month a loss since: %d; %.1f s\n",
		all.states, len(starts()), len(all.settings)+1, all.deceived, all.misled, all.outdated, took.Seconds())
	for _, name := range slices.Sorted(maps.Keys(all.answers)) {
		by := all.answers[name]
		fmt.Fprintf(&b, "  %-36s %6d yes %6d no %6d hang on a contested behaviour %6d moot %6d not known\n", name, by["yes"], by["no"], by["contested"], by["moot"], by["unknown"])
	}
	for _, name := range slices.Sorted(maps.Keys(all.mattered)) {
		fmt.Fprintf(&b, "  %s decided %d answers that name it\n", name, all.mattered[name])
	}
	return b.String()
}
