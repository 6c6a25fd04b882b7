package auth_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"

	"github.com/tokenward/tokenward/internal/reqsign"
	"github.com/tokenward/tokenward/internal/wire"
	"github.com/tokenward/tokenward/server/auth"
	"github.com/tokenward/tokenward/server/store"
)

// What a store says no to is told with a status, a type and, where time mends it, a time.
func TestRefusalsOfEnrolments(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err        error
		status     int
		kind, wait string
	}{
		{store.ErrUninvited, http.StatusForbidden, wire.ProblemSecret, ""},
		{store.ErrOtherMac, http.StatusForbidden, wire.ProblemDevice, ""},
		{store.ErrFull, http.StatusTooManyRequests, "about:blank", "3600"},
		{store.ErrHasty, http.StatusTooManyRequests, "about:blank", "3600"},
	} {
		t.Run(c.err.Error(), func(t *testing.T) {
			t.Parallel()
			b := newBook()
			b.answer = c.err
			w := httptest.NewRecorder()
			auth.NewEnrolment(auth.NewRegistry(b), auth.Policy{}, auth.Site{}, zap.NewNop()).ServeHTTP(w, asking(t))
			var p wire.Problem
			if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || w.Code != c.status || p.Type != c.kind || w.Header().Get("Retry-After") != c.wait {
				t.Errorf("%d %s, Retry-After %q; want %+v", w.Code, w.Body, w.Header().Get("Retry-After"), c)
			}
		})
	}
}

// asking is an enrolment of the key with which signed signs.
func asking(t *testing.T) *http.Request {
	t.Helper()
	body, err := json.Marshal(wire.EnrollRequest{
		SigningKey: base64.StdEncoding.EncodeToString(private().Public().(ed25519.PublicKey)),
		Recipient:  "age1" + strings.Repeat("q", 58),
		Device:     wire.Device{HardwareUUID: "AAAAAAAA-0000-4000-8000-000000000001", Serial: "C02"},
	})
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, wire.EnrollPath, bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Content-Encoding", "identity")
	if err := reqsign.Sign(r, body, time.Now(), reqsign.Key{Label: reqsign.Label, Private: private()}); err != nil {
		t.Fatal(err)
	}
	return r
}
