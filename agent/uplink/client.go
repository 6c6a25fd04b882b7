package uplink

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/tokenward/tokenward/internal/secret"
	"github.com/tokenward/tokenward/internal/wire"
)

// defaultTimeout is for a caller that names none.
const defaultTimeout = 30 * time.Second

// Plain is the format for other people's servers: the same JSON to the URL as it is,
// and any 2xx takes the whole batch.
const Plain = "plain"

// Client posts batches to one server over HTTP. It is safe for concurrent use.
type Client struct {
	http     *http.Client
	base     *url.URL
	host     string // of the server, for sentences
	plain    bool
	token    func() (secret.Text, error)
	identity Identity // nil: nothing is signed
	enroll   Enrolling
	agent    string
	built    time.Time
	log      *zap.Logger
	packer   packer

	mu    sync.Mutex
	skew  skew
	asked asked
}

// Options are what a client needs to know.
type Options struct {
	URL     string                      // of the server; /v1/reports is added, unless the format is plain
	Format  string                      // empty: tokenward
	Token   func() (secret.Text, error) // read for every batch, so that it can be replaced; nil or empty: none is sent
	Roots   *x509.CertPool              // nil: the system's
	Proxy   string                      // http://host:port, "none", or empty: that of the environment
	Timeout time.Duration               // for a whole exchange
	Agent   string                      // for User-Agent
	Built   time.Time                   // when this program was built: a clock before it is wrong; zero: not known
	Via     http.RoundTripper           // nil: the network
	Log     *zap.Logger                 // nil: none

	// ClientCertificate is asked at every new connection, so that it can be replaced;
	// nil: there is none. See CertificateFiles.
	ClientCertificate func() (*tls.Certificate, error)

	// Identity signs the requests. Where a token is configured, give none: see
	// docs/decisions/0026.
	Identity   Identity
	Enrollment Enrolling
}

// NewClient makes a client. It follows no redirects: a report goes where the
// configuration says, or nowhere.
func NewClient(o Options) (*Client, error) {
	base, err := serverURL(o.URL)
	if err != nil {
		return nil, err
	}
	if o.Identity != nil && base.RawPath != "" {
		return nil, errors.New("server URL: an escaped path can be read in two ways, so it cannot be signed")
	}
	if o.Timeout <= 0 {
		o.Timeout = defaultTimeout
	}
	if o.Log == nil {
		o.Log = zap.NewNop()
	}
	via := o.Via
	if via == nil {
		if via, err = transport(o); err != nil {
			return nil, err
		}
	}
	return &Client{
		http: &http.Client{
			Transport: via, Timeout: o.Timeout,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		base: base, host: base.Host, plain: o.Format == Plain, token: o.Token, identity: o.Identity,
		enroll: o.Enrollment, agent: o.Agent, built: o.Built, log: o.Log,
	}, nil
}

// serverURL reads the URL and writes its host as a signature has it: in lower case
// and without the port that goes without saying.
func serverURL(text string) (*url.URL, error) {
	base, err := url.Parse(text)
	if err != nil || base.Host == "" {
		return nil, errors.New("server URL: it is none") // it could hold a password
	}
	if base.User != nil {
		return nil, errors.New("server URL: it holds a user, which belongs into a token file")
	}
	host, port := strings.ToLower(base.Hostname()), base.Port()
	if port == "" || (base.Scheme == "https" && port == "443") || (base.Scheme == "http" && port == "80") {
		base.Host = host
		if strings.Contains(host, ":") {
			base.Host = "[" + host + "]"
		}
		return base, nil
	}
	base.Host = net.JoinHostPort(host, port)
	return base, nil
}

// Close gives up the connection that is kept for the next batch.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Standing says how far this Mac is enrolled, and what the server calls it. Both are
// empty where nothing is signed, or the server has not said.
func (c *Client) Standing() (state wire.EnrollState, deviceID string) {
	if c.identity == nil {
		return "", ""
	}
	return c.identity.Standing()
}

// Limps says what is wrong although reports are delivered, nothing if nothing is.
func (c *Client) Limps() (trouble wire.Trouble, text string) {
	if c.identity != nil {
		if err := c.identity.Unkept(); err != nil {
			return wire.TroubleLocal, clip("Reports are delivered, but what the server said of this Mac's enrolment could not be written down (" + err.Error() + ")")
		}
	}
	if ahead := c.Skew(); ahead != 0 {
		return wire.TroubleClock, clockSentence(ahead)
	}
	return "", ""
}

// Post sends one batch and returns the server's answer, or a TroubleError. Whatever it
// returns, the server may have stored the batch. A Mac that has to enrol first does.
func (c *Client) Post(ctx context.Context, batch []wire.Queued) (wire.Answer, error) {
	answer, err := c.post(ctx, batch)
	if err != nil {
		c.Close() // on a connection that is half dead the next try would fail as well
		return wire.Answer{}, c.trouble(err, time.Now())
	}
	return answer, nil
}

func (c *Client) post(ctx context.Context, batch []wire.Queued) (wire.Answer, error) {
	if c.identity != nil && !c.plain {
		if err := c.introduce(ctx); err != nil { // before the work of packing a batch that may not go out
			return wire.Answer{}, err
		}
	}
	body, err := c.packer.pack(batch, time.Now())
	if err != nil {
		return wire.Answer{}, local(fmt.Errorf("send: %w", err))
	}
	if c.plain {
		return c.postPlain(ctx, batch, body)
	}
	signedBy := ""
	got, err := c.exchange(ctx, c.base.JoinPath("v1/reports"), body, gzipped, func(r *http.Request, at time.Time) (err error) {
		signedBy, err = c.authorise(r, body, at)
		return err
	})
	if err != nil {
		return wire.Answer{}, err
	}
	if got.status != http.StatusOK {
		return wire.Answer{}, c.refusedBy(signedBy, got.refusal(false))
	}
	return readAnswer(got.header, got.body)
}

// postPlain posts to somebody else's server, of which nothing is known but that a 2xx
// means yes.
func (c *Client) postPlain(ctx context.Context, batch []wire.Queued, body []byte) (wire.Answer, error) {
	got, err := c.exchange(ctx, c.base, body, gzipped, func(r *http.Request, _ time.Time) error { return c.bear(r) })
	if err != nil {
		return wire.Answer{}, err
	}
	if got.status < 200 || got.status > 299 {
		return wire.Answer{}, got.refusal(true)
	}
	var answer wire.Answer
	for _, r := range batch {
		answer.Acked = append(answer.Acked, r.ID)
	}
	return answer, nil
}
