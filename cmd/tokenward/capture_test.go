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
				want := summary(agent.Look(t.Context(), mac, time.Now().UTC(), collectors.All(), health.Policy{}))
				if got := judged(t, captured); got != want {
					t.Errorf("judged as\n%s\nwant\n%s", got, want)
				}
				if info, err := os.Stat(file); err != nil || info.Mode() != 0o600 {
					t.Errorf("%v, %v", info.Mode(), err)
				}
				if captured.Provenance == nil || !slices.Equal(captured.Provenance.Redacted, []string{"secrets"}) {
					t.Errorf("%+v", captured.Provenance)
				}
			})
		}
	}
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
	recording, err := run.OpenRecording(file)
	if err != nil {
		t.Fatal(err)
	}
	judged(t, recording) // it can be replayed
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
	script := patient(t)
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

// patient is the script with a deadline of a second for the first tool.
func patient(t *testing.T) string {
	t.Helper()
	script, err := os.ReadFile(captureScript)
	if err != nil {
		t.Fatal(err)
	}
	hurried := strings.Replace(string(script), "ask 10 /usr/bin/sw_vers", "ask 1 /usr/bin/sw_vers", 1)
	path := filepath.Join(t.TempDir(), "capture.sh")
	syscall.ForkLock.RLock() // a child of another test must not hold the file open while it is run
	err = os.WriteFile(path, []byte(hurried), 0o700)
	syscall.ForkLock.RUnlock()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// However it ends, it leaves nothing behind.
func TestCaptureCleansUp(t *testing.T) {
	t.Parallel()
	root, temporary := simulate(t, "healthy", ""), t.TempDir()
	fail(t, root, run.SwVers, "kill -TERM $(cat "+temporary+"/pid); sleep 5")
	script, err := filepath.Abs(captureScript)
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), filepath.Join(programs, "macsim"), "shell", root, "sh", "-c", "echo $$ >"+temporary+"/pid; exec sh "+script+" "+temporary+"/mac.tar.gz")
	c.Env = append(os.Environ(), "TMPDIR="+temporary)
	out, err := c.CombinedOutput()
	if err == nil || c.ProcessState.ExitCode() != 143 {
		t.Errorf("%v\n%s", err, out)
	}
	left, err := os.ReadDir(temporary)
	if err != nil || len(left) != 1 {
		t.Errorf("%v, %v", left, err)
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
