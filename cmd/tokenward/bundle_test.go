//go:build !darwin

package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/tokenward/tokenward/agent"
	"github.com/tokenward/tokenward/collectors"
	"github.com/tokenward/tokenward/collectors/redact"
	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/macsim"
	"github.com/tokenward/tokenward/internal/macsim/state"
	"github.com/tokenward/tokenward/internal/run"
)

// judged is what must be the same of a recording and of its redacted copies: the
// verdict, the findings and how many subjects they have, the gaps, how well each
// fact is known, and all that is known of each account but for its names.
func judged(t *testing.T, recording run.Recording) string {
	t.Helper()
	replay, err := run.NewReplay(recording)
	if err != nil {
		t.Fatal(err)
	}
	mac := collectors.Mac{Run: replay, Files: replay, Net: replay, Privileged: true, Free: true}
	return summary(agent.Look(t.Context(), mac, replay.TakenAt(), collectors.All(), health.Policy{}))
}

func summary(a agent.Assessment) string {
	var findings []string
	subjects := map[string]bool{}
	for _, f := range a.Findings {
		findings = append(findings, fmt.Sprintf("%s %s", f.Code, f.Severity))
		subjects[f.Subject] = true
	}
	slices.Sort(findings)
	var b strings.Builder
	fmt.Fprintf(&b, "%s, gaps %v, %d subjects\n%s\n", a.Verdict, a.Model.Gaps, len(subjects), strings.Join(findings, "\n"))
	b.WriteString(strings.Join(nameless(a.Model.Accounts), "\n") + "\n")
	for _, f := range a.Snapshot.Facts() {
		fmt.Fprintf(&b, "%s %s %s\n", f.Name, f.Meta.State, f.Meta.Reason)
	}
	return b.String()
}

// nameless is what is known of the accounts, in an order that no name decides.
func nameless(accounts []health.Account) []string {
	all := make([]string, 0, len(accounts))
	for _, a := range accounts {
		a.Name, a.RealName, a.GUID = set(a.Name), set(a.RealName), set(a.GUID)
		all = append(all, fmt.Sprintf("%+v", a))
	}
	slices.Sort(all)
	return all
}

func set(name string) string {
	if name == "" {
		return ""
	}
	return "set"
}

var asked = time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)

// record asks a simulated Mac everything.
func record(t *testing.T, scenario string) run.Recording {
	t.Helper()
	mac, err := macsim.Load(scenario)
	if err != nil {
		t.Fatal(err)
	}
	return recordOf(t, mac)
}

func recordOf(t *testing.T, mac state.Mac) run.Recording {
	t.Helper()
	runner := macsim.NewRunner(mac)
	recorder := run.NewRecorder(runner, runner, runner)
	whole := collectors.Mac{Run: recorder, Files: recorder, Net: recorder, Privileged: true, Free: true}
	collectors.Take(t.Context(), whole, asked, collectors.All())
	return recorder.Recording(asked)
}

// What is taken out of a recording changes nothing that is said of the Mac.
func TestRedactionChangesNoJudgement(t *testing.T) {
	t.Parallel()
	for _, scenario := range macsim.Scenarios() {
		t.Run(scenario, func(t *testing.T) {
			t.Parallel()
			original := record(t, scenario)
			want := judged(t, original)
			if len(original.Commands) < 25 || strings.Contains(want, "unknown, gaps []") {
				t.Fatalf("the original says nothing:\n%s", want)
			}
			for level, redacted := range map[string]run.Recording{
				"secrets": redact.Secrets(original), "names": redact.Names(original), "names, of the copy without secrets": redact.Names(redact.Secrets(original)),
			} {
				if got := judged(t, redacted); got != want {
					t.Errorf("%s: judged as\n%s\nwant\n%s", level, got, want)
				}
			}
		})
	}
}

// questionOf is the command whose answers the parsers' own cases are.
func questionOf(parser string) string {
	const dscl = "dscl -plist . -readall "
	switch parser {
	case "app-sso-platform":
		return "app-sso platform -s"
	case "bputil-policies":
		return "bputil -e"
	case "csrutil-status":
		return "csrutil status"
	case "diskutil-info":
		return "diskutil info -plist /"
	case "diskutil-listcryptousers":
		return "diskutil apfs listcryptousers -plist /"
	case "dsconfigad-show":
		return "dsconfigad -show"
	case "dscl-readall-groups":
		return dscl + "/Groups RecordName GeneratedUID GroupMembership GroupMembers NestedGroups"
	case "dscl-readall-passwords":
		return dscl + "/Users RecordName accountPolicyData"
	case "fdesetup-hasrecoverykey":
		return "fdesetup haspersonalrecoverykey"
	case "fdesetup-list":
		return "fdesetup list"
	case "fdesetup-list-extended":
		return "fdesetup list -extended"
	case "fdesetup-showdeferralinfo":
		return "fdesetup showdeferralinfo"
	case "fdesetup-status":
		return "fdesetup status"
	case "firmwarepasswd-check":
		return "firmwarepasswd -check"
	case "ioreg-platform":
		return "ioreg -rd1 -c IOPlatformExpertDevice"
	case "last":
		return "last -1000"
	case "mdmclient-querydeviceinformation":
		return "mdmclient QueryDeviceInformation"
	case "mdmclient-querysecurityinfo":
		return "mdmclient QuerySecurityInfo"
	case "profiles-status-bootstraptoken":
		return "profiles status -type bootstraptoken"
	case "profiles-status-enrollment":
		return "profiles status -type enrollment"
	case "pwpolicy-getaccountpolicies":
		return "pwpolicy -getaccountpolicies"
	case "scutil-console-user":
		return "scutil"
	case "scutil-proxy":
		return "scutil --proxy"
	case "sw-vers":
		return "sw_vers"
	case "sysctl-kernel":
		return "sysctl kern.boottime kern.hv_vmm_present hw.optional.arm64"
	}
	return "" // no question of a check, or about one account
}

// What a parser can read of its own cases it can read of the redacted ones, and
// what it cannot it cannot.
func TestRedactionKeepsCasesReadable(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../collectors/parse/testdata/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	tried := 0
	for _, file := range files {
		parser, _, _ := strings.Cut(filepath.Base(file), ".")
		question := questionOf(parser)
		if question == "" {
			continue
		}
		tried++
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			_, out, _ := bytes.Cut(text, []byte("\n"))
			original := answering(t, question, out)
			want := judged(t, original)
			for level, redacted := range map[string]run.Recording{"secrets": redact.Secrets(original), "names": redact.Names(original)} {
				if got := judged(t, redacted); got != want {
					t.Errorf("%s: judged as\n%s\nwant\n%s", level, got, want)
				}
			}
		})
	}
	if tried < 50 {
		t.Errorf("only %d cases", tried)
	}
}

// answering is a recording of a healthy Mac on which one tool prints something else.
func answering(t *testing.T, question string, out []byte) run.Recording {
	t.Helper()
	original, found := record(t, "healthy"), false
	all := original.Transcripts()
	for i, c := range all {
		typed := strings.Join(append([]string{filepath.Base(c.Argv[0])}, c.Argv[1:]...), " ")
		if typed == question && (question != "scutil" || c.Stdin != "") {
			all[i].Out, all[i].Err, found = out, nil, true
		}
	}
	if !found {
		tool := map[string]run.Tool{"firmwarepasswd -check": run.Firmwarepasswd}[question]
		exit := 0
		all = append(all, run.Transcript{Recorded: run.Recorded{Argv: run.Command{Tool: tool, Args: []string{"-check"}}.Argv(), State: run.Ran, Exit: &exit}, Out: out})
	}
	return original.WithTranscripts(all)
}

func TestBundle(t *testing.T) {
	t.Parallel()
	root, dir := simulate(t, "user-without-token", ""), t.TempDir()
	live := tokenward(t, "check", "--root", root, "--json", "--deep").report(t)
	for _, tc := range []struct {
		name string
		args []string
		took []string
	}{
		{"secrets", nil, []string{"secrets"}},
		{"names", []string{"--redact-names"}, []string{"secrets", "names"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(dir, tc.name+".tar.gz")
			got := tokenward(t, append([]string{"bundle", file, "--root", root, "--json"}, tc.args...)...)
			var written bundled
			if err := json.Unmarshal([]byte(got.out), &written); err != nil || got.code != exitOK || got.err != "" {
				t.Fatalf("exit %d, %s%s: %v", got.code, got.out, got.err, err)
			}
			if !slices.Equal(written.Redacted, tc.took) || !slices.Contains(written.Files, "recording.json") || written.Path != file {
				t.Errorf("%+v", written)
			}
			info, err := os.Stat(file)
			if err != nil || info.Mode() != 0o600 {
				t.Errorf("%v, %v", info.Mode(), err)
			}
			later := tokenward(t, "diagnose", file, "--json").report(t)
			if later.Verdict != live.Verdict || !slices.Equal(codes(later), codes(live)) {
				t.Errorf("judged as %s %v, want %s %v", later.Verdict, codes(later), live.Verdict, codes(live))
			}
			if again := tokenward(t, "bundle", file, "--root", root); again.code != exitFailed || !strings.Contains(again.err, "not overwritten") {
				t.Errorf("a second time: exit %d, %s", again.code, again.err)
			}
		})
	}
}

// A recording can be redacted later, and gives the same bytes each time.
func TestBundleFromARecording(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	from := filepath.Join(dir, "recording")
	if err := record(t, "migrated-twice").Save(from); err != nil {
		t.Fatal(err)
	}
	var bundles [][]byte
	for _, name := range []string{"one.tar.gz", "two.tar.gz"} {
		got := tokenward(t, "bundle", "--from", from, "--redact-names", filepath.Join(dir, name))
		if got.code != exitOK || !strings.Contains(got.out, "tokenward diagnose") || !strings.Contains(got.out, "replaced by others") {
			t.Fatalf("exit %d, %s%s", got.code, got.out, got.err)
		}
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		bundles = append(bundles, data)
	}
	if !bytes.Equal(bundles[0], bundles[1]) {
		t.Error("the same recording gave two files")
	}
	for name, data := range unpacked(t, bundles[0]) {
		for _, trace := range []string{"aferrari", "Alba", "itadmin", "FVTEST", "6A1C7E0E", "mdm.example.com"} {
			if strings.Contains(name+string(data), trace) {
				t.Errorf("%s is in %s", trace, name)
			}
		}
	}
}

// unpacked returns the files of a bundle, which tell nothing of when and by whom
// they were made.
func unpacked(t *testing.T, data []byte) map[string][]byte {
	t.Helper()
	return unpackedBy(t, data, func(h *tar.Header) {
		if !h.ModTime.Equal(time.Unix(0, 0)) || h.Uname != "" || h.Uid != 0 || h.Mode != 0o600 {
			t.Errorf("%+v", h)
		}
	})
}

func unpackedBy(t *testing.T, data []byte, check func(*tar.Header)) map[string][]byte {
	t.Helper()
	zipped, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for r := tar.NewReader(zipped); ; {
		header, err := r.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		check(header)
		if files[header.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
}

func TestBundleRefuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	twice := filepath.Join(dir, "twice")
	if err := os.Mkdir(twice, 0o700); err != nil {
		t.Fatal(err)
	}
	broken := `{"format":"tokenward-recording/1","taken_at":"2026-01-02T03:04:05Z","commands":[{"argv":["/usr/bin/sw_vers"],"state":"sulked","exit":0}]}`
	if err := os.WriteFile(filepath.Join(twice, "recording.json"), []byte(broken), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name string
		args []string
		code int
	}{
		{"what is no recording", []string{"--from", dir}, exitUnreadable},
		{"what cannot be judged", []string{"--from", twice}, exitUnreadable},
		{"two files", []string{"a", "b"}, exitUsage},
		{"a folder that is not there", []string{filepath.Join(dir, "none", "x"), "--from", recorded(t)}, exitFailed},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := tokenward(t, append([]string{"bundle"}, tc.args...)...); got.code != tc.code || got.err == "" || got.out != "" {
				t.Errorf("exit %d, %s%s; want %d", got.code, got.out, got.err, tc.code)
			}
		})
	}
}

func recorded(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "recording")
	if err := record(t, "healthy").Save(dir); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestBundleName(t *testing.T) {
	t.Parallel()
	for serial, want := range map[string]string{
		"C02XY": "tokenward-C02XY-2026-06-01.tar.gz", "": "tokenward-2026-06-01.tar.gz", "../x": "tokenward-2026-06-01.tar.gz",
	} {
		if got := bundleName(serial, asked); got != want {
			t.Errorf("%q is called %s, want %s", serial, got, want)
		}
	}
}

// Whoever waits is told for what, and the line is taken back at the end.
func TestWaitingFor(t *testing.T) {
	t.Parallel()
	var said []string
	say := func(text string) func() {
		said = append(said, text)
		return func() { said = append(said, "back") }
	}
	w := &waitingFor{Runner: sleepless{}, say: say, width: 40}
	if _, err := w.Run(t.Context(), run.Command{Tool: run.Profiles, Args: []string{"status", "-type", strings.Repeat("x", 80)}}); err != nil {
		t.Fatal(err)
	}
	if len(said) != 5 || !strings.HasPrefix(said[2], "profiles status -type xx") || utf8.RuneCountInString(said[2]) >= 40 || said[4] != "back" {
		t.Errorf("%q", said)
	}
}

func TestWaitingLine(t *testing.T) {
	t.Parallel()
	for want, running := range map[string][]string{
		"last -1000: waiting …":                   {"last -1000"},
		"last -1000: waiting for it and 2 more …": {"last -1000", "bputil -e", "sw_vers"},
		"dscl -plist . -readall /Groups Record …": {"dscl -plist . -readall /Groups RecordName GeneratedUID"},
	} {
		if got := waitingLine(running, 41); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got := waitingLine([]string{"last"}, 0); got != "l …" {
		t.Errorf("%q", got)
	}
}

// What was left out is counted by what nobody knows, and by nothing else.
func TestBundleCountsWhatIsLeftOut(t *testing.T) {
	t.Parallel()
	w := bundled{Path: "x", Redacted: []string{"secrets"}}
	for left, want := range map[int]string{0: "", 1: "1 command of the recording is unknown", 2: "2 commands of the recording are unknown"} {
		if got := w.text(left); !strings.Contains(got, want) || left == 0 && strings.Contains(got, "left out") {
			t.Errorf("%d: %s", left, got)
		}
	}
}

type sleepless struct{}

func (sleepless) Run(context.Context, run.Command) (run.Result, error) { return run.Result{}, nil }

// An employee number is a name, and an account of a management tool may begin as
// those of services do.
func TestRedactionChangesNoJudgementOfOddNames(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"778899", "TRUE", "0", "_ladmin", "501", "dict", "string", "AAAA", "person", "person0002", "word-1", "enabled", "2026"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			original := recordOf(t, renamed(t, "healthy", name))
			want := judged(t, original)
			if !strings.Contains(want, "Console:yes") {
				t.Fatalf("nobody is logged in:\n%s", want)
			}
			for level, redacted := range map[string]run.Recording{"secrets": redact.Secrets(original), "names": redact.Names(original), "twice": redact.Names(redact.Names(original))} {
				if got := judged(t, redacted); got != want {
					t.Errorf("%s: judged as\n%s\nwant\n%s", level, got, want)
				}
			}
		})
	}
}

// renamed is a Mac on which whoever sits before it is called otherwise.
func renamed(t *testing.T, scenario, name string) state.Mac {
	t.Helper()
	mac, err := macsim.Load(scenario)
	if err != nil {
		t.Fatal(err)
	}
	for i, a := range mac.Accounts {
		if a.Name == mac.Console.User {
			mac.Accounts[i].Name, mac.Accounts[i].RealName = name, "Person called "+name
		}
	}
	for i, s := range mac.Sessions {
		if s.User == mac.Console.User {
			mac.Sessions[i].User = name
		}
	}
	mac.Console.User = name
	return mac
}
