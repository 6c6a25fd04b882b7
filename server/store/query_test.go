package store_test

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/server/store"
)

func TestParseQuery(t *testing.T) {
	t.Parallel()
	values, err := url.ParseQuery("verdict=critical&finding=BT_NOT_ESCROWED&hold_restart=yes&q=anna&limit=7&cursor=abc")
	if err != nil {
		t.Fatal(err)
	}
	q, err := store.ParseQuery(values)
	if err != nil || *q.Verdict != health.VerdictCritical || q.Finding != "BT_NOT_ESCROWED" || *q.Hold != health.Yes ||
		q.Text != "anna" || q.Limit != 7 || q.Cursor != "abc" {
		t.Errorf("got %+v, %v", q, err)
	}
	empty, err := store.ParseQuery(url.Values{"verdict": {""}, "finding": {""}, "q": {""}})
	if err != nil || empty != (store.Query{Limit: store.DefaultLimit}) {
		t.Errorf("an empty form: got %+v, %v", empty, err)
	}
}

func TestParseQueryNamesTheParameter(t *testing.T) {
	t.Parallel()
	cases := []struct{ query, name string }{
		{"verdict=bad", "verdict"},
		{"verdict=ok&verdict=critical", "verdict"},
		{"finding=lower", "finding"},
		{"finding=A%20OR%201", "finding"},
		{"hold_restart=true", "hold_restart"},
		{"q=" + strings.Repeat("a", 101), "q"},
		{"q=%ff", "q"},
		{"limit=0", "limit"},
		{"limit=501", "limit"},
		{"limit=1e2", "limit"},
		{"cursor=" + strings.Repeat("a", 3000), "cursor"},
		{"verdcit=ok", "verdcit"},
	}
	for _, c := range cases {
		t.Run(c.query[:min(20, len(c.query))], func(t *testing.T) {
			t.Parallel()
			values, err := url.ParseQuery(c.query)
			if err != nil {
				t.Fatal(err)
			}
			param := (*store.ParamError)(nil)
			if _, err := store.ParseQuery(values); !errors.As(err, &param) || param.Name != c.name {
				t.Errorf("got %v, want an error that names %q", err, c.name)
			}
		})
	}
}
