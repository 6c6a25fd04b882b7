package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tokenward/tokenward/internal/reqsign"
	"github.com/tokenward/tokenward/internal/wire"
)

// command runs one, and returns what it printed.
func command(t *testing.T, want int, args ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if got := run(t.Context(), args, &stdout, &stderr); got != want {
		t.Fatalf("%v: %d, want %d: %s%s", args, got, want, &stdout, &stderr)
	}
	return stdout.String() + stderr.String()
}

// serveOn runs a server until the test ends.
func serveOn(t *testing.T, args ...string) (url string) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	stdout := &firstLine{written: cancel}
	said, ended := make(chan struct{}), make(chan int, 1)
	stdout.written = func() { close(said) }
	go func() { ended <- run(ctx, args, stdout, &bytes.Buffer{}) }()
	t.Cleanup(func() {
		cancel()
		<-ended
	})
	select {
	case <-said:
	case code := <-ended:
		ended <- code
		t.Fatalf("the server ended with %d", code)
	}
	return strings.TrimSpace(strings.TrimPrefix(stdout.String(), "listening on "))
}

// asMac sends what a new Mac would.
func asMac(t *testing.T, url, secret string, key ed25519.PrivateKey) (state wire.EnrollState, fingerprint string) {
	t.Helper()
	public := key.Public().(ed25519.PublicKey)
	body, err := json.Marshal(wire.EnrollRequest{
		Secret: secret, SigningKey: base64.StdEncoding.EncodeToString(public), Recipient: "age1" + strings.Repeat("q", 58),
		Device: wire.Device{HardwareUUID: "AAAAAAAA-0000-4000-8000-000000000001", Serial: "C02A", Name: "\x1b[2JMac"},
	})
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+wire.EnrollPath, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Content-Encoding", "identity")
	if err := reqsign.Sign(r, body, time.Now(), reqsign.Key{Label: reqsign.Label, Private: key}); err != nil {
		t.Fatal(err)
	}
	r.Close = true
	var answer wire.EnrollAnswer
	if err := send(r, &answer); err != nil {
		t.Fatal(err)
	}
	return answer.State, reqsign.Fingerprint(public)
}

func TestAnAdminLetsAMacIn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	roles := filepath.Join(dir, "roles")
	admin := file("admin", command(t, 0, "token", "new", "--role", "admin", "--name", "anna", "--roles", roles))
	viewer := file("viewer", command(t, 0, "token", "new", "--role", "viewer", "--name", "bert", "--roles", roles))
	if out := command(t, 1, "token", "new", "--role", "admin", "--name", "anna", "--roles", roles); !strings.Contains(out, "twice") {
		t.Errorf("the same name again: %s", out)
	}
	secret := file("secret", "the-secret-of-the-organisation")
	url := serveOn(t, "--listen", "127.0.0.1:0", "--data", filepath.Join(dir, "data"), "--roles", roles, "--enroll-secret-file", secret)
	as := func(token string, args ...string) []string {
		return append(args, "--server", url, "--token-file", token)
	}

	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{1}, ed25519.SeedSize))
	state, fingerprint := asMac(t, url, "the-secret-of-the-organisation", key)
	if state != wire.EnrollPending {
		t.Fatalf("the state is %s", state)
	}
	list := command(t, 0, as(viewer, "enrollments", "list")...)
	if !strings.Contains(list, fingerprint) || strings.Contains(list, "\x1b") {
		t.Errorf("the list is %q", list)
	}
	if out := command(t, 1, as(viewer, "enrollments", "approve", fingerprint)...); !strings.Contains(out, "approver") {
		t.Errorf("a viewer approves: %s", out)
	}
	command(t, 2, as(admin, "enrollments", "approve", fingerprint[:8])...)
	command(t, 0, as(admin, "enrollments", "approve", fingerprint)...)
	command(t, 0, as(admin, "enrollments", "revoke", fingerprint, "--reason", "lost")...)
	if out := command(t, 1, as(admin, "enrollments", "approve", fingerprint)...); !strings.Contains(out, "decided otherwise") {
		t.Errorf("a revoked key is approved: %s", out)
	}
	code := strings.TrimSpace(command(t, 0, as(admin, "codes", "new", "--serial", "C02A")...))
	other := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{2}, ed25519.SeedSize))
	if state, _ := asMac(t, url, code, other); state != wire.EnrollActive {
		t.Errorf("with a code the state is %s", state)
	}
	serials := file("serials", "# ours\r\nC02A\r\n\r\nC02B\n")
	if out := command(t, 0, as(admin, "serials", "import", serials, "--json")...); strings.TrimSpace(out) != `{"added":2}` {
		t.Errorf("serials: %s", out)
	}
	if out := command(t, 2, as(admin, "serials", "import", file("table", "C02A,Anna\n"))...); !strings.Contains(out, "line 1") {
		t.Errorf("a table: %s", out)
	}
}

// What a better command line would avoid is said before the network is asked, which a
// server that is not there shows.
func TestUsageIsCheckedFirst(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	token, one := file("token", "a-token-of-somebody"), strings.Repeat("0", 64)
	good := []string{"--server", "http://127.0.0.1:1", "--token-file", token}
	for _, c := range []struct {
		name string
		args []string
		want int
		says string
	}{
		{"a role", []string{"token", "new", "--role", "boss", "--name", "anna"}, 2, "boss"},
		{"a name", []string{"token", "new", "--role", "admin", "--name", "a b"}, 2, "a b"},
		{"a server without TLS", []string{"enrollments", "list", "--server", "http://example.org", "--token-file", token}, 2, "https"},
		{"no URL", []string{"enrollments", "list", "--server", "://x", "--token-file", token}, 2, "URL"},
		{"a state", append([]string{"enrollments", "list", "--state", "waiting"}, good...), 2, "waiting"},
		{"a time too long", append([]string{"codes", "new", "--expires", "9999h"}, good...), 2, "9999h"},
		{"no time", append([]string{"codes", "new", "--expires", "0s"}, good...), 2, "--expires"},
		{"a line", append([]string{"serials", "import", file("table", "C02A\nC02B,Anna\n")}, good...), 2, "line 2"},
		{"no file", append([]string{"serials", "import", filepath.Join(dir, "none")}, good...), 2, "none"},
		{"a file too long", append([]string{"serials", "import", file("long", strings.Repeat("C02A\n", 1<<20))}, good...), 2, "4194304"},
		{"two at once", append([]string{"enrollments", "approve", one, one}, good...), 2, "one fingerprint"},
		{"nobody there", append([]string{"enrollments", "refuse", one, one}, good...), 1, "ask the server"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if out := command(t, c.want, c.args...); !strings.Contains(out, c.says) {
				t.Errorf("%v: %s", c.args, out)
			}
		})
	}
}

// A redirect is not followed: the token is for this server alone.
func TestTokenGoesNowhereElse(t *testing.T) {
	t.Parallel()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("the token %q is shown", r.Header.Get("Authorization"))
	}))
	defer elsewhere.Close()
	first := httptest.NewServer(http.RedirectHandler(elsewhere.URL, http.StatusTemporaryRedirect))
	defer first.Close()
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte("a-token-of-somebody"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out := command(t, 1, "enrollments", "list", "--server", first.URL, "--token-file", token); !strings.Contains(out, "307") {
		t.Errorf("%s", out)
	}
}

func TestTheListSaysWhatAnApprovalRetires(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	row := wire.EnrollmentRow{State: "pending", Known: true, Replaces: []wire.ReplacedKey{
		{Fingerprint: "aaaa", Serial: "C02\x1b", HardwareUUID: "uuid-a"}, {Fingerprint: "bbbb", HardwareUUID: "uuid-b"},
	}}
	if err := table(&out, []wire.EnrollmentRow{row}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"CLAIMS TO BE A KNOWN MAC", `WOULD RETIRE aaaa of C02\x1b uuid-a`, "WOULD RETIRE bbbb of no serial uuid-b"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in %q", want, out.String())
		}
	}
}

func TestTokenIsNotShownOnTheWay(t *testing.T) {
	t.Parallel()
	for _, server := range []string{"http://tokens.example.org", "ftp://127.0.0.1", "127.0.0.1:8480", "http://u:p@127.0.0.1", "http://127.0.0.1.example.org"} {
		if _, err := (&remote{server: server}).base(); err == nil {
			t.Errorf("%s is asked", server)
		}
	}
}
