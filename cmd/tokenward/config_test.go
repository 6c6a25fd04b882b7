//go:build !darwin

package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const examples = "../../docs/examples/"

type heard struct {
	code     int
	out, err string
}

// tokenwardBelow runs a command on a Mac below a folder.
func tokenwardBelow(t *testing.T, root string, args ...string) heard {
	t.Helper()
	var out, errs bytes.Buffer
	code := execute(t.Context(), terminal{in: strings.NewReader(""), out: &out, err: &errs}, append(args, "--root", root))
	return heard{code, out.String(), errs.String()}
}

func lay(t *testing.T, root, path, content string) {
	t.Helper()
	path = filepath.Join(root, path)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

const (
	managedPath = "Library/Managed Preferences/dev.tokenward.agent.plist"
	filePath    = "Library/Tokenward/config.yaml"
)

func dict(elements string) string { return "<plist><dict>\n" + elements + "\n</dict></plist>\n" }

func TestConfigShow(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	lay(t, root, managedPath, dict("<key>LogLevel</key><string>warn</string><key>EnrollmentSecret</key><string>hunter2</string><key>Colour</key><string>blue</string>"))
	lay(t, root, filePath, "interval: 5m\nlog: {level: debug}\n")
	got := tokenwardBelow(t, root, "config", "show", "--changed")
	for _, want := range []string{"Colour: this version knows no such key", "interval", "file", "5m", "log.level", "managed, forced", "warn", "[secret]"} {
		if !strings.Contains(got.out, want) {
			t.Errorf("%q is not in:\n%s", want, got.out)
		}
	}
	if got.code != exitOK || strings.Contains(got.out, "splay") || strings.Contains(got.out, "hunter2") || strings.Index(got.out, "Colour") > strings.Index(got.out, "interval") {
		t.Errorf("%d\n%s%s", got.code, got.out, got.err)
	}
	var all struct {
		From     string
		Problems []struct{ Path, Key, Text string }
		Settings []struct {
			Key, Plist, Layer string
			Value             any
			Forced            bool
		}
	}
	got = tokenwardBelow(t, root, "config", "show", "--json")
	if err := json.Unmarshal([]byte(got.out), &all); err != nil || all.From != "fresh" || len(all.Problems) != 1 || len(all.Settings) < 30 || strings.Contains(got.out, "hunter2") {
		t.Errorf("%v\n%s", err, got.out)
	}
}

func TestConfigShowSaysWhatStandsIn(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	lay(t, root, filePath, "interval: 5\n")
	got := tokenwardBelow(t, root, "config", "show", "--changed")
	if got.code != exitUsage || !strings.Contains(got.out, "config.yaml:1: interval") || !strings.Contains(got.out, "so defaults stand in its") || !strings.Contains(got.out, "caution  hashed") || strings.Contains(got.out, "splay") {
		t.Errorf("%d\n%s%s", got.code, got.out, got.err)
	}
}

// A mistake in a profile must not stop whoever is at the Mac; one in a file does.
func TestABadProfileStopsNoCommand(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	lay(t, root, managedPath, dict("<key>Interval</key><integer>5</integer>"))
	a := &app{terminal: terminal{out: new(bytes.Buffer), err: new(bytes.Buffer)}, root: root}
	c, err := a.load()
	said := a.err.(*bytes.Buffer).String()
	if err != nil || c.Interval == 0 || !strings.Contains(said, "plist:2: Interval: ") {
		t.Errorf("%v, %s: %s", err, c.Interval, said)
	}
	lay(t, root, filePath, "interval: 5\n")
	if _, err := a.load(); err == nil {
		t.Error("a mistake in the file is passed over")
	} else if code, _ := codeOf(err); code != exitUsage {
		t.Errorf("exit code %d", code)
	}
}

func TestConfigCheck(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	lay(t, root, "bad.yaml", "intervall: 5m\nsplay: 1\n")
	for _, tc := range []struct {
		name, file string
		code       int
		want       []string
	}{
		{"a file", examples + "config.yaml", exitOK, []string{"YAML", "nothing wrong"}},
		{"a property list", examples + "dev.tokenward.agent.plist", exitOK, []string{"XML property list"}},
		{"a profile", examples + "tokenward.mobileconfig", exitOK, []string{"configuration profile"}},
		{"mistakes", filepath.Join(root, "bad.yaml"), exitUsage, []string{"bad.yaml:1: intervall", "bad.yaml:2: splay"}},
		{"standard input", "-", exitOK, []string{"0 keys set"}},
		{"nothing there", filepath.Join(root, "none"), exitFailed, []string{"no such file"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got := tokenwardBelow(t, root, "config", "check", tc.file)
			for _, want := range tc.want {
				if got.code != tc.code || !strings.Contains(got.out+got.err, want) {
					t.Errorf("%d, want %d and %q in\n%s%s", got.code, tc.code, want, got.out, got.err)
				}
			}
		})
	}
	got := tokenwardBelow(t, root, "config", "check", "--json", filepath.Join(root, "bad.yaml"))
	var all checkedFile
	if err := json.Unmarshal([]byte(got.out), &all); err != nil || got.code != exitUsage || len(all.Problems) != 2 || all.Problems[1].Line != 2 || all.Form != "YAML" {
		t.Errorf("%v, %+v", err, all)
	}
}

func TestConfigProfile(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	//nolint:misspell // the flag is spelt as Apple's key
	got := tokenwardBelow(t, root, "config", "profile", "--from", examples+"dev.tokenward.agent.plist", "--organization", "Example Ltd")
	want, err := os.ReadFile(examples + "tokenward.mobileconfig")
	if err != nil || got.code != exitOK || got.out != string(want) || !strings.Contains(got.err, "every user of the Mac can read the enrolment secret") {
		t.Errorf("%v, %d, %s", err, got.code, got.err)
	}
	if got := tokenwardBelow(t, root, "config", "profile"); got.code != exitUsage || !strings.Contains(got.err, "no setting") {
		t.Errorf("of nothing: %d, %s", got.code, got.err)
	}
	lay(t, root, filePath, "interval: 5m\n")
	if got := tokenwardBelow(t, root, "config", "profile"); got.code != exitOK || !strings.Contains(got.out, "<key>Interval</key>") || got.err != "" {
		t.Errorf("of this Mac: %d, %s", got.code, got.err)
	}
	lay(t, root, "bad.yaml", "interval: 5\n")
	if got := tokenwardBelow(t, root, "config", "profile", "--from", filepath.Join(root, "bad.yaml")); got.code != exitUsage || got.out != "" || !strings.Contains(got.err, "bad.yaml:1: interval") {
		t.Errorf("of a mistake: %d, %s", got.code, got.err)
	}
}

func TestConfigIsPublished(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"manifest": "<key>pfm_subkeys</key>", "schema": `"property_order"`} {
		if got := tokenwardBelow(t, t.TempDir(), "config", name); got.code != exitOK || !strings.Contains(got.out, want) {
			t.Errorf("%s: %d, %.200s%s", name, got.code, got.out, got.err)
		}
	}
}

// What somebody wrote into a file, or calls one, steers no terminal.
func TestMistakesSteerNoTerminal(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	evil := filepath.Join(root, "e\x1b[2Jvil.yaml")
	lay(t, root, "e\x1b[2Jvil.yaml", "\"in\\e]0;owned\\aterval\\u202e\": 5m\ninterval: \"\\e[31m\"\ndevice: {\"a\\nb\": x}\n")
	lay(t, root, "evil.plist", dict("<key>a&#x9b;31m&#x202e;</key><true/><key>PolicySeverities</key><dict><key>&#x9b;2J</key><string>low</string></dict>"))
	for _, args := range [][]string{
		{"config", "profile", "--from", evil},
		{"--config", evil, "check"},
		{"--config", evil, "run"},
		{"config", "check", evil},
		{"config", "check", filepath.Join(root, "evil.plist")},
		{"config", "profile", "--from", filepath.Join(root, "evil.plist")},
		{"config", "check", evil + "2"},
		{"--\x1b[2J"},
		{"config", "check", "--\u009b2J"},
	} {
		got := tokenwardBelow(t, root, args...)
		if said := got.out + got.err; got.code == exitOK || len(said) < 20 || strings.ContainsAny(said, "\x1b\x07\u009b\u202e") {
			t.Errorf("%q: %d\n%q", args, got.code, said)
		}
	}
	got := tokenwardBelow(t, root, "--config", evil, "check")
	if !strings.Contains(got.err, `e\x1b[2Jvil.yaml:1: in\x1b]0;owned\aterval\u202e: there is no such key`) || strings.Count(got.err, "\n") != 3 {
		t.Errorf("%s", got.err)
	}
}
