// Package mdm lets a simulated Mac talk to a real management server: it enrols,
// and speaks the check-in protocol of Apple's MDM as far as Bootstrap Tokens
// need it, signed with the Mac's identity.
//
// documented: the messages, their keys and content type, and that a server
// without a token answers with success. observed (NanoMDM 0.9): which of the
// several kinds of "none" servers answer with.
package mdm

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/smallstep/pkcs7"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// Client is one Mac's side of its enrolment. It is not safe for concurrent use.
type Client struct {
	url      string
	identity *Identity
	http     *http.Client
	topic    string
}

var _ state.Link = (*Client)(nil)

// maxAnswer is far more than a token needs.
const maxAnswer = 1 << 20

// NewClient returns a client for the check-in URL of a server.
func NewClient(url string, identity *Identity) *Client {
	return &Client{
		url: url, identity: identity, topic: "com.apple.mgmt.External.macsim",
		http: &http.Client{
			Timeout:       10 * time.Second,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, // a check-in has one address
		},
	}
}

// Enroll is Authenticate, with a certificate that the server has not seen, and
// TokenUpdate. It is what an enrolment and a renewal of the identity have in
// common. The new certificate counts once the server has taken it: a Mac that was
// refused keeps the one that works.
func (c *Client) Enroll(d state.Device) error {
	made, err := c.identity.renewed(d.UDID)
	if err != nil {
		return err
	}
	authenticate := dict{
		{"MessageType", "Authenticate"},
		{"Topic", c.topic},
		{"UDID", d.UDID},
		{"DeviceName", d.Name},
		{"Model", d.Model},
		{"ModelName", "Mac"},
		{"SerialNumber", d.Serial},
		{"OSVersion", d.OSVersion},
		{"BuildVersion", d.Build},
	}
	if _, err := c.checkIn(authenticate, made); err != nil {
		return err
	}
	if err := c.identity.keep(made); err != nil {
		return err
	}
	update := dict{
		{"MessageType", "TokenUpdate"},
		{"Topic", c.topic},
		{"UDID", d.UDID},
		{"PushMagic", "macsim"},
		{"Token", []byte("macsim push token of " + d.UDID)},
		{"AwaitingConfiguration", d.Awaiting},
	}
	_, err = c.checkIn(update, made)
	return err
}

// CheckOut tells the server that the enrolment is gone.
func (c *Client) CheckOut(d state.Device) error {
	_, err := c.say(dict{{"MessageType", "CheckOut"}, {"Topic", c.topic}, {"UDID", d.UDID}})
	return err
}

// SetBootstrapToken escrows a token; an empty one removes what the server has.
func (c *Client) SetBootstrapToken(d state.Device, token []byte) error {
	message := dict{{"MessageType", "SetBootstrapToken"}, {"UDID", d.UDID}, {"AwaitingConfiguration", d.Awaiting}}
	if len(token) > 0 {
		message = append(message, entry{"BootstrapToken", token})
	}
	_, err := c.say(message)
	return err
}

// GetBootstrapToken asks for it. An empty answer, one without the key and an
// empty token all mean that there is none, which is no error.
func (c *Client) GetBootstrapToken(d state.Device) ([]byte, error) {
	answer, err := c.say(dict{{"MessageType", "GetBootstrapToken"}, {"UDID", d.UDID}, {"AwaitingConfiguration", d.Awaiting}})
	if err != nil || len(bytes.TrimSpace(answer)) == 0 {
		return nil, err
	}
	return dataOf(answer, "BootstrapToken")
}

// say sends a message with the certificate that the Mac has.
func (c *Client) say(message dict) ([]byte, error) {
	own, err := c.identity.pair()
	if err != nil {
		return nil, err
	}
	return c.checkIn(message, own)
}

// checkIn sends one message, signed, and returns the body of the answer.
func (c *Client) checkIn(message dict, signer pair) ([]byte, error) {
	body := message.document()
	signature, err := signer.sign(body)
	if err != nil {
		return nil, fmt.Errorf("sign check-in: %w", err)
	}
	request, err := http.NewRequest(http.MethodPut, c.url, bytes.NewReader(body)) //nolint:noctx // the client has a timeout
	if err != nil {
		return nil, fmt.Errorf("check in: %w", err)
	}
	request.Header.Set("Content-Type", "application/x-apple-aspen-mdm-checkin")
	request.Header.Set("Mdm-Signature", base64.StdEncoding.EncodeToString(signature))
	response, err := c.http.Do(request)
	if err != nil {
		return nil, fmt.Errorf("check in: %w", err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("check in: %w", err)
	case len(answer) > maxAnswer:
		return nil, fmt.Errorf("check in: an answer of more than %d bytes", maxAnswer)
	case response.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("%s: %s: %w", message[0].value, response.Status, state.ErrRefused)
	}
	return answer, nil
}

// sign makes a detached CMS signature.
func (p pair) sign(body []byte) ([]byte, error) {
	signed, err := pkcs7.NewSignedData(body)
	if err != nil {
		return nil, err
	}
	if err := signed.AddSigner(p.certificate, p.key, pkcs7.SignerInfoConfig{}); err != nil {
		return nil, err
	}
	signed.Detach()
	return signed.Finish()
}

var errNoIdentity = errors.New("this Mac has no identity: it is not enrolled")
