package control_test

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tokenward/tokenward/agent/control"
	"github.com/tokenward/tokenward/internal/rootfile"
)

// over serves a daemon to one connection without a buffer, in time that stands still
// while nobody does anything, and ends with what talk does to it.
func over(t *testing.T, talk func(t *testing.T, client net.Conn)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		listener := pipeListener{connections: make(chan net.Conn), closed: make(chan struct{})}
		ended := make(chan error)
		go func() { ended <- daemonOf(&daemon{}).From(asRoot).Serve(ctx, listener) }()
		client, server := net.Pipe()
		listener.connections <- server
		talk(t, client)
		began := time.Now()
		cancel()
		if err := <-ended; err != nil || time.Since(began) > time.Second {
			t.Errorf("Serve = %v after %s", err, time.Since(began))
		}
		_ = client.Close()
	})
}

func say(t *testing.T, conn net.Conn, text string) {
	t.Helper()
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
}

const question = "GET /v1/status HTTP/1.1\r\nHost: tokenward\r\nTokenward-Api: 1\r\n"

// A peer that asks and does not read is cut off.
func TestPeerThatDoesNotRead(t *testing.T) {
	t.Parallel()
	over(t, func(t *testing.T, client net.Conn) {
		t.Helper()
		say(t, client, question+"\r\n")
		time.Sleep(11 * time.Second)
		if said, err := io.ReadAll(client); len(said) > 0 || (err != nil && !errors.Is(err, io.ErrClosedPipe)) {
			t.Errorf("it still answers: %q, %v", said, err)
		}
	})
}

// One that is still not read when the daemon ends does not hold it.
func TestPeerThatDoesNotReadAtTheEnd(t *testing.T) {
	t.Parallel()
	over(t, func(t *testing.T, client net.Conn) { t.Helper(); say(t, client, question+"\r\n") })
}

// Whoever does not come to the end of a request is cut off, at a time that no byte
// puts off.
func TestPeersThatDoNotEnd(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, begins string
		drip         bool
		within       time.Duration
	}{
		{"says nothing", "", false, 5 * time.Second},
		{"ends in a header", question + "X-A", false, 5 * time.Second},
		{"says a byte a second", question + "X-A: ", true, 5 * time.Second},
		{"promises a body", strings.Replace(question, "GET", "POST", 1) + "Content-Length: 9\r\n\r\n", false, 10 * time.Second},
		{"asks nothing more", question + "\r\n", false, 30 * time.Second},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			over(t, func(t *testing.T, client net.Conn) {
				t.Helper()
				began := time.Now()
				say(t, client, tc.begins)
				var dripping sync.WaitGroup
				defer dripping.Wait()
				if tc.drip {
					dripping.Go(func() { drip(client) })
				}
				_, _ = io.Copy(io.Discard, client)
				if took := time.Since(began); took < tc.within || took > tc.within+time.Second {
					t.Errorf("cut off after %s, want %s", took, tc.within)
				}
			})
		})
	}
}

// drip says a byte a second until nobody listens.
func drip(conn net.Conn) {
	for {
		if _, err := io.WriteString(conn, "x"); err != nil {
			return
		}
		time.Sleep(time.Second)
	}
}

// Not even root opens connections without end, and what root holds takes nothing
// from the users.
func TestConnectionsOfRootAreLimited(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		held int
		want bool
	}{{31, true}, {32, false}} {
		uid := make(chan int, tc.held+2)
		path := served(t, daemonOf(&daemon{}).From(func(net.Conn) (control.Peer, error) { return control.Peer{UID: <-uid}, nil }))
		client := control.NewClient(path)
		for range tc.held {
			uid <- 0
			conn, err := net.Dial("unix", path)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = conn.Close() })
		}
		uid <- 0
		if _, err := client.Status(t.Context()); (err == nil) != tc.want {
			t.Errorf("beside %d connections: %v", tc.held, err)
		}
		uid <- 602
		if _, err := client.Me(t.Context()); err != nil {
			t.Errorf("a user: %v", err)
		}
	}
}

// A socket of root's on which somebody else listens could make up a verdict.
func TestClientAsksWhoListens(t *testing.T) {
	t.Parallel()
	path := serve(t, &daemon{})
	for _, tc := range []struct {
		name string
		who  control.Peer
		err  error
		want error
	}{
		{"root", control.Peer{}, nil, nil},
		{"oneself", control.Peer{UID: os.Geteuid()}, nil, nil},
		{"another user", control.Peer{UID: 4711}, nil, rootfile.ErrUntrusted},
		{"nobody knows", control.Peer{}, errors.New("no"), rootfile.ErrUntrusted},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			client := control.NewClient(path).To(func(net.Conn) (control.Peer, error) { return tc.who, tc.err })
			if _, err := client.Status(t.Context()); !errors.Is(err, tc.want) {
				t.Errorf("Status = %v, want %v", err, tc.want)
			}
		})
	}
}
