package uplink

import (
	"fmt"
	"net/http"
	"time"
)

// authorise says who sends a request: with the token if there is one, else with a
// signature. It returns the key that signed, empty for none.
func (c *Client) authorise(r *http.Request, body []byte, at time.Time) (signedBy string, err error) {
	if c.identity == nil {
		return "", c.bear(r)
	}
	return c.identity.Sign(r, body, at)
}

func (c *Client) bear(r *http.Request) error {
	if c.token == nil {
		return nil
	}
	token, err := c.token()
	if err != nil {
		return fmt.Errorf("token: %w", err)
	}
	if !token.Empty() {
		r.Header.Set("Authorization", "Bearer "+token.Open())
	}
	return nil
}
