// Package control is the daemon's local interface: HTTP over a unix socket that
// every user of the Mac may open. The kernel says who asks, and that decides what
// is answered: root may have everything, an administrator may read, and everybody
// learns about the own account.
//
// No secret crosses it in either direction, and nothing that it does changes the
// Mac. See docs/decisions/0029.
package control

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"

	"github.com/tokenward/tokenward/internal/rootfile"
	"github.com/tokenward/tokenward/internal/wire"
)

// Reader is what the daemon knows.
type Reader interface {
	Status() wire.DaemonStatus
	History() wire.History
}

// Actor is what the daemon can be asked to do.
type Actor interface {
	CheckNow(ctx context.Context) error
	Reload(ctx context.Context) (wire.Reloaded, error)
}

// Directory is what the daemon's last check knows of this Mac's users.
type Directory interface {
	// Admin says whether all accounts with that number are administrators for sure,
	// by evidence that is not old.
	Admin(uid int) bool
	Me(uid int) wire.Me
}

// Daemon is what the socket gives access to.
type Daemon interface {
	Reader
	Actor
	Directory
}

// Version is that of the interface. It stands in every request and every answer,
// and in the paths; it changes when an older peer would misunderstand.
const Version = "1"

// The paths of the interface, the host name that requests carry, and the headers. A
// request for another host comes from a confused browser or proxy.
const (
	host          = "tokenward"
	statusPath    = "/v1/status"
	checkPath     = "/v1/check"
	historyPath   = "/v1/history"
	reloadPath    = "/v1/reload"
	mePath        = "/v1/me"
	versionHeader = "Tokenward-Api"
	asHeader      = "Tokenward-As"
	maxBody       = 16 << 20
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
	if err := openToAll(path); err != nil {
		return nil, errors.Join(fmt.Errorf("control socket: %w", err), listener.Close())
	}
	return listener, nil
}

// openToAll gives a socket the mode 0666. It takes no link for the socket, and
// whatever happens in between, nothing outside the folder gets that mode: a Root
// changes modes without following links.
func openToAll(path string) error {
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
	if info.Mode()&os.ModeSocket == 0 || !rootfile.Trusted(info) {
		return fmt.Errorf("%s was replaced: %w", path, rootfile.ErrUntrusted)
	}
	return root.Chmod(name, 0o666)
}
