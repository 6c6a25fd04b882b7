package auth_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/tokenward/tokenward/internal/rootfile"
	"github.com/tokenward/tokenward/server/auth"
)

const (
	first  = "first-token-0123456789"
	second = "second-token-0123456789"
)

func write(t *testing.T, text string, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "tokens")
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil { // whatever the umask
		t.Fatal(err)
	}
	return path
}

func TestRequire(t *testing.T) {
	t.Parallel()
	tokens, err := auth.ReadTokens(write(t, "# agents\n"+first+"\r\n\n"+second, 0o600))
	if err != nil {
		t.Fatal(err)
	}
	h := tokens.Require(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	cases := []struct {
		name, header string
		want         int
	}{
		{"the first", "Bearer " + first, 204},
		{"the second, with another case of the scheme", "bearer " + second, 204},
		{"none", "", 401},
		{"an empty one", "Bearer ", 401},
		{"the comment", "Bearer # agents", 401},
		{"a part of one", "Bearer " + first[:len(first)-1], 401},
		{"another scheme", "Basic " + first, 401},
		{"without a scheme", first, 401},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest(http.MethodPost, "/v1/reports", nil)
			r.Header.Set("Authorization", c.header)
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Code != c.want || strings.Contains(w.Body.String(), "token-0") {
				t.Errorf("got %d %s, want %d", w.Code, w.Body, c.want)
			}
			if challenge := w.Header().Get("WWW-Authenticate"); c.want == 401 && !strings.HasPrefix(challenge, "Bearer") {
				t.Errorf("the challenge is %q", challenge)
			}
		})
	}
}

func TestReadTokensRefuses(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, text, want string
		mode             os.FileMode
	}{
		{"a file that the group may read", first, "its mode is 0640", 0o640},
		{"a file that others may read", first, "its mode is 0604", 0o604},
		{"a file without a token", "# none\n\n", "no token", 0o600},
		{"a short token", "short\n", "line 1", 0o600},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := auth.ReadTokens(write(t, c.text, c.mode))
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "token-0") {
				t.Errorf("got %v, want %q in it, and no token", err, c.want)
			}
		})
	}
}

// What is no file of ours must neither hang the server nor give it tokens.
func TestReadTokensRefusesWhatOthersMade(t *testing.T) {
	t.Parallel()
	for name, replace := range map[string]func(path string) error{
		"a folder": func(path string) error { return os.Mkdir(path, 0o700) },
		"a link":   func(path string) error { return os.Symlink(write(t, first, 0o600), path) },
		"a pipe":   func(path string) error { return syscall.Mkfifo(path, 0o600) },
		"another's file": func(path string) error {
			if os.Geteuid() != 0 {
				return syscall.Mkfifo(path, 0o600) // only root can give a file away
			}
			return errors.Join(os.WriteFile(path, []byte(first), 0o600), os.Chown(path, 12345, 12345))
		},
		"a folder that others may write to": func(path string) error {
			return errors.Join(os.WriteFile(path, []byte(first), 0o600), os.Chmod(filepath.Dir(path), 0o777))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "tokens")
			if err := replace(path); err != nil {
				t.Fatal(err)
			}
			if _, err := auth.ReadTokens(path); !errors.Is(err, rootfile.ErrUntrusted) {
				t.Errorf("got %v", err)
			}
		})
	}
}
