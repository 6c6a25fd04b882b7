package uplink

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"syscall"
	"time"

	"github.com/tokenward/tokenward/internal/wire"
)

// TroubleError is why nothing was delivered: one kind, a sentence for a person, and
// the error that it was concluded from.
type TroubleError struct {
	Trouble wire.Trouble
	Text    string
	Err     error
}

func (e *TroubleError) Error() string { return fmt.Sprintf("%s (%s)", e.Text, e.Err) }

func (e *TroubleError) Unwrap() error { return e.Err }

// localError is a fault of this Mac's own files.
type localError struct{ err error }

func local(err error) error { return &localError{err} }

func (e *localError) Error() string { return e.err.Error() }

func (e *localError) Unwrap() error { return e.err }

// trouble says what kind of trouble an error is. It is asked once, with the error of a
// whole try.
func (c *Client) trouble(err error, now time.Time) *TroubleError {
	say := func(t wire.Trouble, text string) *TroubleError { return &TroubleError{t, text, err} }
	if already, ok := errors.AsType[*TroubleError](err); ok {
		return already
	}
	_, ours := errors.AsType[*localError](err)
	proxied, byProxy := errors.AsType[*proxyError](err)
	refused, answered := errors.AsType[*RefusedError](err)
	_, foreign := errors.AsType[*notOursError](err)
	switch {
	case errors.Is(err, errPending):
		return say(wire.TroublePending, "This Mac's enrolment waits for a person to approve it. Reports are kept")
	case errors.Is(err, errRevoked):
		return say(wire.TroubleRevoked, "The server revoked the key of this Mac")
	case answered: // before a fault of our own in keeping what it said
		return &TroubleError{troubleOf(refused), sentenceOf(refused, c.host), err}
	case ours:
		return say(wire.TroubleLocal, "A file of the agent itself is in the way")
	case byProxy:
		return say(wire.TroubleProxy, sentenceOfProxy(proxied))
	case foreign:
		return say(wire.TroublePortal, "Something that is not the server answers in the place of "+c.host+", such as the login page of a guest network")
	}
	if t, ok := c.certificateTrouble(err, now); ok {
		return t
	}
	t, text := networkTrouble(err, c.host)
	return say(t, text)
}

// networkTrouble is for errors from below the answer of a server.
func networkTrouble(err error, host string) (wire.Trouble, string) {
	op, _ := errors.AsType[*net.OpError](err)
	name, unresolved := errors.AsType[*net.DNSError](err)
	timed, _ := errors.AsType[net.Error](err)
	switch {
	case op != nil && op.Op == "proxyconnect":
		return wire.TroubleProxy, "The proxy cannot be reached"
	case unresolved && name.IsNotFound:
		return wire.TroubleUnreachable, "No address is known for " + host + ": the name is wrong, or only known in another network"
	case unresolved:
		return wire.TroubleUnreachable, "No address for " + host + " could be asked for: there is no network, or its name server does not answer"
	case errors.Is(err, syscall.ECONNREFUSED):
		return wire.TroubleUnreachable, "Nobody listens at " + host
	case op != nil && op.Op == "dial":
		return wire.TroubleUnreachable, "There is no way to " + host + " from this network"
	case errors.Is(err, errDribbled), errors.Is(err, context.DeadlineExceeded), timed != nil && timed.Timeout():
		return wire.TroubleStalled, host + " was reached, and then nothing came, or too slowly"
	case errors.Is(err, http.ErrSchemeMismatch):
		return wire.TroublePortal, "Something that speaks no TLS answers in the place of " + host
	case brokenOff(err):
		return wire.TroubleUnreachable, "The connection to " + host + " broke off"
	}
	return wire.TroubleOther, "The exchange with " + host + " failed"
}

// troubleOf is the kind of an answer that is no yes.
func troubleOf(e *RefusedError) wire.Trouble {
	if e.Problem {
		switch e.Kind {
		case wire.ProblemClock:
			return wire.TroubleClock
		case wire.ProblemPending:
			return wire.TroublePending
		case wire.ProblemRevoked:
			return wire.TroubleRevoked
		}
	}
	switch {
	case e.elsewhere, e.Status == http.StatusNetworkAuthenticationRequired, e.Status/100 == 2:
		return wire.TroublePortal
	case e.Status == http.StatusProxyAuthRequired:
		return wire.TroubleProxy
	case e.Status == http.StatusRequestTimeout, e.Status == http.StatusTooEarly, e.Status == http.StatusTooManyRequests, e.Status >= 500:
		return wire.TroubleBusy
	}
	return wire.TroubleRefused
}

func sentenceOf(e *RefusedError, host string) string {
	switch troubleOf(e) {
	case wire.TroubleClock:
		return "This Mac's clock is wrong, says " + host
	case wire.TroublePending:
		return "This Mac's enrolment waits for a person to approve it. Reports are kept"
	case wire.TroubleRevoked:
		return "The server revoked the key of this Mac"
	case wire.TroublePortal:
		return "Something that is not the server answers in the place of " + host + ", such as the login page of a guest network"
	case wire.TroubleProxy:
		return "The proxy wants a user and a password"
	case wire.TroubleBusy:
		return host + " is busy, or being repaired"
	default:
	}
	if e.Problem && e.Kind == wire.ProblemSecret {
		return "The server does not take the enrolment secret of this Mac, or wants one"
	}
	if e.Problem && e.Kind == wire.ProblemDevice {
		return host + " has the key of this Mac for that of another one, or the reports are about another one"
	}
	return host + " does not want the reports of this Mac"
}

func sentenceOfProxy(e *proxyError) string {
	switch {
	case e.status == http.StatusProxyAuthRequired:
		return "The proxy wants a user and a password"
	case e.status != 0:
		return "The proxy does not let this Mac through to the server"
	}
	return "The proxy that is configured cannot be used"
}
