package uplink

import (
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/tokenward/tokenward/internal/wire"
)

// What of a server's orders is passed on. They are small documents, and few.
const (
	maxOrders = 32
	maxOrder  = 64 << 10
)

// RefusedError is an answer of the server other than yes.
type RefusedError struct {
	Status     int
	Problem    bool   // it came as a problem document (RFC 9457), as a Tokenward server sends
	Kind       string // of the problem, such as wire.ProblemRevoked
	Detail     string
	RetryAfter time.Duration

	plain     bool // from somebody else's server
	enrolment bool // it is about the enrolment, and says nothing about reports
	elsewhere bool // it sends us to another host
	foreign   bool // the reports are about another Mac than the key, which was enrolled just now
}

func (e *RefusedError) Error() string {
	if e.Detail == "" {
		return fmt.Sprintf("the server answered %d %s", e.Status, http.StatusText(e.Status))
	}
	return fmt.Sprintf("the server answered %d %s: %s", e.Status, http.StatusText(e.Status), e.Detail)
}

// tooMuch: half of the batch may be taken.
func (e *RefusedError) tooMuch() bool {
	return e.Status == http.StatusRequestEntityTooLarge && !e.enrolment || e.invalid() || e.doubtful() || e.foreign
}

// invalid: a single report that gets this answer will always get it. Only the server
// itself can say so, in a problem document of a type of its own: the same status from a
// gateway or a firewall in between, or about a body that broke off on the way, says
// nothing about the report, which is then kept.
func (e *RefusedError) invalid() bool {
	return e.Problem && !e.plain && !e.enrolment && e.unreadable() && e.Kind == wire.ProblemReports
}

// doubtful: somebody else's server may mean the report, or everything.
func (e *RefusedError) doubtful() bool { return e.plain && e.unreadable() }

func (e *RefusedError) unreadable() bool {
	return e.Status == http.StatusBadRequest || e.Status == http.StatusUnprocessableEntity
}

func retryAfter(err error) time.Duration {
	if refused, ok := errors.AsType[*RefusedError](err); ok {
		return refused.RetryAfter
	}
	return 0
}

// kindOf is the last part of a problem's type, which may be a whole URI.
func kindOf(problemType string) string {
	return problemType[strings.LastIndexAny(problemType, "/:#")+1:]
}

// notOurs is an answer of somebody who is not the server.
type notOursError struct{ what string }

func (e *notOursError) Error() string {
	return "the answer is no answer of a Tokenward server: " + e.what
}

// readAnswer takes nothing for an answer but the server's own JSON: a portal
// that says 200 to everything has stored nothing.
func readAnswer(header http.Header, body []byte) (wire.Answer, error) {
	if err := itsOwn(header, body); err != nil {
		return wire.Answer{}, err
	}
	var answer struct {
		Acked *[]string `json:"acked"`
	}
	var full wire.Answer
	if err := errors.Join(json.Unmarshal(body, &answer), json.Unmarshal(body, &full)); err != nil {
		return wire.Answer{}, fmt.Errorf("read the server's answer: %w", &notOursError{"it is not the JSON that was expected"})
	}
	if answer.Acked == nil {
		return wire.Answer{}, &notOursError{"it acknowledges nothing"}
	}
	full.Orders = boundedOrders(full.Orders)
	return full, nil
}

// itsOwn says what is wrong with an answer that cannot be the server's.
func itsOwn(header http.Header, body []byte) error {
	kind, _, _ := mime.ParseMediaType(header.Get("Content-Type"))
	if kind != "application/json" || len(body) > maxAnswer {
		return &notOursError{fmt.Sprintf("a portal or a proxy stands between (content type %q, %d bytes)", clip(kind), len(body))}
	}
	return nil
}

// boundedOrders leaves out what is too long to be an order, and what is too many.
func boundedOrders(all []json.RawMessage) []json.RawMessage {
	var kept []json.RawMessage
	for _, order := range all {
		if len(order) <= maxOrder && len(kept) < maxOrders {
			kept = append(kept, order)
		}
	}
	return kept
}

// waitWanted reads Retry-After, in seconds or as a date, up to six hours.
func waitWanted(value string, now time.Time) time.Duration {
	// A number out of range comes back as the nearest one within.
	if seconds, err := strconv.Atoi(value); err == nil || errors.Is(err, strconv.ErrRange) {
		return time.Duration(min(max(seconds, 0), int(maxRetryAfter/time.Second))) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		return min(max(at.Sub(now), 0), maxRetryAfter)
	}
	return 0
}
