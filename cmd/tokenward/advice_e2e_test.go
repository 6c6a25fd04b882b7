//go:build !darwin

package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/health/plan"
	"github.com/tokenward/tokenward/internal/macsim"
	"github.com/tokenward/tokenward/internal/wire"
)

func TestExplain(t *testing.T) {
	t.Parallel()
	root := simulate(t, "user-without-token", "")
	for _, tc := range []struct {
		name string
		args []string
		code int
		says []string
	}{
		{"a code that holds", []string{"ST_USER_MISSING_BT_READY"}, exitOK, []string{"It holds on this Mac", "pnovak has no Secure Token", "accounts.directory: ", "the volume no"}},
		{"in small letters, at an account", []string{"st_user_missing_bt_ready:pnovak"}, exitOK, []string{"It holds on this Mac"}},
		{"at another account", []string{"ST_PHANTOM:itadmin"}, exitOK, []string{"It does not show on this Mac"}},
		{"without a look", []string{"ST_USER_MISSING_BT_READY", "--no-check"}, exitOK, []string{"No Secure Token yet"}},
		{"by a standard user", []string{"ST_USER_MISSING_BT_READY", "--uid", "502"}, exitOK, []string{"No Secure Token yet"}},
		{"a slip", []string{"BT_NOT_ESCROWD"}, exitUsage, []string{"did you mean BT_NOT_ESCROWED?"}},
		{"no such code", []string{"ZZ_TOP_OF_THE_POPS_OF_ALL_TIMES"}, exitUsage, []string{"lists them all"}},
		{"no such account", []string{"ST_USER_MISSING_BT_READY:pnovk"}, exitUsage, []string{"did you mean pnovak?"}},
		{"an account that nobody looks for", []string{"ST_USER_MISSING_BT_READY:pnovak", "--no-check"}, exitUsage, []string{"ask with sudo"}},
		{"words that nobody knows", []string{"the", "cat", "sat", "on", "the", "mat"}, exitUsage, []string{"the cat sat on the mat"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got := tokenward(t, append([]string{"explain", "--root", root}, tc.args...)...)
			if got.code != tc.code || (tc.code != exitOK && got.out != "") {
				t.Errorf("exit %d, want %d:\n%s", got.code, tc.code, got.out)
			}
			for _, part := range tc.says {
				if !strings.Contains(unwrapped(got.out+got.err), part) {
					t.Errorf("%q is not in\n%s%s", part, got.out, got.err)
				}
			}
			if strings.Contains(got.out, "on this Mac") && (tc.name == "without a look" || tc.name == "by a standard user") {
				t.Errorf("it says how it is on this Mac:\n%s", got.out)
			}
		})
	}
}

func TestExplainForPrograms(t *testing.T) {
	t.Parallel()
	got := tokenward(t, "explain", "ST_USER_MISSING_BT_READY", "--json", "--root", simulate(t, "user-without-token", ""))
	var e wire.Explanation
	if err := json.Unmarshal([]byte(got.out), &e); err != nil || len(e.Conditions) != 1 {
		t.Fatalf("%v\n%s", err, got.out)
	}
	c := e.Conditions[0]
	if c.Holds != health.Yes || len(c.Shown) != 1 || c.Shown[0].Account != "pnovak" || len(c.Shown[0].Facts) == 0 || e.Looked == nil || e.Looked.From != "command" {
		t.Errorf("%+v", e)
	}
	var all []wire.Condition
	got = tokenward(t, "explain", "--json")
	if err := json.Unmarshal([]byte(got.out), &all); err != nil || len(all) != len(health.Rules()) || got.code != exitOK {
		t.Errorf("%d of %d conditions, %v", len(all), len(health.Rules()), err)
	}
}

// A user of the Mac learns the verdict and the own account, and nobody's name.
func TestStatusOfAStandardUser(t *testing.T) {
	t.Parallel()
	root := simulate(t, "user-without-token", "")
	before := tokenward(t, "status", "--root", root, "--uid", "502")
	if !strings.Contains(before.out, "No daemon has checked this Mac yet") {
		t.Errorf("without a daemon: exit %d\n%s%s", before.code, before.out, before.err)
	}
	client := daemon(t, root)
	status, err := client.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got := tokenward(t, "status", "--root", root, "--uid", "502")
	for _, part := range []string{"This Mac was checked", "Your account", "Tell the help desk", "ST_USER_MISSING_BT_READY"} {
		if !strings.Contains(got.out, part) {
			t.Errorf("%q is not in\n%s%s", part, got.out, got.err)
		}
	}
	asJSON := tokenward(t, "status", "--root", root, "--uid", "502", "--json")
	if got.code != exitDegraded || asJSON.code != exitDegraded {
		t.Errorf("exit %d, %d; want %d", got.code, asJSON.code, exitDegraded)
	}
	for _, account := range status.Report.Accounts {
		for _, out := range []string{before.out, got.out, asJSON.out} {
			if strings.Contains(out, account.Name) || (account.GUID != "" && strings.Contains(out, account.GUID)) {
				t.Errorf("%s is named:\n%s", account.Name, out)
			}
		}
	}
	if now := tokenward(t, "status", "--now", "--root", root, "--uid", "502"); now.code != exitNeedsRoot || !strings.Contains(now.err, "run sudo tokenward status") {
		t.Errorf("a check by a user: exit %d, %s", now.code, now.err)
	}
	if stranger := tokenward(t, "status", "--root", root, "--uid", "4711"); stranger.code != exitDegraded || !strings.Contains(stranger.out, "not in this Mac's own list") {
		t.Errorf("a user of a directory service: exit %d\n%s", stranger.code, stranger.out)
	}
}

// What is left of a daemon that stopped long ago is no verdict, and neither is what
// somebody else could have written.
func TestStatusOfAStandardUserDistrusts(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name    string
		checked time.Time
		mode    os.FileMode
		says    string
	}{
		{"old", time.Now().Add(-24 * time.Hour), 0o644, "does not count any more"},
		{"written by others", time.Now(), 0o666, "cannot be trusted"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			root := simulate(t, "volume-without-any-user", "")
			public, err := json.Marshal(wire.PublicOf(wire.Report{Verdict: health.VerdictOK, ObservedAt: tc.checked}, tc.checked.Add(time.Minute)))
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(root, "var/db/tokenward-public/status.json")
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, public, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(path, tc.mode); err != nil {
				t.Fatal(err)
			}
			got := tokenward(t, "status", "--root", root, "--uid", "502")
			if got.code == exitOK || !strings.Contains(unwrapped(got.out), tc.says) {
				t.Errorf("exit %d\n%s", got.code, got.out)
			}
		})
	}
}

func TestHistory(t *testing.T) {
	t.Parallel()
	root := simulate(t, "healthy", "")
	if none := tokenward(t, "history", "--root", root); none.code != exitOK || !strings.Contains(none.out, "no daemon has checked it yet") {
		t.Errorf("of a Mac that nobody checked: exit %d\n%s", none.code, none.out)
	}
	if refused := tokenward(t, "history", "--root", root, "--uid", "501"); refused.code != exitNeedsRoot {
		t.Errorf("without root: exit %d", refused.code)
	}
	client := daemon(t, root)
	change(t, root, "user-without-token")
	if _, err := client.CheckNow(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := tokenward(t, "history", "--root", root)
	if got.code != exitOK || !strings.Contains(got.out, "ST_USER_MISSING_BT_READY") {
		t.Errorf("exit %d\n%s%s", got.code, got.out, got.err)
	}
	var h wire.History
	asked := tokenward(t, "history", "--root", root, "--json", "--since", "1h")
	if err := json.Unmarshal([]byte(asked.out), &h); err != nil || len(h.Changes) == 0 {
		t.Errorf("%v\n%s", err, asked.out)
	}
	if other := tokenward(t, "history", "--root", root, "--user", "nobody-at-all"); !strings.Contains(other.out, "Nothing has changed") {
		t.Errorf("of somebody else:\n%s", other.out)
	}
}

// change puts another Mac in the place of one, as far as its tools tell.
func change(t *testing.T, root, scenario string) {
	t.Helper()
	mac, err := macsim.Load(scenario)
	if err != nil {
		t.Fatal(err)
	}
	if err := macsim.Layout(root, mac, filepath.Join(programs, "macsim")); err != nil {
		t.Fatal(err)
	}
}

// withForesight runs a command with a foresight of the test's own.
func withForesight(t *testing.T, f foresight, args ...string) outcome {
	t.Helper()
	var out, errOut bytes.Buffer
	a := &app{terminal: terminal{in: strings.NewReader(""), out: &out, err: &errOut}, foresight: f}
	code := a.execute(t.Context(), args)
	return outcome{code, out.String(), errOut.String()}
}

func TestPlanEndsAsItLeads(t *testing.T) {
	t.Parallel()
	root := simulate(t, "healthy", "")
	for _, tc := range []struct {
		name string
		args []string
		plan plan.Plan
		code int
		says string
	}{
		{"reached", []string{"escrow"}, plan.Plan{Outcome: plan.Reached}, exitOK, "Nothing is to be done"},
		{"no way", []string{"escrow"}, plan.Plan{Outcome: plan.NoWay, Blocked: &plan.Blocked{Reasons: []string{"It is closed."}}}, exitNoWay, "It is closed."},
		{"not known", []string{"escrow"}, plan.Plan{}, exitUnknown, "Not enough is known"},
		{"no such goal", []string{"escrw"}, plan.Plan{}, exitUsage, "did you mean escrow?"},
		{"no such account", []string{"token", "--user", "itadmn"}, plan.Plan{}, exitUsage, "did you mean itadmin?"},
		{"an answer about no account", []string{"escrow", "--yes", "password:itadmn"}, plan.Plan{}, exitUsage, "did you mean itadmin?"},
		{"an answer that is none", []string{"escrow", "--no", "hope"}, plan.Plan{}, exitUsage, "nothing is called"},
		{"an answer to no question", []string{"--yes", "recovery-key"}, plan.Plan{}, exitUsage, "lists them all"},
		{"an account and no goal", []string{"--user", "itadmin"}, plan.Plan{}, exitUsage, "lists them all"},
		{"a step that no plan has", []string{"escrow", "--no", "step-works:A99.0"}, plan.Plan{}, exitUsage, "no plan has a step"},
		{"two goals", []string{"escrow", "update"}, plan.Plan{}, exitUsage, "name a goal"},
		{"all goals", nil, plan.Plan{}, exitOK, "valid-escrow"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			f := foreseeing(nil)
			f.plan = func(_ health.Model, g plan.Goal, _ plan.Answers) plan.Plan {
				p := tc.plan
				p.Goal = g
				return p
			}
			got := withForesight(t, f, append([]string{"plan", "--root", root}, tc.args...)...)
			if got.code != tc.code || !strings.Contains(unwrapped(got.out+got.err), tc.says) {
				t.Errorf("exit %d, want %d:\n%s%s", got.code, tc.code, got.out, got.err)
			}
		})
	}
}

func TestPreflightEndsAsItIs(t *testing.T) {
	t.Parallel()
	root := simulate(t, "healthy", "")
	for answer, code := range map[health.Tri]int{health.Yes: exitOK, health.No: exitNoWay, health.Unknown: exitUnknown} {
		f := foreseeing(map[health.ForecastName]health.Tri{health.WipesSilently: answer, health.SafeToReset: answer})
		for _, args := range [][]string{{"wipe"}, {"wipe", "--json"}, {"reset-password", "--user", "itadmin"}} {
			got := withForesight(t, f, append([]string{"preflight", "--root", root}, args...)...)
			if got.code != code {
				t.Errorf("%v, answered %v: exit %d\n%s%s", args, answer, got.code, got.out, got.err)
			}
		}
	}
	for _, args := range [][]string{{"wip"}, {"reset-password"}, {"wipe", "--user", "itadmin"}, {"reset-password", "--user", "itadmn"}, {"wipe", "reboot"}, {"--user", "itadmin"}, {"--deep"}} {
		if got := withForesight(t, foreseeing(nil), append([]string{"preflight", "--root", root}, args...)...); got.code != exitUsage || got.out != "" {
			t.Errorf("%v: exit %d\n%s", args, got.code, got.out)
		}
	}
	if got := withForesight(t, foreseeing(nil), "preflight", "--root", root, "wipe", "--uid", "501"); got.code != exitFailed {
		t.Errorf("a question that fails: exit %d", got.code)
	}
}

// Where what the organisation decided cannot be read, no answer is better than
// unknown, and programs are told why as people are.
func TestUnusablePolicyMakesNothingSafe(t *testing.T) {
	t.Parallel()
	root := simulate(t, "healthy", "policy: [nonsense")
	yes := foreseeing(map[health.ForecastName]health.Tri{health.WipesSilently: health.Yes})
	no := foreseeing(map[health.ForecastName]health.Tri{health.WipesSilently: health.No})
	for _, tc := range []struct {
		name string
		f    foresight
		args []string
		code int
		says string
	}{
		{"what would be safe", yes, []string{"preflight", "wipe", "--json"}, exitUnknown, `"safe": "unknown"`},
		{"what would be safe, for people", yes, []string{"preflight", "wipe"}, exitUnknown, "NOT KNOWN"},
		{"what is not", no, []string{"preflight", "wipe", "--json"}, exitNoWay, `"safe": "no"`},
		{"a goal that would be reached", yes, []string{"plan", "escrow", "--json"}, exitUnknown, `"outcome": "not_known"`},
	} {
		got := withForesight(t, tc.f, append(tc.args, "--root", root)...)
		if got.code != tc.code || !strings.Contains(got.out, tc.says) || !strings.Contains(unwrapped(got.out), "configuration cannot be used") {
			t.Errorf("%s: exit %d\n%s%s", tc.name, got.code, got.out, got.err)
		}
	}
}

// A plan of somebody without rights says why so much is unknown.
func TestPlanWithoutRootSaysSo(t *testing.T) {
	t.Parallel()
	got := withForesight(t, foreseeing(nil), "plan", "escrow", "--root", simulate(t, "healthy", ""), "--uid", "501")
	if !strings.Contains(unwrapped(got.out), "without root's rights") {
		t.Errorf("exit %d\n%s%s", got.code, got.out, got.err)
	}
}

// What the daemon proved before, a plan knows although a short check does not ask.
func TestPlansKnowWhatTheDaemonRemembers(t *testing.T) {
	t.Parallel()
	root := simulate(t, "healthy", "")
	daemon(t, root)
	var seen health.Model
	f := foreseeing(nil)
	f.plan = func(m health.Model, _ plan.Goal, _ plan.Answers) plan.Plan {
		seen = m
		return plan.Plan{Outcome: plan.Reached}
	}
	withForesight(t, f, "plan", "valid-escrow", "--root", root)
	if seen.Past.Mac.At.IsZero() {
		t.Error("nothing is remembered")
	}
}

func TestShellsCompleteWords(t *testing.T) {
	t.Parallel()
	root := simulate(t, "user-without-token", "")
	daemon(t, root)
	f := foreseeing(nil)
	for _, tc := range []struct {
		name string
		args []string
		want string // a line, or a part of one
		not  string
	}{
		{"codes", []string{"explain", "BT_NOT"}, "BT_NOT_ESCROWED\t", "ST_"},
		{"goals", []string{"plan", "val"}, "valid-escrow\t", "update"},
		{"questions", []string{"preflight", "re"}, "reset-password\t", "wipe"},
		{"users", []string{"plan", "token", "--user", "p"}, "pnovak", "itadmin"},
		{"users of a history", []string{"history", "--user", ""}, "itadmin", "valid-escrow"},
		{"credentials", []string{"plan", "token", "--yes", "former"}, "former-password", "recovery"},
		{"whose", []string{"plan", "token", "--no", "password:i"}, "password:itadmin", "pnovak"},
		{"no second goal", []string{"plan", "token", ""}, ":4", "escrow"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got := withForesight(t, f, append([]string{"__complete", "--root", root}, tc.args...)...)
			if !strings.Contains(got.out, tc.want) || strings.Contains(got.out, tc.not) {
				t.Errorf("exit %d:\n%s", got.code, got.out)
			}
		})
	}
	for _, shell := range []string{"bash", "zsh", "fish"} {
		if got := tokenward(t, "completion", shell); got.code != exitOK || !strings.Contains(got.out, "tokenward") {
			t.Errorf("%s: exit %d", shell, got.code)
		}
	}
}
