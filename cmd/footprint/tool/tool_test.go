package main

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"testing"
)

func TestAnswers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text     string
		exit           int
		stdout, stderr string
	}{
		{"both streams", "3 4\noutput\n", 3, "outp", "ut\n"},
		{"nothing", "0 0\n", 0, "", ""},
		{"no answer", "", unknown, "", ""},
		{"a broken one", "0 99\nshort", unknown, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			tool := filepath.Join(t.TempDir(), "fdesetup")
			if err := os.MkdirAll(tool+".answers", 0o700); err != nil {
				t.Fatal(err)
			}
			hash := fnv.New64a()
			_, _ = hash.Write([]byte("list\x00-extended"))
			if err := os.WriteFile(fmt.Sprintf("%s.answers/%x", tool, hash.Sum64()), []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			var stdout, stderr bytes.Buffer
			exit := answer([]string{tool, "list", "-extended"}, &stdout, &stderr)
			if exit != c.exit || stdout.String() != c.stdout || stderr.String() != c.stderr {
				t.Errorf("%d %q %q", exit, &stdout, &stderr)
			}
			if _, err := os.Stat(tool + ".missed"); (err == nil) != (c.exit == unknown) {
				t.Errorf("the mark of a question without an answer: %v", err)
			}
		})
	}
}

func TestSomeToolsAnswerEverythingAlike(t *testing.T) {
	t.Parallel()
	tool := filepath.Join(t.TempDir(), "logger")
	if err := os.MkdirAll(tool+".answers", 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(tool+".answers", "any"), []byte("0 3\nyes"), 0o600); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	if exit := answer([]string{tool, "stopped"}, &stdout, &stderr); exit != 0 || stdout.String() != "yes" {
		t.Errorf("%d %q %q", exit, &stdout, &stderr)
	}
}
