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
	"strconv"

	"github.com/tokenward/tokenward/internal/rootfile"
	"github.com/tokenward/tokenward/internal/wire"
)

// Why a daemon could not be asked.
var (
	ErrNotRunning = errors.New("the daemon is not running")
	ErrDenied     = errors.New("only root may ask the daemon")
	ErrVersion    = errors.New("the daemon is of another version than this program")
)

// Client asks a running daemon.
type Client struct {
	path string
	as   string
	who  func(net.Conn) (Peer, error) // nil: the kernel says who listens
}

// NewClient makes a client of the daemon behind the socket at path.
func NewClient(path string) Client { return Client{path: path} }

// As asks as the user with that number. Only who may have everything may do that:
// it is for looking at a simulated Mac as one of its users.
func (c Client) As(uid int) Client {
	c.as = strconv.Itoa(uid)
	return c
}

// Status returns what the daemon knows. The error is or wraps ErrNotRunning,
// ErrDenied, ErrVersion or rootfile.ErrUntrusted where that is the reason.
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

// Reload has the daemon read its configuration anew.
func (c Client) Reload(ctx context.Context) (wire.Reloaded, error) {
	return ask[wire.Reloaded](ctx, c, http.MethodPost, reloadPath)
}

// Me returns how the Mac is and what the daemon knows of the account of whoever
// asks.
func (c Client) Me(ctx context.Context) (wire.Me, error) {
	return ask[wire.Me](ctx, c, http.MethodGet, mePath)
}

func ask[T any](ctx context.Context, c Client, method, path string) (T, error) {
	var said, nothing T
	request, err := http.NewRequestWithContext(ctx, method, "http://"+host+path, http.NoBody)
	if err != nil {
		return nothing, err
	}
	request.Header.Set(versionHeader, Version)
	if c.as != "" {
		request.Header.Set(asHeader, c.as)
	}
	transport := &http.Transport{DialContext: c.dial, DisableKeepAlives: true}
	response, err := transport.RoundTrip(request)
	if err != nil {
		return nothing, fmt.Errorf("ask the daemon: %w", err)
	}
	defer response.Body.Close()
	if err := understood(response); err != nil {
		return nothing, fmt.Errorf("ask the daemon: %w", err)
	}
	if err := json.NewDecoder(io.LimitReader(response.Body, maxBody)).Decode(&said); err != nil {
		return nothing, fmt.Errorf("ask the daemon: %w", err)
	}
	return said, nil
}

// understood says why an answer is none. What another version means by it is not
// guessed: the two programs are replaced together, and between the one and the other
// lie a few seconds of an update.
func understood(r *http.Response) error {
	theirs := r.Header.Get(versionHeader)
	switch {
	case theirs == "" && r.StatusCode == http.StatusOK:
		return fmt.Errorf("%w: it speaks an older interface than %s. Start the daemon anew", ErrVersion, Version)
	case theirs != "" && theirs != Version:
		return fmt.Errorf("%w: it speaks version %.20q of the interface, and this program %s. Start the daemon anew, or update this program", ErrVersion, theirs, Version)
	case theirs != "" && (r.StatusCode == http.StatusNotFound || r.StatusCode == http.StatusMethodNotAllowed):
		return fmt.Errorf("%w: it does not know this request. Start the daemon anew", ErrVersion)
	case theirs != "" && r.StatusCode == http.StatusForbidden:
		return ErrDenied
	case r.StatusCode != http.StatusOK:
		return fmt.Errorf("it answered %s", r.Status)
	}
	return nil
}

// dial trusts a socket only if it belongs to root or to the caller, and if the one
// who listens on it is root or the caller: in /var/run a group may replace files
// (community), and anybody else could make up a verdict.
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
	case err != nil:
		return nil, err
	}
	who := c.who
	if who == nil {
		who = peerOf
	}
	if listener, err := who(conn); err != nil || !listener.all() {
		return nil, errors.Join(fmt.Errorf("%s: who listens on it is %w", c.path, rootfile.ErrUntrusted), conn.Close())
	}
	return conn, nil
}
