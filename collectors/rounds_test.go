package collectors_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tokenward/tokenward/collectors"
	"github.com/tokenward/tokenward/health/evidence"
	"github.com/tokenward/tokenward/internal/macsim"
	"github.com/tokenward/tokenward/internal/macsim/state"
	"github.com/tokenward/tokenward/internal/run"
)

const interval = 15 * time.Minute

// watched is a Mac that is asked again and again, and what it was asked.
type watched struct {
	tb     testing.TB
	rounds *collectors.Rounds
	inner  run.Runner
	boot   string
	at     time.Time
	mu     sync.Mutex
	asked  []run.Command // in the latest round
}

func watch(tb testing.TB, r run.Runner) *watched {
	tb.Helper()
	return &watched{tb: tb, rounds: collectors.NewRounds(collectors.All()), inner: r, boot: "first", at: now}
}

func (w *watched) Run(ctx context.Context, c run.Command) (run.Result, error) {
	w.mu.Lock()
	w.asked = append(w.asked, c)
	at := w.at
	w.mu.Unlock()
	result, err := w.inner.Run(ctx, c)
	result.Started = at
	return result, err
}

// round asks once more, so long after the last time.
func (w *watched) round(after time.Duration, wanted bool) evidence.Snapshot {
	w.tb.Helper()
	w.at, w.asked = w.at.Add(after), nil
	return w.rounds.Take(w.tb.Context(), collectors.Mac{Run: w, Privileged: true}, collectors.Occasion{At: w.at, Boot: w.boot, Wanted: wanted})
}

// times says how often the latest round asked that.
func (w *watched) times(command string) (n int) {
	for _, c := range w.asked {
		if strings.HasPrefix(c.String(), command) {
			n++
		}
	}
	return n
}

// A day of checks: each costs what it may, whatever the Mac and however many
// accounts it has, and in the end everything was asked as often as it should be.
func TestADayOfChecks(t *testing.T) {
	t.Parallel()
	disputed := func(_ int, a *state.Account) { a.Token.CryptoUser = false }
	macs := map[string]state.Mac{
		"one": crowd(t, 1, nil), "ten": crowd(t, 10, disputed), "a hundred": crowd(t, 100, disputed), "two thousand": crowd(t, 2000, disputed),
	}
	for _, scenario := range macsim.Scenarios() {
		macs[scenario] = load(t, scenario)
	}
	for name, mac := range macs {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checks := int(24 * time.Hour / interval)
			if len(mac.Accounts) > 1000 || !slices.Contains([]string{"healthy", "catalina-intel-office-mac", "a hundred"}, name) {
				checks = 6
			}
			w := watch(t, simulated(mac))
			total := map[string]int{}
			for n := range checks {
				w.round(interval, false)
				if most := map[bool]int{true: 32, false: 16}[n == 0]; len(w.asked) > most {
					t.Fatalf("check %d: %d processes: %v", n, len(w.asked), w.asked)
				}
				for _, c := range w.asked {
					total[c.String()]++
				}
			}
			if checks == 6 {
				return
			}
			for _, c := range collectors.All() {
				if c.Command.Tool.Path() == "" || c.PerBoot || total[c.Command.String()] == 0 {
					continue
				}
				if want := int(24 * time.Hour / max(c.Every, interval)); total[c.Command.String()] < want*8/10 || total[c.Command.String()] > want+1 {
					t.Errorf("%s: asked %d times, want about %d", c.Name, total[c.Command.String()], want)
				}
			}
		})
	}
}

func TestWhatCannotChangeIsAskedOnceAfterAStart(t *testing.T) {
	t.Parallel()
	w := watch(t, simulated(load(t, "healthy")))
	first := w.round(0, false)
	for range 200 {
		if s := w.round(interval, false); w.times("sw_vers")+w.times("csrutil")+w.times("bputil") > 0 || s.OSVersion != first.OSVersion {
			t.Fatalf("asked again: %v; the version is %+v", w.asked, s.OSVersion)
		}
	}
	w.boot = "second"
	if s := w.round(interval, false); w.times("sw_vers") != 1 || !s.OSVersion.At.Equal(w.at) {
		t.Errorf("after another start: %v, %+v", w.asked, s.OSVersion)
	}
}

// An answer that stands keeps the time at which it was given.
func TestAnAnswerThatStandsHasItsAge(t *testing.T) {
	t.Parallel()
	w := watch(t, simulated(load(t, "healthy")))
	w.round(0, false)
	given := w.at
	s := w.round(interval, false)
	if got := s.EACSPreflight; got.State != evidence.Observed || !got.At.Equal(given) {
		t.Errorf("%+v, want it from %v", got, given)
	}
	if !s.FileVault.At.Equal(w.at) {
		t.Errorf("FileVault is from %v", s.FileVault.At)
	}
}

func TestWhoeverWaitsIsToldEverythingAnew(t *testing.T) {
	t.Parallel()
	w := watch(t, simulated(load(t, "healthy")))
	w.round(0, false)
	w.round(interval, true)
	for _, c := range collectors.All() {
		if c.Command.Tool.Path() != "" && c.Name != "firmware-password" && !slices.ContainsFunc(w.asked, func(a run.Command) bool { return a.String() == c.Command.String() }) {
			t.Errorf("%s was not asked", c.Name)
		}
	}
	if len(w.asked) > 32 {
		t.Errorf("%d processes", len(w.asked))
	}
}

// failing makes a tool fail as long as down says so.
func failing(inner run.Runner, tool run.Tool, down *bool, err error) answers {
	return func(ctx context.Context, c run.Command) (run.Result, error) {
		if *down && c.Tool == tool {
			return run.Result{Exit: -1}, err
		}
		return inner.Run(ctx, c)
	}
}

// A failure of a slow tool says nothing about the Mac: the last answer stands for
// two of its days, and the tool is tried once an hour.
func TestASlowToolThatFails(t *testing.T) {
	t.Parallel()
	down := false
	w := watch(t, failing(simulated(load(t, "healthy")), run.Mdmclient, &down, run.ErrTimeout))
	w.round(0, false)
	down = true
	tried := 0
	for n := range int(50 * time.Hour / interval) {
		s := w.round(interval, false)
		tried += w.times("mdmclient QueryDeviceInformation")
		age := time.Duration(n+1) * interval
		want := evidence.Observed
		if age >= 49*time.Hour+interval {
			want = evidence.Failed
		} else if age >= 48*time.Hour {
			continue // until it is tried the next time
		}
		if s.EACSPreflight.State != want {
			t.Fatalf("after %v: %+v", age, s.EACSPreflight)
		}
	}
	if tried < 24 || tried > 28 {
		t.Errorf("tried %d times", tried)
	}
	down = false
	for range 5 {
		w.round(interval, false)
	}
	if s := w.round(interval, false); s.EACSPreflight.State != evidence.Observed {
		t.Errorf("when it works again: %+v", s.EACSPreflight)
	}
}

// What is asked at every check is never older than the check.
func TestARegularToolThatFails(t *testing.T) {
	t.Parallel()
	down := false
	w := watch(t, failing(simulated(load(t, "healthy")), run.Diskutil, &down, run.ErrTimeout))
	w.round(0, false)
	down = true
	if s := w.round(interval, false); s.CryptoUsers.State != evidence.Failed || s.CryptoUsers.Value != nil {
		t.Errorf("%+v", s.CryptoUsers)
	}
}

// A tool that is denied is tried once an hour, in case it was allowed meanwhile.
func TestADeniedToolIsTriedOnceAnHour(t *testing.T) {
	t.Parallel()
	down := true
	w := watch(t, failing(simulated(load(t, "healthy")), run.Csrutil, &down, run.ErrDenied))
	tried := 0
	for range int(10 * time.Hour / interval) {
		w.round(interval, false)
		tried += w.times("csrutil")
	}
	if tried < 8 || tried > 11 {
		t.Errorf("tried %d times in ten hours", tried)
	}
}

// A change makes older answers worthless, and has them asked for at once.
func TestAChangeRenewsWhatDependsOnIt(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		change func(*state.Mac)
		asked  []string
		not    []string
	}{
		{"nothing", func(*state.Mac) {}, nil, []string{"mdmclient", "fdesetup list -extended", "app-sso"}},
		{
			"another server", func(m *state.Mac) { m.Enrollment.Server = "https://other.example.com/mdm" },
			[]string{"mdmclient QueryDeviceInformation", "mdmclient QuerySecurityInfo"},
			[]string{"fdesetup showdeferralinfo"},
		},
		{
			"the Bootstrap Token is gone", func(m *state.Mac) { m.Bootstrap = state.Bootstrap{} },
			[]string{"mdmclient QueryDeviceInformation", "mdmclient QuerySecurityInfo"},
			nil,
		},
		{
			"FileVault is off", func(m *state.Mac) { m.FileVault.State = state.Off },
			[]string{"fdesetup haspersonalrecoverykey", "mdmclient QuerySecurityInfo"},
			[]string{"mdmclient QueryDeviceInformation"},
		},
		{"nobody at the Mac", func(m *state.Mac) { m.Console = state.Console{} }, []string{"app-sso"}, []string{"mdmclient"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			mac := load(t, "healthy")
			w := watch(t, simulated(mac))
			w.round(0, false)
			w.round(time.Minute, false)
			changed := mac.Clone()
			tc.change(&changed)
			w.inner = simulated(changed)
			s := w.round(time.Minute, false)
			for _, command := range tc.asked {
				if w.times(command) != 1 {
					t.Errorf("%s was asked %d times: %v", command, w.times(command), w.asked)
				}
			}
			for _, command := range tc.not {
				if w.times(command) != 0 {
					t.Errorf("%s was asked", command)
				}
			}
			if len(w.asked) > 32 || !s.TakenAt.Equal(w.at) {
				t.Errorf("%d processes", len(w.asked))
			}
		})
	}
}

// More accounts are in doubt than a check may ask about: in turn, each of the
// eight that matter most has an answer that is at most an hour old.
func TestQuestionsAboutAccountsTakeTurns(t *testing.T) {
	t.Parallel()
	mac := crowd(t, 40, func(_ int, a *state.Account) { a.Token.CryptoUser = false })
	w := watch(t, simulated(mac))
	var s evidence.Snapshot
	for range 12 {
		s = w.round(interval, false)
		if n := w.times("sysadminctl"); n > 6 {
			t.Errorf("%d questions in one check", n)
		}
	}
	if len(s.TokenStatus) != mostQuestions {
		t.Errorf("%d answers", len(s.TokenStatus))
	}
	for name, o := range s.TokenStatus {
		if age := w.at.Sub(o.At); age >= time.Hour+interval {
			t.Errorf("%s is %v old", name, age)
		}
	}
	if !slices.Contains(s.StatusNames(), "user0000") {
		t.Errorf("who is at the Mac is not among %v", s.StatusNames())
	}
}

// An answer about an account is worthless as soon as the other sources say
// something else of it.
func TestAnAnswerAboutAnAccountDependsOnTheOthers(t *testing.T) {
	t.Parallel()
	mac := crowd(t, 2, nil)
	w := watch(t, simulated(mac))
	w.round(0, false)
	if w.round(time.Minute, false); w.times("sysadminctl") != 0 {
		t.Errorf("asked again: %v", w.asked)
	}
	changed := mac.Clone()
	for i := range changed.Accounts {
		if changed.Accounts[i].Name == "user0000" {
			changed.Accounts[i].Token.CryptoUser = false
		}
	}
	w.inner = simulated(changed)
	if s := w.round(time.Minute, false); w.times("sysadminctl -secureTokenStatus user0000") != 1 || !s.TokenStatus["user0000"].At.Equal(w.at) {
		t.Errorf("asked: %v; %+v", w.asked, s.TokenStatus["user0000"])
	}
}

// What hung the last time is started last: it keeps nobody else waiting.
func TestWhatFailedIsAskedLast(t *testing.T) {
	t.Parallel()
	down := true
	w := watch(t, failing(simulated(load(t, "healthy")), run.Profiles, &down, run.ErrTimeout))
	w.round(0, false)
	w.round(interval, false)
	var order []string
	for _, c := range w.asked {
		order = append(order, fmt.Sprint(c.Tool == run.Profiles))
	}
	early := slices.Index(order, "true")
	if early < 0 || early < len(order)/2-2 {
		t.Errorf("asked as number %d of %d: %v", early, len(order), w.asked)
	}
}
