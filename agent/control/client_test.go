package control_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/tokenward/tokenward/agent/control"
	"github.com/tokenward/tokenward/internal/rootfile"
)

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	d := &daemon{}
	client := control.NewClient(serve(t, d))
	status, err := client.Status(t.Context())
	if err != nil || status.Version != "1.2.3" || d.asked.Load() != 0 {
		t.Errorf("Status = %+v, %v; %d checks", status, err, d.asked.Load())
	}
	status, err = client.CheckNow(t.Context())
	if err != nil || status.Version != "1.2.3" || status.Delivery.Waiting != 1 {
		t.Errorf("CheckNow = %+v, %v; want the status after one check", status, err)
	}
}

func TestHistoryCrossesTheSocket(t *testing.T) {
	t.Parallel()
	d := &daemon{}
	h, err := control.NewClient(serve(t, d)).History(t.Context())
	if err != nil || h.Last.Unix() != 1_800_000_000 || d.asked.Load() != 0 {
		t.Errorf("History = %+v, %v; %d checks", h, err, d.asked.Load())
	}
}

func TestFailedCheckIsAnError(t *testing.T) {
	t.Parallel()
	d := &daemon{check: func(context.Context) error { return errors.New("inner detail") }}
	_, err := control.NewClient(serve(t, d)).CheckNow(t.Context())
	if err == nil || !strings.Contains(err.Error(), "503") || strings.Contains(err.Error(), "inner detail") {
		t.Errorf("CheckNow = %v", err)
	}
}

func TestSocketDeepInTheFileSystem(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("only a simulated Mac lies that deep")
	}
	dir := filepath.Join(t.TempDir(), strings.Repeat("deeper/", 40))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "tokenward.sock")
	for range 2 { // the second time the first socket is in the way
		listener := listen(t, path)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- daemonOf(&daemon{}).Serve(ctx, listener) }()
		if _, err := control.NewClient(path).Status(t.Context()); err != nil {
			t.Errorf("Status = %v", err)
		}
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Serve = %v", err)
		}
		if _, err := control.NewClient(path).Status(t.Context()); !errors.Is(err, control.ErrNotRunning) {
			t.Errorf("Status after the end = %v, want ErrNotRunning", err)
		}
	}
}

func TestClientSaysWhyTheDaemonCannotBeAsked(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		make func(t *testing.T, path string)
		want error
	}{
		{"nothing there", func(*testing.T, string) {}, control.ErrNotRunning},
		{"dead", dead, control.ErrNotRunning},
		{"a file", file, rootfile.ErrUntrusted},
		{"a link to a live socket", linked, rootfile.ErrUntrusted},
		{"another user's", foreign, rootfile.ErrUntrusted},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "s")
			tc.make(t, path)
			client := control.NewClient(path)
			if _, err := client.Status(t.Context()); !errors.Is(err, tc.want) {
				t.Errorf("Status = %v, want %v", err, tc.want)
			}
			if _, err := client.CheckNow(t.Context()); !errors.Is(err, tc.want) {
				t.Errorf("CheckNow = %v, want %v", err, tc.want)
			}
		})
	}
	t.Run("no folder either", func(t *testing.T) {
		t.Parallel()
		client := control.NewClient(filepath.Join(t.TempDir(), "no", "s"))
		if _, err := client.Status(t.Context()); !errors.Is(err, control.ErrNotRunning) {
			t.Errorf("Status = %v, want ErrNotRunning", err)
		}
	})
}

func dead(t *testing.T, path string) {
	t.Helper()
	if err := listen(t, path).Close(); err != nil {
		t.Fatal(err)
	}
}

func file(t *testing.T, path string) {
	t.Helper()
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
}

func linked(t *testing.T, path string) {
	t.Helper()
	if err := os.Symlink(serve(t, &daemon{}), path); err != nil {
		t.Fatal(err)
	}
}

// foreign puts a live socket there that belongs to somebody else, who could
// answer that all is well.
func foreign(t *testing.T, path string) {
	t.Helper()
	listen(t, path)
	const nobody = 65534
	if err := os.Lchown(path, nobody, nobody); err != nil {
		t.Skipf("only root can give a socket away: %v", err)
	}
}

func TestClientTrustsNoStrangeAnswer(t *testing.T) {
	t.Parallel()
	const ok = "HTTP/1.1 200 OK\r\nTokenward-Api: 1\r\nConnection: close\r\n\r\n"
	for _, tc := range []struct{ name, answer string }{
		{"none", ""},
		{"not HTTP", "hello\n"},
		{"no body", ok},
		{"no JSON", ok + "<html>"},
		{"JSON of another kind", ok + "[]"},
		{"cut off", ok + `{"version":"1`},
		{"a redirect", "HTTP/1.1 302 Found\r\nLocation: http://tokenward/v1/status\r\nContent-Length: 0\r\n\r\n"},
		{"an error", "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 2\r\n\r\n{}"},
		{"more than is read", ok + `{"version":"` + strings.Repeat("x", 17<<20) + `"}`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "s")
			answering(t, path, tc.answer)
			if status, err := control.NewClient(path).Status(t.Context()); err == nil {
				t.Errorf("Status = %+v", status)
			}
		})
	}
}

// answering accepts one connection, reads one request and answers it.
func answering(t *testing.T, path, answer string) {
	t.Helper()
	listener := listen(t, path)
	done := make(chan struct{})
	go func() {
		defer close(done)
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		if _, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
			_, _ = io.WriteString(conn, answer)
		}
	}()
	t.Cleanup(func() { _ = listener.Close(); <-done })
}

func TestClientGivesUpWithItsContext(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "s")
	listener := listen(t, path) // takes the connection and never answers
	ctx, cancel := context.WithCancel(t.Context())
	accepted := make(chan net.Conn, 1)
	go func() {
		conn, _ := listener.Accept()
		cancel()
		accepted <- conn
	}()
	if _, err := control.NewClient(path).Status(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Status = %v, want context.Canceled", err)
	}
	if conn := <-accepted; conn != nil {
		_ = conn.Close()
	}
}
