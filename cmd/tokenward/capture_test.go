//go:build !darwin

package main

import (
	"archive/tar"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tokenward/tokenward/agent"
	"github.com/tokenward/tokenward/collectors"
	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/macsim"
	"github.com/tokenward/tokenward/internal/run"
)

const captureScript = "../../scripts/capture.sh"

// inScript returns what stands in the script behind a word that begins a command.
func inScript(t *testing.T, word string) []string {
	t.Helper()
	script, err := os.ReadFile(captureScript)
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, m := range regexp.MustCompile(`(?m)^(?:\S+\))?\s*`+word+` ([\d"/].*?)(?: ;;)?$`).FindAllStringSubmatch(string(script), -1) {
		found = append(found, m[1])
	}
	slices.Sort(found)
	return found
}

// The script asks what the collectors ask, in the same words and with the same
// deadlines: recordings are matched by the words.
func TestCaptureAsksWhatTheCollectorsAsk(t *testing.T) {
	t.Parallel()
	want := []string{fmt.Sprintf(`%.0f %s -secureTokenStatus "$account"`, run.Sysadminctl.Limit().Seconds(), run.Sysadminctl.Path())}
	var read []string
	for _, c := range collectors.All() {
		if c.Command.Tool.Path() == "" {
			continue
		}
		want = append(want, fmt.Sprintf("%.0f %s", c.Command.Tool.Limit().Seconds(), strings.Join(c.Command.Argv(), " ")))
		if c.Command.Stdin != "" {
			read = append(read, c.Command.Stdin)
		}
	}
	slices.Sort(want)
	if got := inScript(t, "ask"); !slices.Equal(got, want) {
		t.Errorf("the script asks\n%s\nthe collectors\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	script, err := os.ReadFile(captureScript)
	if err != nil {
		t.Fatal(err)
	}
	if len(read) != 1 || !strings.Contains(string(script), "input='"+read[0]+"'\nask 10 /usr/sbin/scutil\ninput=\n") {
		t.Errorf("the collectors let a tool read %q, the script something else", read)
	}
}

func TestCaptureLooksWhereTheCollectorsLook(t *testing.T) {
	t.Parallel()
	var want []string
	for _, f := range record(t, "healthy").Files {
		path := f.Path
		if strings.Contains(path, " ") {
			path = `"` + path + `"`
		}
		if f.Opened {
			path += " opened"
		}
		want = append(want, path)
	}
	slices.Sort(want)
	if got := inScript(t, "look"); !slices.Equal(got, want) {
		t.Errorf("the script looks at\n%s\nthe collectors\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// capture runs the script on a simulated Mac, in a shell that sees the tools at
// their own paths, and returns what it says.
func capture(t *testing.T, root, file string, words ...string) (string, error) {
	t.Helper()
	script, err := filepath.Abs(captureScript)
	if err != nil {
		t.Fatal(err)
	}
	args := slices.Concat([]string{"shell", root}, words, []string{script, "--deep", "--files-under", root, file})
	out, err := exec.CommandContext(t.Context(), filepath.Join(programs, "macsim"), args...).CombinedOutput()
	return string(out), err
}

// ofPeople leaves out of a judgement what sysadminctl said of accounts of the system:
// the script asks about people only.
func ofPeople(judgement string) string {
	return regexp.MustCompile(`(Person:no .*?)(?:Status:\w+ )?Stranger:\w+ `).ReplaceAllString(judgement, "$1")
}

// What the script records is judged as the Mac is by an agent that asks about
// every account, as the script does.
func TestCaptureIsJudgedAsTheMac(t *testing.T) {
	t.Parallel()
	for _, scenario := range []string{
		"healthy", "user-without-token", "migrated-twice", "directory-user-with-odd-names", "filevault-turned-off-for-a-repair",
		"volume-without-any-user", "catalina-directory-user", "library-mac-with-a-firmware-password", "strict-password-rules",
	} {
		for _, shell := range [][]string{nil, {"bash"}} {
			t.Run(scenario+strings.Join(shell, ""), func(t *testing.T) {
				t.Parallel()
				root, file := simulate(t, scenario, ""), filepath.Join(t.TempDir(), "mac.tar.gz")
				if said, err := capture(t, root, file, shell...); err != nil {
					t.Fatalf("%v\n%s", err, said)
				}
				captured, err := run.OpenRecording(file)
				if err != nil {
					t.Fatal(err)
				}
				captured.Probes = nil
				mac := collectors.Mac{Run: systemTools(root), Files: systemDisk(root), Privileged: true, Free: true}
				want := ofPeople(summary(agent.Look(t.Context(), mac, time.Now().UTC(), collectors.All(), health.Policy{})))
				if got := ofPeople(judged(t, captured)); got != want {
					t.Errorf("judged as\n%s\nwant\n%s", got, want)
				}
				if info, err := os.Stat(file); err != nil || info.Mode() != 0o600 {
					t.Errorf("%v, %v", info.Mode(), err)
				}
				if captured.Provenance == nil || !slices.Equal(captured.Provenance.Redacted, []string{"some secrets"}) {
					t.Errorf("%+v", captured.Provenance)
				}
			})
		}
	}
}

// Somebody who is called like a secret costs nothing but the name.
func TestCaptureSurvivesNames(t *testing.T) {
	t.Parallel()
	for i, name := range []string{
		"Authorization: Desk", "FDE_PersonalRecoveryKey", "-----BEGIN X-----", "Hint: none", "-----END X----- -----BEGIN X-----", "{length = 1, bytes = 0x}",
		";ShadowHash;", "https://x", "<key>Password</key>",
	} {
		t.Run(strconv.Itoa(i), func(t *testing.T) { // a folder is called like the test
			t.Parallel()
			mac, err := macsim.Load("healthy")
			if err != nil {
				t.Fatal(err)
			}
			for i, a := range mac.Accounts {
				if a.Name == mac.Console.User {
					mac.Accounts[i].RealName = name
				}
			}
			root, file := filepath.Join(t.TempDir(), "mac"), filepath.Join(t.TempDir(), "mac.tar.gz")
			if err := macsim.Layout(root, mac, filepath.Join(programs, "macsim")); err != nil {
				t.Fatal(err)
			}
			if said, err := capture(t, root, file); err != nil {
				t.Fatalf("%v\n%s", err, said)
			}
			captured := opened(t, file)
			captured.Probes = nil
			whole := collectors.Mac{Run: systemTools(root), Files: systemDisk(root), Privileged: true, Free: true}
			want := ofPeople(summary(agent.Look(t.Context(), whole, time.Now().UTC(), collectors.All(), health.Policy{})))
			if got := ofPeople(judged(t, captured)); got != want {
				t.Errorf("%s: judged as\n%s\nwant\n%s", name, got, want)
			}
		})
	}
}

func opened(t *testing.T, file string) run.Recording {
	t.Helper()
	recording, err := run.OpenRecording(file)
	if err != nil {
		t.Fatal(err)
	}
	return recording
}

const captureCanary = "C4N4RY"

// secretTools answer with secrets in the place of the Mac's own tools.
func secretTools() map[run.Tool]string {
	long := strings.Repeat("QUJD", 17) + captureCanary
	return map[run.Tool]string{
		run.Mdmclient: `"FDE_PersonalRecoveryKeyCMS" = <c4c4` + "\n" + captureCanary + `>;` + "\n  PushToken = {length = 2, bytes = 0xC4N4RY};\nkept = 1;",
		run.Profiles: "MDM server: https://u:" + captureCanary + "@mdm.example.com/x?token=" + captureCanary + "\nAuthorization: Bearer " + captureCanary +
			"\n-----BEGIN CERTIFICATE-----\n" + captureCanary + "\n-----END CERTIFICATE-----\n" + long + "\nMDM enrollment: Yes",
		run.Fdesetup: "key 'C4N4-RYAA-BBBB-CCCC-DDDD-EEEE'\nFileVault is On.",
		run.Dscl: `<?xml version="1.0" encoding="UTF-8"?>
<plist version="1.0">
<array>
	<dict>
		<key>dsAttrTypeNative:accountPolicyData</key>
		<array>
			<string>&lt;plist version="1.0"&gt;&lt;dict&gt;&lt;key&gt;history&lt;/key&gt;
&lt;string&gt;` + captureCanary + `&lt;/string&gt;&lt;key&gt;failedLoginCount&lt;/key&gt;
	&lt;integer&gt;7&lt;/integer&gt;&lt;/dict&gt;&lt;/plist&gt;</string>
		</array>
		<key>dsAttrTypeStandard:AuthenticationAuthority</key>
		<array>
			<string>;ShadowHash;HASHLIST:&lt;` + captureCanary + `&gt;</string>
			<string>;Kerberosv5;;anna@LKDC:SHA1.` + captureCanary + `
second line of ` + captureCanary + `</string>
			<string>;SecureToken;</string>
			<string>` + captureCanary + `</string>
		</array>
		<key>dsAttrTypeStandard:RecordName</key>
		<array>
			<string>a "b" &amp; \c</string>
		</array>
		<key>dsAttrTypeStandard:UniqueID</key>
		<array>
			<string>501</string>
		</array>
	</dict>
</array>
</plist>`,
	}
}

func TestCaptureTakesSecretsOut(t *testing.T) {
	t.Parallel()
	root, file := simulate(t, "healthy", ""), filepath.Join(t.TempDir(), "mac.tar.gz")
	for tool, answer := range secretTools() {
		fail(t, root, tool, "cat <<'ANSWER'\n"+answer+"\nANSWER")
	}
	if said, err := capture(t, root, file); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	packed, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for name, data := range unpackedBy(t, packed, func(*tar.Header) {}) {
		if strings.Contains(strings.ReplaceAll(string(data), "-", ""), captureCanary) {
			t.Errorf("%s:\n%s", name, data)
		}
		all.Write(data)
	}
	for _, stays := range []string{
		"kept = 1;", "https://mdm.example.com/x\n", "MDM enrollment: Yes", "FileVault is On.", "<string>;SecureToken;</string>", "<string>;ShadowHash;</string>",
		"&lt;integer&gt;7&lt;/integer&gt;", `"-secureTokenStatus", "a \"b\" & \\c"]`, `FDE_PersonalRecoveryKeyCMS" = "dropped";`,
	} {
		if !strings.Contains(all.String(), stays) {
			t.Errorf("%s is gone", stays)
		}
	}
	judged(t, opened(t, file)) // it can be replayed
}

// Tools that hang, are missing or may not be run are recorded as what they are.
func TestCaptureRecordsFailures(t *testing.T) {
	t.Parallel()
	mac, err := macsim.Load("healthy")
	if err != nil {
		t.Fatal(err)
	}
	root := filepath.Join(t.TempDir(), "mac")
	if err := macsim.Layout(root, mac, filepath.Join(programs, "macsim")); err != nil {
		t.Fatal(err)
	}
	fail(t, root, run.Last, "")
	fail(t, root, run.SwVers, "sleep 60")
	fail(t, root, run.Pwpolicy, "exit 3")
	script := altered(t, "ask 10 /usr/bin/sw_vers", "ask 1 /usr/bin/sw_vers")
	file := filepath.Join(t.TempDir(), "mac.tar.gz")
	out, err := exec.CommandContext(t.Context(), filepath.Join(programs, "macsim"), "shell", root, script, file).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	recording, err := run.OpenRecording(file)
	if err != nil {
		t.Fatal(err)
	}
	states := map[string]run.Ending{}
	for _, c := range recording.Commands {
		states[filepath.Base(c.Argv[0])] = c.State
		if c.Argv[0] == run.Pwpolicy.Path() && (c.Exit == nil || *c.Exit != 3) {
			t.Errorf("pwpolicy ended with %v", c.Exit)
		}
	}
	if states["last"] != run.RunMissing || states["sw_vers"] != run.RunTimeout || states["pwpolicy"] != run.Ran || states["uname"] != run.Ran {
		t.Errorf("%v", states)
	}
	if again, err := capture(t, root, file); err == nil || !strings.Contains(again, "not overwritten") {
		t.Errorf("a second time: %v\n%s", err, again)
	}
}

// altered is the script with other words in the place of some of its own.
func altered(t *testing.T, oldnew ...string) string {
	t.Helper()
	script, err := os.ReadFile(captureScript)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(oldnew); i += 2 {
		if !strings.Contains(string(script), oldnew[i]) {
			t.Fatalf("%q is not in the script", oldnew[i])
		}
	}
	path := filepath.Join(t.TempDir(), "capture.sh")
	syscall.ForkLock.RLock() // a child of another test must not hold the file open while it is run
	err = os.WriteFile(path, []byte(strings.NewReplacer(oldnew...).Replace(string(script))), 0o700)
	syscall.ForkLock.RUnlock()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// runAltered runs such a script on a simulated Mac.
func runAltered(t *testing.T, root, file string, words ...string) (string, error) {
	t.Helper()
	args := slices.Concat([]string{"shell", root}, words, []string{file})
	out, err := exec.CommandContext(t.Context(), filepath.Join(programs, "macsim"), args...).CombinedOutput()
	return string(out), err
}

// recordedOf returns what the first command of the tool came to.
func recordedOf(t *testing.T, r run.Recording, tool run.Tool) run.Transcript {
	t.Helper()
	for _, c := range r.Transcripts() {
		if c.Argv[0] == tool.Path() {
			return c
		}
	}
	t.Fatalf("%s was not asked", tool.Path())
	return run.Transcript{}
}

// What ended with a number above 128 has that number; what printed too much is
// cut, and says so.
func TestCaptureRecordsWhatTheToolDid(t *testing.T) {
	t.Parallel()
	root, file := simulate(t, "healthy", ""), filepath.Join(t.TempDir(), "mac.tar.gz")
	fail(t, root, run.SwVers, "echo 0123456789abcdef; exit 200")
	fail(t, root, run.Last, "kill -KILL $$")
	if said, err := runAltered(t, root, file, altered(t, "most_output=8388608", "most_output=10")); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	r := opened(t, file)
	for tool, want := range map[run.Tool]int{run.SwVers: 200, run.Last: 137} {
		if c := recordedOf(t, r, tool); c.Exit == nil || *c.Exit != want || c.State != run.Ran {
			t.Errorf("%s: %+v, want %d", tool.Path(), c.Recorded, want)
		}
	}
	if c := recordedOf(t, r, run.SwVers); !c.Truncated || strings.TrimSpace(string(c.Out)) != "0123456789" {
		t.Errorf("%q, truncated %v", c.Out, c.Truncated)
	}
}

// A recording without hashes is one too; one with hashes that failed is none.
func TestCaptureWithoutHashes(t *testing.T) {
	t.Parallel()
	root, file := simulate(t, "healthy", ""), filepath.Join(t.TempDir(), "mac.tar.gz")
	said, err := runAltered(t, root, file, altered(t, "shasum", "no-such-program", "sha256sum", "no-such-program"))
	if err != nil || !strings.Contains(said, "without hashes") {
		t.Fatalf("%v\n%s", err, said)
	}
	judged(t, opened(t, file))
	broken := filepath.Join(t.TempDir(), "mac.tar.gz")
	if said, err := runAltered(t, root, broken, altered(t, "shasum", "false")); err == nil || !strings.Contains(said, "could not be hashed") {
		t.Errorf("%v\n%s", err, said)
	}
	if _, err := os.Stat(broken); err == nil {
		t.Error("there is an archive")
	}
}

// Of many accounts the one at the screen comes first, then those with low numbers.
func TestCaptureAsksAboutTheConsoleUserFirst(t *testing.T) {
	t.Parallel()
	root, file := simulate(t, "healthy", ""), filepath.Join(t.TempDir(), "mac.tar.gz")
	var users strings.Builder
	for id := 1510; id > 1498; id-- {
		fmt.Fprintf(&users, "<dict>\n<key>dsAttrTypeStandard:RecordName</key>\n<array>\n<string>a \\t &amp; %d</string>\n</array>\n"+
			"<key>dsAttrTypeStandard:UniqueID</key>\n<array>\n<string>%d</string>\n</array>\n</dict>\n", id-1000, id-1000)
	}
	fail(t, root, run.Dscl, "cat <<'ANSWER'\n"+users.String()+"ANSWER")
	fail(t, root, run.Scutil, "cat <<'ANSWER'\n<dictionary> {\n  Name : a \\t & 509\n}\nANSWER")
	if said, err := capture(t, root, file); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	var asked []string
	for _, c := range opened(t, file).Commands {
		if c.Argv[0] == run.Sysadminctl.Path() {
			asked = append(asked, strings.TrimPrefix(c.Argv[2], `a \t & `))
		}
	}
	if want := []string{"509", "500", "501", "502", "503", "504", "505", "506"}; !slices.Equal(asked, want) {
		t.Errorf("%q, want %q", asked, want)
	}
}

// shells are those that the script has to work in, as far as they are here.
func shells() map[string][]string {
	found := map[string][]string{}
	for name, words := range map[string][]string{"dash": {"dash"}, "bash": {"bash"}, "bash as sh": {"bash", "--posix"}, "zsh as sh": {"zsh", "--emulate", "sh"}} {
		if _, err := exec.LookPath(words[0]); err == nil {
			found[name] = words
		}
	}
	return found
}

// familyScript is a tool that starts another process, notes both, and stays.
func familyScript(dir string) string {
	return "sleep 60 &\necho $! >" + dir + "/child\necho $$ >" + dir + "/tool\n"
}

// bothGone fails if one of the two still runs.
func bothGone(t *testing.T, dir string) {
	t.Helper()
	for _, who := range []string{"tool", "child"} {
		pid, err := os.ReadFile(filepath.Join(dir, who))
		if err != nil {
			t.Fatal(err)
		}
		stat := filepath.Join("/proc", strings.TrimSpace(string(pid)), "stat")
		for until := time.Now().Add(5 * time.Second); ; time.Sleep(20 * time.Millisecond) {
			data, err := os.ReadFile(stat)
			if err != nil || strings.Contains(string(data), ") Z ") { // nobody may have waited for it
				break
			}
			if time.Now().After(until) {
				t.Fatalf("the %s still runs: %s", who, data)
			}
		}
	}
}

// A tool that hangs goes with all that it started, and holds nothing up.
func TestCaptureStopsAToolWithItsChildren(t *testing.T) {
	t.Parallel()
	for name, shell := range shells() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root, dir := simulate(t, "healthy", ""), t.TempDir()
			fail(t, root, run.SwVers, familyScript(dir)+"wait")
			file := filepath.Join(dir, "mac.tar.gz")
			words := append(slices.Clone(shell), altered(t, "ask 10 /usr/bin/sw_vers", "ask 1 /usr/bin/sw_vers"))
			if said, err := runAltered(t, root, file, words...); err != nil {
				t.Fatalf("%v\n%s", err, said)
			}
			bothGone(t, dir)
			if c := recordedOf(t, opened(t, file), run.SwVers); c.State != run.RunTimeout || c.Exit != nil {
				t.Errorf("%+v", c.Recorded)
			}
		})
	}
}

// However it ends, it leaves nothing behind, and nothing that runs.
func TestCaptureCleansUp(t *testing.T) {
	t.Parallel()
	script, err := filepath.Abs(captureScript)
	if err != nil {
		t.Fatal(err)
	}
	for name, shell := range shells() {
		for signal, code := range map[string]int{"TERM": 143, "INT": 130, "HUP": 129} {
			t.Run(name+" "+signal, func(t *testing.T) {
				t.Parallel()
				root, temporary, notes := simulate(t, "healthy", ""), t.TempDir(), t.TempDir()
				fail(t, root, run.SwVers, familyScript(notes)+"kill -"+signal+" $(cat "+notes+"/script); wait")
				starts := "echo $$ >" + notes + "/script; exec " + strings.Join(shell, " ") + " " + script + " " + temporary + "/mac.tar.gz"
				c := exec.CommandContext(t.Context(), filepath.Join(programs, "macsim"), "shell", root, "sh", "-c", starts)
				c.Env = append(os.Environ(), "TMPDIR="+temporary)
				c.WaitDelay = time.Second // what is left behind may hold the output
				out, err := c.CombinedOutput()
				if err == nil || c.ProcessState.ExitCode() != code {
					t.Errorf("%v\n%s", err, out)
				}
				bothGone(t, notes)
				left, err := os.ReadDir(temporary)
				if err != nil || len(left) != 0 {
					t.Errorf("%v, %v", left, err)
				}
			})
		}
	}
}

// The script is for any shell of the kind, and says what it is for.
func TestCaptureInOtherShells(t *testing.T) {
	t.Parallel()
	for _, shell := range []string{"sh", "dash", "bash"} {
		path, err := exec.LookPath(shell)
		if err != nil {
			continue
		}
		if out, err := exec.CommandContext(t.Context(), path, "-n", captureScript).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", shell, err, out)
		}
		if out, err := exec.CommandContext(t.Context(), path, captureScript, "--help").CombinedOutput(); err != nil || !strings.Contains(string(out), "tokenward diagnose FILE") {
			t.Errorf("%s: %v\n%s", shell, err, out)
		}
		if err := exec.CommandContext(t.Context(), path, captureScript, "--no-such").Run(); err == nil {
			t.Errorf("%s: an unknown option is no error", shell)
		}
	}
}

// redactor is the part of the script that takes secrets out, as a script of its
// own: of the answer in a folder to a command.
func redactor(t *testing.T) string {
	t.Helper()
	script, err := os.ReadFile(captureScript)
	if err != nil {
		t.Fatal(err)
	}
	_, part, begins := strings.Cut(string(script), "\n# The secrets of every tool")
	part, _, ends := strings.Cut(part, "\n# keep STREAM")
	if !begins || !ends {
		t.Fatal("the script has other parts")
	}
	path := filepath.Join(t.TempDir(), "redact.sh")
	own := "LC_ALL=C; export LC_ALL; work=$1; shift\n#" + part + "\nform_of \"$@\"\nredact \"$work/answer\"\n"
	if err := os.WriteFile(path, []byte(own), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// secretAnswer is what a command prints: with the canary, which must go, and with
// what has to stay.
type secretAnswer struct{ name, command, out, stays string }

const (
	captureUsers = "dscl -plist . -readall /Users UniqueID"
	captureDates = "dscl -plist . -readall /Users RecordName accountPolicyData"
)

func valueOf(key, value string) string {
	return "<dict>\n<key>" + key + "</key>" + value + "\n<key>dsAttrTypeStandard:RealName</key>\n<array>\n<string>Anna</string>\n</array>\n</dict>"
}

// secretTexts are those of the redaction in Go (TestSecretsAreTakenOut), and some
// more. Not here are the lists with a secret under a key or in a place that nobody
// would look for it: the script does not write them anew.
func secretTexts() []secretAnswer {
	long := strings.Repeat("QUJD", 16) + captureCanary
	pem := "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC," + captureCanary + "\n\n" + captureCanary + "\n"
	return []secretAnswer{
		{"a recovery key", "fdesetup status", "FileVault is On.\nkey 'C4N4-RYAA-BBBB-CCCC-DDDD-EEEE'\n", "FileVault is On."},
		{"a recovery key in small letters", "fdesetup list", "c4n4-ryaa-bbbb-cccc-dddd-eeee\n", "REDACTED"},
		{"a certificate", "app-sso platform -s", "Device Configuration:\n(null)\n-----BEGIN CERTIFICATE-----\n" + captureCanary + "\nQUJD\n-----END CERTIFICATE-----\nLogin Configuration:\n", "Login Configuration:"},
		{"a certificate that is cut off", "fdesetup status", "FileVault is On.\n-----BEGIN PRIVATE KEY-----\nQUJDREVGR0hJSktM" + captureCanary + "\n", "FileVault is On."},
		{"a key with headers", "fdesetup status", pem + "-----END RSA PRIVATE KEY-----\nFileVault is On.\n", "FileVault is On."},
		{"a key with headers that is cut off", "fdesetup status", "FileVault is On.\n" + pem, "FileVault is On."},
		{"a block behind a block", "fdesetup status", "a-----BEGIN X-----\nQUJD\n-----END X----- b -----BEGIN Y-----\n" + captureCanary + "\n-----END Y----- kept\n", " kept"},
		{"two blocks on a line", "fdesetup status", "-----BEGIN X-----QUJD-----END X----- kept -----BEGIN Y-----" + captureCanary + "-----END Y-----\n", " kept "},
		{"a block on the screen", "scutil", "  Name : -----BEGIN X-----\n" + captureCanary + "\n  UID : 501\n}\n", "  UID : 501\n}"},
		{"a bearer token", "mdmclient QueryDeviceInformation", "Authorization: Bearer " + captureCanary + "\nBearer " + captureCanary + "12345\n", "Bearer REDACTED"},
		{"a web token", "fdesetup status", "eyJhbGciOiJIUzI1NiJ9." + captureCanary + ".sig\nFileVault is Off.\n", "FileVault is Off."},
		{"a long run of letters", "csrutil status", long + "\nSystem Integrity Protection status: enabled.\n", "status: enabled."},
		{"a long run with slashes", "csrutil status", "QUJD/" + strings.Repeat("QU/D", 16) + captureCanary + "\n", "REDACTED"},
		{"a password and a query in an address", "profiles status -type enrollment", "MDM server: https://u:" + captureCanary + "@mdm.example.com/checkin?token=" + captureCanary + "#" + captureCanary + "\n", "https://mdm.example.com/checkin\n"},
		{"a password with a slash", "profiles status -type enrollment", "MDM server: https://u:" + captureCanary + "/x@mdm.example.com/\n", "MDM server: REDACTED\n"},
		{"a token in the path of an address", "profiles status -type enrollment", "MDM server: https://mdm.example.com:8443/" + long + "/in\n", "https://mdm.example.com:8443/REDACTED/in\n"},
		{"a hint", "diskutil apfs listcryptousers -plist /", "+-- X\n    Hint: " + captureCanary + "\n    Volume Owner: Yes\n", "Volume Owner: Yes"},
		{"a password", "mdmclient QueryDeviceInformation", "  Password = " + captureCanary + ";\n \"passphrase\" : " + captureCanary + " x\n kept = 1;\n", "  Password = REDACTED;\n \"passphrase\" : REDACTED\n kept = 1;"},
		{"a hash", "fdesetup status", "is ;ShadowHash;HASHLIST:<" + captureCanary + "> and ;Kerberosv5;;anna@" + captureCanary + " x\n", "is ;ShadowHash; and ;Kerberosv5; x"},
		{"a realm", "fdesetup status", "LKDC:SHA1.C4\nanna@LKDC:SHA1.ABCDEF0123456789" + "\n", "anna@REDACTED\n"},
		{"data", "mdmclient QueryDeviceInformation", "Daemon response: {\n  PushToken = {length = 32, bytes = 0xC4N4RY 172f7bd3 ... 61731ac3};\n  Old = <c4c4c4c4 c4c4>;\n  IsSupervised = 1;\n}\n", "  Old = \"REDACTED\";\n  IsSupervised = 1;"},
		{"a sealed recovery key on several lines", "mdmclient QuerySecurityInfo", "{\n  \"FDE_PersonalRecoveryKeyCMS\" = <c4c4\n" + captureCanary + ">;\n  A = 1;\n}\n", "A = 1;"},
		{"single sign-on", "app-sso platform -s", "Device Configuration:\n {\n  \"a}\" : { \"b\\\"\" : [ \"" + captureCanary + "\" ] }\n}\n\nLogin Configuration:\n", "{ \"REDACTED\" : \"REDACTED\" }\n\nLogin Configuration:"},
		{"broken single sign-on", "app-sso platform -s", "Device Configuration:\n{ \"a\" : \"" + captureCanary + "\n", "Device Configuration:\nREDACTED"},
		{"no text", "sw_vers", captureCanary + "\x00", "REDACTED: "},
		{"a binary list", captureUsers, "bplist00" + captureCanary, "REDACTED: "},
	}
}

func secretLists() []secretAnswer {
	array := func(values ...string) string {
		return "<array><string>" + strings.Join(values, "</string><string>") + "</string></array>"
	}
	authority, policy, anna := "dsAttrTypeStandard:AuthenticationAuthority", "dsAttrTypeNative:accountPolicyData", "<string>Anna</string>"
	return []secretAnswer{
		{"tickets", captureUsers, valueOf(authority, array(";ShadowHash;HASHLIST:&lt;"+captureCanary+"&gt;", ";Kerberosv5;;anna@LKDC:SHA1."+captureCanary, ";SecureToken;"+captureCanary, ";"+captureCanary+";x", captureCanary,
			";DisabledTags;"+captureCanary+",SecureToken")), "<string>;SecureToken;</string>\n<string>;REDACTED;</string>\n<string>REDACTED</string>\n<string>;DisabledTags;SecureToken</string>"},
		{"no tickets", captureUsers, valueOf(authority, "<array/>"), anna},
		{"tickets without a value", captureUsers, valueOf(authority, ""), anna},
		{"tickets that are cut off", captureUsers, "<dict><key>" + authority + "</key>\n<array>\n<string>;SecureToken;" + captureCanary, "\nREDACTED: a property list that is cut off"},
		{"a history of passwords", captureDates, valueOf(policy, array("&lt;plist version=\"1.0\"&gt;&lt;dict&gt;&lt;key&gt;passwordHistory&lt;/key&gt;&lt;string&gt;"+captureCanary+
			"&lt;/string&gt;&lt;key&gt;failedLoginCount&lt;/key&gt;&lt;integer&gt;7&lt;/integer&gt;&lt;/dict&gt;&lt;/plist&gt;")), "integer&gt;7"},
		{"a history that cannot be read", captureDates, valueOf(policy, array(captureCanary)), "<string>REDACTED</string>"},
		{"a hint in a list", captureUsers, valueOf("dsAttrTypeStandard:AuthenticationHint", array(captureCanary)), anna},
		{"a hint on lines of its own", captureUsers, valueOf("dsAttrTypeStandard:AuthenticationHint", "\n<array>\n\t<string>one\n"+captureCanary+"</string>\n\t<string>"+captureCanary+"</string>\n</array>"), anna},
		{"a hint in a dictionary", captureUsers, valueOf("HINT", "<dict><key>a</key><dict/><dict><string>x</string></dict>\n<string>"+captureCanary+"</string></dict>"), anna},
		{"a hint on one line", "diskutil apfs listcryptousers -plist /", "<dict><key>Hint</key><string>" + captureCanary + "</string><key>APFSCryptoUserUUID</key><string>6A1C</string></dict>", "<key>APFSCryptoUserUUID</key><string>6A1C</string></dict>"},
		{"two secrets on one line", captureUsers, "<dict><key>PasswordHint</key><string>" + captureCanary + "</string><key>Password</key><data>" + captureCanary + "</data><key>a</key>" + anna + "</dict>", anna},
		{"an empty hint", captureUsers, valueOf("PasswordHint", "<string/>"), anna},
		{"a hint that is missing", captureUsers, "<dict><key>PasswordHint</key><key>a</key>" + anna + "</dict>", "<key>a</key>" + anna + "</dict>"},
		{"a hint in a text of a list", captureUsers, "<string>password&quot; = " + captureCanary + "</string>" + anna, "</string>" + anna},
		{"a header in a text of a list", captureUsers, "<string>Authorization: Basic " + captureCanary + "</string>" + anna, "</string>" + anna},
		{"a key in a list", captureUsers, "<string>-----BEGIN X-----\n" + captureCanary + "\n</string>" + anna, "</string>" + anna},
		{"a list that says less than policies do", "pwpolicy -getaccountpolicies", "<dict><key>policyCategoryPasswordContent</key><array><dict><key>policyIdentifier</key><string>x</string></dict></array></dict>", "<string>x</string>"},
	}
}

// The script takes out what the redaction in Go does, where it can, in whatever
// shell and however the awk of the system is made.
func TestCaptureTakesOutWhatRedactionDoes(t *testing.T) {
	t.Parallel()
	script := redactor(t)
	for _, tc := range slices.Concat(secretTexts(), secretLists()) {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "answer"), []byte(tc.out), 0o600); err != nil {
				t.Fatal(err)
			}
			args := append([]string{script, dir}, strings.Fields(tc.command)...)
			out, err := exec.CommandContext(t.Context(), "sh", args...).CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			if strings.Contains(strings.ToUpper(strings.ReplaceAll(string(out), "-", "")), captureCanary) {
				t.Errorf("it survived:\n%s", out)
			}
			if !strings.Contains(string(out), tc.stays) {
				t.Errorf("%q is gone:\n%s", tc.stays, out)
			}
		})
	}
}

// A fuzz run that fuzzes nothing has failed.
func TestFuzzFailsWithoutTargets(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ flags, named string }{
		"a package that is not there": {"", "./no-such-package"},
		"a package without targets":   {"", "./internal/floor"},
		"tests that cannot be run":    {"-exec=/no/such/program", "./internal/floor"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := exec.CommandContext(t.Context(), "sh", "../../scripts/fuzz", tc.named)
			c.Env = append(os.Environ(), "FUZZTIME=1s", "GOFLAGS="+tc.flags)
			if out, err := c.CombinedOutput(); err == nil {
				t.Errorf("it succeeded:\n%s", out)
			}
		})
	}
}
