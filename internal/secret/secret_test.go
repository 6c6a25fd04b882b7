package secret_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/tokenward/tokenward/internal/secret"
)

func TestTextShowsNowhere(t *testing.T) {
	t.Parallel()
	s := secret.New("hunter2")
	type holder struct{ S secret.Text }
	data, err := json.Marshal(holder{s})
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "secret", s, "holder", holder{s})
	var shown strings.Builder
	shown.WriteString(string(data) + log.String())
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		shown.WriteString(fmt.Sprintf(verb, s) + fmt.Sprintf(verb, holder{s}) + fmt.Sprintf(verb, &holder{s}) + fmt.Sprintf(verb, []secret.Text{s}))
	}
	if strings.Contains(shown.String(), "hunter2") || strings.Contains(shown.String(), "68756e74657232") {
		t.Errorf("the secret shows: %s", &shown)
	}
	if s.Open() != "hunter2" || s.Empty() || !(secret.Text{}).Empty() {
		t.Error("the secret is not kept")
	}
}
