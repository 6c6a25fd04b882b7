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
		{"", "two!", time.Minute, 4, false}, // tried again, told once
		{"bad", "two!", time.Minute, 5, false},
		{"three", "three", -time.Hour, 6, false},
		{"bad", "three", time.Minute, 7, true}, // told again after a good one
		{"three", "three", time.Minute, 8, false},
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

// A read that fails for a while, with no change of the file after it, is made up for.
func TestAReadThatFailsIsTriedAgain(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "value")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	value, broken := "one", error(nil)
	read := func() (string, error) { return value, broken }
	now := time.Unix(1_000_000, 0)
	v, err := freshfile.New(now, read, path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("two"), 0o600); err != nil {
		t.Fatal(err)
	}
	value = "two"
	for i, step := range []struct {
		broken error
		want   string
		told   bool
	}{
		{errors.New("the folder is open"), "one", true},
		{errors.New("the folder is open"), "one", false},
		{errors.New("the disk is gone"), "one", true},
		{nil, "two", false},
	} {
		broken, now = step.broken, now.Add(3*time.Second)
		if got, err := v.Get(now); got != step.want || (err != nil) != step.told {
			t.Errorf("step %d: %q, %v; want %+v", i, got, err, step)
		}
	}
}

func TestFirstReadMustSucceed(t *testing.T) {
	t.Parallel()
	read := func() (int, error) { return 0, errors.New("not there") }
	if _, err := freshfile.New(time.Unix(0, 0), read, "/nonexistent"); err == nil {
		t.Error("there is a value")
	}
}
