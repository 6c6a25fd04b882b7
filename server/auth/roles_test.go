package auth_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"

	"github.com/tokenward/tokenward/server/auth"
)

var zeros = strings.Repeat("0", 64)

func TestReadRolesRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text, want string
		mode             os.FileMode
	}{
		{"nobody", "# nobody\n", "nobody", 0o600},
		{"an unknown role", "root anna " + zeros, "line 1: the role", 0o600},
		{"two words", "\nviewer anna\n", "line 2", 0o600},
		{"a token in place of its hash", "admin anna tw_SECRETSECRET", "SHA-256", 0o600},
		{"a name with a control character", "admin an\x1bna " + zeros, "the name", 0o600},
		{"a name twice", "admin anna " + zeros + "\nviewer anna " + zeros, "line 2: anna is there twice", 0o600},
		{"a file that others may read", "admin anna " + zeros, "0644", 0o644},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := auth.ReadRoles(write(t, c.text, c.mode))
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "SECRET") {
				t.Errorf("got %v, want %q in it", err, c.want)
			}
		})
	}
}

// Whoever is taken out of the file is out, and a file that is broken shuts out nobody.
func TestDoorFollowsItsFile(t *testing.T) {
	t.Parallel()
	token, line, err := auth.NewToken(auth.Person{Name: "anna", Role: auth.Admin})
	if err != nil {
		t.Fatal(err)
	}
	path := write(t, line, 0o600)
	synctest.Test(t, func(t *testing.T) {
		door, err := auth.NewDoor(path, zap.NewNop())
		if err != nil {
			t.Fatal(err)
		}
		h := door.Require(auth.Admin, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			if p, ok := auth.PersonOf(r.Context()); !ok || p.Name != "anna" {
				t.Errorf("the handler got %v", p)
			}
		}))
		for _, step := range []struct {
			text string
			want int
		}{{"", 200}, {"broken\n", 200}, {"admin bert " + zeros + "\n", 401}, {strings.Replace(line, "admin", "viewer", 1), 403}} {
			if step.text != "" {
				if err := os.WriteFile(path, []byte(step.text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			time.Sleep(time.Minute)
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			r.Header.Set("Authorization", "Bearer "+token)
			w := httptest.NewRecorder()
			if h.ServeHTTP(w, r); w.Code != step.want {
				t.Errorf("after %q: %d, want %d", step.text, w.Code, step.want)
			}
		}
	})
}

func TestNewTokenRefuses(t *testing.T) {
	t.Parallel()
	for _, p := range []auth.Person{{}, {Name: "anna"}, {Role: auth.Admin}, {Name: "a b", Role: auth.Admin}, {Name: "anna", Role: 9}} {
		if _, _, err := auth.NewToken(p); err == nil {
			t.Errorf("%+v has a token", p)
		}
	}
}

func FuzzReadRoles(f *testing.F) {
	f.Add("admin anna " + zeros)
	f.Add("# a\n\nviewer x " + zeros + "\r\n")
	f.Fuzz(func(t *testing.T, text string) {
		roles, err := auth.ReadRoles(write(t, text, 0o600))
		if (err == nil) != (roles != nil) {
			t.Errorf("%v, %v", roles, err)
		}
	})
}
