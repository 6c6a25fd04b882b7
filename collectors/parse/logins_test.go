package parse_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tokenward/tokenward/collectors/parse"
	"github.com/tokenward/tokenward/health/evidence"
)

// login is a line of last as the Mac has it, with its year. Without a user it is
// a start of the Mac.
type login struct {
	user, terminal, host string
	at                   time.Time
	took                 time.Duration // zero: still logged in
}

// printed is the line as last prints it, since macOS 13 or before.
func (l login) printed(recent bool) string {
	at := l.at.Format("Mon Jan _2 15:04")
	end := "  still logged in"
	if days, rest := int(l.took.Hours())/24, l.took%(24*time.Hour); l.took > 0 {
		end = fmt.Sprintf("- %s  (%02d:%02d)", l.at.Add(l.took).Format("15:04"), rest/time.Hour, rest%time.Hour/time.Minute)
		if days > 0 {
			end = fmt.Sprintf("- crash (%d+%02d:%02d)", days, rest/time.Hour, rest%time.Hour/time.Minute)
		}
	}
	switch {
	case l.user == "" && recent:
		return fmt.Sprintf("%-42s %s\n", "reboot time", at)
	case l.user == "":
		return fmt.Sprintf("%-8s  %-8s %-16s %s \n", "reboot", "~", "", at)
	case recent:
		return fmt.Sprintf("%-10s %-8s %-22.22s %s %s\n", l.user, l.terminal, l.host, at, end)
	}
	return fmt.Sprintf("%-8.8s  %-8s %-16.16s %s %s\n", l.user, l.terminal, l.host, at, end)
}

// printedHistory is the whole output; the newest login comes first.
func printedHistory(logins []login, recent bool) string {
	var b strings.Builder
	for _, l := range logins {
		b.WriteString(l.printed(recent))
	}
	begins, layout := logins[len(logins)-1].at, "wtmp begins Mon Jan _2 15:04 "
	if recent {
		layout = "wtmp begins Mon Jan _2 15:04:05 MST 2006"
	}
	return b.String() + "\n" + begins.Format(layout) + "\n"
}

// randomHistory has gaps of up to a hundred days, so that it is longer than the
// year which is read, and shorter than the five after which a date comes back
// on the same day of the week.
func randomHistory(r *rand.Rand, now time.Time) []login {
	users := []string{"ada", "grace", "_mbsetup", "x", "van der"}
	logins := make([]login, 1+r.IntN(25))
	at := now
	for i := range logins {
		gap := []time.Duration{0, time.Minute, time.Hour, 36 * time.Hour, 100 * 24 * time.Hour}[r.IntN(5)]
		at = at.Add(-time.Duration(r.Int64N(int64(gap) + 1))).Truncate(time.Minute)
		logins[i] = login{at: at, took: time.Duration(r.IntN(5000)) * time.Minute}
		switch kind := r.IntN(5); {
		case kind < 2:
			logins[i].user, logins[i].terminal = users[r.IntN(len(users))], "console"
		case kind < 4:
			logins[i].user, logins[i].terminal = users[r.IntN(len(users))], fmt.Sprintf("ttys%03d", r.IntN(20))
			logins[i].host = []string{"", "10.0.0.5", "fe80::10de:d2c7:5dc7:4f00"}[r.IntN(3)]
		}
	}
	return logins
}

// expected is what a history says, from times that have their years.
func expected(logins []login, now time.Time) evidence.Logins {
	var want evidence.Logins
	seen := map[string]bool{}
	for _, l := range logins {
		within := !l.at.Before(now.AddDate(-1, 0, 0))
		if within && l.terminal == "console" && !seen[l.user] {
			want.Window = append(want.Window, evidence.Login{User: l.user, At: l.at, Open: l.took == 0})
		}
		if within && l.terminal == "console" {
			want.Window[slices.IndexFunc(want.Window, func(w evidence.Login) bool { return w.User == l.user })].Count++
		}
		seen[l.user] = seen[l.user] || l.terminal == "console"
	}
	for _, l := range logins {
		if l.user != "" && !seen[l.user] && !l.at.Before(now.AddDate(-1, 0, 0)) {
			want.Other = append(want.Other, l.user)
		}
	}
	slices.Sort(want.Other)
	want.Other = slices.Compact(want.Other)
	return want
}

// reads is how far back a history is read: to its beginning, or for a year.
func reads(logins []login, now time.Time) time.Time {
	begins, year := logins[len(logins)-1].at, now.AddDate(-1, 0, 0)
	if begins.Before(year) {
		return year
	}
	return begins
}

// sameLogins compares what was read by its text: times are compared with their
// zone, and no list with an empty one.
func sameLogins(a, b evidence.Logins) bool { return fmt.Sprint(a) == fmt.Sprint(b) }

func TestLoginsOfAnyHistory(t *testing.T) {
	t.Parallel()
	for seed := range uint64(600) {
		r := rand.New(rand.NewPCG(seed, 4))
		zone := time.FixedZone("", (r.IntN(25)-12)*3600)
		now := time.Date(2019+r.IntN(12), 1, 1+r.IntN(366), r.IntN(24), r.IntN(60), r.IntN(60), 0, zone)
		logins := randomHistory(r, now)
		for _, recent := range []bool{false, true} {
			want := expected(logins, now)
			if recent {
				want.Since = reads(logins, now)
			}
			text := printedHistory(logins, recent)
			history, err := parse.Last([]byte(text))
			if err != nil || len(history.Entries) != len(logins) {
				t.Fatalf("seed %d: %d entries, %v\n%s", seed, len(history.Entries), err, text)
			}
			if got, err := history.Logins(now); err != nil || !sameLogins(got, want) {
				t.Fatalf("seed %d, as of %s:\n%s\ngot  %v, %v\nwant %v", seed, now, text, got, err, want)
			}
		}
	}
}

func TestLogins(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 9, 8, 7, 6, 0, time.FixedZone("CET", 3600))
	at := func(year int, month time.Month, day, hour, minute int) time.Time {
		return time.Date(year, month, day, hour, minute, 0, 0, now.Location())
	}
	window := func(user string, at time.Time) evidence.Login { return evidence.Login{User: user, At: at, Count: 1} }
	entry := func(user, terminal, at string) parse.LoginEntry {
		return parse.LoginEntry{User: user, Terminal: terminal, At: at}
	}
	begins, long := "2025-11-02T09:00:33", "2024-11-02T09:00:33"
	for _, c := range []struct {
		name    string
		entries []parse.LoginEntry
		begins  *string
		want    evidence.Logins
		fails   bool
	}{
		{name: "none"},
		{name: "its beginning", begins: &begins, want: evidence.Logins{Since: at(2025, 11, 2, 9, 0).Add(33 * time.Second)}},
		{
			name:    "the latest of each user",
			entries: []parse.LoginEntry{entry("ada", "console", "Mon Mar  9 08:07"), entry("grace", "console", "Sun Mar  8 09:00"), entry("ada", "console", "Sun Mar  8 08:00")},
			want:    evidence.Logins{Window: []evidence.Login{{User: "ada", At: at(2026, 3, 9, 8, 7), Count: 2}, window("grace", at(2026, 3, 8, 9, 0))}},
		},
		{
			name:    "the year before",
			entries: []parse.LoginEntry{entry("ada", "console", "Thu Jan  1 00:05"), entry("grace", "console", "Wed Dec 31 23:55")},
			want:    evidence.Logins{Window: []evidence.Login{window("ada", at(2026, 1, 1, 0, 5)), window("grace", at(2025, 12, 31, 23, 55))}},
		},
		{
			name:    "a year ago to the minute, and older",
			entries: []parse.LoginEntry{entry("ada", "console", "Sun Mar  9 08:08"), entry("grace", "console", "Sun Mar  9 08:07"), entry("emil", "ttys000", "Sat Mar  8 08:00")},
			want:    evidence.Logins{Window: []evidence.Login{window("ada", at(2025, 3, 9, 8, 8))}},
		},
		{
			name:    "two years ago, on a date of this year",
			entries: []parse.LoginEntry{entry("ada", "console", "Fri Mar  8 08:00"), entry("grace", "console", "Sun Mar  8 08:00")},
		},
		{
			name:    "more than a year ago, and nothing since",
			entries: []parse.LoginEntry{entry("ada", "console", "Sun Mar  9 08:06")},
		},
		{
			name:    "a leap day that is too old",
			entries: []parse.LoginEntry{entry("ada", "console", "Sat Mar  7 08:00"), entry("grace", "console", "Thu Feb 29 08:00")},
			want:    evidence.Logins{Window: []evidence.Login{window("ada", at(2026, 3, 7, 8, 0))}},
		},
		{
			name:    "an hour ahead by summer time",
			entries: []parse.LoginEntry{entry("ada", "console", "Mon Mar  9 09:05"), entry("grace", "console", "Mon Mar  9 08:59"), entry("emil", "console", "Mon Mar  9 08:00")},
			want:    evidence.Logins{Window: []evidence.Login{window("ada", at(2026, 3, 9, 8, 7)), window("grace", at(2026, 3, 9, 8, 7)), window("emil", at(2026, 3, 9, 8, 0))}},
		},
		{
			name:    "the hour that summer time's end repeats",
			entries: []parse.LoginEntry{entry("ada", "console", "Sun Oct 26 02:10"), entry("grace", "console", "Sun Oct 26 02:50"), entry("emil", "console", "Sat Oct 25 08:00")},
			want:    evidence.Logins{Window: []evidence.Login{window("ada", at(2025, 10, 26, 2, 10)), window("grace", at(2025, 10, 26, 2, 50)), window("emil", at(2025, 10, 25, 8, 0))}},
		},
		{
			name:    "more than an hour ahead",
			entries: []parse.LoginEntry{entry("ada", "console", "Mon Mar  9 09:30"), entry("grace", "console", "Mon Mar  9 08:00")},
			fails:   true,
		},
		{
			name:    "another day of the week",
			entries: []parse.LoginEntry{entry("ada", "console", "Tue Mar  9 08:00")},
		},
		{
			name:    "a date of this year further down, that is not of this year",
			entries: []parse.LoginEntry{entry("ada", "console", "Sun Mar  1 08:00"), entry("grace", "console", "Mon Mar  2 08:00"), entry("emil", "console", "Sat Feb 28 08:00")},
			want:    evidence.Logins{Window: []evidence.Login{window("ada", at(2026, 3, 1, 8, 0))}},
		},
		{
			name:    "fourteen months ago, and the history begins before",
			entries: []parse.LoginEntry{entry("ada", "console", "Mon Mar  9 08:00"), entry("grace", "console", "Thu Jan  9 08:00")},
			begins:  &long,
			want:    evidence.Logins{Window: []evidence.Login{window("ada", at(2026, 3, 9, 8, 0))}, Since: at(2025, 3, 9, 8, 7).Add(6 * time.Second)},
		},
		{
			name:    "it begins more than a year ago, and all of it was read",
			entries: []parse.LoginEntry{entry("ada", "console", "Mon Mar  9 08:00")},
			begins:  &long,
			want:    evidence.Logins{Window: []evidence.Login{window("ada", at(2026, 3, 9, 8, 0))}, Since: at(2024, 11, 2, 9, 0).Add(33 * time.Second)},
		},
		{
			name:    "other ways",
			entries: []parse.LoginEntry{entry("zoe", "ttys001", "Mon Mar  9 08:00"), entry("ada", "ttys000", "Mon Mar  9 07:00"), entry("", "", "Mon Mar  9 06:59"), entry("zoe", "ttys002", "Mon Mar  9 06:58")},
			want:    evidence.Logins{Other: []string{"ada", "zoe"}},
		},
		{
			name:    "the login window, longer ago than is read",
			entries: []parse.LoginEntry{entry("ada", "ttys001", "Mon Mar  9 08:00"), entry("ada", "console", "Fri Mar  8 08:00")},
		},
		{
			name:    "an account that is called as a start is",
			entries: []parse.LoginEntry{entry("reboot", "console", "Mon Mar  9 08:00"), entry("shutdown", "ttys000", "Mon Mar  9 07:00")},
			want:    evidence.Logins{Window: []evidence.Login{window("reboot", at(2026, 3, 9, 8, 0))}, Other: []string{"shutdown"}},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := parse.LoginHistory{Entries: c.entries, Begins: c.begins}.Logins(now)
			if errors.Is(err, parse.ErrUnreadable) != c.fails || !sameLogins(got, c.want) {
				t.Errorf("got  %v, %v\nwant %v", got, err, c.want)
			}
		})
	}
}

// With a thousand lines last ends without its last line: it was asked for no more.
func TestLastEndsWhereItWasAskedTo(t *testing.T) {
	t.Parallel()
	l := login{user: "ada", terminal: "console", at: time.Date(2026, 3, 9, 8, 0, 0, 0, time.UTC)}
	for _, c := range []struct {
		name  string
		lines int
		reads bool
	}{
		{"one less", 999, false},
		{"all of them", 1000, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			history, err := parse.Last([]byte(strings.Repeat(l.printed(true), c.lines)))
			if (err == nil) != c.reads || c.reads && (len(history.Entries) != c.lines || history.Begins != nil) {
				t.Errorf("%d entries, %v", len(history.Entries), err)
			}
		})
	}
}

// What last printed, cut off anywhere, is unreadable, or lacks no more than the
// year of its last line.
func TestLastCutOff(t *testing.T) {
	t.Parallel()
	for name, c := range cases(t) {
		if !strings.HasPrefix(name, "last.") || c[0] == "unreadable" {
			continue
		}
		full, err := parse.Last([]byte(c[1]))
		if err != nil {
			t.Fatal(err)
		}
		for i := range c[1] {
			part, err := parse.Last([]byte(c[1][:i]))
			if err != nil {
				continue
			}
			if !slices.Equal(part.Entries, full.Entries) || part.Begins != nil && *part.Begins != *full.Begins {
				text, _ := json.Marshal(part)
				t.Errorf("%s: cut after %d bytes it reads as %s", name, i, text)
			}
		}
	}
}
