package uplink

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"time"

	"github.com/tokenward/tokenward/internal/fault"
	"github.com/tokenward/tokenward/internal/wire"
)

const (
	maxAnswer = 1 << 20          // how much of an answer is read
	maxBody   = 15 * time.Second // from the head of an answer to its end, whatever the whole exchange may take
)

// The encodings of a body. A signature covers the header, so there always is one.
const (
	gzipped  = "gzip"
	identity = "identity"
)

// errDribbled is an answer that begins and does not end.
var errDribbled = errors.New("the answer began and did not end in time")

// received is an answer, read.
type received struct {
	status int
	header http.Header
	body   []byte // at most one byte more than maxAnswer
	sentTo *url.URL
}

// exchange sends a body and reads the answer. authorise puts in who we are, at the
// time that the server is to be told. A server that says that our clock is wrong is
// asked a second time, by its own clock, and not a third.
func (c *Client) exchange(ctx context.Context, to *url.URL, body []byte, encoding string, authorise func(*http.Request, time.Time) error) (received, error) {
	got, err := c.once(ctx, to, body, encoding, authorise)
	if err != nil || got.problem() != wire.ProblemClock || !c.learnClock(got.header, time.Now()) {
		return got, err
	}
	return c.once(ctx, to, body, encoding, authorise)
}

func (c *Client) once(ctx context.Context, to *url.URL, body []byte, encoding string, authorise func(*http.Request, time.Time) error) (received, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, to.String(), bytes.NewReader(body))
	if err != nil {
		return received{}, local(fmt.Errorf("send: %w", err))
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Content-Encoding", encoding)
	request.Header.Set("Accept", "application/json")
	request.Header.Set("User-Agent", c.agent)
	if err := authorise(request, c.serverTime(time.Now())); err != nil {
		return received{}, local(fmt.Errorf("send: %w", err))
	}
	fault.Point(fault.Send)
	response, err := c.http.Do(request)
	if err != nil {
		return received{}, fmt.Errorf("send: %w", withoutURL(err))
	}
	defer response.Body.Close()
	fault.Point(fault.Send)
	got := received{status: response.StatusCode, header: response.Header, sentTo: to}
	got.body, err = readBody(ctx, cancel, response.Body)
	enough := c.plain && got.status/100 == 2 // there the status alone is the answer
	if err != nil && !enough {
		return received{}, fmt.Errorf("read the server's answer: %w", err)
	}
	return got, nil
}

// readBody reads within a time of its own, so that who dribbles does not hold us for
// as long as a slow but honest server may take.
func readBody(ctx context.Context, cancel context.CancelCauseFunc, from io.Reader) ([]byte, error) {
	limit, stop := context.WithTimeout(ctx, maxBody)
	defer stop()
	unhook := context.AfterFunc(limit, func() { cancel(errDribbled) })
	defer unhook()
	body, err := io.ReadAll(io.LimitReader(from, maxAnswer+1))
	if err != nil && errors.Is(context.Cause(ctx), errDribbled) {
		return body, errDribbled
	}
	return body, err
}

// withoutURL takes the URL out of an error: the sentence around it names the host.
func withoutURL(err error) error {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		return wrapped.Err
	}
	return err
}

// problem is the kind of problem of which a Tokenward server spoke, empty if none.
func (r received) problem() string {
	refused := r.refusal(false)
	if !refused.Problem {
		return ""
	}
	return refused.Kind
}

// refusal reads an answer that is no yes.
func (r received) refusal(plain bool) *RefusedError {
	var problem wire.Problem
	kind, _, _ := mime.ParseMediaType(r.header.Get("Content-Type"))
	readable := json.Unmarshal(r.body, &problem) == nil // what is none has no detail
	return &RefusedError{
		Status: r.status, Problem: readable && kind == "application/problem+json", Kind: kindOf(problem.Type), plain: plain,
		Detail: clip(cmp.Or(problem.Detail, problem.Title)), RetryAfter: waitWanted(r.header.Get("Retry-After"), time.Now()),
		elsewhere: leadsAway(r),
	}
}

// leadsAway says whether an answer sends us to another host, as portals do.
func leadsAway(r received) bool {
	if r.status/100 != 3 || r.sentTo == nil {
		return false
	}
	to, err := r.sentTo.Parse(r.header.Get("Location"))
	return err != nil || to.Hostname() != r.sentTo.Hostname()
}
