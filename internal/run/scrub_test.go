//go:build !darwin

package run_test

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tokenward/tokenward/internal/run"
)

// canary stands for a recovery key: no test may see it behind a runner.
const canary = "CANARY"

func securityInfoCommand() run.Command {
	return run.Command{Tool: run.Mdmclient, Args: []string{"QuerySecurityInfo"}}
}

// prints is a runner whose tools print the text on both streams.
type prints string

func (p prints) Run(context.Context, run.Command) (run.Result, error) {
	return run.Result{Stdout: []byte(p), Stderr: []byte(p)}, nil
}

func TestRecoveryKeysAreDroppedInEveryLayout(t *testing.T) {
	t.Parallel()
	const name, dropped, empty = "FDE_PersonalRecoveryKeyCMS", ` = "dropped";`, ` = "empty";`
	for _, tc := range []struct{ name, text, want string }{
		{"data of today", `"` + name + `" = {length = 32, bytes = 0xCANARY 00 ... CANARY};` + "\n    B = 1;\n", `"` + name + `"` + dropped + "\n    B = 1;\n"},
		{"data of before 10.15", name + " = <CANARY 00>;\nB = 1;\n", name + dropped + "\nB = 1;\n"},
		{"text", name + ` = "CANARY";` + "\n", name + dropped + "\n"},
		{"text with marks of its own", name + ` = "CANARY;\n\";` + "\n" + `CANARY";` + "\nB = 1;", name + dropped + "\nB = 1;"},
		{"word", name + " = CANARY;\n", name + dropped + "\n"},
		{"one line", "{ A = 0; " + name + " = <CANARY>; B = 1; }\n", "{ A = 0; " + name + dropped + " B = 1; }\n"},
		{"one line without blanks", "{A=0;" + name + "=<CANARY>;}", "{A=0;" + name + dropped + "}"},
		{"data over several lines", name + " = <\n  CANARY\n  CANARY\n>;\nB = 1;\n", name + dropped + "\nB = 1;\n"},
		{"word over several lines", name + " =\n  CANARY\n  CANARY;\nB = 1;\n", name + dropped + "\nB = 1;\n"},
		{"dictionary", name + " = {\n  length = 32;\n  bytes = CANARY;\n};\nB = 1;\n", name + dropped + "\nB = 1;\n"},
		{"list", name + " = (\n  CANARY,\n  CANARY\n);\nB = 1;\n", name + dropped + "\nB = 1;\n"},
		{"CRLF", name + " = <CANARY>;\r\nB = 1;\r\n", name + dropped + "\r\nB = 1;\r\n"},
		{"CR", name + " = <CANARY>;\rB = 1;\r", name + dropped + "\rB = 1;\r"},
		{"whose key it is", `"FDE_PersonalRecoveryKeyDeviceKey" = CANARY;` + "\n", `"FDE_PersonalRecoveryKeyDeviceKey"` + dropped + "\n"},
		{"a name of a later release", "FDE_PersonalRecoveryKey = CANARY;\n", "FDE_PersonalRecoveryKey" + dropped + "\n"},
		{"two keys", name + " = <CANARY>;\nB = 1;\n" + name + " = CANARY;\n", name + dropped + "\nB = 1;\n" + name + dropped + "\n"},
		{"XML", "<key>" + name + "</key>\n<data>\nCANARY\n</data>\n<true/>", "<key>" + name + "</key>\n<string>dropped</string>\n<true/>"},
		{"XML with nothing in it", "<key>" + name + "</key><data/><true/>", "<key>" + name + "</key><string>empty</string><true/>"},
		{"XML with blanks in it", "<key>" + name + "</key>\n<data>\n</data>\n<true/>", "<key>" + name + "</key>\n<string>empty</string>\n<true/>"},
		{"XML with a word of its own", "<key>" + name + "</key><true/>", "<key>" + name + "</key><string>dropped</string>"},
		{"text with nothing in it", `"` + name + `" = "";` + "\nB = 1;", `"` + name + `"` + empty + "\nB = 1;"},
		{"data with nothing in it", name + " = {length = 0, bytes = 0x};\nB = 1;", name + empty + "\nB = 1;"},
		{"data with nothing in it before 10.15", name + " = <>;\nB = 1;", name + empty + "\nB = 1;"},
		{"no value in a dictionary", name + ` = "<null>";` + "\nB = 1;", name + empty + "\nB = 1;"},
		{"no value without quotes", name + " = <null>;\nB = 1;", name + empty + "\nB = 1;"},
		{"no value as it is printed", name + " = (null);\nB = 1;", name + empty + "\nB = 1;"},
		{"no value as a text", name + ` = "(null)";` + "\nB = 1;", name + empty + "\nB = 1;"},
		{"list with nothing in it", name + " = (\n);\nB = 1;", name + empty + "\nB = 1;"},
		{"dictionary with nothing in it", name + " = {\n};\nB = 1;", name + empty + "\nB = 1;"},
		{"one line with nothing in it", "{A=0;" + name + `="";}`, "{A=0;" + name + empty + "}"},
		{"nothing, and a key", name + ` = "";` + "\n" + name + " = <CANARY>;\n", name + empty + "\n" + name + dropped + "\n"},
		{"nothing that goes on", name + ` = "";CANARY;` + "\n", name + dropped},
		{"a length without bytes, and bytes", name + " = {length = 0, bytes = 0xCANARY};\n", name + dropped + "\n"},
		{"XML that was cut off", "<key>" + name + "</key><data>CANARY", "<key>" + name + dropped},
		{"JSON", `{"` + name + `": "CANARY", "B": true}`, `{"` + name + `"` + dropped},
		{"data that was cut off", name + " = {length = 32, bytes = 0xCANARY", name + dropped},
		{"dictionary that was cut off", name + " = {\n  length = 32;\n  bytes = CANARY;\n", name + dropped},
		{"dictionary in a dictionary", name + " = {\n  a = {\n b = 1;\n};\n  bytes = CANARY;\n};\n", name + dropped},
		{"text that was cut off", name + ` = "CANARY;` + "\nCANARY;\n", name + dropped},
		{"text that goes on", name + ` = "CANARY"` + "\n" + `"CANARY";` + "\n", name + dropped},
		{"word that goes on", name + " = CANARY;CANARY;\n", name + dropped},
		{"word that was cut off", name + " = CANARY", name + dropped},
		{"no value", name, name + dropped},
		{"no key", "\"FDE_HasPersonalRecoveryKey\" = 1;\n\x00\xff\r", "\"FDE_HasPersonalRecoveryKey\" = 1;\n\x00\xff\r"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			once := scrubbed(t, tc.text)
			if once != tc.want {
				t.Errorf("got  %q\nwant %q", once, tc.want)
			}
			if again := scrubbed(t, once); again != once {
				t.Errorf("a second time: %q", again)
			}
			for i := range tc.text {
				if cut := scrubbed(t, tc.text[:i]); strings.Contains(cut, "CAN") {
					t.Errorf("cut off after %d bytes: %q", i, cut)
				}
			}
		})
	}
}

// scrubbed is what is left of a text, which is the same on both streams.
func scrubbed(t *testing.T, text string) string {
	t.Helper()
	result, err := run.NewRecorder(prints(text), nil, nil).Run(t.Context(), securityInfoCommand())
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(result.Stdout, result.Stderr) {
		t.Errorf("the streams differ: %q and %q", result.Stdout, result.Stderr)
	}
	return string(result.Stdout)
}

func TestOnlySecurityInfoIsScrubbed(t *testing.T) {
	t.Parallel()
	const text = "FDE_PersonalRecoveryKeyCMS = not a key;\n"
	for _, c := range []run.Command{swVers, {Tool: run.Mdmclient, Args: []string{"QueryDeviceInformation"}}} {
		result, err := run.NewRecorder(prints(text), nil, nil).Run(t.Context(), c)
		if err != nil || string(result.Stdout) != text {
			t.Errorf("%s: %q, %v", c, result.Stdout, err)
		}
	}
}

// mdmclientSays makes a root folder whose mdmclient prints a recovery key on
// both streams, then does what the script says.
func mdmclientSays(t *testing.T, script string) string {
	t.Helper()
	root := t.TempDir()
	path := filepath.Join(root, run.Mdmclient.Path())
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	text := "#!/bin/sh\nfor to in 1 2; do cat >&$to <<END\n\"FDE_PersonalRecoveryKeyCMS\" = <" + canary + ">;\nB = 1;\nEND\ndone\n" + script + "\n"
	syscall.ForkLock.RLock() // see macWith
	err := os.WriteFile(path, []byte(text), 0o600)
	syscall.ForkLock.RUnlock()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o755); err != nil {
		t.Fatal(err)
	}
	return root
}

// However a tool ends, its key comes neither out of the runner nor into a
// recording.
func TestNoRecoveryKeyLeavesARunner(t *testing.T) {
	t.Parallel()
	const want = "\"FDE_PersonalRecoveryKeyCMS\" = \"dropped\";\nB = 1;\n"
	for _, tc := range []struct{ name, script string }{
		{"it answers", "exit 0"},
		{"it fails", "exit 3"},
		{"it hangs", "exec sleep 60"},
		{"it leaves a child behind", "sleep 60 & exit 0"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			tools := run.Under(mdmclientSays(t, tc.script)).Capped(2 * time.Second)
			result, err := tools.Run(t.Context(), securityInfoCommand())
			if string(result.Stdout) != want || string(result.Stderr) != want {
				t.Errorf("it says %q and %q, %v", result.Stdout, result.Stderr, err)
			}
			recorder := run.NewRecorder(tools, nil, nil)
			_, _ = recorder.Run(t.Context(), securityInfoCommand())
			recordsNoKey(t, recorder, want)
		})
	}
}

// A runner that starts no process does not scrub; the recorder does.
func TestNoRecoveryKeyIsRecorded(t *testing.T) {
	t.Parallel()
	recorder := run.NewRecorder(prints("\"FDE_PersonalRecoveryKeyCMS\" = <"+canary+">;\nB = 1;\n"), nil, nil)
	_, _ = recorder.Run(t.Context(), securityInfoCommand())
	recordsNoKey(t, recorder, "\"FDE_PersonalRecoveryKeyCMS\" = \"dropped\";\nB = 1;\n")
}

// recordsNoKey looks into every file that the recording consists of. That the
// answer is there proves that it looks at the right ones.
func recordsNoKey(t *testing.T, recorder *run.Recorder, answer string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "recording")
	if err := recorder.Recording(time.Unix(1, 0)).Save(dir); err != nil {
		t.Fatal(err)
	}
	answers := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if bytes.Contains(data, []byte(canary)) {
			t.Errorf("%s holds the key", d.Name())
		}
		if string(data) == answer {
			answers++
		}
		return err
	})
	if err != nil || answers != 2 {
		t.Errorf("%d streams recorded, %v", answers, err)
	}
}
