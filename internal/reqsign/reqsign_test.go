package reqsign_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/remitly-oss/httpsig-go"

	"github.com/tokenward/tokenward/internal/reqsign"
)

// keys answers the verifier with one public key, whatever it asks for.
type keys struct {
	public ed25519.PublicKey
	asked  []string
}

func (k *keys) FetchByKeyID(_ context.Context, _ http.Header, id string) (httpsig.KeySpecer, error) {
	k.asked = append(k.asked, id)
	return httpsig.KeySpec{KeyID: id, Algo: httpsig.Algo_ED25519, PubKey: k.public}, nil
}

func (k *keys) Fetch(context.Context, http.Header, httpsig.MetadataProvider) (httpsig.KeySpecer, error) {
	panic("a signature without a key's name")
}

func key(seed byte) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize))
}

const body = `{"reports":[]}`

func request(t *testing.T) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://tokens.example.org:8443/base/v1/reports?x=1", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Content-Encoding", "gzip")
	return r
}

func verify(r *http.Request, label string, k *keys) error {
	_, err := httpsig.Verify(r, k, httpsig.VerifyProfile{
		SignatureLabel: label, AllowedAlgorithms: []httpsig.Algorithm{httpsig.Algo_ED25519},
		RequiredFields:       httpsig.Fields(reqsign.Components()...),
		RequiredMetadata:     []httpsig.Metadata{httpsig.MetaCreated, httpsig.MetaNonce, httpsig.MetaKeyID, httpsig.MetaTag},
		CreatedValidDuration: reqsign.Window,
	})
	return err
}

// Another library than the one that wrote the signature reads it.
func TestSignatureIsThatOfTheStandard(t *testing.T) {
	t.Parallel()
	r := request(t)
	fresh, former := key(1), key(2)
	err := reqsign.Sign(r, []byte(body), time.Now(), reqsign.Key{Label: reqsign.Label, Private: fresh}, reqsign.Key{Label: reqsign.LabelPrevious, Private: former})
	if err != nil {
		t.Fatal(err)
	}
	for label, private := range map[string]ed25519.PrivateKey{reqsign.Label: fresh, reqsign.LabelPrevious: former} {
		k := &keys{public: private.Public().(ed25519.PublicKey)}
		if err := verify(r, label, k); err != nil {
			t.Errorf("%s: %v", label, err)
		}
		if want := reqsign.Fingerprint(k.public); len(k.asked) != 1 || k.asked[0] != want {
			t.Errorf("%s: the verifier asked for %q, want %s", label, k.asked, want)
		}
	}
	if err := verify(r, reqsign.Label, &keys{public: former.Public().(ed25519.PublicKey)}); err == nil {
		t.Error("the signature of one key passes for that of another")
	}
}

func TestChangedRequestIsRefused(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*http.Request){
		"method":    func(r *http.Request) { r.Method = http.MethodPut },
		"host":      func(r *http.Request) { r.Host = "other.example.org" },
		"path":      func(r *http.Request) { r.URL.Path = "/v1/reports" },
		"query":     func(r *http.Request) { r.URL.RawQuery = "" },
		"body":      func(r *http.Request) { r.Body = http.NoBody },
		"type":      func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") },
		"encoding":  func(r *http.Request) { r.Header.Set("Content-Encoding", "identity") },
		"no digest": func(r *http.Request) { r.Header.Del("Content-Digest") },
		"time": func(r *http.Request) {
			r.Header.Set("Signature-Input", strings.Replace(r.Header.Get("Signature-Input"), "created=1", "created=2", 1))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := request(t)
			k := &keys{public: key(1).Public().(ed25519.PublicKey)}
			if err := reqsign.Sign(r, []byte(body), time.Now(), reqsign.Key{Label: reqsign.Label, Private: key(1)}); err != nil {
				t.Fatal(err)
			}
			change(r)
			if err := verify(r, reqsign.Label, k); err == nil {
				t.Error("the request passes")
			}
		})
	}
}

func TestNothingIsSignedThatCanBeReadInTwoWays(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*http.Request){
		"an escaped path":       func(r *http.Request) { r.URL.RawPath = "/base%2Fv1/reports" },
		"no content type":       func(r *http.Request) { r.Header.Del("Content-Type") },
		"two content encodings": func(r *http.Request) { r.Header.Add("Content-Encoding", "br") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := request(t)
			change(r)
			if err := reqsign.Sign(r, []byte(body), time.Now(), reqsign.Key{Label: reqsign.Label, Private: key(1)}); err == nil {
				t.Error("it was signed")
			}
		})
	}
}

func TestAuthority(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ host, scheme, want string }{
		{"Tokens.Example.org", "https", "tokens.example.org"},
		{"tokens.example.org:443", "https", "tokens.example.org"},
		{"tokens.example.org:443", "http", "tokens.example.org:443"},
		{"127.0.0.1:80", "http", "127.0.0.1"},
		{"[2001:DB8::1]:8443", "https", "[2001:db8::1]:8443"},
		{"tokens.example.org:1443", "https", "tokens.example.org:1443"},
	} {
		if got := reqsign.Authority(c.host, c.scheme); got != c.want {
			t.Errorf("%s of %s: %s, want %s", c.host, c.scheme, got, c.want)
		}
	}
}
