package uplink

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/tokenward/tokenward/internal/fault"
	"github.com/tokenward/tokenward/internal/secret"
	"github.com/tokenward/tokenward/internal/wire"
)

// maxAnswer is how much of an answer is read.
const maxAnswer = 1 << 20

// Client posts batches to one server over HTTP.
type Client struct {
	http  *http.Client
	url   string
	token func() (secret.Text, error)
	agent string
}

// Options are what a client needs to know.
type Options struct {
	URL     string                      // of the server; /v1/reports is added
	Token   func() (secret.Text, error) // read for every batch, so that it can be replaced; empty: none is sent
	Roots   *x509.CertPool              // nil: the system's
	Timeout time.Duration
	Agent   string            // for User-Agent
	Via     http.RoundTripper // nil: the network
}

// NewClient makes a client. It follows no redirects: a report goes where the
// configuration says, or nowhere.
func NewClient(o Options) (*Client, error) {
	target, err := url.JoinPath(o.URL, "v1/reports")
	if err != nil {
		return nil, fmt.Errorf("server URL: %w", err)
	}
	via := o.Via
	if via == nil {
		via = &http.Transport{
			Proxy:                 http.ProxyFromEnvironment,
			TLSClientConfig:       &tls.Config{RootCAs: o.Roots, MinVersion: tls.VersionTLS12},
			TLSHandshakeTimeout:   10 * time.Second,
			ResponseHeaderTimeout: o.Timeout,
			IdleConnTimeout:       30 * time.Second, // a report every quarter of an hour is no reason to keep a connection
			MaxIdleConns:          1,
			ForceAttemptHTTP2:     true,
		}
	}
	return &Client{
		http: &http.Client{
			Transport: via, Timeout: o.Timeout,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		url: target, token: o.Token, agent: o.Agent,
	}, nil
}

// Close gives up the connection that is kept for the next batch.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// RefusedError is an answer of the server other than 200.
type RefusedError struct {
	Status     int
	Problem    bool // it came as a problem document (RFC 9457), as a Tokenward server sends
	Detail     string
	RetryAfter time.Duration
}

func (e *RefusedError) Error() string {
	if e.Detail == "" {
		return fmt.Sprintf("the server answered %d %s", e.Status, http.StatusText(e.Status))
	}
	return fmt.Sprintf("the server answered %d %s: %s", e.Status, http.StatusText(e.Status), e.Detail)
}

// tooMuch: half of the batch may be taken.
func (e *RefusedError) tooMuch() bool {
	return e.Status == http.StatusRequestEntityTooLarge || e.invalid()
}

// invalid: a single report that gets this answer will always get it. Only the
// server itself can say so, in a problem document: the same status from a proxy
// or a firewall in between says nothing about the report, which is then kept.
func (e *RefusedError) invalid() bool {
	return e.Problem && (e.Status == http.StatusBadRequest || e.Status == http.StatusUnprocessableEntity)
}

func retryAfter(err error) time.Duration {
	if refused, ok := errors.AsType[*RefusedError](err); ok {
		return refused.RetryAfter
	}
	return 0
}

// Post sends one batch and returns the server's answer, or a RefusedError, or
// an error of the network. Whatever it returns, the server may have stored the
// batch.
func (c *Client) Post(ctx context.Context, batch []wire.Queued) (wire.Answer, error) {
	request, err := c.request(ctx, batch)
	if err != nil {
		return wire.Answer{}, fmt.Errorf("send: %w", err)
	}
	fault.Point(fault.Send)
	response, err := c.http.Do(request)
	if err != nil {
		return wire.Answer{}, fmt.Errorf("send: %w", err)
	}
	defer response.Body.Close()
	fault.Point(fault.Send)
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	if err != nil {
		return wire.Answer{}, fmt.Errorf("read the server's answer: %w", err)
	}
	if response.StatusCode != http.StatusOK {
		return wire.Answer{}, refusal(response, body)
	}
	return readAnswer(response, body)
}

func (c *Client) request(ctx context.Context, batch []wire.Queued) (*http.Request, error) {
	body, err := encode(batch)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Content-Encoding", "gzip")
	request.Header.Set("Accept", "application/json")
	request.Header.Set("User-Agent", c.agent)
	token, err := c.token()
	if err != nil {
		return nil, fmt.Errorf("token: %w", err)
	}
	if !token.Empty() {
		request.Header.Set("Authorization", "Bearer "+token.Open())
	}
	return request, nil
}

// encode makes the body of a request, a [wire.Batch]. It puts the reports in
// as they are: an encoder may change the bytes, and to a server the same ID with
// other bytes is another report.
func encode(batch []wire.Queued) ([]byte, error) {
	at, err := json.Marshal(time.Now().UTC())
	if err != nil {
		return nil, err
	}
	reports := make([][]byte, 0, len(batch))
	for _, r := range batch {
		reports = append(reports, r.Data)
	}
	body := slices.Concat([]byte(`{"sent_at":`), at, []byte(`,"reports":[`), bytes.Join(reports, []byte(",")), []byte(`]}`))
	var out bytes.Buffer
	zipped := gzip.NewWriter(&out)
	if _, err := zipped.Write(body); err != nil {
		return nil, err
	}
	if err := zipped.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// readAnswer takes nothing for an answer but the server's own JSON: a portal
// that says 200 to everything has stored nothing.
func readAnswer(response *http.Response, body []byte) (wire.Answer, error) {
	kind, _, _ := mime.ParseMediaType(response.Header.Get("Content-Type"))
	if kind != "application/json" || len(body) > maxAnswer {
		return wire.Answer{}, fmt.Errorf("the answer is no answer of a Tokenward server (content type %q, %d bytes): a portal or a proxy stands between", kind, len(body))
	}
	var answer struct {
		Acked *[]string `json:"acked"`
	}
	var full wire.Answer
	if err := errors.Join(json.Unmarshal(body, &answer), json.Unmarshal(body, &full)); err != nil {
		return wire.Answer{}, fmt.Errorf("read the server's answer: %w", err)
	}
	if answer.Acked == nil {
		return wire.Answer{}, errors.New("the answer is no answer of a Tokenward server: it acknowledges nothing")
	}
	return full, nil
}

func refusal(response *http.Response, body []byte) error {
	var problem wire.Problem
	kind, _, _ := mime.ParseMediaType(response.Header.Get("Content-Type"))
	readable := json.Unmarshal(body, &problem) == nil // what is none has no detail
	return &RefusedError{
		Status: response.StatusCode, Problem: readable && kind == "application/problem+json",
		Detail: clip(cmp.Or(problem.Detail, problem.Title)), RetryAfter: waitWanted(response.Header.Get("Retry-After"), time.Now()),
	}
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
