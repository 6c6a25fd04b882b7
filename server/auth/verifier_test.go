package auth_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
	"go.uber.org/zap"

	"github.com/tokenward/tokenward/internal/reqsign"
	"github.com/tokenward/tokenward/server/auth"
	"github.com/tokenward/tokenward/server/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// book is a store of one key.
type book struct {
	auth.Identities

	mu    sync.Mutex
	key   store.DeviceKey
	asked int

	claimed string // what Enroll returns: the serial of an active key
	answer  error
	slow    chan struct{} // where it is set, a question waits for it before it returns
}

func (b *book) Key(_ context.Context, fingerprint string) (store.DeviceKey, error) {
	b.mu.Lock()
	key := b.key
	b.asked++
	b.mu.Unlock()
	if b.slow != nil {
		b.slow <- struct{}{}
		<-b.slow
	}
	if key.Fingerprint != fingerprint {
		return store.DeviceKey{}, store.ErrNotFound
	}
	return key, nil
}

func (b *book) Decide(_ context.Context, _ time.Time, d store.Decision) (store.Enrollment, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.key.State = d.State
	return store.Enrollment{DeviceKey: b.key}, nil
}

func private() ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{1}, ed25519.SeedSize))
}

// newBook has the key with which signed signs.
func newBook() *book {
	public := private().Public().(ed25519.PublicKey)
	return &book{key: store.DeviceKey{
		Fingerprint: reqsign.Fingerprint(public), Public: public, State: store.KeyActive, HardwareUUID: "uuid", Serial: "C02",
	}}
}

func signed(tb testing.TB, body []byte, at time.Time) *http.Request {
	tb.Helper()
	r := httptest.NewRequest(http.MethodPost, "/v1/reports", bytes.NewReader(body))
	r.Host = "127.0.0.1:8480"
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Content-Encoding", "identity")
	if err := reqsign.Sign(r, body, at, reqsign.Key{Label: reqsign.Label, Private: private()}); err != nil {
		tb.Fatal(err)
	}
	return r
}

// FuzzVerifier: whatever is cut out of a header and put in its place, nothing but what
// the key has signed comes through, and it comes through whole.
func FuzzVerifier(f *testing.F) {
	body := []byte(`{"reports":[]}`)
	names := []string{"Signature-Input", "Signature", "Content-Digest", "Content-Type", "Content-Encoding", "Host", ""}
	v := auth.NewVerifier(newBook(), auth.Site{}, zap.NewNop())
	for which := range names {
		f.Add(uint8(which), uint16(0), uint16(0), "", false)
		f.Add(uint8(which), uint16(10), uint16(3), `", "`, false)
		f.Add(uint8(which), uint16(0), uint16(500), "tokenward=();created=1", true)
	}
	f.Fuzz(func(t *testing.T, which uint8, at, cut uint16, insert string, twice bool) {
		r, name, sent := signed(t, body, time.Now()), names[int(which)%len(names)], string(body)
		edit := func(s string) string {
			from := min(int(at), len(s))
			return s[:from] + insert + s[min(from+int(cut), len(s)):]
		}
		var before, after string
		switch name {
		case "Host":
			before, after = r.Host, edit(r.Host)
			r.Host = after
		case "":
			before, sent = sent, edit(sent)
			after = sent
			r.Body, r.ContentLength = io.NopCloser(strings.NewReader(sent)), int64(len(sent))
		default:
			before, after = r.Header.Get(name), edit(r.Header.Get(name))
			r.Header.Set(name, after)
			if twice {
				r.Header.Add(name, before)
			}
		}
		same := before == after && !twice
		if name == "Host" || name == "" {
			same = before == after || name == "Host" && reqsign.Authority(after, "http") == before
		}
		w, reached := httptest.NewRecorder(), false
		v.Require(1<<10, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			reached = true
			got, err := io.ReadAll(r.Body)
			key, ok := auth.KeyOf(r.Context())
			if err != nil || string(got) != sent || !ok || key.Serial != "C02" {
				t.Errorf("the handler got %q of %+v, %v", got, key, err)
			}
		})).ServeHTTP(w, r)
		if reached != same || !reached && w.Code < 400 {
			t.Errorf("%s %q instead of %q: reached %t with %d", name, after, before, reached, w.Code)
		}
	})
}

func TestRevocationIsImmediate(t *testing.T) {
	t.Parallel()
	b := newBook()
	registry := auth.NewRegistry(b)
	for range 3 {
		if k, err := registry.Key(t.Context(), b.key.Fingerprint); err != nil || k.State != store.KeyActive {
			t.Fatal(k, err)
		}
	}
	if b.asked != 1 {
		t.Errorf("the store was asked %d times", b.asked)
	}
	if _, err := registry.Decide(t.Context(), time.Now(), store.Decision{State: store.KeyRevoked}); err != nil {
		t.Fatal(err)
	}
	if k, err := registry.Key(t.Context(), b.key.Fingerprint); err != nil || k.State != store.KeyRevoked {
		t.Errorf("after the revocation: %s, %v", k.State, err)
	}
}

func (b *book) Enroll(context.Context, time.Time, store.Claim) (store.DeviceKey, error) {
	return store.DeviceKey{Fingerprint: "new", State: store.KeyActive, HardwareUUID: "other", Serial: b.claimed}, b.answer
}

// Only what an enrolment may have changed is read again.
func TestStrangersEmptyNoCache(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		claimed string
		answer  error
		asked   int
	}{
		{"no secret", "C02", store.ErrUninvited, 1},
		{"no room", "C02", store.ErrFull, 1},
		{"another Mac", "C02", store.ErrOtherMac, 1},
		{"too soon", "C02", store.ErrHasty, 1},
		{"another Mac is let in", "C03", nil, 1},
		{"the same serial is let in", "c02", nil, 2},
		{"nobody knows what happened", "C03", errors.New("disk"), 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := newBook()
			b.claimed, b.answer = c.claimed, c.answer
			registry := auth.NewRegistry(b)
			read := func() {
				if _, err := registry.Key(t.Context(), b.key.Fingerprint); err != nil {
					t.Fatal(err)
				}
			}
			read()
			_, _ = registry.Enroll(t.Context(), time.Now(), store.Claim{})
			if read(); b.asked != c.asked {
				t.Errorf("the key was read %d times, want %d", b.asked, c.asked)
			}
		})
	}
}

// What was read before a revocation must not be remembered after it.
func TestRevocationWhileAKeyIsRead(t *testing.T) {
	t.Parallel()
	b := newBook()
	b.slow = make(chan struct{})
	registry := auth.NewRegistry(b)
	read := make(chan store.KeyState)
	go func() {
		k, _ := registry.Key(context.Background(), b.key.Fingerprint)
		read <- k.State
	}()
	<-b.slow // it was read as active, and is on its way
	if _, err := registry.Decide(t.Context(), time.Now(), store.Decision{State: store.KeyRevoked}); err != nil {
		t.Fatal(err)
	}
	b.slow <- struct{}{}
	<-read
	b.slow = nil
	if k, err := registry.Key(t.Context(), b.key.Fingerprint); err != nil || k.State != store.KeyRevoked {
		t.Errorf("after the revocation: %s, %v", k.State, err)
	}
}

// BenchmarkVerifier is what the middleware costs in front of a handler that does
// nothing, for a body of 2 KB; BenchmarkBareVerification is the one operation that it
// cannot do without.
func BenchmarkVerifier(b *testing.B) {
	body := bytes.Repeat([]byte("x"), 2048)
	v := auth.NewVerifier(auth.NewRegistry(newBook()), auth.Site{}, zap.NewNop())
	h := v.Require(1<<20, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	r := signed(b, body, time.Now())
	b.ReportAllocs()
	for b.Loop() {
		r.Body = io.NopCloser(bytes.NewReader(body))
		w := httptest.NewRecorder()
		if h.ServeHTTP(w, r); w.Code != http.StatusOK {
			b.Fatal(w.Code, w.Body)
		}
	}
}

func BenchmarkBareVerification(b *testing.B) {
	text := bytes.Repeat([]byte("x"), 512)
	signature, public := ed25519.Sign(private(), text), private().Public().(ed25519.PublicKey)
	for b.Loop() {
		if !ed25519.Verify(public, text, signature) {
			b.Fatal("it does not fit")
		}
	}
}
