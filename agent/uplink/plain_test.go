package uplink_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"

	"go.uber.org/zap"

	"github.com/tokenward/tokenward/agent/uplink"
	"github.com/tokenward/tokenward/internal/wire"
)

// plainly runs an uplink against somebody else's server.
func plainly(t *testing.T, q *queue, answer func(exchange) (*http.Response, error), test func(*testing.T, *server, *uplink.Uplink)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := &server{answer: answer}
		client := newClient(t, uplink.Options{URL: "https://collector.example/in/tokens", Via: s, Format: uplink.Plain, Timeout: timeout})
		u := uplink.New(q, client, func(n wire.Next) {
			if n != (wire.Next{}) {
				t.Errorf("a wish is taken from a stranger: %+v", n)
			}
		}, zap.NewNop())
		u.Orders(func([]json.RawMessage) { t.Error("orders are taken from a stranger") })
		go u.Run(t.Context(), nil)
		synctest.Wait()
		test(t, s, u)
	})
}

func TestPlainServerSaysYesWithAny2xx(t *testing.T) {
	t.Parallel()
	for _, status := range []int{200, 201, 202, 204} {
		body := `{"acked":[],"next":{"check_s":1,"send_full":true},"orders":[{}]}`
		plainly(t, filled(60), always(status, body, isJSON), func(t *testing.T, s *server, _ *uplink.Uplink) {
			if got := s.exchanges()[0].request.URL.String(); got != "https://collector.example/in/tokens" {
				t.Errorf("posted to %s", got)
			}
		})
	}
}

// A report is put aside only where the server takes another one.
func TestPlainServerThatRefuses(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name    string
		reports int
		bad     []string // nil: all
		waiting int
		aside   []string
	}{
		{"the first of many", 20, []string{"report-01"}, 0, []string{"report-01"}},
		{"two in a row", 20, []string{"report-07", "report-08"}, 0, []string{"report-07", "report-08"}},
		{"the last", 20, []string{"report-20"}, 1, nil},
		{"everything", 20, nil, 20, nil},
		{"the only one", 1, nil, 1, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			q := filled(tc.reports)
			answer := func(e exchange) (*http.Response, error) {
				for _, id := range e.ids {
					if tc.bad == nil || slices.Contains(tc.bad, id) {
						return respond(http.StatusBadRequest, "no")
					}
				}
				return respond(http.StatusNoContent, "")
			}
			plainly(t, q, answer, func(t *testing.T, _ *server, u *uplink.Uplink) {
				q.want(t, tc.waiting, tc.aside...)
				if trouble := u.State().Trouble; (trouble == wire.TroubleRefused) != (tc.waiting > 0) {
					t.Errorf("trouble %q", trouble)
				}
			})
		})
	}
}

func TestPlainServerInTroubleKeepsEverything(t *testing.T) {
	t.Parallel()
	for _, status := range []int{301, 401, 403, 404, 413, 429, 500, 503} {
		q := filled(5)
		plainly(t, q, always(status, ""), func(t *testing.T, _ *server, _ *uplink.Uplink) { q.want(t, 5) })
	}
}
