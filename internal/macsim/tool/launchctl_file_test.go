package tool

import (
	"strings"
	"testing"
	"time"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

const ourFile = "/Library/LaunchDaemons/x.plist"

// files are a folder with a property list and a program in it.
func files(list string, change func(*OnDisk)) Disk {
	return func(path string) (OnDisk, bool) {
		file := OnDisk{Content: []byte(list), Mode: 0o644, Regular: true}
		switch path {
		case ourFile:
			change(&file)
			return file, list != ""
		case "/opt/x":
			return OnDisk{Mode: 0o755, Regular: true}, true
		}
		return OnDisk{}, false
	}
}

const goodList = `<?xml version="1.0"?><plist version="1.0"><dict>
<key>KeepAlive</key><dict><key>SuccessfulExit</key><false/></dict>
<key>Label</key><string>x</string><key>Nice</key><integer>5</integer>
<key>ProgramArguments</key><array><string>/opt/x</string><string>run</string></array></dict></plist>`

func listOf(body string) string { return "<plist><dict>" + body + "</dict></plist>" }

func TestLaunchctlReadsTheFile(t *testing.T) {
	t.Parallel()
	const failed = "Bootstrap failed: 5: Input/output error\n"
	asItIs := func(*OnDisk) {}
	for _, tc := range []struct {
		name, list string
		change     func(*OnDisk)
		exit13     int
		said13     string
	}{
		{"for all to write", goodList, func(f *OnDisk) { f.Mode = 0o666 }, 122, "Bootstrap failed: 122: Path had bad ownership/permissions\n"},
		{"for a group to write", goodList, func(f *OnDisk) { f.Mode = 0o664 }, 122, "Bootstrap failed: 122: Path had bad ownership/permissions\n"},
		{"of another owner", goodList, func(f *OnDisk) { f.Foreign = true }, 122, "Bootstrap failed: 122: Path had bad ownership/permissions\n"},
		{"a link", goodList, func(f *OnDisk) { f.Regular = false }, 122, "Bootstrap failed: 122: Path had bad ownership/permissions\n"},
		{"no property list", "tokenward", asItIs, 109, "Bootstrap failed: 109: Invalid property list\n"},
		{"cut off", goodList[:200], asItIs, 109, "Bootstrap failed: 109: Invalid property list\n"},
		{"a key without a value", listOf("<key>Label</key>"), asItIs, 109, "Bootstrap failed: 109: Invalid property list\n"},
		{"a value without a key", listOf("<string>x</string><string>y</string>"), asItIs, 109, "Bootstrap failed: 109: Invalid property list\n"},
		{"no label", listOf("<key>Program</key><string>/opt/x</string>"), asItIs, 110, "Bootstrap failed: 110: Invalid or missing service identifier\n"},
		{"no program", listOf("<key>Label</key><string>x</string>"), asItIs, 111, "Bootstrap failed: 111: Invalid or missing Program/ProgramArguments\n"},
		{"not there", "", asItIs, 5, failed},
	} {
		for version, want := range map[string]Reply{"13.4": errText(tc.exit13, tc.said13), "11.7": errText(5, failed), "26.1": errText(5, failed)} {
			m := officeWith(t, older(version, func(*state.Mac) {}))
			if got := Answer(m, Call{Path: launchctlPath, Args: []string{"bootstrap", "system", ourFile}, Disk: files(tc.list, tc.change)}); got != want {
				t.Errorf("%s on %s: %+v, want %+v", tc.name, version, got, want)
			}
			untouched(t, m)
		}
	}
}

// A job from a file lives as long as launchd has it, and its process ends in its
// own time.
func TestLaunchctlUnloadsLater(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		version              string
		bootout, during, now Reply
	}{
		{"10.15.7", errText(36, "Boot-out failed: 36: Operation now in progress\n"), errText(5, "Bootstrap failed: 5: Input/output error\n"), out("")},
		{"13.4", out(""), errText(37, "Bootstrap failed: 37: Operation already in progress\n"), out("")},
		{"26.1", out(""), errText(5, "Bootstrap failed: 5: Input/output error\n"), out("")},
	} {
		m, at := officeWith(t, version(tc.version)), time.Date(2026, 3, 9, 8, 0, 0, 0, time.UTC)
		call := func(args ...string) Reply {
			return Answer(m, Call{Path: launchctlPath, Args: args, At: at, PID: 77, Disk: files(goodList, func(*OnDisk) {})})
		}
		if got := call("bootstrap", "system", ourFile); got != tc.now || len(m.Jobs) != 1 || !m.Jobs[0].Running || m.Jobs[0].Program != "/opt/x" {
			t.Fatalf("%s: %+v: %+v", tc.version, got, m.Jobs)
		}
		m.Jobs[0].Ends = state.Duration(5 * time.Second)
		if got := call("bootout", "system/x"); got != tc.bootout {
			t.Errorf("%s: bootout: %+v", tc.version, got)
		}
		at = at.Add(4 * time.Second)
		if got := call("bootstrap", "system", ourFile); got != tc.during {
			t.Errorf("%s: bootstrap while it ends: %+v", tc.version, got)
		}
		if got := call("bootout", "system/x"); got.Exit != 36 {
			t.Errorf("%s: bootout while it ends: %+v", tc.version, got)
		}
		if got := call("print", "system/x"); got.Exit != 0 {
			t.Errorf("%s: it is not there while it ends: %+v", tc.version, got)
		}
		at = at.Add(time.Second)
		if got := call("print", "system/x"); got.Exit != 113 || len(m.Jobs) != 0 {
			t.Errorf("%s: after its end: %+v, %+v", tc.version, got, m.Jobs)
		}
		if got := call("bootstrap", "system", ourFile); got != tc.now {
			t.Errorf("%s: bootstrap after its end: %+v", tc.version, got)
		}
	}
}

// A program that is not there does not keep launchd from taking the job.
func TestLaunchctlWithoutTheProgram(t *testing.T) {
	t.Parallel()
	m := officeWith(t, nil)
	missing := listOf("<key>Label</key><string>x</string><key>Program</key><string>/opt/none</string><key>RunAtLoad</key><true/>")
	got := Answer(m, Call{Path: launchctlPath, Args: []string{"bootstrap", "system", ourFile}, Disk: files(missing, func(*OnDisk) {})})
	if got.Exit != 0 || len(m.Jobs) != 1 || m.Jobs[0].Running || *m.Jobs[0].LastExit != 78 {
		t.Errorf("%+v: %+v", got, m.Jobs)
	}
}

// A label that is disabled stays so without a job, and keeps its file from being
// loaded.
func TestLaunchctlRemembersADisabledLabel(t *testing.T) {
	t.Parallel()
	m := officeWith(t, version("13.4"))
	for _, step := range []struct {
		args string
		want int
	}{{"bootstrap system " + ourFile, 0}, {"disable system/x", 0}, {"bootout system/x", 0}, {"bootstrap system " + ourFile, 119}, {"enable system/x", 0}, {"bootstrap system " + ourFile, 0}} {
		tc := answerCase{args: strings.ReplaceAll(step.args, " ", "|")}
		c := tc.call(launchctlPath)
		c.Disk = files(goodList, func(*OnDisk) {})
		if got := Answer(m, c); got.Exit != step.want {
			t.Errorf("%s: %+v, want %d", step.args, got, step.want)
		}
	}
}

func FuzzDecodeJob(f *testing.F) {
	f.Add([]byte(goodList))
	f.Add([]byte(listOf("<key>Label</key>")))
	f.Fuzz(func(t *testing.T, content []byte) {
		if j, err := decodeJob(content); err != nil && j != (jobFile{}) {
			t.Errorf("%+v beside %v", j, err)
		}
	})
}
