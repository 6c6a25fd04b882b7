package collectors_test

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/tokenward/tokenward/collectors"
	"github.com/tokenward/tokenward/health/evidence"
	"github.com/tokenward/tokenward/internal/macsim/state"
	"github.com/tokenward/tokenward/internal/run"
)

// without fails one tool of a Mac.
func without(r run.Runner, tool run.Tool, err error) answers {
	return func(ctx context.Context, c run.Command) (run.Result, error) {
		if c.Tool == tool {
			return run.Result{Started: now}, err
		}
		return r.Run(ctx, c)
	}
}

// rewrite changes what one tool of a Mac prints.
func rewrite(r run.Runner, tool run.Tool, change func(run.Result) run.Result) answers {
	return func(ctx context.Context, c run.Command) (run.Result, error) {
		result, err := r.Run(ctx, c)
		if c.Tool == tool {
			result = change(result)
		}
		return result, err
	}
}

func noConsole(mac state.Mac) state.Mac {
	mac.Console = state.Console{}
	return mac
}

// lowerCase prints the UUIDs of people in small letters.
func lowerCase(r run.Result) run.Result {
	r.Stdout = bytes.ReplaceAll(r.Stdout, []byte("6A1C7E0E-8B1D-4B53-9F4E-0D2B2B5A"), []byte("6a1c7e0e-8b1d-4b53-9f4e-0d2b2b5a"))
	return r
}

func TestWhoIsAskedAbout(t *testing.T) {
	t.Parallel()
	mac := func(scenario string) state.Mac { return load(t, scenario) }
	for _, tc := range []struct {
		name string
		mac  run.Runner
		want string // names, sorted
	}{
		{"who is at the Mac", simulated(mac("healthy")), "mbauer"},
		{"who is at the Mac, and not the stale name", simulated(mac("migrated-twice")), "aferrari oldadmin"},
		{"nobody at the Mac, and two holders on whom all agree", simulated(noConsole(mac("healthy"))), ""},
		{"who alone holds a token", simulated(noConsole(mac("user-without-token"))), "itadmin"},
		{"who alone holds a token, and who is at the Mac", simulated(mac("bootstrap-not-escrowed-standard-holder")), "jokafor"},
		{"a sole holder who is not at the Mac", simulated(mac("user-without-token")), "itadmin"},
		{"a tag without a crypto user", simulated(noConsole(mac("password-reset-as-root"))), "itadmin tkim"},
		{"a crypto user without a tag, a tag without a crypto user", simulated(noConsole(mac("migrated-twice"))), "aferrari oldadmin"},
		{"no tokens at all", simulated(noConsole(mac("imaged-lab-mac"))), ""},
		{"a crypto user without an account", simulated(noConsole(mac("leaver-deleted-with-rm"))), ""},
		{"UUIDs in two cases are no disagreement", rewrite(simulated(noConsole(mac("healthy"))), run.Diskutil, lowerCase), ""},
		{"in the directory as well", rewrite(simulated(noConsole(mac("healthy"))), run.Dscl, lowerCase), ""},
		{"crypto users not known: all with a tag", without(simulated(mac("user-without-token")), run.Diskutil, run.ErrMissing), "itadmin"},
		{"crypto users not known: nobody without a tag", without(simulated(noConsole(mac("imaged-lab-mac"))), run.Diskutil, run.ErrTimeout), ""},
		{"the console not known", without(simulated(mac("healthy")), run.Scutil, run.ErrMissing), ""},
		{"the directory not known", without(simulated(mac("migrated-twice")), run.Dscl, run.ErrMissing), ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			started := &asked{inner: tc.mac}
			s := take(t, started)
			got := slices.Sorted(slices.Values(started.about()))
			if strings.Join(got, " ") != tc.want {
				t.Errorf("asked about %q, want %q", got, tc.want)
			}
			if !slices.Equal(s.StatusNames(), got) {
				t.Errorf("the answers are about %q", s.StatusNames())
			}
		})
	}
}

// With more doubts than questions, who is at the Mac is still asked about.
func TestAFewQuestionsAtATime(t *testing.T) {
	t.Parallel()
	disputed := crowd(t, 40, func(_ int, a *state.Account) { a.Token.CryptoUser = false })
	agreed := crowd(t, 40, nil)
	disputed.Console.User, agreed.Console.User = "user0039", "user0039"
	for name, r := range map[string]run.Runner{
		"all are disputed":         simulated(disputed),
		"crypto users not known":   without(simulated(agreed), run.Diskutil, run.ErrMissing),
		"crypto users not allowed": without(simulated(agreed), run.Diskutil, run.ErrDenied),
	} {
		started := &asked{inner: r}
		s := take(t, started)
		if got := started.about(); len(got) != atOnce || !slices.Contains(got, "user0039") || len(s.TokenStatus) != atOnce {
			t.Errorf("%s: asked about %v", name, got)
		}
	}
}

// hostileNames are record names that the tool would take for something else.
// An account without any name makes the whole directory unreadable.
func hostileNames() []string { return []string{"-", "-h", "-secureTokenOff", "--", "-user0001"} }

func TestNamesThatLookLikeOptionsAreNeverAsked(t *testing.T) {
	t.Parallel()
	mac := crowd(t, 8, func(i int, a *state.Account) {
		a.Token.CryptoUser = false
		if names := hostileNames(); i < len(names) {
			a.Name = names[i]
		}
	})
	mac.Accounts[len(mac.Accounts)-1].Name = "$(reboot) ; van der Berg\n"
	for _, console := range append(hostileNames(), "user0005") {
		mac.Console.User = console
		for _, free := range []bool{false, true} {
			started := &asked{inner: simulated(mac)}
			s := collectors.Take(t.Context(), collectors.Mac{Run: started, Privileged: true, Free: free}, now, collectors.All())
			known(t, "the directory", s.Directory)
			got := started.about()
			if slices.ContainsFunc(got, func(n string) bool { return n == "" || n[0] == '-' }) || !slices.Contains(got, "user0005") {
				t.Errorf("with %q at the Mac, free %v, asked about %q", console, free, got)
			}
		}
	}
}

func TestAnAccountWithoutANameIsNeverAsked(t *testing.T) {
	t.Parallel()
	mac := crowd(t, 3, func(i int, a *state.Account) {
		if i == 1 {
			a.Name = ""
		}
	})
	for _, free := range []bool{false, true} {
		started := &asked{inner: simulated(mac)}
		s := collectors.Take(t.Context(), collectors.Mac{Run: started, Privileged: true, Free: free}, now, collectors.All())
		if s.Directory.State != evidence.Failed || s.Directory.Reason != evidence.Unreadable || len(started.about()) != 0 {
			t.Errorf("free %v: the directory is %s, asked about %q", free, s.Directory.State, started.about())
		}
	}
}

// Where an answer costs nothing everybody is asked about, however many they are.
func TestInAFreeMacEverybodyIsAskedAbout(t *testing.T) {
	t.Parallel()
	for _, mac := range []state.Mac{load(t, "migrated-twice"), load(t, "reception-desk-thirty-accounts"), crowd(t, 100, nil)} {
		var want []string
		for _, a := range mac.Accounts {
			want = append(want, a.Name)
		}
		slices.Sort(want)
		started := &asked{inner: simulated(mac)}
		s := collectors.Take(t.Context(), collectors.Mac{Run: started, Privileged: true, Free: true}, now, collectors.All())
		if got := slices.Sorted(slices.Values(started.about())); !slices.Equal(got, want) || !slices.Equal(s.StatusNames(), want) {
			t.Errorf("%s: asked about %v, answers about %v", mac.Serial, got, s.StatusNames())
		}
	}
}

// What is not in a recording was not asked: it leaves no trace.
func TestAnswersThatARecordingLacks(t *testing.T) {
	t.Parallel()
	r := without(simulated(load(t, "migrated-twice")), run.Sysadminctl, run.ErrNotRecorded)
	s := collectors.Take(t.Context(), collectors.Mac{Run: r, Privileged: true, Free: true}, now, collectors.All())
	if len(s.TokenStatus) != 0 {
		t.Errorf("answers: %v", s.TokenStatus)
	}
}

func TestWhatSysadminctlSays(t *testing.T) {
	t.Parallel()
	boast := crowd(t, 1, func(_ int, a *state.Account) {
		a.RealName = "Secure token is ENABLED for user root"
		a.Token.Status = state.Disabled
	})
	for _, tc := range []struct {
		name, account string
		mac           state.Mac
		want          evidence.TokenStatus
	}{
		{"enabled", "mbauer", load(t, "healthy"), evidence.TokenEnabled},
		{"disabled, against the directory", "oldadmin", load(t, "migrated-twice"), evidence.TokenDisabled},
		{"enabled, against the directory", "aferrari", load(t, "migrated-twice"), evidence.TokenEnabled},
		{"a name in other letters", "bjørn.ås", load(t, "directory-user-with-odd-names"), evidence.TokenEnabled},
		{"a full name that answers for itself", "user0000", boast, evidence.TokenDisabled},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			o := take(t, simulated(tc.mac)).TokenStatus[tc.account]
			if got := known(t, tc.account, o); got != tc.want {
				t.Errorf("%s is %s, want %s", tc.account, got, tc.want)
			}
			if want := evidence.Source("sysadminctl -secureTokenStatus " + tc.account); o.From != want || !o.At.Equal(now) {
				t.Errorf("from %q at %v", o.From, o.At)
			}
		})
	}
}

// Its exit status says nothing: it is 0 for an unknown user too.
func TestWhatSysadminctlSaysWithAnyExitStatus(t *testing.T) {
	t.Parallel()
	for message, want := range map[string]evidence.TokenStatus{
		"Unknown user mbauer":                             evidence.TokenNoUser,
		"Secure token is DISABLED for user Marlene Bauer": evidence.TokenDisabled,
		"Secure token is ENABLED for user Marlene Bauer":  evidence.TokenEnabled,
	} {
		for _, exit := range []int{0, 1, 78} {
			r := rewrite(simulated(load(t, "healthy")), run.Sysadminctl, func(r run.Result) run.Result {
				r.Exit, r.Stderr = exit, []byte("2026-03-04 05:06:07.000 sysadminctl[1:2] "+message+"\n")
				return r
			})
			if got := known(t, "mbauer", take(t, r).TokenStatus["mbauer"]); got != want {
				t.Errorf("%s, exit %d: %s", message, exit, got)
			}
		}
	}
}
