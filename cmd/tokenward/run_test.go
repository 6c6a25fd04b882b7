//go:build !darwin

package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tokenward/tokenward/agent/control"
)

// The daemon's log is a file of its own, whole and for root alone, and says when it
// began and ended.
func TestDaemonLogsToItsFile(t *testing.T) {
	t.Parallel()
	root := simulate(t, "healthy", "")
	t.Run("while it runs", func(t *testing.T) { daemon(t, root) })
	path := filepath.Join(root, "var/log/tokenward/agent.log")
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v, %v", info, err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for line := range strings.Lines(string(data)) {
		var entry struct{ Msg string }
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			t.Errorf("%v: %q", err, line)
		}
		said = append(said, entry.Msg)
	}
	if all := strings.Join(said, "|"); !strings.HasPrefix(all, "started|") || !strings.Contains(all, "|checked|") || !strings.HasSuffix(all, "|stopped") {
		t.Errorf("the log says %q", all)
	}
}

// What launchd keeps of standard error is cut when the daemon starts, and a folder
// that an admin names for the log keeps its rights.
func TestDaemonKeepsItsPlacesInOrder(t *testing.T) {
	t.Parallel()
	root := simulate(t, "healthy", "")
	stderr, logs := filepath.Join(root, "var/log/tokenward/stderr.log"), filepath.Join(root, "var/log")
	for _, err := range []error{
		os.MkdirAll(filepath.Dir(stderr), 0o700), os.Chmod(logs, 0o755),
		os.WriteFile(stderr, []byte(strings.Repeat("old\n", 1<<20)+"panic: the last\n"), 0o600),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan int, 1)
	args := []string{"run", "--root", root, "--splay", "0s", "--log-file", filepath.Join(logs, "tw.log")}
	go func() {
		ended <- execute(ctx, terminal{in: strings.NewReader(""), out: io.Discard, err: io.Discard}, args)
	}()
	waitFor(t, func() bool {
		_, err := control.NewClient(filepath.Join(root, "var/run/tokenward.sock")).Status(t.Context())
		return err == nil
	})
	stop()
	if code := <-ended; code != exitOK {
		t.Errorf("exit %d", code)
	}
	if data, err := os.ReadFile(stderr); err != nil || len(data) > 1<<20 || !strings.HasSuffix(string(data), "old\npanic: the last\n") {
		t.Errorf("%d bytes, %v", len(data), err)
	}
	if info, err := os.Stat(logs); err != nil || info.Mode().Perm() != 0o755 {
		t.Errorf("%v, %v", info, err)
	}
	if info, err := os.Stat(filepath.Join(logs, "tw.log")); err != nil || info.Size() == 0 {
		t.Errorf("%v, %v", info, err)
	}
}

// A second daemon says who is in its way, on the terminal and in its log.
func TestSecondDaemonNamesTheFirst(t *testing.T) {
	t.Parallel()
	root := simulate(t, "healthy", "")
	daemon(t, root)
	second := tokenward(t, "run", "--root", root, "--log-file", "-")
	if second.code != exitFailed || !strings.Contains(second.err, "as process ") || !strings.Contains(second.err, `"msg":"ended"`) {
		t.Errorf("exit %d: %s", second.code, second.err)
	}
}

// An admin reads without sudo while the daemon runs, and acts no more than before.
func TestAdminReadsWithoutSudo(t *testing.T) {
	t.Parallel()
	root := simulate(t, "healthy", "")
	status, err := daemon(t, root).Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	admin, user := -1, -1
	for _, a := range status.Report.Accounts {
		switch {
		case a.UID == nil || *a.UID == 0:
		case a.Admin.String() == "yes":
			admin = *a.UID
		case a.Admin.String() == "no":
			user = *a.UID
		}
	}
	if admin < 0 || user < 0 {
		t.Fatalf("the healthy Mac has no admin or no user: %+v", status.Report.Accounts)
	}
	as := func(uid int, args ...string) outcome {
		return tokenward(t, append(args, "--root", root, "--uid", number(uid))...)
	}
	if whole := as(admin, "status"); whole.code != exitOK || !strings.Contains(whole.out, "by the daemon") {
		t.Errorf("an admin: exit %d\n%s%s", whole.code, whole.out, whole.err)
	}
	if h := as(admin, "history"); h.code != exitOK {
		t.Errorf("an admin's history: exit %d: %s", h.code, h.err)
	}
	if now := as(admin, "status", "--now"); now.code != exitNeedsRoot {
		t.Errorf("an admin's check: exit %d", now.code)
	}
	if own := as(user, "status"); own.code != exitOK || strings.Contains(own.out, "by the daemon") || !strings.Contains(own.out, "Your account") {
		t.Errorf("a user: exit %d\n%s%s", own.code, own.out, own.err)
	}
	if h := as(user, "history"); h.code != exitNeedsRoot {
		t.Errorf("a user's history: exit %d", h.code)
	}
	if _, err := control.NewClient(filepath.Join(root, "var/run/tokenward.sock")).As(user).CheckNow(t.Context()); !errors.Is(err, control.ErrDenied) {
		t.Errorf("a user's check = %v", err)
	}
}

// A daemon that hangs is left behind in time.
func TestWaitHasAnEnd(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	for _, tc := range []struct {
		name  string
		ends  time.Duration // after the start; it is told to end after a minute
		err   error
		want  error
		waits time.Duration
	}{
		{"in order", time.Minute + time.Second, nil, nil, time.Minute + time.Second},
		{"failed", time.Second, broken, broken, time.Second},
		{"hangs", time.Hour, nil, errHangs, time.Minute + endWithin},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				p := &program{ctx: ctx, ended: make(chan error, 1)}
				go func() { time.Sleep(tc.ends); p.ended <- tc.err }()
				began := time.Now()
				if p.wait(); !errors.Is(p.err, tc.want) || time.Since(began) != tc.waits {
					t.Errorf("%v after %s, want %v after %s", p.err, time.Since(began), tc.want, tc.waits)
				}
				time.Sleep(2 * time.Hour) // what was left behind ends
			})
		})
	}
}

func number(n int) string {
	text, _ := json.Marshal(n)
	return string(text)
}
