package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/tokenward/tokenward/agent/identity"
	"github.com/tokenward/tokenward/internal/wire"
)

func self(t *testing.T, args ...string) (code int, out, complaint string) {
	t.Helper()
	var o, e bytes.Buffer
	code = execute(t.Context(), terminal{in: strings.NewReader(""), out: &o, err: &e}, append([]string{"self"}, args...))
	return code, o.String(), e.String()
}

func TestSelfSaysWhereThingsAre(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	code, out, _ := self(t, "--root", root, "--uid", "501")
	if code != exitOK || !strings.Contains(out, root+"/var/db/tokenward") || !strings.Contains(out, "version") {
		t.Errorf("exit %d: %s", code, out)
	}
	code, out, _ = self(t, "--root", root, "--json")
	var read struct{ Paths map[string]string }
	if err := json.Unmarshal([]byte(out), &read); code != exitOK || err != nil || read.Paths["log"] != root+"/var/log/tokenward/agent.log" {
		t.Errorf("exit %d, %v: %s", code, err, out)
	}
}

func TestDeviceCard(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	if code, _, complaint := self(t, "--root", root, "--card", "--uid", "501"); code != exitNeedsRoot || !strings.Contains(complaint, "sudo tokenward self --card") {
		t.Errorf("exit %d: %s", code, complaint)
	}
	if code, _, complaint := self(t, "--root", root, "--card"); code != exitFailed || !strings.Contains(complaint, "no identity yet") {
		t.Errorf("exit %d: %s", code, complaint)
	}
	keys, err := identity.Open(systemPaths(root).Identity(), "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := keys.Bind(identity.Hardware{UUID: "0B6E6E1B", Serial: "FVTEST0003"}, time.Now()); err != nil {
		t.Fatal(err)
	}
	code, out, _ := self(t, "--root", root, "--card")
	for _, part := range []string{"FVTEST0003", "0B6E6E1B", "age1", "fingerprint"} {
		if code != exitOK || !strings.Contains(out, part) {
			t.Errorf("exit %d, no %s in\n%s", code, part, out)
		}
	}
	var card wire.DeviceCard
	if _, out, _ = self(t, "--root", root, "--card", "--json"); json.Unmarshal([]byte(out), &card) != nil || len(card.Fingerprint) != 64 || card.Serial != "FVTEST0003" {
		t.Errorf("card %s", out)
	}
	if strings.Contains(out, "SECRET") {
		t.Error("the card shows a private key")
	}
}
