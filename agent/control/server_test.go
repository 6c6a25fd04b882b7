package control_test

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tokenward/tokenward/agent/control"
)

func TestListenReplacesWhatADeadDaemonLeft(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "s")
	if err := listen(t, path).Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(path); err != nil {
		t.Fatalf("the socket is gone, so there is nothing to replace: %v", err)
	}
	listen(t, path)
	conn, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.Close()
}

func TestListenRefusesWhatIsNoSocket(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		make func(path string) error
	}{
		{"a file", func(path string) error { return os.WriteFile(path, []byte("precious"), 0o600) }},
		{"a folder", func(path string) error { return os.Mkdir(path, 0o700) }},
		{"a link", func(path string) error { return os.Symlink("elsewhere", path) }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "s")
			if err := tc.make(path); err != nil {
				t.Fatal(err)
			}
			before, _ := os.Lstat(path)
			_, err := control.Listen(path)
			if err == nil || !strings.Contains(err.Error(), path+" is there and is no socket") {
				t.Errorf("Listen = %v", err)
			}
			if after, err := os.Lstat(path); err != nil || !os.SameFile(before, after) {
				t.Errorf("it was touched: %v, %v", after, err)
			}
		})
	}
}

func TestListenReportsAMissingFolder(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, below string }{
		{"a short name", "no/s"},
		{"a long name", strings.Repeat("no/", 60) + "s"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := control.Listen(filepath.Join(t.TempDir(), tc.below))
			if err == nil || !strings.HasPrefix(err.Error(), "control socket: ") {
				t.Errorf("Listen = %v", err)
			}
		})
	}
}

func TestEverybodyMayOpenTheSocket(t *testing.T) {
	t.Parallel()
	info, err := os.Stat(serve(t, &daemon{}))
	if err != nil || info.Mode().Perm() != 0o666 {
		t.Errorf("mode %v, %v; want 0666", info.Mode(), err)
	}
}

func TestServerRefuses(t *testing.T) {
	t.Parallel()
	d := &daemon{}
	path := serve(t, d)
	for _, tc := range []struct {
		name, request string
		want          int
	}{
		{"another host", "GET /v1/status HTTP/1.1\r\nHost: localhost\r\n\r\n", http.StatusForbidden},
		{"the host with a port", "GET /v1/status HTTP/1.1\r\nHost: tokenward:80\r\n\r\n", http.StatusForbidden},
		{"no host", "GET /v1/status HTTP/1.0\r\n\r\n", http.StatusForbidden},
		{"another host in the target", "GET http://evil.example/v1/status HTTP/1.1\r\nHost: tokenward\r\n\r\n", http.StatusForbidden},
		{"a browser's origin", "POST /v1/check HTTP/1.1\r\nHost: tokenward\r\nOrigin: https://evil.example\r\n\r\n", http.StatusForbidden},
		{"the origin of a sandbox", "POST /v1/check HTTP/1.1\r\nHost: tokenward\r\nOrigin: null\r\n\r\n", http.StatusForbidden},
		{"a browser's referrer", "POST /v1/check HTTP/1.1\r\nHost: tokenward\r\nReferer: https://evil.example/\r\n\r\n", http.StatusForbidden},
		{"another path", "GET /v1/statuses HTTP/1.1\r\nHost: tokenward\r\nTokenward-Api: 1\r\n\r\n", http.StatusNotFound},
		{"the root", "GET / HTTP/1.1\r\nHost: tokenward\r\nTokenward-Api: 1\r\n\r\n", http.StatusNotFound},
		{"a method that only reads", "GET /v1/check HTTP/1.1\r\nHost: tokenward\r\nTokenward-Api: 1\r\n\r\n", http.StatusMethodNotAllowed},
		{"a history that is written", "POST /v1/history HTTP/1.1\r\nHost: tokenward\r\nTokenward-Api: 1\r\n\r\n", http.StatusMethodNotAllowed},
		{"a method that writes", "POST /v1/status HTTP/1.1\r\nHost: tokenward\r\nTokenward-Api: 1\r\n\r\n", http.StatusMethodNotAllowed},
		{"a method that only reloads", "GET /v1/reload HTTP/1.1\r\nHost: tokenward\r\nTokenward-Api: 1\r\n\r\n", http.StatusMethodNotAllowed},
		{"no version", "GET /v1/status HTTP/1.1\r\nHost: tokenward\r\n\r\n", http.StatusUpgradeRequired},
		{"another version", "GET /v1/status HTTP/1.1\r\nHost: tokenward\r\nTokenward-Api: 2\r\n\r\n", http.StatusUpgradeRequired},
		{"a body", "POST /v1/check HTTP/1.1\r\nHost: tokenward\r\nTokenward-Api: 1\r\nContent-Length: 2\r\n\r\n{}", http.StatusBadRequest},
		{"a body without a length", "POST /v1/check HTTP/1.1\r\nHost: tokenward\r\nTokenward-Api: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", http.StatusBadRequest},
		{"as no number", "GET /v1/me HTTP/1.1\r\nHost: tokenward\r\nTokenward-Api: 1\r\nTokenward-As: root\r\n\r\n", http.StatusForbidden},
		{"as less than nobody", "GET /v1/me HTTP/1.1\r\nHost: tokenward\r\nTokenward-Api: 1\r\nTokenward-As: -2\r\n\r\n", http.StatusForbidden},
		{"what is no request", "\x16\x03\x01\x02\x00\r\n\r\n", http.StatusBadRequest},
		{"two hosts", "GET /v1/status HTTP/1.1\r\nHost: tokenward\r\nHost: tokenward\r\n\r\n", http.StatusBadRequest},
		{"too much", "GET /v1/status HTTP/1.1\r\nHost: tokenward\r\nX: " + strings.Repeat("x", 32<<10) + "\r\n\r\n", http.StatusRequestHeaderFieldsTooLarge},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := raw(t, path, tc.request); got != tc.want {
				t.Errorf("answered %d, want %d", got, tc.want)
			}
		})
	}
	if d.asked.Load() != 0 || d.statuses.Load() != 0 {
		t.Errorf("a refused request reached the daemon: %d checks, %d statuses", d.asked.Load(), d.statuses.Load())
	}
}

// raw sends bytes and returns the status code of the answer.
func raw(t *testing.T, path, request string) int {
	t.Helper()
	conn, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	go func() { _, _ = io.WriteString(conn, request) }()
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	return response.StatusCode
}

func TestSlowClientDoesNotBlockOthers(t *testing.T) {
	t.Parallel()
	path := serve(t, &daemon{})
	for _, beginning := range []string{"", "GET /v1/sta", "GET /v1/status HTTP/1.1\r\nHost: tok", "POST /v1/check HTTP/1.1\r\nHost: tokenward\r\nContent-Length: 9\r\n\r\n"} {
		conn, err := net.Dial("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if _, err := io.WriteString(conn, beginning); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := control.NewClient(path).Status(t.Context()); err != nil {
		t.Errorf("Status = %v", err)
	}
}

func TestServeEnds(t *testing.T) {
	t.Parallel()
	t.Run("before it began", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := daemonOf(&daemon{}).Serve(ctx, listen(t, filepath.Join(t.TempDir(), "s"))); err != nil {
			t.Errorf("Serve = %v", err)
		}
	})
	t.Run("during a check", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		d := &daemon{check: func(ctx context.Context) error {
			cancel() // the daemon's own context; the request's must end with it
			<-ctx.Done()
			return ctx.Err()
		}}
		path := filepath.Join(t.TempDir(), "s")
		listener := listen(t, path)
		ended := make(chan error)
		go func() { ended <- daemonOf(d).Serve(ctx, listener) }()
		if _, err := control.NewClient(path).CheckNow(context.Background()); err == nil {
			t.Error("CheckNow succeeded although the daemon ended")
		}
		if err := <-ended; err != nil {
			t.Errorf("Serve = %v", err)
		}
	})
	t.Run("with its listener", func(t *testing.T) {
		t.Parallel()
		listener := listen(t, filepath.Join(t.TempDir(), "s"))
		_ = listener.Close()
		if err := daemonOf(&daemon{}).Serve(t.Context(), listener); err == nil {
			t.Error("Serve returned no error although it cannot serve")
		}
	})
}

// TestLongCheckIsWaitedFor uses pipes instead of sockets, so that time passes
// at once.
func TestLongCheckIsWaitedFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := &daemon{check: func(ctx context.Context) error {
			select {
			case <-time.After(time.Hour):
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}}
		ctx, cancel := context.WithCancel(t.Context())
		listener := pipeListener{connections: make(chan net.Conn), closed: make(chan struct{})}
		ended := make(chan error)
		go func() { ended <- daemonOf(d).From(asRoot).Serve(ctx, listener) }()
		client, server := net.Pipe()
		listener.connections <- server
		go func() {
			_, _ = io.WriteString(client, "POST /v1/check HTTP/1.1\r\nHost: tokenward\r\nTokenward-Api: 1\r\n\r\n")
		}()
		response, err := http.ReadResponse(bufio.NewReader(client), nil)
		if err != nil {
			t.Fatal(err)
		}
		if response.StatusCode != http.StatusOK {
			t.Errorf("answered %s to a check that took an hour", response.Status)
		}
		_ = client.Close()
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Serve = %v", err)
		}
	})
}

// pipeListener accepts the connections that it is given.
type pipeListener struct {
	connections chan net.Conn
	closed      chan struct{}
}

func (l pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.connections:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l pipeListener) Close() error   { close(l.closed); return nil }
func (l pipeListener) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "unix"} }

// FuzzServer sends bytes as they are. Whatever they are, the server goes on
// answering, and nothing reaches the daemon that does not name it as the host.
func FuzzServer(f *testing.F) {
	for _, seed := range []string{
		"", "\r\n\r\n", "GET /v1/status HTTP/1.1\r\nHost: tokenward\r\n\r\n",
		"GET /v1/me HTTP/1.1\r\nHost: tokenward\r\nTokenward-Api: 1\r\nTokenward-As: 502\r\n\r\n",
		"POST /v1/reload HTTP/1.1\r\nHost: tokenward\r\nTokenward-Api: 1\r\nTokenward-As: 999999999999999999999\r\n\r\n",
		"POST /v1/check HTTP/1.1\r\nHost: tokenward\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
		"POST /v1/check HTTP/1.1\r\nHost: tokenward\r\nContent-Length: 99999999999999999999\r\n\r\n",
		"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "GET /v1/status HTTP/1.1\r\nHost: tokenward\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
		"GET //v1/../v1/status HTTP/1.1\r\nHost: other\r\n\r\n", "OPTIONS * HTTP/1.1\r\nHost: other\r\n\r\n",
	} {
		f.Add([]byte(seed))
	}
	d := &daemon{}
	path := serve(f, d)
	f.Fuzz(func(t *testing.T, request []byte) {
		before := d.asked.Load() + d.statuses.Load()
		conn, err := net.DialUnix("unix", nil, &net.UnixAddr{Name: path, Net: "unix"})
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			_, _ = conn.Write(request)
			_ = conn.CloseWrite()
		}()
		_, _ = io.Copy(io.Discard, conn)
		_ = conn.Close()
		reached := d.asked.Load()+d.statuses.Load() > before
		if reached && !bytes.Contains(request, []byte("tokenward")) {
			t.Errorf("a request for another host reached the daemon: %q", request)
		}
		if _, err := control.NewClient(path).Status(t.Context()); err != nil {
			t.Errorf("after %q: Status = %v", request, err)
		}
	})
}
