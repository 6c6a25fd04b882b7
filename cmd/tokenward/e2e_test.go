//go:build !darwin

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tokenward/tokenward/agent/control"
	"github.com/tokenward/tokenward/internal/macsim"
	"github.com/tokenward/tokenward/internal/run"
	"github.com/tokenward/tokenward/internal/wire"
)

// programs is where TestMain puts what the tests start as processes.
var programs string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "tokenward-test-")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(dir)
		programs = dir
		for name, args := range map[string][]string{
			"shipped": {"build", "-o", dir + "/", "github.com/tokenward/tokenward/cmd/macsim", "github.com/tokenward/tokenward/cmd/tokenward", "github.com/tokenward/tokenward/cmd/tokenward-server"},
			"faults":  {"build", "-tags", "faults", "-o", filepath.Join(dir, "tokenward-faults"), "github.com/tokenward/tokenward/cmd/tokenward"},
		} {
			if out, err := exec.Command("go", args...).CombinedOutput(); err != nil {
				fmt.Fprintf(os.Stderr, "build %s: %v\n%s", name, err, out)
				return 1
			}
		}
		return m.Run()
	}())
}

// simulate lays out a Mac, with a configuration if one is given.
func simulate(t *testing.T, scenario, config string) (root string) {
	t.Helper()
	mac, err := macsim.Load(scenario)
	if err != nil {
		t.Fatal(err)
	}
	root = filepath.Join(t.TempDir(), "mac")
	if err := macsim.Layout(root, mac, filepath.Join(programs, "macsim")); err != nil {
		t.Fatal(err)
	}
	if config != "" {
		path := filepath.Join(root, "Library/Tokenward/config.yaml")
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

type outcome struct {
	code     int
	out, err string
}

func tokenward(t *testing.T, args ...string) outcome {
	t.Helper()
	var out, errOut bytes.Buffer
	code := execute(t.Context(), terminal{in: strings.NewReader(""), out: &out, err: &errOut}, args)
	return outcome{code, out.String(), errOut.String()}
}

func (o outcome) report(t *testing.T) wire.Report {
	t.Helper()
	var r wire.Report
	if err := json.Unmarshal([]byte(o.out), &r); err != nil {
		t.Fatalf("no report (exit %d, %s): %v", o.code, o.err, err)
	}
	return r
}

func codes(r wire.Report) []string {
	var all []string
	for _, f := range r.Findings {
		all = append(all, f.Code)
	}
	return all
}

func TestTheThreeMacsOfTheDemo(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		scenario string
		exit     int
		codes    []string
	}{
		{"healthy", exitOK, nil},
		{"bootstrap-not-escrowed-standard-holder", exitDegraded, []string{
			"BT_NOT_ESCROWED", "BT_NOT_ESCROWED_STANDARD_HOLDER", "ST_ONLY_STANDARD_HOLDERS", "ST_SOLE_HOLDER", "VO_ADMIN_NOT_OWNER",
		}},
		{"user-without-token", exitDegraded, []string{"ST_USER_MISSING_BT_READY", "ST_SOLE_HOLDER"}},
		{"volume-without-any-user", exitCritical, []string{
			"ST_NO_HOLDERS", "ST_USER_MISSING_NO_SOURCE", "ST_USER_MISSING_NO_SOURCE", "VO_NONE",
			"BT_NOT_ESCROWED", "BT_NOT_ESCROWED_NO_HOLDER", "VO_ADMIN_NOT_OWNER", "VO_USER_NOT_OWNER",
		}},
	} {
		t.Run(tc.scenario, func(t *testing.T) {
			t.Parallel()
			root := simulate(t, tc.scenario, "")
			for _, command := range []string{"check", "status"} {
				got := tokenward(t, command, "--root", root, "--json")
				if got.code != tc.exit || !slices.Equal(codes(got.report(t)), tc.codes) {
					t.Errorf("%s: exit %d, findings %v; want %d, %v", command, got.code, codes(got.report(t)), tc.exit, tc.codes)
				}
			}
		})
	}
}

// A recording is judged exactly as the Mac was when it was taken.
func TestDiagnoseAgreesWithTheCheck(t *testing.T) {
	t.Parallel()
	for _, scenario := range macsim.Scenarios() {
		t.Run(scenario, func(t *testing.T) {
			t.Parallel()
			root, recording := simulate(t, scenario, ""), filepath.Join(t.TempDir(), "recording")
			live := tokenward(t, "check", "--root", root, "--json", "--deep", "--record", recording)
			later := tokenward(t, "diagnose", recording, "--json")
			if live.code != later.code {
				t.Errorf("exit %d, then %d", live.code, later.code)
			}
			a, b := live.report(t), later.report(t)
			if a.StateHash != b.StateHash || a.Verdict != b.Verdict {
				t.Errorf("the reports differ:\n%s\n%s", live.out, later.out)
			}
			if len(a.Facts) == 0 || a.Facts["accounts.directory"].Status != "observed" {
				t.Errorf("the check observed nothing: %v", a.Facts)
			}
		})
	}
}

// fail replaces one tool of a simulated Mac by a script.
func fail(t *testing.T, root string, tool run.Tool, script string) {
	t.Helper()
	path := filepath.Join(root, tool.Path())
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if script == "" {
		return
	}
	syscall.ForkLock.RLock() // a child of another test must not hold the file open while it is run
	err := os.WriteFile(path, []byte("#!/bin/sh\n"+script+"\n"), 0o700)
	syscall.ForkLock.RUnlock()
	if err != nil {
		t.Fatal(err)
	}
}

// Whatever one tool does, the check ends, the Mac is never called well without
// an essential fact, and the report says why it is not known.
func TestToolsThatMisbehave(t *testing.T) {
	t.Parallel()
	faults := []struct{ name, script, reason string }{
		{"hangs", "trap '' TERM; sleep 60", "timeout"},
		{"floods", "head -c 50000000 /dev/zero | tr '\\0' 'x'", "unreadable"},
		{"leaves a child holding its output", "sleep 60 & echo 'FileVault is On.'", "orphans"},
		{"prints nothing", "exit 0", "silence"},
		{"speaks another language", "echo 'FileVault ist aktiviert.'; echo 'Sicherheitstoken: JA'", "unreadable"},
		{"exits 1", "echo 'profiles: Bootstrap Token escrowed to server: YES'; exit 1", ""},
		{"is missing", "", "missing"},
	}
	for _, tool := range run.Tools() {
		for _, f := range faults {
			t.Run(filepath.Base(tool.Path())+" "+f.name, func(t *testing.T) {
				t.Parallel()
				config := "" // only a tool that hangs has a reason to meet its limit
				if f.reason == "timeout" {
					config = "tool_limit: 3s\n"
				}
				root := simulate(t, "healthy", config)
				fail(t, root, tool, f.script)
				got := tokenward(t, "check", "--root", root, "--json", "--deep")
				checkMisbehaved(t, tool, f.reason, got.report(t))
				if f.reason != "missing" || !essentialTool(tool) {
					return
				}
				if text := tokenward(t, "check", "--root", root, "--deep"); !strings.Contains(text.out, "Could not find out") {
					t.Errorf("the text does not say what is missing:\n%s", text.out)
				}
			})
		}
	}
}

func essentialTool(tool run.Tool) bool {
	return slices.Contains([]run.Tool{run.Profiles, run.Fdesetup, run.Diskutil, run.Dscl}, tool)
}

func checkMisbehaved(t *testing.T, tool run.Tool, reason string, r wire.Report) {
	t.Helper()
	want := "ok" // the rest of a healthy Mac is enough to say so
	if essentialTool(tool) {
		want = "unknown"
	}
	if r.Verdict.String() != want {
		t.Errorf("the verdict is %s, want %s", r.Verdict, want)
	}
	for name, f := range r.Facts {
		if !strings.HasPrefix(f.Source, filepath.Base(tool.Path())+" ") && f.Source != filepath.Base(tool.Path()) {
			continue
		}
		if f.Status != endOf(tool, reason) || f.Value != nil || (reason != "" && f.Status == "failed" && f.Reason != strings.Replace(reason, "silence", "unreadable", 1)) {
			t.Errorf("%s = %+v, want %s, %s", name, f, endOf(tool, reason), reason)
		}
	}
	for _, f := range r.Findings {
		t.Errorf("a finding on a healthy Mac: %s", f.Code)
	}
}

// endOf is what becomes of the facts of a tool that misbehaves: mostly failed.
func endOf(tool run.Tool, reason string) string {
	switch {
	case tool == run.Firmwarepasswd:
		return "unsupported" // Apple silicon has no such password, so nobody asks
	case tool == run.Dsconfigad && reason == "silence":
		return "absent" // silence is its answer where the Mac is bound to nothing
	}
	return "failed"
}

// daemon runs the agent until the end of the test.
func daemon(t *testing.T, root string) control.Client {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan outcome, 1)
	go func() {
		var out, errOut bytes.Buffer
		code := execute(ctx, terminal{in: strings.NewReader(""), out: &out, err: &errOut}, []string{"run", "--root", root, "--splay", "0s"})
		ended <- outcome{code, out.String(), errOut.String()}
	}()
	t.Cleanup(func() {
		stop()
		if o := <-ended; o.code != exitOK {
			t.Errorf("the daemon ended with %d: %s", o.code, o.err)
		}
	})
	client := control.NewClient(filepath.Join(root, "var/run/tokenward.sock"))
	waitFor(t, func() bool {
		status, err := client.Status(t.Context())
		return err == nil && status.Report != nil
	})
	return client
}

// waitFor polls until something is so; the limit is for a machine that is stuck.
func waitFor(t *testing.T, so func() bool) {
	t.Helper()
	for range 3000 {
		if so() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("it did not happen within 30 seconds")
}

func TestStatusAsksTheDaemon(t *testing.T) {
	t.Parallel()
	root := simulate(t, "user-without-token", "")
	before := tokenward(t, "status", "--root", root)
	if before.code != exitDegraded || !strings.Contains(before.out, "The daemon is not running: this is what the Mac says now.") {
		t.Errorf("without a daemon: exit %d\n%s", before.code, before.out)
	}
	daemon(t, root)
	for _, args := range [][]string{{"status", "--root", root}, {"status", "--root", root, "--now"}} {
		got := tokenward(t, args...)
		if got.code != exitDegraded || !strings.Contains(got.out, "by the daemon") || !strings.Contains(got.out, "No server is configured") {
			t.Errorf("%v: exit %d\n%s", args, got.code, got.out)
		}
	}
	got := tokenward(t, "status", "--root", root, "--json")
	r := got.report(t)
	if r.ReportID != "" || r.Seq != 0 || r.Schema != wire.ReportSchema || got.code != exitDegraded {
		t.Errorf("exit %d, report %+v", got.code, r)
	}
	second := tokenward(t, "run", "--root", root)
	if second.code != exitFailed || !strings.Contains(second.err, "already running") {
		t.Errorf("a second daemon: exit %d: %s", second.code, second.err)
	}
}

func TestUsage(t *testing.T) {
	t.Parallel()
	root := simulate(t, "healthy", "intervall: 5m\nserver:\n  url: 7\n")
	for _, tc := range []struct {
		name string
		args []string
		code int
		says []string
	}{
		{"unknown command", []string{"chekc"}, exitUsage, []string{"chekc"}},
		{"unknown flag", []string{"check", "--jsno"}, exitUsage, []string{"--jsno", "tokenward check --help"}},
		{"an argument too many", []string{"status", "now"}, exitUsage, []string{"now"}},
		{"unknown parser", []string{"parse", "profile"}, exitUsage, []string{"profile", "profiles-status-bootstraptoken"}},
		{"unknown stream", []string{"parse", "sw-vers", "--stream", "both"}, exitUsage, []string{"both"}},
		{"no recording", []string{"diagnose"}, exitUsage, []string{"recording"}},
		{"a recording that is not there", []string{"diagnose", "/nowhere"}, exitUnreadable, []string{"/nowhere"}},
		{"a file that is not there", []string{"parse", "sw-vers", "/nowhere"}, exitFailed, []string{"/nowhere"}},
		{"configuration", []string{"check", "--root", root}, exitUsage, []string{"config.yaml:1: intervall", "did you mean interval?", "config.yaml:3: server.url"}},
		{"a configuration that is not there", []string{"check", "--config", "/nowhere.yaml"}, exitUsage, []string{"/nowhere.yaml"}},
		{"a bad flag value", []string{"run", "--root", root, "--interval", "5"}, exitUsage, []string{"--interval"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got := tokenward(t, tc.args...)
			if got.code != tc.code || got.out != "" {
				t.Errorf("exit %d, want %d; standard output %q", got.code, tc.code, got.out)
			}
			for _, part := range tc.says {
				if !strings.Contains(got.err, part) {
					t.Errorf("%q does not name %q", got.err, part)
				}
			}
		})
	}
}

func TestParseReadsStandardInputAndNeverGuesses(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"parse", "fdesetup-status"}, {"parse", "fdesetup-status", "-"}} {
		var out, errOut bytes.Buffer
		code := execute(t.Context(), terminal{in: strings.NewReader("FileVault is On.\n"), out: &out, err: &errOut}, args)
		if code != exitOK || !strings.Contains(out.String(), `"filevault": "on"`) {
			t.Errorf("%v: exit %d: %s%s", args, code, &out, &errOut)
		}
	}
	got := tokenward(t, "parse", "fdesetup-status")
	var problem struct{ Error string }
	if err := json.Unmarshal([]byte(got.out), &problem); err != nil || problem.Error == "" || got.code != exitUnreadable {
		t.Errorf("of nothing: exit %d: %s", got.code, got.out)
	}
}

func TestVersion(t *testing.T) {
	t.Parallel()
	if got := tokenward(t, "version"); got.code != exitOK || !strings.HasPrefix(got.out, "tokenward dev ") {
		t.Errorf("exit %d: %s", got.code, got.out)
	}
	var v map[string]string
	if got := tokenward(t, "version", "--json"); json.Unmarshal([]byte(got.out), &v) != nil || v["version"] != "dev" {
		t.Errorf("%s", got.out)
	}
}

// What the README shows is what one sees.
func TestReadmeShowsARealStatus(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	got := tokenward(t, "check", "--root", simulate(t, "bootstrap-not-escrowed-standard-holder", ""))
	if !strings.Contains(string(readme), "$ sudo tokenward status\n"+got.out+"```") {
		t.Errorf("the README shows another status than this:\n%s", got.out)
	}
}

// A configuration that cannot be used does not take the page away from whoever
// is in trouble.
func TestStatusWithoutAUsableConfiguration(t *testing.T) {
	t.Parallel()
	root := simulate(t, "user-without-token", "intervall: 5m\n")
	got := tokenward(t, "status", "--root", root)
	if got.code != exitDegraded || !strings.Contains(unwrapped(got.out), "config.yaml:1: intervall") || !strings.Contains(got.out, "ST_USER_MISSING_BT_READY") {
		t.Errorf("exit %d\n%s%s", got.code, got.out, got.err)
	}
}

// What was stopped halfway is no verdict on the Mac.
func TestAnInterruptedCheckIsNoVerdict(t *testing.T) {
	t.Parallel()
	root := simulate(t, "healthy", "")
	fail(t, root, run.Diskutil, "sleep 60")
	ctx, stop := context.WithCancel(t.Context())
	time.AfterFunc(300*time.Millisecond, stop)
	var out, errOut bytes.Buffer
	code := execute(ctx, terminal{in: strings.NewReader(""), out: &out, err: &errOut}, []string{"check", "--root", root})
	if code != exitFailed || out.Len() > 0 || !strings.Contains(errOut.String(), "interrupted") {
		t.Errorf("exit %d: %s%s", code, &out, &errOut)
	}
}

// Nothing is known of an empty recording, and the page says what is missing.
func TestUnknownSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	index := `{"format":"tokenward-recording/1","taken_at":"2026-01-02T03:04:05Z","commands":[],"files":[],"probes":[]}`
	if err := os.WriteFile(filepath.Join(dir, "recording.json"), []byte(index), 0o600); err != nil {
		t.Fatal(err)
	}
	got := tokenward(t, "diagnose", dir)
	if got.code != exitUnknown {
		t.Errorf("exit %d", got.code)
	}
	for _, gap := range []string{
		"enrollment.mdm — profiles status -type enrollment: not asked; without it", "filevault.state — fdesetup status: not asked; without it",
		"accounts.crypto_users — diskutil apfs listcryptousers -plist /: not asked; without it",
	} {
		if !strings.Contains(unwrapped(got.out), gap) {
			t.Errorf("%q is not in\n%s", gap, got.out)
		}
	}
}

// unwrapped is the text of a page as one line.
func unwrapped(text string) string { return strings.Join(strings.Fields(text), " ") }
