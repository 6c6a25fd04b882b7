package launchd_test

import (
	"bytes"
	"flag"
	"os"
	"testing"

	"github.com/tokenward/tokenward/internal/paths"
	"github.com/tokenward/tokenward/launchd"
)

var update = flag.Bool("update", false, "write the golden files anew")

// The installer package carries these bytes.
func TestAgentJob(t *testing.T) {
	t.Parallel()
	const golden = "testdata/dev.tokenward.agent.plist"
	got, err := launchd.AgentJob(paths.Paths{}).Encode()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(golden, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("got (%v)\n%s\nwant\n%s", err, got, want)
	}
}

func TestJobsThatAreNone(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*launchd.Job){
		"no label":            func(j *launchd.Job) { j.Label = "" },
		"no program":          func(j *launchd.Job) { j.ProgramArguments = nil },
		"an empty program":    func(j *launchd.Job) { j.ProgramArguments[0] = "" },
		"a relative program":  func(j *launchd.Job) { j.ProgramArguments[0] = "tokenward" },
		"no text in any list": func(j *launchd.Job) { j.Label = "a\x00b" },
		"not UTF-8":           func(j *launchd.Job) { j.Label = "a\xffb" },
	} {
		j := launchd.AgentJob(paths.Paths{})
		spoil(&j)
		if text, err := j.Encode(); err == nil {
			t.Errorf("%s: was encoded:\n%s", name, text)
		}
	}
}

// What XML could take for its own comes back as it went.
func TestJobsAreEscaped(t *testing.T) {
	t.Parallel()
	j := launchd.AgentJob(paths.Paths{})
	j.ProgramArguments = append(j.ProgramArguments, `a&b<c>"d'`, "{{Name}}", "</string></array>")
	if _, err := j.Encode(); err != nil {
		t.Error(err)
	}
}
