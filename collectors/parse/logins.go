package parse

import (
	"slices"
	"strconv"
	"time"

	"github.com/tokenward/tokenward/health/evidence"
)

// clockSlack is how far the clock that printed may be ahead of the one that is
// compared with: the hour of summer time, of which only the printing clock knows,
// and a little for clocks that are set right. No year is mistaken for another by
// it, since the day of the week decides about those.
const clockSlack = time.Hour + 2*time.Minute

// zonesApart is how far the clocks on two walls of this world can be apart, and
// the day that a clock may be wrong.
const zonesApart = 50 * time.Hour

// Logins completes the times, which lack their years, as of now, a time in the
// zone of the Mac. Each is the latest that is not after the one before it in the
// list and falls on its day of the week, which comes back on the same date after
// five years at the earliest. The first that is more than a year before now ends
// the history: it and all that follow are left out, and Since goes back no further
// than that year. Where the newest lies ahead,
// by no more than zones are apart, one of the clocks is in another zone or wrong,
// and nothing can be read.
func (h LoginHistory) Logins(now time.Time) (evidence.Logins, error) {
	times, err := h.times(now)
	if err != nil {
		return evidence.Logins{}, err
	}
	logins := evidence.Logins{Since: h.since(now.Location())}
	if oldest := aYearBefore(now); len(times) < len(h.Entries) && logins.Since.Before(oldest) && !logins.Since.IsZero() {
		logins.Since = oldest // who came before that was left out, and is not one who never came
	}
	atWindow := map[string]bool{}
	for _, e := range h.Entries {
		if e.Terminal == console {
			atWindow[e.User] = true
		}
	}
	latestOf := map[string]int{} // by user, the place in Window
	for i, at := range times {
		e := h.Entries[i]
		known, listed := latestOf[e.User]
		switch {
		case e.Terminal == console && listed:
			logins.Window[known].Count++
		case e.Terminal == console:
			latestOf[e.User] = len(logins.Window)
			logins.Window = append(logins.Window, evidence.Login{User: e.User, At: at, Open: e.Open, Count: 1})
		case e.Terminal != "" && !atWindow[e.User] && !slices.Contains(logins.Other, e.User):
			logins.Other = append(logins.Other, e.User)
		}
	}
	slices.Sort(logins.Other)
	return logins, nil
}

// aYearBefore is how far back the times can be completed.
func aYearBefore(now time.Time) time.Time { return now.AddDate(-1, 0, 0) }

// times are those of the newest entries, as many as are of the year before now.
func (h LoginHistory) times(now time.Time) ([]time.Time, error) {
	times := make([]time.Time, 0, len(h.Entries))
	bound, oldest := now, aYearBefore(now)
	for i, e := range h.Entries {
		at, found := latest(e.At, bound.Add(clockSlack))
		if _, ahead := latest(e.At, bound.Add(zonesApart)); i == 0 && !found && ahead {
			return nil, unreadable("the newest login, of %s, lies ahead", clip(e.At))
		}
		if !found || at.Before(oldest) {
			break
		}
		if at.After(now) { // by the clock that is ahead
			at = now.Truncate(time.Minute)
		}
		if at.Before(bound) {
			bound = at
		}
		times = append(times, at)
	}
	return times, nil
}

// latest is the latest time that is printed so and not after bound, of this year
// or the one before.
func latest(printed string, bound time.Time) (time.Time, bool) {
	for _, year := range []int{bound.Year(), bound.Year() - 1} {
		at, err := time.ParseInLocation(lastTime+" 2006", printed+" "+strconv.Itoa(year), bound.Location())
		if err == nil && at.Format("Mon") == printed[:3] && !at.After(bound) {
			return at, true
		}
	}
	return time.Time{}, false
}

// since is the zero time where the history does not say when it begins.
func (h LoginHistory) since(zone *time.Location) time.Time {
	if h.Begins == nil {
		return time.Time{}
	}
	begins, err := time.ParseInLocation(localTime, *h.Begins, zone)
	if err != nil {
		return time.Time{}
	}
	return begins
}
