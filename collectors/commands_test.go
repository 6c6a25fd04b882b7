package collectors_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tokenward/tokenward/collectors"
	"github.com/tokenward/tokenward/internal/macsim"
	"github.com/tokenward/tokenward/internal/macsim/state"
	"github.com/tokenward/tokenward/internal/run"
)

// frozen are the command lines that a check asks, of those that a recording of
// format 1 may hold. Recordings are matched by them word for word, so one that
// changes turns every recording of every Mac into a Mac that says nothing.
//
// Beside them are those of a Mac of one kind: see the next function.
func frozen() []string {
	return []string{
		"/usr/bin/csrutil status",
		"/usr/bin/dscl -plist . -readall /Groups RecordName GeneratedUID GroupMembership GroupMembers NestedGroups",
		"/usr/bin/dscl -plist . -readall /Users RecordName accountPolicyData",
		"/usr/bin/fdesetup hasinstitutionalrecoverykey",
		"/usr/bin/fdesetup haspersonalrecoverykey",
		"/usr/bin/fdesetup list -extended",
		"/usr/bin/fdesetup showdeferralinfo",
		"/usr/bin/last -1000",
		"/usr/bin/pwpolicy -getaccountpolicies",
		"/usr/libexec/mdmclient QuerySecurityInfo",
		"/usr/sbin/diskutil info -plist /",
		"/usr/sbin/dsconfigad -show",
		"/usr/sbin/scutil --proxy",
		"/usr/sbin/sysctl kern.boottime kern.hv_vmm_present hw.optional.arm64",
		"/usr/bin/dscl -plist . -read /Groups/admin GroupMembership GroupMembers",
		"/usr/bin/dscl -plist . -readall /Users UniqueID GeneratedUID RealName RecordName AuthenticationAuthority NFSHomeDirectory UserShell IsHidden OriginalNodeName",
		"/usr/bin/fdesetup list",
		"/usr/bin/fdesetup status",
		"/usr/bin/profiles status -type bootstraptoken",
		"/usr/bin/profiles status -type enrollment",
		"/usr/bin/sw_vers",
		"/usr/bin/uname -m",
		"/usr/libexec/mdmclient QueryDeviceInformation",
		"/usr/sbin/diskutil apfs listcryptousers -plist /",
		"/usr/sbin/ioreg -rd1 -c IOPlatformExpertDevice",
		"/usr/sbin/scutil < show State:/Users/ConsoleUser",
	}
}

// ofSome are asked of the Macs that have such a thing.
func ofSome(mac state.Mac) []string {
	var lines []string
	if mac.Chip == state.AppleSilicon {
		lines = append(lines, "/usr/bin/bputil -e")
	} else {
		lines = append(lines, "/usr/sbin/firmwarepasswd -check")
	}
	if mac.OS.AtLeast(13) {
		lines = append(lines, "/usr/bin/app-sso platform -s")
	}
	return lines
}

const question = "/usr/sbin/sysadminctl -secureTokenStatus "

// line writes a command with its standard input. Words are quoted where a blank
// in them would make two command lines look the same.
func line(argv []string, stdin string) string {
	words := make([]string, len(argv))
	for i, word := range argv {
		words[i] = word
		if strings.ContainsAny(word, " \n") {
			words[i] = fmt.Sprintf("%q", word)
		}
	}
	text := strings.Join(words, " ")
	if stdin = strings.TrimSuffix(stdin, "\n"); stdin != "" {
		text += " < " + stdin
	}
	return text
}

// A check of any Mac asks exactly the frozen lines, each once, and sysadminctl
// in its one form about accounts that exist.
func TestCommandLinesAreFrozen(t *testing.T) {
	t.Parallel()
	for _, scenario := range macsim.Scenarios() {
		t.Run(scenario, func(t *testing.T) {
			t.Parallel()
			mac := load(t, scenario)
			var regular []string
			for _, c := range recorded(t, mac) {
				name, isQuestion := strings.CutPrefix(line(c.Argv, c.Stdin), question)
				if !isQuestion {
					regular = append(regular, line(c.Argv, c.Stdin))
					continue
				}
				if !slices.ContainsFunc(mac.Accounts, func(a state.Account) bool { return len(c.Argv) == 3 && a.Name == c.Argv[2] }) {
					t.Errorf("sysadminctl is asked about %s, who is nobody's account", name)
				}
			}
			want := slices.Sorted(slices.Values(slices.Concat(frozen(), ofSome(mac))))
			if slices.Sort(regular); !slices.Equal(regular, want) {
				t.Errorf("asked:\n%s\nwant:\n%s", strings.Join(regular, "\n"), strings.Join(want, "\n"))
			}
		})
	}
}

// recorded returns what a recording of a whole check holds, in the order of the
// command lines.
func recorded(t *testing.T, mac state.Mac) []run.Recorded {
	t.Helper()
	recorder := run.NewRecorder(macsim.NewRunner(mac), nil, nil)
	take(t, recorder)
	dir := filepath.Join(t.TempDir(), "recording")
	if err := recorder.Recording(now).Save(dir); err != nil {
		t.Fatal(err)
	}
	recording, err := run.OpenRecording(dir)
	if err != nil {
		t.Fatal(err)
	}
	return recording.Commands
}

// The simulator does not know the collectors, and records on its own what they
// ask: the two lists are the same, or its recordings would leave something out.
func TestTheSimulatorRecordsWhatACheckAsks(t *testing.T) {
	t.Parallel()
	for _, scenario := range []string{"healthy", "catalina-intel-office-mac", "library-with-a-strict-proxy", "bought-in-a-shop"} {
		mac := load(t, scenario)
		ours, theirs := macsim.NewRunner(mac), macsim.NewRunner(mac)
		check, simulator := run.NewRecorder(ours, ours, ours), run.NewRecorder(theirs, theirs, theirs)
		collectors.Take(t.Context(), collectors.Mac{Run: check, Files: check, Net: check, Privileged: true}, now, collectors.All())
		macsim.Record(t.Context(), &mac, simulator)
		if got, want := asks(simulator.Recording(now)), asks(check.Recording(now)); !slices.Equal(got, want) {
			t.Errorf("%s: the simulator records:\n%s\na check asks:\n%s", scenario, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

// asks are the questions of a recording, without those about single accounts.
func asks(r run.Recording) (all []string) {
	for _, c := range r.Commands {
		if l := line(c.Argv, c.Stdin); !strings.HasPrefix(l, question) {
			all = append(all, l)
		}
	}
	for _, f := range r.Files {
		all = append(all, fmt.Sprint(f.Path, " opened ", f.Opened))
	}
	for _, p := range r.Probes {
		all = append(all, p.Name)
	}
	return all
}

func TestCollectorsHaveNamesOfTheirOwn(t *testing.T) {
	t.Parallel()
	names, lines := map[string]bool{}, map[string]bool{}
	for _, c := range collectors.All() {
		l := line(c.Command.Argv(), c.Command.Stdin)
		if c.Name == "" || names[c.Name] || (isTool(c) && lines[l]) {
			t.Errorf("%q asks %q: the name or the question is there twice", c.Name, l)
		}
		names[c.Name], lines[l] = true, true
	}
	if collectors.All()[0].Name != collectors.Quick()[0].Name {
		t.Error("the quick collectors are in another order")
	}
}

func isTool(c collectors.Collector) bool { return c.Command.Tool.Path() != "" }

// What takes seconds is left out, and nothing else.
func TestQuickLeavesOutTheSlow(t *testing.T) {
	t.Parallel()
	var quick, left []string
	for _, c := range collectors.Quick() {
		quick = append(quick, c.Name)
	}
	for _, c := range collectors.All() {
		if !slices.Contains(quick, c.Name) {
			left = append(left, c.Name)
		}
	}
	if !slices.Equal(left, []string{"device-information", "security-info"}) || len(quick)+2 != len(collectors.All()) {
		t.Errorf("left out: %v", left)
	}
}

// The bounds of one check, in processes.
const (
	mostProcesses = 32
	mostQuestions = 8 // whose answers are kept
	atOnce        = 3 // questions in the first check
)

func TestProcessesAreBounded(t *testing.T) {
	t.Parallel()
	everyTenth := func(i int, a *state.Account) { a.Token.CryptoUser = i%10 != 0 }
	nobody := func(_ int, a *state.Account) { a.Token = state.Token{} }
	allTags := func(_ int, a *state.Account) { a.Token.CryptoUser = false }
	for _, tc := range []struct {
		name      string
		change    func(int, *state.Account)
		questions map[int]int // by the number of accounts
	}{
		{"everybody has a token", nil, map[int]int{1: 1, 10: 1, 100: 1, 2000: 1}},
		{"nobody has a token", nobody, map[int]int{1: 1, 10: 1, 100: 1}},
		{"every tenth is disputed", everyTenth, map[int]int{1: 1, 10: 1, 100: atOnce}},
		{"everybody is disputed", allTags, map[int]int{1: 1, 10: atOnce, 100: atOnce, 2000: atOnce}},
	} {
		for people, want := range tc.questions {
			t.Run(fmt.Sprintf("%s, %d accounts", tc.name, people), func(t *testing.T) {
				t.Parallel()
				started := &asked{inner: simulated(crowd(t, people, tc.change))}
				s := take(t, started)
				if n := len(known(t, "the directory", s.Directory)); n < people {
					t.Errorf("%d accounts were read", n)
				}
				questions := len(started.about())
				if questions != want || len(s.TokenStatus) != questions {
					t.Errorf("%d questions and %d answers, want %d", questions, len(s.TokenStatus), want)
				}
				if n := len(started.commands); n > mostProcesses || n-questions != len(frozen())+len(ofSome(load(t, "healthy"))) {
					t.Errorf("%d processes, %d of them questions", n, questions)
				}
			})
		}
	}
}
