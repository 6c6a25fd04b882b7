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
	net    *net          // nil: there is none
	event  bool          // something has happened before the next round
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
	mac := collectors.Mac{Run: w, Privileged: true}
	if w.net != nil {
		mac.Net = w.net
	}
	o := collectors.Occasion{At: w.at, Boot: w.boot, Wanted: wanted, Stirred: w.event}
	w.event = false
	return w.rounds.Take(w.tb.Context(), mac, o)
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
		"healthy": load(t, "healthy"), "Intel": load(t, "catalina-intel-office-mac"),
		"one": crowd(t, 1, nil), "a hundred": crowd(t, 100, disputed),
	}
	for name, mac := range macs {
		for _, every := range []time.Duration{5 * time.Minute, 15 * time.Minute, 30 * time.Minute, 45 * time.Minute, 59 * time.Minute} {
			t.Run(fmt.Sprintf("%s, every %v", name, every), func(t *testing.T) {
				t.Parallel()
				w := watch(t, simulated(mac))
				const day = 24 * time.Hour
				total := map[string]int{}
				for n := range int(day / every) {
					w.round(every, false)
					if most := map[bool]int{true: 32, false: 16}[n == 0]; len(w.asked) > most {
						t.Fatalf("check %d: %d processes: %v", n, len(w.asked), w.asked)
					}
					for _, c := range w.asked {
						total[c.String()]++
					}
				}
				for _, c := range tools() {
					n := total[c.Command.String()]
					if c.PerBoot || n == 0 {
						continue
					}
					// A question is asked at a check: an hour of checks every 45 minutes is 90.
					apart := (int(max(c.Every, every)) + int(every) - 1) / int(every) // in checks
					if want := int(day/every) / apart; n < want*9/10 || n > want+1 {
						t.Errorf("%s: asked %d times, want about %d", c.Name, n, want)
					}
				}
			})
		}
	}
}

// The number of processes is the same for thousands of accounts and in every
// scenario.
func TestChecksOfAnyMacAreCheap(t *testing.T) {
	t.Parallel()
	macs := map[string]state.Mac{"two thousand": crowd(t, 2000, func(_ int, a *state.Account) { a.Token.CryptoUser = false })}
	for _, scenario := range macsim.Scenarios() {
		macs[scenario] = load(t, scenario)
	}
	for name, mac := range macs {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := watch(t, simulated(mac))
			for n := range 6 {
				w.round(interval, false)
				if most := map[bool]int{true: 32, false: 16}[n == 0]; len(w.asked) > most {
					t.Fatalf("check %d: %d processes: %v", n, len(w.asked), w.asked)
				}
			}
		})
	}
}

// A question that failed once is asked again soon, however long the checks are
// apart, and no answer is older than twice what it serves for.
func TestAFailureIsMadeGood(t *testing.T) {
	t.Parallel()
	for _, every := range []time.Duration{5 * time.Minute, 15 * time.Minute, 30 * time.Minute, 45 * time.Minute, 59 * time.Minute} {
		for _, command := range []string{"fdesetup haspersonalrecoverykey", "sw_vers", "dsconfigad -show", "mdmclient QuerySecurityInfo"} {
			t.Run(fmt.Sprintf("%s, every %v", command, every), func(t *testing.T) {
				t.Parallel()
				down := false
				inner := simulated(load(t, "healthy"))
				w := watch(t, answers(func(ctx context.Context, c run.Command) (run.Result, error) {
					if down && c.String() == command {
						return run.Result{Exit: -1}, run.ErrTimeout
					}
					return inner.Run(ctx, c)
				}))
				down = true
				w.round(0, false)
				down = false
				for range int(3*time.Hour/every) + 2 {
					w.round(every, false)
					if w.times(command) > 0 {
						return
					}
				}
				t.Error("not asked again within three hours")
			})
		}
	}
}

// ages wants no fact to be older than twice what its question serves for.
func (w *watched) ages(s evidence.Snapshot) {
	w.tb.Helper()
	for _, c := range tools() {
		if c.PerBoot {
			continue
		}
		for _, f := range s.Facts() {
			if f.Meta.State == evidence.Observed && string(f.Meta.From) == c.Command.String() && w.at.Sub(f.Meta.At) > max(2*c.Every, time.Hour) {
				w.tb.Errorf("%s is %v old", f.Name, w.at.Sub(f.Meta.At))
			}
		}
	}
}

// A tool that fails for a month hides nothing for longer than that.
func TestNoAnswerIsOlderThanItMayBe(t *testing.T) {
	t.Parallel()
	for _, tool := range []run.Tool{run.Mdmclient, run.Fdesetup, run.Dscl, run.Pwpolicy, run.Scutil, run.Sysadminctl} {
		t.Run(tool.Path(), func(t *testing.T) {
			t.Parallel()
			down := false
			w := watch(t, failing(simulated(load(t, "migrated-twice")), tool, &down, run.ErrTimeout))
			w.round(0, false)
			down = true
			for range int(60 * time.Hour / (45 * time.Minute)) {
				w.ages(w.round(45*time.Minute, false))
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
		if stands := age < 48*time.Hour; stands != (s.EACSPreflight.State == evidence.Observed) {
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

// afterAChange is the healthy Mac, asked twice, and once more after a change.
func afterAChange(t *testing.T, change func(*state.Mac)) (*watched, evidence.Snapshot) {
	t.Helper()
	mac := load(t, "healthy")
	w := watch(t, simulated(mac))
	w.round(0, false)
	w.round(time.Minute, false)
	changed := mac.Clone()
	change(&changed)
	w.inner = simulated(changed)
	return w, w.round(time.Minute, false)
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
			w, s := afterAChange(t, tc.change)
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

// Somebody who waits is told what is so now: also that a tool fails, and of
// sysadminctl nothing that was true an hour ago.
func TestWhoeverWaitsIsToldNothingOld(t *testing.T) {
	t.Parallel()
	down := false
	w := watch(t, failing(simulated(load(t, "migrated-twice")), run.Mdmclient, &down, run.ErrTimeout))
	w.round(0, false)
	down = true
	s := w.round(50*time.Minute, true)
	if s.EACSPreflight.State != evidence.Failed || s.EACSPreflight.Reason != evidence.Timeout {
		t.Errorf("the tool fails, and the answer is %+v", s.EACSPreflight)
	}
	if len(s.TokenStatus) == 0 {
		t.Error("sysadminctl was not asked")
	}
	for name, o := range s.TokenStatus {
		if !o.At.Equal(w.at) {
			t.Errorf("%s is from %v", name, o.At)
		}
	}
}

// Answers about accounts stand while others are asked about, so that no finding
// comes and goes.
func TestAnswersAboutAccountsStand(t *testing.T) {
	t.Parallel()
	for _, people := range []int{9, 20} {
		w := watch(t, simulated(crowd(t, people, func(_ int, a *state.Account) { a.Token.CryptoUser = false })))
		for n := range 40 {
			s := w.round(interval, false)
			if n >= 3 && len(s.TokenStatus) != mostQuestions {
				t.Errorf("%d people, round %d: %d answers", people, n, len(s.TokenStatus))
			}
			f, _ := s.Fact(evidence.TokenStatusFact)
			for name, o := range s.TokenStatus {
				if o.At.Before(f.Meta.At) {
					t.Errorf("%s is from %v, the fact says %v", name, o.At, f.Meta.At)
				}
			}
		}
	}
}

// One account without an answer is not hidden by the others.
func TestOneAccountWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	inner := simulated(crowd(t, 3, func(_ int, a *state.Account) { a.Token.CryptoUser = false }))
	w := watch(t, answers(func(ctx context.Context, c run.Command) (run.Result, error) {
		if c.Tool == run.Sysadminctl && c.Args[1] == "user0001" {
			return run.Result{Exit: -1}, run.ErrTimeout
		}
		return inner.Run(ctx, c)
	}))
	f, _ := w.round(0, false).Fact(evidence.TokenStatusFact)
	if f.Meta.State != evidence.Failed || f.Meta.Reason != evidence.Timeout || f.Value != nil {
		t.Errorf("%+v", f)
	}
}

// Where the clock was set back, an answer from the future stands for nothing.
func TestAClockThatWasSetBack(t *testing.T) {
	t.Parallel()
	w := watch(t, simulated(load(t, "healthy")))
	w.round(0, false)
	s := w.round(-48*time.Hour, false)
	for _, f := range s.Facts() {
		if f.Meta.At.After(w.at) {
			t.Errorf("%s is from %v", f.Name, f.Meta.At)
		}
	}
}

// After an hour's pause everything is due, and a check may cost what the first one may.
func TestAfterAPauseEverythingIsAsked(t *testing.T) {
	t.Parallel()
	w := watch(t, simulated(load(t, "healthy")))
	w.round(0, false)
	w.round(30*time.Hour, false)
	for _, command := range []string{"mdmclient QueryDeviceInformation", "pwpolicy", "fdesetup haspersonalrecoverykey", "dsconfigad"} {
		if w.times(command) != 1 {
			t.Errorf("%s was not asked", command)
		}
	}
}

// Slow tools begin when all others have ended.
func TestSlowToolsComeLast(t *testing.T) {
	t.Parallel()
	w := watch(t, simulated(load(t, "healthy")))
	w.round(0, false)
	last := -1
	for i, c := range w.asked {
		switch {
		case c.Tool == run.Mdmclient:
			last = i
		case last >= 0 && c.Tool != run.Sysadminctl:
			t.Errorf("%s was asked after mdmclient", c)
		}
	}
}

// The places for sysadminctl are kept free: who is at the Mac is asked about
// although everything else is due.
func TestPlacesForAccountsAreKept(t *testing.T) {
	t.Parallel()
	down := true
	w := watch(t, failing(simulated(crowd(t, 20, func(_ int, a *state.Account) { a.Token.CryptoUser = false })), run.Fdesetup, &down, run.ErrTimeout))
	for range 3 {
		if w.round(interval, false); w.times("sysadminctl") < 2 {
			t.Errorf("%d questions: %v", w.times("sysadminctl"), w.asked)
		}
	}
}

// A tool that fails in between hides no change: what it said before it failed is
// compared with what it says after.
func TestAFailureHidesNoChange(t *testing.T) {
	t.Parallel()
	mac := load(t, "healthy")
	down := false
	w := watch(t, nil)
	w.inner = failing(simulated(mac), run.Profiles, &down, run.ErrTimeout)
	w.round(0, false)
	down = true
	w.round(time.Minute, false)
	moved := mac.Clone()
	moved.Enrollment.Server = "https://other.example.com/mdm"
	down = false
	w.inner = failing(simulated(moved), run.Profiles, &down, run.ErrTimeout)
	if w.round(time.Minute, false); w.times("mdmclient QueryDeviceInformation") != 1 {
		t.Errorf("the change was not seen: %v", w.asked)
	}
}

// In a check that finds a change no more than 32 processes are started.
func TestAChangeHasItsPrice(t *testing.T) {
	t.Parallel()
	mac := load(t, "healthy")
	w := watch(t, simulated(mac))
	w.round(0, false)
	changed := mac.Clone()
	changed.Enrollment.Server, changed.FileVault.State, changed.Console = "https://other.example.com/mdm", state.Off, state.Console{}
	w.inner = simulated(changed)
	if w.round(interval, false); len(w.asked) > 32 {
		t.Errorf("%d processes", len(w.asked))
	}
	seen := map[string]int{}
	for _, c := range w.asked {
		seen[c.String()]++
	}
	for command, n := range seen {
		if n > 1 {
			t.Errorf("%s was asked %d times in one check", command, n)
		}
	}
}

// Each of the answers on which others rest makes them worthless when it changes
// by itself.
func TestEachChangeCounts(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		change func(*state.Mac)
		asked  string
	}{
		{"approved", func(m *state.Mac) { m.Enrollment.DEP, m.Enrollment.MDM = false, state.Unapproved }, "mdmclient QueryDeviceInformation"},
		{"not supported any more", func(m *state.Mac) { m.Enrollment.Capability = state.NoCapability }, "mdmclient QueryDeviceInformation"},
		{"another who unlocks", func(m *state.Mac) { m.Accounts[len(m.Accounts)-1].FileVault = false }, "fdesetup haspersonalrecoverykey"},
		{"an account less", func(m *state.Mac) { m.Accounts = m.Accounts[:len(m.Accounts)-1]; m.Console = state.Console{} }, "dscl -plist . -readall /Groups"},
		{"another administrator", func(m *state.Mac) { m.Accounts[len(m.Accounts)-1].Admin = state.Admin{Name: true, GUID: true} }, "dscl -plist . -readall /Groups"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if w, _ := afterAChange(t, tc.change); w.times(tc.asked) != 1 {
				t.Errorf("%s was asked %d times: %v", tc.asked, w.times(tc.asked), w.asked)
			}
		})
	}
}

// reaches makes the network answer in that way.
func (w *watched) reaches(value string) {
	w.net.is = run.Probe{State: run.Probed, Value: value, Began: w.at}
}

// A network comes and goes: that the server was not reached stands until the next
// check, that it was for an hour, unless something has happened.
func TestTheNetworkIsAskedInTime(t *testing.T) {
	t.Parallel()
	w := watch(t, simulated(load(t, "healthy")))
	w.net = &net{}
	w.reaches("unresolved")
	w.round(0, false)
	if s := w.round(10*time.Minute, false); s.Network.MDM.Value != evidence.Unresolved || len(w.net.asked) != 2 {
		t.Errorf("%+v, tried %d times", s.Network.MDM, len(w.net.asked))
	}
	w.reaches("reached")
	if s := w.round(10*time.Minute, false); s.Network.MDM.Value != evidence.Reached {
		t.Errorf("%+v", s.Network.MDM)
	}
	w.reaches("refused")
	if s := w.round(10*time.Minute, false); s.Network.MDM.Value != evidence.Reached {
		t.Errorf("tried again within the hour: %+v", s.Network.MDM)
	}
	w.event = true
	if s := w.round(10*time.Minute, false); s.Network.MDM.Value != evidence.Refused || w.times("scutil --proxy") != 1 {
		t.Errorf("after something has happened: %+v, %v", s.Network.MDM, w.asked)
	}
	w.reaches("reached")
	w.round(time.Minute, false)
	tried := len(w.net.asked)
	if w.round(59*time.Minute, false); len(w.net.asked) != tried {
		t.Error("tried again within the hour")
	}
	if w.round(time.Minute, false); len(w.net.asked) != tried+1 {
		t.Error("not tried after an hour")
	}
}

// What the Mac says of its Bootstrap Token without a network is what it says when
// there is none to be had. It stands no longer than until the network is there,
// and no longer than an hour.
func TestATokenThatCannotBeFetchedIsAskedForAgain(t *testing.T) {
	t.Parallel()
	mac := load(t, "healthy")
	offline := mac.Clone()
	offline.EACSPreflight = "Unable to get Bootstrap Token <(null):0> ((null))"
	w := watch(t, simulated(offline))
	w.net = &net{}
	w.reaches("unreachable")
	w.round(0, false)
	w.inner = simulated(mac)
	w.reaches("reached")
	if s := w.round(interval, false); s.EACSPreflight.Value != "success" {
		t.Errorf("with the network there: %+v", s.EACSPreflight)
	}
	w.inner = simulated(offline)
	w.event = true
	w.reaches("unreachable")
	if s := w.round(interval, false); s.EACSPreflight.Value == "success" {
		t.Errorf("another network: %+v", s.EACSPreflight)
	}
	w.inner = simulated(mac)
	w.net.is.State = run.NotProbed // nobody knows that the network is back
	for n := range 4 {
		s := w.round(interval, false)
		if again := n == 3; again != (s.EACSPreflight.Value == "success") {
			t.Errorf("check %d: %+v", n, s.EACSPreflight)
		}
	}
}
