package freshfile_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/tokenward/tokenward/server/freshfile"
)

func TestValueFollowsItsFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "value")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(path+".new", []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(path+".new", path); err != nil {
			t.Fatal(err)
		}
	}
	reads := 0
	read := func() (string, error) {
		reads++
		text, err := os.ReadFile(path)
		if string(text) == "bad" {
			return "", errors.New("not a value")
		}
		return string(text), err
	}
	now := time.Unix(1_000_000, 0)
	write("one")
	v, err := freshfile.New(now, read, path)
	if err != nil {
		t.Fatal(err)
	}
	for i, step := range []struct {
		text, want string
		later      time.Duration
		reads      int
		failed     bool
	}{
		{"", "one", time.Minute, 1, false},
		{"two!", "one", time.Second, 1, false}, // not looked at so soon
		{"", "two!", time.Minute, 2, false},
		{"bad", "two!", time.Minute, 3, true},
		{"", "two!", time.Minute, 3, false}, // told once
		{"three", "three", -time.Hour, 4, false},
	} {
		if step.text != "" {
			write(step.text)
		}
		now = now.Add(step.later)
		got, err := v.Get(now)
		if got != step.want || reads != step.reads || (err != nil) != step.failed {
			t.Errorf("step %d: %q, %v after %d reads; want %+v", i, got, err, reads, step)
		}
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if got, err := v.Get(now.Add(time.Hour)); got != "three" || err == nil {
		t.Errorf("without the file: %q, %v", got, err)
	}
}

func TestFirstReadMustSucceed(t *testing.T) {
	t.Parallel()
	read := func() (int, error) { return 0, errors.New("not there") }
	if _, err := freshfile.New(time.Unix(0, 0), read, "/nonexistent"); err == nil {
		t.Error("there is a value")
	}
}
