package control_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tokenward/tokenward/agent/control"
	"github.com/tokenward/tokenward/agent/supervise"
)

// of serves a daemon to connections that are all said to be that user's.
func of(t *testing.T, d control.Daemon, uid int) control.Client {
	t.Helper()
	return control.NewClient(served(t, daemonOf(d).From(func(net.Conn) (control.Peer, error) { return control.Peer{UID: uid}, nil })))
}

func served(t *testing.T, s control.Server) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "s")
	listener := listen(t, path)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, listener) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Serve = %v", err)
		}
	})
	return path
}

// What each kind of user may ask, and nothing more reaches the daemon.
func TestRights(t *testing.T) {
	t.Parallel()
	questions := map[string]func(control.Client) error{
		"status":  func(c control.Client) error { _, err := c.Status(context.Background()); return err },
		"history": func(c control.Client) error { _, err := c.History(context.Background()); return err },
		"check":   func(c control.Client) error { _, err := c.CheckNow(context.Background()); return err },
		"reload":  func(c control.Client) error { _, err := c.Reload(context.Background()); return err },
		"me":      func(c control.Client) error { _, err := c.Me(context.Background()); return err },
	}
	for _, tc := range []struct {
		name    string
		uid     int
		as      int // -1: as oneself
		allowed string
	}{
		{"root", 0, -1, "status history check reload me"},
		{"an administrator", 501, -1, "status history me"},
		{"a user", 502, -1, "me"},
		{"a user of a directory service", 1 << 30, -1, "me"},
		{"root as an administrator", 0, 501, "status history me"},
		{"root as a user", 0, 502, "me"},
		{"an administrator as root", 501, 0, ""},
		{"an administrator as a user", 501, 502, ""},
		{"a user as an administrator", 502, 501, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if tc.uid != 0 && tc.uid == os.Geteuid() {
				t.Skip("this user owns the simulated Mac")
			}
			d := &daemon{}
			client := of(t, d, tc.uid)
			if tc.as >= 0 {
				client = client.As(tc.as)
			}
			for name, ask := range questions {
				err := ask(client)
				if want := strings.Contains(tc.allowed, name); (err == nil) != want || (err != nil && !errors.Is(err, control.ErrDenied)) {
					t.Errorf("%s: %v", name, err)
				}
			}
			if acts := strings.Contains(tc.allowed, "check"); (d.asked.Load() > 0) != acts || (d.reloads.Load() > 0) != acts {
				t.Errorf("%d checks, %d reloads", d.asked.Load(), d.reloads.Load())
			}
		})
	}
}

// Everybody learns about the own account, whatever the request says.
func TestMe(t *testing.T) {
	t.Parallel()
	if me, err := of(t, &daemon{}, 502).Me(t.Context()); err != nil || me.Token != "502" {
		t.Errorf("Me = %+v, %v", me, err)
	}
	if me, err := of(t, &daemon{}, 0).As(503).Me(t.Context()); err != nil || me.Token != "503" {
		t.Errorf("as 503: %+v, %v", me, err)
	}
	if me, err := control.NewClient(serve(t, &daemon{})).Me(t.Context()); err != nil || me.Known != (os.Geteuid() < 1000) {
		t.Errorf("by the kernel's word: %+v, %v", me, err)
	}
}

// Without the kernel's word nobody is anybody.
func TestUnknownPeersAreNotAnswered(t *testing.T) {
	t.Parallel()
	d := &daemon{}
	path := served(t, daemonOf(d).From(func(net.Conn) (control.Peer, error) { return control.Peer{}, errors.New("no") }))
	if _, err := control.NewClient(path).Me(t.Context()); err == nil {
		t.Error("it was answered")
	}
}

// One user's connections take no room from another, and those of users none from root.
func TestConnectionsAreLimited(t *testing.T) {
	t.Parallel()
	var uid atomic.Int64
	path := served(t, daemonOf(&daemon{}).From(func(net.Conn) (control.Peer, error) { return control.Peer{UID: int(uid.Load())}, nil }))
	client := control.NewClient(path)
	hold := func() { // a connection that asks nothing
		conn, err := net.Dial("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		time.Sleep(0)
	}
	answered := func(as int64) bool {
		uid.Store(as)
		_, err := client.Me(t.Context())
		return err == nil
	}
	for _, user := range []int64{602, 603, 604, 605} {
		uid.Store(user)
		for range 8 {
			hold()
		}
		if answered(user) { // they are accepted in order, so all before it are counted
			t.Errorf("user %d has more than 8 connections", user)
		}
	}
	if answered(606) {
		t.Error("users have more than 32 connections")
	}
	if !answered(0) {
		t.Error("root is not answered")
	}
}

// A connection that has ended counts no more.
func TestRoomComesBack(t *testing.T) {
	t.Parallel()
	client := of(t, &daemon{}, 602)
	for range 100 {
		if _, err := client.Me(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// A request at which the daemon fails ends that request alone, and is told.
func TestPanicEndsOneRequest(t *testing.T) {
	t.Parallel()
	var told atomic.Int64
	s := daemonOf(&daemon{check: func(context.Context) error { panic("at the socket") }})
	s.Crashed = func(p supervise.Panic) {
		if p.Part == "control" {
			told.Add(1)
		}
	}
	client := control.NewClient(served(t, s))
	if _, err := client.CheckNow(t.Context()); err == nil || !strings.Contains(err.Error(), "500") {
		t.Errorf("CheckNow = %v", err)
	}
	if _, err := client.Status(t.Context()); err != nil || told.Load() != 1 {
		t.Errorf("Status = %v; told %d times", err, told.Load())
	}
}

// Another version is named, and never taken for an answer or for a broken one.
func TestVersions(t *testing.T) {
	t.Parallel()
	const body = "Content-Type: application/json\r\nConnection: close\r\n\r\n{\"version\":\"9\",\"report\":[]}"
	for _, tc := range []struct {
		name, answer string
		want         error
	}{
		{"an older daemon", "HTTP/1.1 200 OK\r\n" + body, control.ErrVersion},
		{"a newer daemon", "HTTP/1.1 426 Upgrade Required\r\nTokenward-Api: 2\r\n" + body, control.ErrVersion},
		{"a newer daemon that answers", "HTTP/1.1 200 OK\r\nTokenward-Api: 2\r\n" + body, control.ErrVersion},
		{"a daemon that does not know the request", "HTTP/1.1 404 Not Found\r\nTokenward-Api: 1\r\n" + body, control.ErrVersion},
		{"a daemon that refuses", "HTTP/1.1 403 Forbidden\r\nTokenward-Api: 1\r\n" + body, control.ErrDenied},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "s")
			answering(t, path, tc.answer)
			if _, err := control.NewClient(path).Status(t.Context()); !errors.Is(err, tc.want) {
				t.Errorf("Status = %v, want %v", err, tc.want)
			}
		})
	}
}

func asRoot(net.Conn) (control.Peer, error) { return control.Peer{}, nil }

var _ control.Daemon = (*daemon)(nil)

// An answer says which version it is of, also where it is a refusal.
func TestAnswersCarryTheVersion(t *testing.T) {
	t.Parallel()
	path := serve(t, &daemon{})
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", path)
	}}}
	for _, url := range []string{"http://tokenward/v1/status", "http://tokenward/v9/other", "http://localhost/"} {
		response, err := client.Get(url)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if got := response.Header.Get("Tokenward-Api"); got != control.Version {
			t.Errorf("%s: version %q", url, got)
		}
	}
}
