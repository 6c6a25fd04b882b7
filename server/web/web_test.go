package web_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/wire"
	"github.com/tokenward/tokenward/server/store"
	"github.com/tokenward/tokenward/server/web"
)

// shelf holds one Mac.
type shelf struct {
	detail  store.Detail
	history store.History
	err     error
}

func (s shelf) Summary(context.Context) (store.Summary, error) {
	sum := store.Summary{Devices: 1, Verdicts: map[health.Verdict]int{s.detail.Verdict: 1}}
	sum.Forecasts = map[string]map[health.Tri]int{"hold_restart": {s.detail.HoldRestart: 1}}
	for _, f := range s.detail.Findings {
		sum.Findings = append(sum.Findings, store.Count{Code: f.Code, Devices: 1})
	}
	return sum, s.err
}

func (s shelf) List(context.Context, store.Query) (store.Page, error) {
	return store.Page{Devices: []store.Device{s.detail.Device}}, s.err
}

func (s shelf) Device(context.Context, string) (store.Detail, error) { return s.detail, s.err }

func (s shelf) History(context.Context, string, string, int) (store.History, error) {
	return s.history, s.err
}

// render returns the status and the text of a page.
func (s shelf) render(target string) (int, string) {
	pages := web.New(s, s, zap.NewNop())
	w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "http://127.0.0.1:8480"+target, nil)
	if strings.HasPrefix(target, "/devices/") {
		pages.Device(w, r)
	} else {
		pages.Fleet(w, r)
	}
	return w.Code, w.Body.String()
}

func (s shelf) expect(t *testing.T, target string, texts ...string) {
	t.Helper()
	status, page := s.render(target)
	if status != http.StatusOK {
		t.Fatalf("GET %s: %d", target, status)
	}
	for _, text := range texts {
		if !strings.Contains(page, text) {
			t.Errorf("GET %s: %q is missing in\n%s", target, text, page)
		}
	}
}

// mac is a Mac whose report holds that JSON beside its envelope.
func mac(report string) shelf {
	now := time.Now()
	return shelf{detail: store.Detail{
		Device: store.Device{
			Identity: store.Identity{ID: "mac-1", Serial: "C02ABC", Name: "Anna's Mac", OSVersion: "15.7.1"},
			Verdict:  health.VerdictCritical, FirstSeen: now.Add(-72 * time.Hour), LastSeen: now.Add(-3 * time.Minute),
			Findings: []store.Finding{{Code: "A", Title: "One"}, {Code: "B", Title: "Two"}, {Code: "C"}, {Code: "D", Title: "Four"}},
		},
		Snapshot: []byte(report),
	}}
}

func TestFleetPage(t *testing.T) {
	t.Parallel()
	mac(`{}`).expect(t, "/?verdict=critical",
		"<h1>1 Mac</h1>", `<a href="/devices/mac-1">Anna&#39;s Mac</a>`, "■</span> critical</span>",
		"<li>One</li><li>Two</li><li>C</li>", "and 1 more", "3 min ago", `<option selected>critical</option>`,
		`href="/?finding=A"`, "<code>A</code>", `<th scope="col"`, "Show all")
}

func TestUnknownIsNeverNo(t *testing.T) {
	t.Parallel()
	s := mac(`{"accounts":[{"name":"anna"}],"facts":{"a":{"value":false,"status":"failed","reason":"timeout"},"b":{"value":true,"status":"new_word"}}}`)
	s.expect(t, "/devices/mac-1",
		`data-label="Admin"><span class="answer unknown">unknown</span>`,
		`data-label="Secure Token"><span class="token ">unknown</span>`,
		`data-label="Volume owner"><span class="answer unknown">unknown</span>`,
		"failed: timeout", "There is not enough evidence to say anything.")
	if _, page := s.render("/devices/mac-1"); strings.Contains(page, "<td>no</td>") || strings.Contains(page, "<td>yes</td>") {
		t.Errorf("a fact that was not observed has a value:\n%s", page)
	}
}

func TestMacPage(t *testing.T) {
	t.Parallel()
	s := mac(`{"hold_restart":"yes","device":{"chip":"apple_silicon"},
		"bootstrap":{"strength":"claimed"},
		"findings":[{"code":"FOLDED","title":"An effect","caused_by":"CAUSE","severity":"high"},
			{"code":"CAUSE","title":"The cause","severity":"critical","summary":"It is so.","consequence":"This follows.","next_step":"Do this.","do_not":"Never that."}],
		"accounts":[{"name":"anna","admin":"yes","token":"present_but_unusable","evidence":{"sysadminctl":"yes","crypto_user":"no"}}],
		"facts":{"bootstrap.escrowed":{"value":false,"status":"observed","source":"profiles"}}}`)
	s.detail.Outdated = true
	s.detail.Epochs = []store.Epoch{{ID: "epoch-1", Reports: 2, LastSeq: 5, Missing: 3}}
	s.history.Reports = []store.Past{{Seq: 5, Kind: wire.Snapshot, Epoch: "b", MissingBefore: 3}, {Seq: 9, Kind: wire.Heartbeat, Epoch: "a"}}
	s.history.Next = "older"
	s.expect(t, "/devices/mac-1",
		"Do not restart this Mac", "has changed since the full report", "Explains 1 more finding",
		"It is so.", "This follows.", "Do this.", "Never that.", "claimed",
		"present but unusable", "<strong>disagree</strong>", "sysadminctl: yes", "crypto user: no",
		`<strong class="gap">3</strong>`, "3 missing before number 5", "A new epoch began", "as before",
		"<td>no</td><td>observed</td><td><code>profiles</code></td>", "cursor=older#history", "apple silicon")
	if _, page := s.render("/devices/mac-1"); strings.Index(page, "The cause") > strings.Index(page, "An effect") {
		t.Error("the effect stands before its cause")
	}
}

func TestKnownFindingsHaveTitles(t *testing.T) {
	t.Parallel()
	s := mac(`{}`)
	rule := health.Rules()[0]
	s.detail.Findings = []store.Finding{{Code: string(rule.Code), Title: "What the Mac calls it"}}
	s.expect(t, "/", html.EscapeString(rule.Title)+" <code>"+string(rule.Code)+"</code>", "<li>What the Mac calls it</li>")
}

func TestFileVaultOffIsNoDisagreement(t *testing.T) {
	t.Parallel()
	s := mac(`{"accounts":[{"name":"anna","evidence":{"sysadminctl":"yes","directory":"yes","crypto_user":"unknown","fdesetup":"no"}}]}`)
	s.expect(t, "/devices/mac-1", "<summary>4 sources</summary>")
}

func TestHostileReport(t *testing.T) {
	t.Parallel()
	const bad = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)> \u202egpj.exe \x1b[31m"
	q, err := json.Marshal(bad)
	if err != nil {
		t.Fatal(err)
	}
	s := mac(fmt.Sprintf(`{"findings":[{"code":%[1]s,"title":%[1]s,"severity":%[1]s,"summary":%[1]s,"next_step":%[1]s,"subject":%[1]s,"because":[%[1]s]}],
		"accounts":[{"name":%[1]s,"real_name":%[1]s,"kind":%[1]s,"token":%[1]s,"evidence":{%[1]s:%[1]s}}],
		"facts":{%[1]s:{"value":%[1]s,"status":"observed","source":%[1]s},"list":{"value":[%[1]s],"status":"observed"}},
		"device":{"labels":[{"key":%[1]s,"value":%[1]s}]},"bootstrap":{"strength":%[1]s},
		"forecasts":[{"name":%[1]s,"subject":%[1]s,"because":[%[1]s]}]}`, q))
	s.detail.Name, s.detail.Serial, s.detail.OSVersion = bad, bad, bad
	s.detail.Findings[0].Title = bad
	for _, target := range []string{"/", "/devices/mac-1"} {
		status, page := s.render(target)
		if status != http.StatusOK {
			t.Fatalf("GET %s: %d", target, status)
		}
		for _, forbidden := range []string{"<script", "<img", "\u202e", "\x1b"} {
			if strings.Contains(page, forbidden) {
				t.Errorf("GET %s: the page has %q in it", target, forbidden)
			}
		}
		if !strings.Contains(page, "&lt;script&gt;") {
			t.Errorf("GET %s: the text is gone", target)
		}
	}
}

func TestReportsOfAnyShape(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 100_000)
	cases := []struct{ name, report string }{
		{"accounts of another type", `{"accounts":7}`},
		{"a time that is none", `{"findings":[{"code":"A","since":"yesterday"}]}`},
		{"a long text", `{"findings":[{"code":"A","summary":"` + long + `"}]}`},
		{"a long list", `{"accounts":[` + strings.Repeat(`{},`, 5000) + `{}]}`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := mac(c.report)
			s.expect(t, "/devices/mac-1", "does not show all of the report", `href="/v1/devices/mac-1"`)
			if _, page := s.render("/devices/mac-1"); len(page) > 1<<20 {
				t.Errorf("the page has %d bytes", len(page))
			}
		})
	}
}

func TestErrorPages(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, target string
		err          error
		want         int
		text         string
	}{
		{"no such Mac", "/devices/nobody", store.ErrNotFound, 404, "no such device"},
		{"a wrong parameter", "/?limit=x", nil, 400, "&#34;limit&#34;"},
		{"a foreign cursor", "/", store.ErrCursor, 400, "&#34;cursor&#34;"},
		{"a broken store", "/", errors.New("secret path"), 503, "cannot answer now"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := mac(`{}`)
			s.err = c.err
			status, page := s.render(c.target)
			if status != c.want || !strings.Contains(page, c.text) || strings.Contains(page, "secret") {
				t.Errorf("got %d, want %d with %q:\n%s", status, c.want, c.text, page)
			}
		})
	}
}
