package view_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/mattn/go-runewidth"

	"github.com/tokenward/tokenward/cmd/tokenward/internal/doctor"
	"github.com/tokenward/tokenward/cmd/tokenward/internal/view"
	"github.com/tokenward/tokenward/internal/wire"
)

const hostileText = "eve\x1b[2J\x07\r\nroot\u202e"

func exam() doctor.Exam {
	return doctor.Exam{
		Checks: []doctor.Check{
			{Name: "Configuration", State: doctor.Works, Text: "It can be used."},
			{Name: "Daemon", State: doctor.Failed, Text: "It is not running.", Remedy: "Start it with `sudo launchctl kickstart system/dev.tokenward.agent`."},
			{Name: "Full Disk Access", State: doctor.NotAsked, Text: "It could not be found out."},
		},
		Sources: []doctor.Source{
			{
				Source: "mdmclient QuerySecurityInfo", Facts: []string{"a.one", "a.two", "a.three", "a.four", "a.five", "a.six"}, State: doctor.Failed,
				Reason: "timeout", Why: "It did not end in time.", Remedy: "Check the network.",
			},
			{Source: "dscl", Facts: []string{"accounts.groups"}, State: doctor.Works, Daemon: doctor.Denied, Why: "It works here, but not for the daemon.", Remedy: "Grant it."},
			{
				Source: "last -1000", Facts: []string{"accounts.logins"}, State: doctor.Waiting, WaitsFor: []string{"sysctl kern.boottime"},
				Why: "It was not asked: it waits for what `sysctl kern.boottime` tells, and that does not work.", Remedy: "Mend that first.",
			},
			{Source: "bputil -e", Facts: []string{"startup.mode"}, State: doctor.Unsupported, Why: "This Mac has no such thing."},
			{Source: "sw_vers", Facts: []string{"os.version"}, State: doctor.Works},
		},
	}
}

func TestWriteExam(t *testing.T) {
	t.Parallel()
	for name, screen := range map[string]view.Screen{"exam-wide": {Width: 100}, "exam-narrow": {Width: 44}, "exam-colour": {Width: 80, Color: true}} {
		var out bytes.Buffer
		if err := view.WriteExam(&out, screen, exam()); err != nil {
			t.Fatal(err)
		}
		golden(t, name, out.String())
		narrowEnough(t, screen, out.String())
	}
}

func TestWriteFacts(t *testing.T) {
	t.Parallel()
	for name, screen := range map[string]view.Screen{"facts-wide": {Width: 100}, "facts-narrow": {Width: 44}, "facts-colour": {Width: 80, Color: true}} {
		r := troubled()
		at := now.Add(-90 * time.Minute)
		f := r.Facts["filevault.state"]
		f.Source, f.ObservedAt, f.TookMS = "fdesetup status", &at, 12345
		r.Facts["filevault.state"] = f
		r.Facts["peers"] = wire.Fact{Value: "", Status: "observed", Source: "files of known tools"}
		var out bytes.Buffer
		if err := view.WriteFacts(&out, screen, view.Page{Report: r, Note: "The daemon is not running: this is what the Mac says now.", Now: now}); err != nil {
			t.Fatal(err)
		}
		golden(t, name, out.String())
		narrowEnough(t, screen, out.String())
	}
}

func narrowEnough(t *testing.T, screen view.Screen, text string) {
	t.Helper()
	if screen.Color {
		return
	}
	for line := range strings.Lines(text) {
		if w := runewidth.StringWidth(strings.TrimSuffix(line, "\n")); w > screen.Width {
			t.Errorf("%d columns on a screen of %d: %q", w, screen.Width, line)
		}
	}
}

// Sources, names and values hold what users and tools wrote.
func TestHostileSourcesStayText(t *testing.T) {
	t.Parallel()
	r := troubled()
	for name, f := range r.Facts {
		f.Value, f.Source, f.Reason, f.Status = hostileText, hostileText, hostileText, hostileText
		r.Facts[name] = f
	}
	e := doctor.Exam{
		Checks: []doctor.Check{{Name: hostileText, State: doctor.Failed, Text: hostileText, Remedy: hostileText}},
		Sources: []doctor.Source{{
			Source: hostileText, Facts: []string{hostileText}, State: doctor.Failed, Reason: hostileText, Daemon: doctor.State(hostileText), Why: hostileText, Remedy: hostileText,
		}},
	}
	var out bytes.Buffer
	if err := view.WriteFacts(&out, view.Screen{Width: 80}, view.Page{Report: r, Note: hostileText, Now: now}); err != nil {
		t.Fatal(err)
	}
	if err := view.WriteExam(&out, view.Screen{Width: 80}, e); err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(out.String(), "\x1b\x07\r\u202e") {
		t.Errorf("control characters reach the terminal:\n%q", out.String())
	}
}
