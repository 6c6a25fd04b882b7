//go:build !darwin

package chaos

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"go.uber.org/zap"

	"github.com/tokenward/tokenward/internal/wire"
	"github.com/tokenward/tokenward/server"
	"github.com/tokenward/tokenward/server/auth"
	"github.com/tokenward/tokenward/server/store"
	"github.com/tokenward/tokenward/server/store/sqlite"
)

// What the daemon is told about the server. The secret is a canary: it may be seen in
// the body of an enrolment and nowhere else.
const (
	serverHost   = "tokenward.example"
	serverURL    = "https://" + serverHost
	enrollSecret = "canary-of-the-enrolment-5f0c61"
)

// site is what a server needs besides its database: who may do what, and the secret
// that lets a Mac ask. It is made once and only read.
type site struct {
	roles, secrets, admin string
	database              []byte // of a server that has seen nothing
}

// newSite makes the files, and an empty database to begin with: to make one takes
// longer than many a schedule.
func newSite(ctx context.Context, dir string) (*site, error) {
	token, line, err := auth.NewToken(auth.Person{Name: "anna", Role: auth.Admin})
	if err != nil {
		return nil, err
	}
	s := &site{roles: filepath.Join(dir, "roles"), secrets: filepath.Join(dir, "secrets"), admin: token}
	if err := os.WriteFile(s.roles, []byte(line+"\n"), 0o600); err != nil {
		return nil, err
	}
	if err := os.WriteFile(s.secrets, []byte(enrollSecret+"\n"), 0o600); err != nil {
		return nil, err
	}
	empty, err := sqlite.Open(ctx, filepath.Join(dir, "empty"))
	if err != nil {
		return nil, err
	}
	if err := empty.Close(); err != nil {
		return nil, err
	}
	s.database, err = os.ReadFile(filepath.Join(dir, "empty", sqlite.FileName))
	return s, err
}

// backend is the real server. It can be stopped and started; what it stored stays.
type backend struct {
	site *site
	dir  string
	wrap func(store.Store) store.Store // nil; a variant puts a store that lies in between

	mu      sync.RWMutex
	store   *sqlite.Store // nil while it is stopped
	handler http.Handler
}

func newBackend(t *testing.T, s *site, dir string) *backend {
	t.Helper()
	b := &backend{site: s, dir: dir}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, sqlite.FileName), s.database, 0o600); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *backend) start(ctx context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	st, err := sqlite.Open(ctx, b.dir)
	if err != nil {
		return err
	}
	log := zap.NewNop()
	door, err := auth.NewDoor(b.site.roles, log)
	if err != nil {
		return err
	}
	secrets, err := auth.ReadTokens(b.site.secrets)
	if err != nil {
		return err
	}
	var used store.Store = st
	if b.wrap != nil {
		used = b.wrap(st)
	}
	access := server.Access{Door: door, Policy: auth.Policy{Secrets: &secrets}, Authority: serverHost}
	b.handler, err = server.New(used, access, log)
	b.store = st
	return err
}

func (b *backend) stop() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.store == nil {
		return nil
	}
	st := b.store
	b.store, b.handler = nil, nil
	return st.Close()
}

// serve answers as a connection would be answered; false while the server is stopped.
func (b *backend) serve(r *http.Request, body []byte) (*http.Response, bool) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	if b.handler == nil {
		return nil, false
	}
	in := httptest.NewRequestWithContext(context.WithoutCancel(r.Context()), r.Method, r.URL.RequestURI(), bytes.NewReader(body))
	in.Header, in.Host = r.Header.Clone(), r.URL.Host
	w := httptest.NewRecorder()
	b.handler.ServeHTTP(w, in)
	answer := w.Result()
	answer.Request = r
	return answer, true
}

// ask is an admin's request; the server must be running.
func (b *backend) ask(method, path string, into any) error {
	r, err := http.NewRequestWithContext(context.Background(), method, serverURL+path, http.NoBody)
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+b.site.admin)
	answer, up := b.serve(r, nil)
	if !up {
		return fmt.Errorf("%s %s: the server is stopped", method, path)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s %s: %s", method, path, answer.Status)
	}
	return json.NewDecoder(answer.Body).Decode(into)
}

// enrollments are all keys of a state that the server knows; all, where it is empty.
func (b *backend) enrollments(state string) ([]wire.EnrollmentRow, error) {
	var list wire.EnrollmentList
	path := "/v1/enrollments?limit=500"
	if state != "" {
		path += "&state=" + state
	}
	err := b.ask(http.MethodGet, path, &list)
	return list.Enrollments, err
}

// decide does to all keys of one state what a person would: approve, refuse, revoke.
func (b *backend) decide(state store.KeyState, verb string) (decided int, err error) {
	rows, err := b.enrollments(string(state))
	if err != nil {
		return 0, err
	}
	for _, row := range rows {
		var now wire.EnrollmentRow
		if err := b.ask(http.MethodPost, "/v1/enrollments/"+row.Fingerprint+"/"+verb, &now); err != nil {
			return decided, err
		}
		decided++
	}
	return decided, nil
}

// devices are the IDs of all Macs that the server has heard of.
func (b *backend) devices() ([]string, error) {
	var list struct {
		Devices []struct{ ID string }
	}
	if err := b.ask(http.MethodGet, "/v1/devices?limit=500", &list); err != nil {
		return nil, err
	}
	var ids []string
	for _, d := range list.Devices {
		ids = append(ids, d.ID)
	}
	return ids, nil
}

// stored is one report as the server lists it.
type stored struct {
	Device   string
	ReportID string `json:"report_id"`
	Epoch    string
	Seq      uint64
	Kind     string
}

// history is every report that the server has, of all devices.
func (b *backend) history() ([]stored, error) {
	ids, err := b.devices()
	if err != nil {
		return nil, err
	}
	var all []stored
	for _, id := range ids {
		for cursor := ""; ; {
			var page struct {
				Reports    []stored
				NextCursor *string `json:"next_cursor"`
			}
			path := "/v1/devices/" + id + "/history?limit=500"
			if cursor != "" {
				path += "&cursor=" + cursor
			}
			if err := b.ask(http.MethodGet, path, &page); err != nil {
				return nil, err
			}
			for _, r := range page.Reports {
				r.Device = id
				all = append(all, r)
			}
			if page.NextCursor == nil {
				break
			}
			cursor = *page.NextCursor
		}
	}
	return all, nil
}

// shown is the latest that the server shows of a Mac.
type shown struct {
	Device   struct{ Verdict string }
	Report   *wire.Report
	Delivery struct {
		Outdated bool
		Epochs   []struct {
			Epoch   string
			Reports int
			LastSeq uint64 `json:"last_seq"`
			Missing uint64
		}
	}
}

func (b *backend) device(id string) (shown, error) {
	var s shown
	err := b.ask(http.MethodGet, "/v1/devices/"+strings.ToLower(id), &s)
	return s, err
}

// restart starts the server, after it was stopped if it runs.
func (b *backend) restart() error {
	if err := b.stop(); err != nil {
		return err
	}
	return b.start(context.Background())
}
