package mdm

import (
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/smallstep/pkcs7"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// enrolledWith is a client that a server has taken, which then answers as given.
func enrolledWith(t *testing.T, answer http.HandlerFunc) (*Client, *Identity) {
	t.Helper()
	authority := t.TempDir()
	if err := MakeAuthority(authority); err != nil {
		t.Fatal(err)
	}
	identity := NewIdentity(t.TempDir(), authority)
	made, err := identity.renewed("UDID")
	if err != nil {
		t.Fatal(err)
	}
	if err := identity.keep(made); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	return NewClient(server.URL, identity), identity
}

// The several ways to have no token are all none, and everything else that is no
// token is an error.
func TestGetBootstrapToken(t *testing.T) {
	t.Parallel()
	const head = `<?xml version="1.0"?><plist version="1.0"><dict>`
	for _, tc := range []struct {
		name, answer string
		status       int
		token        string
		fails        bool
	}{
		{name: "a token", answer: head + "<key>BootstrapToken</key><data>\n\tdG9r\n\tZW4=\n</data></dict></plist>", token: "token"},
		{name: "beside others", answer: head + "<key>Other</key><string>x</string><key>BootstrapToken</key><data>dG9rZW4=</data></dict></plist>", token: "token"},
		{name: "an empty body"},
		{name: "blanks", answer: " \n"},
		{name: "no key", answer: head + "</dict></plist>"},
		{name: "zero length", answer: head + "<key>BootstrapToken</key><data></data></dict></plist>"},
		{name: "an element without text", answer: head + "<key>BootstrapToken</key><data/></dict></plist>"},
		{name: "no data", answer: head + "<key>BootstrapToken</key><string>dG9rZW4=</string></dict></plist>", fails: true},
		{name: "no base64", answer: head + "<key>BootstrapToken</key><data>***</data></dict></plist>", fails: true},
		{name: "a page", answer: "<html><body>Sign in", fails: true},
		{name: "no property list", answer: "none", fails: true},
		{name: "too much", answer: strings.Repeat(" ", maxAnswer+1), fails: true},
		{name: "refused", status: http.StatusInternalServerError, fails: true},
		{name: "elsewhere", status: http.StatusFound, fails: true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c, _ := enrolledWith(t, func(w http.ResponseWriter, _ *http.Request) {
				if tc.status != 0 {
					w.Header().Set("Location", "/elsewhere")
					w.WriteHeader(tc.status)
				}
				_, _ = io.WriteString(w, tc.answer)
			})
			got, err := c.GetBootstrapToken(state.Device{UDID: "UDID"})
			if string(got) != tc.token || (err != nil) != tc.fails {
				t.Errorf("got %q, %v", got, err)
			}
			if tc.status != 0 && !errors.Is(err, state.ErrRefused) {
				t.Errorf("got %v, want a refusal", err)
			}
		})
	}
}

// A message is signed with the Mac's certificate, over the body as it is sent.
func TestMessagesAreSigned(t *testing.T) {
	t.Parallel()
	var body []byte
	var header string
	c, identity := enrolledWith(t, func(_ http.ResponseWriter, r *http.Request) {
		body, _ = io.ReadAll(r.Body)
		header = r.Header.Get("Mdm-Signature")
		if got := r.Header.Get("Content-Type"); got != "application/x-apple-aspen-mdm-checkin" || r.Method != http.MethodPut {
			t.Errorf("%s with %s", r.Method, got)
		}
	})
	if err := c.SetBootstrapToken(state.Device{UDID: "U<D>ID"}, []byte("token")); err != nil {
		t.Fatal(err)
	}
	signature, err := base64.StdEncoding.DecodeString(header)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := pkcs7.Parse(signature)
	if err != nil {
		t.Fatal(err)
	}
	signed.Content = body
	if err := signed.Verify(); err != nil {
		t.Error(err)
	}
	own, err := identity.pair()
	if err != nil || !signed.GetOnlySigner().Equal(own.certificate) {
		t.Errorf("signed by another: %v", err)
	}
	if !strings.Contains(string(body), "<key>UDID</key><string>U&lt;D&gt;ID</string>") || !strings.Contains(string(body), "<data>dG9rZW4=</data>") {
		t.Errorf("the body is %s", body)
	}
}

// A refused enrolment leaves the Mac with the certificate that works.
func TestRefusedEnrolmentKeepsTheIdentity(t *testing.T) {
	t.Parallel()
	c, identity := enrolledWith(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) })
	before, err := os.ReadFile(filepath.Join(identity.own, identityFile))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Enroll(state.Device{UDID: "UDID"}); !errors.Is(err, state.ErrRefused) {
		t.Errorf("got %v", err)
	}
	after, err := os.ReadFile(filepath.Join(identity.own, identityFile))
	if err != nil || string(after) != string(before) {
		t.Errorf("the certificate is another one: %v", err)
	}
}

// Without an enrolment there is no certificate, and without an authority none is
// made.
func TestWithoutIdentity(t *testing.T) {
	t.Parallel()
	empty := NewClient("http://127.0.0.1:1", NewIdentity(t.TempDir(), t.TempDir()))
	if _, err := empty.GetBootstrapToken(state.Device{}); !errors.Is(err, errNoIdentity) {
		t.Errorf("got %v", err)
	}
	if err := empty.Enroll(state.Device{UDID: "UDID"}); err == nil || !strings.Contains(err.Error(), "see macsim authority") {
		t.Errorf("got %v", err)
	}
}

// An authority that is there stays.
func TestMakeAuthorityTwice(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for range 2 {
		if err := MakeAuthority(dir); err != nil {
			t.Fatal(err)
		}
	}
	first, err := os.ReadFile(filepath.Join(dir, authorityFile))
	if err != nil {
		t.Fatal(err)
	}
	if err := MakeAuthority(dir); err != nil {
		t.Fatal(err)
	}
	if again, err := os.ReadFile(filepath.Join(dir, authorityFile)); err != nil || string(again) != string(first) {
		t.Errorf("another authority: %v", err)
	}
}
