package uplink

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/tokenward/tokenward/internal/wire"
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
