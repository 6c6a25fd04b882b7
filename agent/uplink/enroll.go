package uplink

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"time"

	"go.uber.org/zap"

	"github.com/tokenward/tokenward/internal/secret"
	"github.com/tokenward/tokenward/internal/wire"
)

// Signer signs requests as this Mac. Keys are named by their public half, in base64.
type Signer interface {
	// Sign signs with the key that is in use, and names it.
	Sign(r *http.Request, body []byte, at time.Time) (signingKey string, err error)
	// SignEnrollment signs with a key that is to be enrolled, and with the one that it
	// replaces, if it does.
	SignEnrollment(r *http.Request, body []byte, at time.Time, signingKey string) error
}

// Enrollee is this Mac as a server enrols it.
type Enrollee interface {
	// Enrollment is what the server is to be asked, if anything.
	Enrollment(now time.Time) (request wire.EnrollRequest, wanted bool, err error)
	// Enrolled keeps the answer.
	Enrolled(signingKey string, answer wire.EnrollAnswer, now time.Time) error
	// Refused keeps what a server's problem means for a key.
	Refused(signingKey, problem string, now time.Time) error
	// Disowned is for a key that the server has for another Mac's.
	Disowned(signingKey string, now time.Time) error
}

// Identity is the keys of this Mac and their enrolment. See package identity.
type Identity interface {
	Signer
	Enrollee
	// Standing says how far the key that is in use is enrolled.
	Standing() (state wire.EnrollState, deviceID string)
	// Unkept is why that could not be written down, nil if it is.
	Unkept() error
}

// Enrolling is what this Mac says of itself when it enrols.
type Enrolling struct {
	Device func() wire.Device
	Agent  wire.Agent
	Secret func() (secret.Text, error) // nil or empty: it asks without one; an error that is fs.ErrNotExist as well
	Used   func() error                // called when a key that brought a secret has become active, nil for nothing: removes a code that is used up
	Active func()                      // called when this Mac has become active, nil for nothing: a full report follows
}

// again is how long a server that calls an enrolled key unknown is not asked again,
// and one that has no enrolment neither.
const again = time.Hour

const maxDeviceID = 128

// asked is when what was asked that is not asked at every try.
type asked struct {
	anew     time.Time // enrolled again because the server said so
	rotation time.Time
	nowhere  time.Time // the server has no enrolment
}

// The reasons for which nothing is sent although there is something to send.
var (
	errPending = errors.New("the enrolment waits for approval")
	errRevoked = errors.New("the key of this Mac was revoked")
)

// introduce has this Mac enrolled, where it is not. Reports go out unless the server
// said that it waits or that it revoked the key; a server without an enrolment takes
// them or not.
func (c *Client) introduce(ctx context.Context) error {
	now := time.Now()
	request, wanted, err := c.identity.Enrollment(now)
	if err != nil {
		return local(err)
	}
	state, _ := c.identity.Standing()
	switch {
	case !wanted && state == wire.EnrollRevoked:
		return errRevoked
	case !wanted || c.within(func(a *asked) *time.Time { return &a.nowhere }, now):
		return nil
	case state == wire.EnrollActive:
		return c.rotate(ctx, request, now)
	}
	request = c.named(request)
	if err := c.bringSecret(&request); err != nil {
		return local(fmt.Errorf("enrol: %w", err))
	}
	if err := c.enrolAs(ctx, request); err != nil {
		return err
	}
	if state, _ := c.identity.Standing(); state == wire.EnrollPending {
		return errPending
	}
	return nil
}

// rotate has the next key enrolled. Until it is, the present one goes on; but where
// the answer was lost, the server may have changed already, so it is asked again
// before anything else is sent. The present key speaks for the next one: no secret is
// needed, so that none that is missing or cannot be trusted is in the way.
func (c *Client) rotate(ctx context.Context, request wire.EnrollRequest, now time.Time) error {
	if c.within(func(a *asked) *time.Time { return &a.rotation }, now) {
		return nil
	}
	err := c.enrolAs(ctx, c.named(request))
	refused, answered := errors.AsType[*RefusedError](err)
	if err != nil && !answered {
		return err
	}
	if answered && refused.Status >= http.StatusInternalServerError {
		return err
	}
	if err != nil {
		c.log.Warn("the server does not take the new key; the present one goes on", zap.Error(err))
	}
	c.note(func(a *asked) { a.rotation = now })
	return nil
}

// enrolAs asks about one key and keeps what the server says.
func (c *Client) enrolAs(ctx context.Context, request wire.EnrollRequest) error {
	body, err := json.Marshal(request) //nolint:gosec // the secret is for the server alone, and this goes nowhere else
	if err != nil {
		return local(fmt.Errorf("enrol: %w", err))
	}
	got, err := c.exchange(ctx, c.base.JoinPath(wire.EnrollPath), body, identity, func(r *http.Request, at time.Time) error {
		return c.identity.SignEnrollment(r, body, at, request.SigningKey)
	})
	if err != nil {
		return err
	}
	if got.status != http.StatusOK {
		return c.notEnrolled(request.SigningKey, got)
	}
	answer, err := readEnrollment(got.header, got.body)
	if err != nil {
		return err
	}
	return c.enrolled(request, answer)
}

// named is a request that says which Mac asks.
func (c *Client) named(request wire.EnrollRequest) wire.EnrollRequest {
	request.Agent = c.enroll.Agent
	if c.enroll.Device != nil {
		request.Device = c.enroll.Device()
	}
	return request
}

// bringSecret adds what opens an enrolment, where there is something.
func (c *Client) bringSecret(request *wire.EnrollRequest) error {
	if c.enroll.Secret == nil {
		return nil
	}
	word, err := c.enroll.Secret()
	if err != nil && !errors.Is(err, fs.ErrNotExist) { // a file that was used up is no error
		return err
	}
	request.Secret = word.Open()
	return nil
}

func (c *Client) enrolled(request wire.EnrollRequest, answer wire.EnrollAnswer) error {
	before, _ := c.identity.Standing()
	if err := c.identity.Enrolled(request.SigningKey, answer, time.Now()); err != nil {
		return local(err)
	}
	after, id := c.identity.Standing()
	if after == wire.EnrollActive && request.Secret != "" && c.enroll.Used != nil {
		if err := c.enroll.Used(); err != nil {
			c.log.Error("the enrolment code was used and could not be removed", zap.Error(err))
		}
	}
	if before != after {
		c.log.Info("enrolment", zap.String("state", string(after)), zap.String("device_id", id))
	}
	if before != wire.EnrollActive && after == wire.EnrollActive && c.enroll.Active != nil {
		c.enroll.Active()
	}
	return nil
}

// notEnrolled keeps a refusal. A server that does not know the path has no enrolment.
func (c *Client) notEnrolled(signingKey string, got received) error {
	refused := got.refusal(false)
	refused.enrolment = true
	if got.status == http.StatusNotFound || got.status == http.StatusMethodNotAllowed {
		c.note(func(a *asked) { a.nowhere = time.Now() })
		return nil
	}
	if !refused.Problem {
		return refused
	}
	switch refused.Kind {
	case wire.ProblemRevoked, wire.ProblemPending:
		return errors.Join(refused, c.keep(signingKey, refused.Kind))
	case wire.ProblemDevice:
		return errors.Join(refused, c.disown(signingKey))
	}
	return refused
}

// refusedBy draws the consequences of a refusal for the key that signed, and returns
// it.
func (c *Client) refusedBy(signingKey string, refused *RefusedError) error {
	if signingKey == "" || !refused.Problem {
		return refused
	}
	switch refused.Kind {
	case wire.ProblemRevoked, wire.ProblemPending:
		return errors.Join(refused, c.keep(signingKey, refused.Kind))
	case wire.ProblemUnknownKey, wire.ProblemSignature, wire.ProblemDevice:
		now := time.Now()
		if c.within(func(a *asked) *time.Time { return &a.anew }, now) {
			state, _ := c.identity.Standing()
			refused.foreign = refused.Kind == wire.ProblemDevice && state == wire.EnrollActive
			return refused
		}
		c.note(func(a *asked) { *a = asked{anew: now} })
		return errors.Join(refused, c.keep(signingKey, refused.Kind))
	}
	return refused
}

func (c *Client) keep(signingKey, problem string) error {
	if err := c.identity.Refused(signingKey, problem, time.Now()); err != nil {
		return local(err)
	}
	return nil
}

func (c *Client) disown(signingKey string) error {
	if err := c.identity.Disowned(signingKey, time.Now()); err != nil {
		return local(err)
	}
	return nil
}

// readEnrollment takes nothing for an answer but the server's own.
func readEnrollment(header http.Header, body []byte) (wire.EnrollAnswer, error) {
	if err := itsOwn(header, body); err != nil {
		return wire.EnrollAnswer{}, err
	}
	var answer wire.EnrollAnswer
	if err := json.Unmarshal(body, &answer); err != nil {
		return wire.EnrollAnswer{}, fmt.Errorf("read the server's answer: %w", &notOursError{"it is not the JSON that was expected"})
	}
	if answer.DeviceID == "" || len(answer.DeviceID) > maxDeviceID || answer.State == "" {
		return wire.EnrollAnswer{}, &notOursError{"it names no device and no state"}
	}
	return answer, nil
}

// within says whether something was asked less than an hour ago.
func (c *Client) within(of func(*asked) *time.Time, now time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	at := *of(&c.asked)
	return !at.IsZero() && now.Sub(at) < again
}

func (c *Client) note(change func(*asked)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change(&c.asked)
}
