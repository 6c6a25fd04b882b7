// Package control is the daemon's local interface: HTTP over a unix socket that
// only root may open, or whoever owns a simulated Mac.
//
// It shows what the daemon knows and remembers, and asks it to check now. It carries no secret
// in either direction and changes nothing on the Mac.
package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/tokenward/tokenward/internal/rootfile"
	"github.com/tokenward/tokenward/internal/wire"
)

// Daemon is what the socket gives access to.
type Daemon interface {
	Status() wire.DaemonStatus
	CheckNow(ctx context.Context) error
	History() wire.History
}

// The paths of the interface, and the host name that requests carry. A request
// for another host comes from a confused browser or proxy.
const (
	host        = "tokenward"
	statusPath  = "/v1/status"
	checkPath   = "/v1/check"
	historyPath = "/v1/history"
	maxBody     = 16 << 20
)

// Listen opens the socket. What a daemon that died left at the path is removed;
// the caller's lock makes sure that none is alive.
func Listen(path string) (net.Listener, error) {
	if info, err := os.Lstat(path); err == nil {
		if info.Mode()&os.ModeSocket == 0 {
			return nil, fmt.Errorf("control socket: %s is there and is no socket", path)
		}
		if err := os.Remove(path); err != nil {
			return nil, fmt.Errorf("control socket: %w", err)
		}
	}
	short, release, err := reachable(path)
	if err != nil {
		return nil, fmt.Errorf("control socket: %w", err)
	}
	defer release()
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "unix", short)
	if err != nil {
		return nil, fmt.Errorf("control socket: %w", err)
	}
	if unix, ok := listener.(*net.UnixListener); ok {
		unix.SetUnlinkOnClose(false) // by a name that may not lead anywhere then
	}
	if err := closeToOthers(path); err != nil {
		return nil, errors.Join(fmt.Errorf("control socket: %w", err), listener.Close())
	}
	return listener, nil
}

// closeToOthers gives a socket the mode 0600. It takes no link for the socket,
// and whatever happens in between, nothing outside the folder gets that mode:
// a Root changes modes without following links.
func closeToOthers(path string) error {
	root, err := os.OpenRoot(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer root.Close()
	name := filepath.Base(path)
	info, err := root.Lstat(name)
	if err != nil {
		return err
	}
	if info.Mode()&os.ModeSocket == 0 {
		return fmt.Errorf("%s was replaced: %w", path, rootfile.ErrUntrusted)
	}
	return root.Chmod(name, 0o600)
}

// Serve answers until the context ends.
func Serve(ctx context.Context, listener net.Listener, d Daemon) error {
	server := &http.Server{
		Handler: handler(d), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second,
		IdleTimeout: 30 * time.Second, MaxHeaderBytes: 16 << 10,
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("control socket: %w", err)
	}
	return nil
}

func handler(d Daemon) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+statusPath, func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, d.Status())
	})
	mux.HandleFunc("GET "+historyPath, func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, d.History())
	})
	mux.HandleFunc("POST "+checkPath, func(w http.ResponseWriter, r *http.Request) {
		if err := d.CheckNow(r.Context()); err != nil {
			answer(w, http.StatusServiceUnavailable, wire.Problem{Type: "about:blank", Title: "The check did not end", Status: http.StatusServiceUnavailable})
			return
		}
		answer(w, http.StatusOK, d.Status())
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Host != host || r.Header.Get("Origin") != "" || r.Header.Get("Referer") != "" {
			http.Error(w, "this socket is for tokenward alone", http.StatusForbidden)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the peer may be gone
}

// Why a daemon could not be asked.
var (
	ErrNotRunning = errors.New("the daemon is not running")
	ErrDenied     = errors.New("only root may ask the daemon")
)

// Client asks a running daemon.
type Client struct{ path string }

// NewClient makes a client of the daemon behind the socket at path.
func NewClient(path string) Client { return Client{path: path} }

// Status returns what the daemon knows. The error is or wraps ErrNotRunning or
// ErrDenied where that is the reason.
func (c Client) Status(ctx context.Context) (wire.DaemonStatus, error) {
	return ask[wire.DaemonStatus](ctx, c, http.MethodGet, statusPath)
}

// CheckNow has the daemon check and returns what it knows then.
func (c Client) CheckNow(ctx context.Context) (wire.DaemonStatus, error) {
	return ask[wire.DaemonStatus](ctx, c, http.MethodPost, checkPath)
}

// History returns what changed on the Mac, as far as the daemon remembers. Its
// errors are those of Status.
func (c Client) History(ctx context.Context) (wire.History, error) {
	return ask[wire.History](ctx, c, http.MethodGet, historyPath)
}

func ask[T any](ctx context.Context, c Client, method, path string) (T, error) {
	var said, nothing T
	request, err := http.NewRequestWithContext(ctx, method, "http://"+host+path, http.NoBody)
	if err != nil {
		return nothing, err
	}
	transport := &http.Transport{DialContext: c.dial, DisableKeepAlives: true}
	response, err := transport.RoundTrip(request)
	if err != nil {
		return nothing, fmt.Errorf("ask the daemon: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nothing, fmt.Errorf("ask the daemon: it answered %s", response.Status)
	}
	if err := json.NewDecoder(io.LimitReader(response.Body, maxBody)).Decode(&said); err != nil {
		return nothing, fmt.Errorf("ask the daemon: %w", err)
	}
	return said, nil
}

// dial trusts a socket only if it belongs to root or to the caller: anybody
// else could make up a verdict.
func (c Client) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	info, err := os.Lstat(c.path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, ErrNotRunning
	}
	if err != nil {
		return nil, err
	}
	if info.Mode()&os.ModeSocket == 0 || !rootfile.Trusted(info) {
		return nil, fmt.Errorf("%s: %w", c.path, rootfile.ErrUntrusted)
	}
	short, release, err := reachable(c.path)
	if err != nil {
		return nil, err
	}
	defer release()
	conn, err := (&net.Dialer{}).DialContext(ctx, "unix", short)
	switch {
	case errors.Is(err, os.ErrPermission):
		return nil, ErrDenied
	case isRefused(err):
		return nil, ErrNotRunning
	}
	return conn, err
}
