package uplink_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
	"go.uber.org/zap"

	"github.com/tokenward/tokenward/agent/uplink"
	"github.com/tokenward/tokenward/internal/secret"
	"github.com/tokenward/tokenward/internal/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// queue is a spool in memory. An error makes the operation of that name fail.
type queue struct {
	mu      sync.Mutex
	waiting []wire.Queued
	aside   []string
	errs    map[string]error
}

func filled(n int) *queue {
	q := &queue{errs: map[string]error{}}
	for i := range n {
		q.waiting = append(q.waiting, queued(i+1))
	}
	return q
}

func queued(n int) wire.Queued {
	id := fmt.Sprintf("report-%02d", n)
	return wire.Queued{ID: id, Seq: uint64(n), Data: fmt.Appendf(nil, `{"report_id":%q,"seq":%d}`, id, n)}
}

func (q *queue) Next(reports int, _ int64) ([]wire.Queued, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return slices.Clone(q.waiting[:min(reports, len(q.waiting))]), q.errs["next"]
}

func (q *queue) Done(reports []wire.Queued) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if err := q.errs["done"]; err != nil {
		return err
	}
	for _, r := range reports {
		q.remove(r)
	}
	return nil
}

func (q *queue) Quarantine(r wire.Queued) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if err := q.errs["quarantine"]; err != nil {
		return err
	}
	q.remove(r)
	q.aside = append(q.aside, r.ID)
	return nil
}

func (q *queue) remove(r wire.Queued) {
	q.waiting = slices.DeleteFunc(q.waiting, func(w wire.Queued) bool { return w.ID == r.ID })
}

func (q *queue) add(r wire.Queued) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting = append(q.waiting, r)
}

func (q *queue) fail(operation string, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.errs[operation] = err
}

func (q *queue) want(t *testing.T, waiting int, aside ...string) {
	t.Helper()
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.waiting) != waiting || !slices.Equal(q.aside, aside) {
		t.Errorf("%d waiting, %q in quarantine; want %d, %q", len(q.waiting), q.aside, waiting, aside)
	}
}

// exchange is one request as the server saw it.
type exchange struct {
	request *http.Request
	ids     []string
	raw     []json.RawMessage
}

// server answers requests without a network, and remembers them.
type server struct {
	mu     sync.Mutex
	answer func(exchange) (*http.Response, error)
	seen   []exchange
}

func (s *server) RoundTrip(r *http.Request) (*http.Response, error) {
	ids, raw, err := decode(r.Body)
	if err != nil {
		return nil, err
	}
	e := exchange{r, ids, raw}
	s.mu.Lock()
	s.seen = append(s.seen, e)
	answer := s.answer
	s.mu.Unlock()
	response, err := answer(e)
	if response != nil {
		response.Request = r
	}
	return response, err
}

func decode(body io.Reader) (ids []string, raw []json.RawMessage, err error) {
	unzipped, err := gzip.NewReader(body)
	if err != nil {
		return nil, nil, err
	}
	var batch wire.Batch
	if err := json.NewDecoder(unzipped).Decode(&batch); err != nil {
		return nil, nil, err
	}
	for _, r := range batch.Reports {
		var envelope struct {
			ID string `json:"report_id"`
		}
		if err := json.Unmarshal(r, &envelope); err != nil {
			return nil, nil, err
		}
		ids = append(ids, envelope.ID)
	}
	if batch.SentAt.IsZero() {
		return nil, nil, errors.New("the batch does not say when it was sent")
	}
	return ids, batch.Reports, nil
}

func (s *server) now(answer func(exchange) (*http.Response, error)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = answer
}

func (s *server) exchanges() []exchange {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.seen)
}

// respond makes a response of a status, headers as "Name: value", and a body.
func respond(status int, body string, headers ...string) (*http.Response, error) {
	r := &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
	}
	return r, nil
}

const (
	isJSON    = "Content-Type: application/json"
	isProblem = "Content-Type: application/problem+json"
)

// badReports is what the server says of a report that it will never take.
const badReports = `{"type":"https://example.org/problems/reports","detail":"cannot be read"}`

func always(status int, body string, headers ...string) func(exchange) (*http.Response, error) {
	return func(exchange) (*http.Response, error) { return respond(status, body, headers...) }
}

func say(a wire.Answer) (*http.Response, error) {
	if a.Acked == nil {
		a.Acked = []string{}
	}
	data, err := json.Marshal(a)
	if err != nil {
		return nil, err
	}
	return respond(http.StatusOK, string(data), isJSON)
}

func ackAll(e exchange) (*http.Response, error) { return say(wire.Answer{Acked: e.ids}) }

// rig is an uplink at work in a bubble of time.
type rig struct {
	*uplink.Uplink
	queue   *queue
	server  *server
	arrived chan struct{}
	cancel  context.CancelFunc
	mu      sync.Mutex
	wishes  []wire.Next
}

const timeout = 30 * time.Second

// inBubble runs an uplink until the test is over. It must then end at once.
func inBubble(t *testing.T, q *queue, answer func(exchange) (*http.Response, error), test func(*testing.T, *rig)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := &rig{queue: q, server: &server{answer: answer}, arrived: make(chan struct{}, 1)}
		client := newClient(t, uplink.Options{URL: "https://server.example", Via: r.server, Timeout: timeout})
		r.Uplink = uplink.New(q, client, r.wish, zap.NewNop())
		ctx, cancel := context.WithCancel(t.Context())
		r.cancel = cancel
		ended := make(chan struct{})
		go func() { r.Run(ctx, r.arrived); close(ended) }()
		synctest.Wait()
		test(t, r)
		cancel()
		synctest.Wait()
		select {
		case <-ended:
		default:
			t.Error("Run goes on although its context ended")
		}
	})
}

func newClient(t *testing.T, o uplink.Options) *uplink.Client {
	t.Helper()
	if o.Token == nil {
		o.Token = func() (secret.Text, error) { return secret.Text{}, nil }
	}
	o.Agent = "tokenward/test"
	client, err := uplink.NewClient(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

func (r *rig) wish(n wire.Next) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.wishes = append(r.wishes, n)
}

func (r *rig) wantDelivered(t *testing.T) {
	t.Helper()
	if s := r.State(); s.LastAck == nil || s.LastError != "" || s.NextTry != nil {
		t.Errorf("state %+v, want an acknowledgement and no error", s)
	}
}

func (r *rig) wantFailed(t *testing.T, lastError string) {
	t.Helper()
	s := r.State()
	if !strings.Contains(s.LastError, lastError) || s.LastError == "" {
		t.Errorf("last error %q, want %q in it", s.LastError, lastError)
	}
	if s.NextTry == nil || s.NextTry.Before(time.Now()) {
		t.Errorf("next try at %v", s.NextTry)
	}
}

// patient is longer than any wait between two tries.
const patient = 7 * time.Hour

func large(beginning string) string {
	return beginning + string(bytes.Repeat([]byte{' '}, 1<<20))
}
