package api

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"go.uber.org/zap"

	"github.com/tokenward/tokenward/internal/wire"
	"github.com/tokenward/tokenward/server/auth"
	"github.com/tokenward/tokenward/server/problem"
	"github.com/tokenward/tokenward/server/store"
)

// The limits of what people send.
const (
	maxBody    = 4 << 20
	maxSerials = 100_000
	maxReason  = 500
	longest    = 90 * 24 * time.Hour // that a code is valid
)

// Enrollments holds the handlers about keys. All are safe for concurrent use. Each is
// behind a door, and what it does is done in the name of whoever came through it.
type Enrollments struct {
	API

	registrar store.Registrar
	auditor   store.Auditor
}

// NewEnrollments returns the handlers.
func NewEnrollments(registrar store.Registrar, auditor store.Auditor, log *zap.Logger) *Enrollments {
	return &Enrollments{API: API{log: log.Named("api")}, registrar: registrar, auditor: auditor}
}

// List answers GET /v1/enrollments.
func (a *Enrollments) List(w http.ResponseWriter, r *http.Request) {
	q, err := enrollmentQuery(r.URL.Query())
	if err != nil {
		problem.Write(w, r, a.log, err)
		return
	}
	page, err := a.registrar.Enrollments(r.Context(), q)
	if err != nil {
		problem.Write(w, r, a.log, err)
		return
	}
	list := wire.EnrollmentList{Enrollments: []wire.EnrollmentRow{}, NextCursor: cursor(page.Next)}
	for _, e := range page.Enrollments {
		list.Enrollments = append(list.Enrollments, enrollment(e))
	}
	a.send(w, r, list)
}

func enrollmentQuery(values url.Values) (store.EnrollmentQuery, error) {
	q := store.EnrollmentQuery{State: store.KeyState(values.Get("state"))}
	switch q.State {
	case "", store.KeyPending, store.KeyActive, store.KeyRetired, store.KeyRefused, store.KeyRevoked:
	default:
		return q, &store.ParamError{Name: "state", Reason: "must be pending, active, retired, refused or revoked"}
	}
	if len(values["state"]) > 1 {
		return q, &store.ParamError{Name: "state", Reason: "is given more than once"}
	}
	values.Del("state")
	var err error
	q.At = time.Now()
	q.Limit, q.Cursor, err = store.ParsePaging(values)
	return q, err
}

func enrollment(e store.Enrollment) wire.EnrollmentRow {
	replaces := []wire.ReplacedKey{}
	for _, k := range e.Replaces {
		replaces = append(replaces, wire.ReplacedKey{Fingerprint: k.Fingerprint, Serial: k.Serial, HardwareUUID: k.HardwareUUID})
	}
	row := wire.EnrollmentRow{
		Fingerprint: e.Fingerprint, State: string(e.State), Serial: e.Serial, HardwareUUID: e.HardwareUUID,
		Name: e.Name, Model: e.Model, OSVersion: e.OSVersion, AgentVersion: e.AgentVersion,
		SigningKey: e.Public, Recipient: e.Recipient, AskedAt: e.AskedAt, DecidedBy: e.DecidedBy,
		Expected: e.Expected, Known: e.Known, Replaces: replaces,
	}
	if !e.DecidedAt.IsZero() {
		row.DecidedAt = &e.DecidedAt
	}
	return row
}

// Decide answers POST /v1/enrollments/{fingerprint}/approve, refuse and revoke.
func (a *Enrollments) Decide(state store.KeyState) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var said wire.EnrollmentDecision
		by, err := a.order(w, r, &said)
		if err != nil {
			problem.Write(w, r, a.log, err)
			return
		}
		if len(said.Reason) > maxReason {
			problem.Write(w, r, a.log, bad("reason is longer than %d bytes", maxReason))
			return
		}
		d := store.Decision{Fingerprint: r.PathValue("fingerprint"), State: state, By: by, Reason: said.Reason, Replace: said.Replace}
		e, err := a.registrar.Decide(r.Context(), time.Now(), d)
		if err != nil {
			problem.Write(w, r, a.log, undecided(err))
			return
		}
		a.log.Info("decided", zap.String("fingerprint", d.Fingerprint), zap.String("state", string(state)), zap.String("by", by))
		a.send(w, r, enrollment(e))
	}
}

func undecided(err error) error {
	switch {
	case errors.Is(err, store.ErrNotFound):
		return &problem.Error{Status: http.StatusNotFound, Detail: "there is no such enrolment"}
	case errors.Is(err, store.ErrDecided):
		return &problem.Error{Status: http.StatusConflict, Detail: "this enrolment was decided otherwise before"}
	case errors.Is(err, store.ErrReplaces):
		return &problem.Error{Status: http.StatusConflict, Detail: "this key shows the hardware UUID of one Mac and the serial of another: " +
			"to approve it would retire the keys under replaces in the list; say replace to do that all the same"}
	}
	return err
}

// AddCode answers POST /v1/codes.
func (a *Enrollments) AddCode(w http.ResponseWriter, r *http.Request) {
	var asked wire.CodeRequest
	by, err := a.order(w, r, &asked)
	if err != nil {
		problem.Write(w, r, a.log, err)
		return
	}
	if asked.ExpiresS < 1 || asked.ExpiresS > int64(longest.Seconds()) || !store.IsSerial(asked.Serial) && asked.Serial != "" {
		problem.Write(w, r, a.log, bad("expires_s must be 1 to %d, and serial a serial number or empty", int64(longest.Seconds())))
		return
	}
	now, code := time.Now(), rand.Text()
	hash, until := sha256.Sum256([]byte(code)), now.Add(time.Duration(asked.ExpiresS)*time.Second)
	if err := a.registrar.AddCode(r.Context(), now, by, store.Invitation{Hash: hash[:], Serial: asked.Serial, Expires: until}); err != nil {
		problem.Write(w, r, a.log, err)
		return
	}
	a.send(w, r, wire.CodeAnswer{Code: code, Serial: asked.Serial, ExpiresAt: until.UTC().Truncate(time.Second)})
}

// AddSerials answers POST /v1/serials: all of them or none.
func (a *Enrollments) AddSerials(w http.ResponseWriter, r *http.Request) {
	var asked wire.SerialsRequest
	by, err := a.order(w, r, &asked)
	if err == nil {
		err = checkSerials(asked.Serials)
	}
	if err != nil {
		problem.Write(w, r, a.log, err)
		return
	}
	added, err := a.registrar.AddSerials(r.Context(), time.Now(), by, asked.Serials)
	if err != nil {
		problem.Write(w, r, a.log, err)
		return
	}
	a.send(w, r, wire.SerialsAnswer{Added: added})
}

func checkSerials(serials []string) error {
	if len(serials) == 0 || len(serials) > maxSerials {
		return bad("serials must be a list of 1 to %d", maxSerials)
	}
	for i, s := range serials {
		if !store.IsSerial(s) {
			return bad("serials[%d] is not a serial number", i)
		}
	}
	return nil
}

// Audit answers GET /v1/audit.
func (a *Enrollments) Audit(w http.ResponseWriter, r *http.Request) {
	limit, from, err := store.ParsePaging(r.URL.Query())
	if err != nil {
		problem.Write(w, r, a.log, err)
		return
	}
	page, err := a.auditor.Audit(r.Context(), from, limit)
	if err != nil {
		problem.Write(w, r, a.log, err)
		return
	}
	list := wire.AuditList{Acts: []wire.AuditRow{}, NextCursor: cursor(page.Next)}
	for _, act := range page.Acts {
		list.Acts = append(list.Acts, wire.AuditRow{At: act.At, By: act.By, Action: act.Action, Subject: act.Subject, Detail: act.Detail})
	}
	a.send(w, r, list)
}

// order reads what somebody wants, and who that is. Nobody means a door that was left
// out: then nothing is done.
func (a *Enrollments) order(w http.ResponseWriter, r *http.Request, into any) (by string, err error) {
	person, ok := auth.PersonOf(r.Context())
	if !ok {
		return "", errors.New("nobody came through a door")
	}
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return "", &problem.Error{Status: http.StatusRequestEntityTooLarge, Detail: fmt.Sprintf("the body is longer than %d bytes, or broken off", maxBody)}
	}
	if len(text) == 0 {
		return person.Name, nil
	}
	if err := json.Unmarshal(text, into); err != nil {
		return "", bad("the body does not have the form of this request")
	}
	return person.Name, nil
}

func bad(format string, args ...any) error {
	return &problem.Error{Status: http.StatusBadRequest, Detail: fmt.Sprintf(format, args...)}
}
