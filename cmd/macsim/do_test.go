package main

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tokenward/tokenward/internal/macsim"
)

// laidOutMac is the folder of a Mac of a scenario.
func laidOutMac(t *testing.T, scenario string) string {
	t.Helper()
	dir := t.TempDir()
	says(t, 0, "", "up", dir, "-s", scenario)
	return dir
}

// says runs a command, and returns what it prints. The error must hold a text.
func says(t *testing.T, exit int, wrong string, args ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if got := runCommand(args, &stdout, &stderr); got != exit || !strings.Contains(stderr.String(), wrong) {
		t.Errorf("%q: exit %d\n%s\nwant %d\n%s", args, got, &stderr, exit, wrong)
	}
	return stdout.String()
}

func clockOf(t *testing.T, dir string) time.Time {
	t.Helper()
	m, err := macsim.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return m.Clock
}

func TestDoTimes(t *testing.T) {
	t.Parallel()
	dir := laidOutMac(t, "healthy")
	before := clockOf(t, dir)
	says(t, 0, "", "do", dir, "restart", "--after", "30d")
	if got, want := clockOf(t, dir), before.Add(30*24*time.Hour); !got.Equal(want) {
		t.Errorf("after 30 days it is %v, want %v", got, want)
	}
	says(t, 1, "has passed", "do", dir, "restart", "--at", "2020-01-01")
	says(t, 1, "has passed", "do", dir, "restart", "--after", "-1h")
	says(t, 2, `--after: "soon" is not a duration`, "do", dir, "restart", "--after", "soon")
	says(t, 2, `--at: "soon" is not a time`, "do", dir, "restart", "--at", "soon")
	says(t, 2, "[after at]", "do", dir, "restart", "--at", "2099-01-01", "--after", "1h")
	says(t, 0, "", "do", dir, "--at", "2099-01-01", "edit", "mac={offline: true}")
	says(t, 0, "", "do", dir, "edit", "mac={offline: false}") // now has passed long ago
	if got, want := clockOf(t, dir), time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC); !got.Equal(want) {
		t.Errorf("it is %v, want %v", got, want)
	}
}

func TestDoRefusesFaults(t *testing.T) {
	t.Parallel()
	dir := laidOutMac(t, "healthy")
	says(t, 2, `break: tool: there is no "nosuchtool"`, "do", dir, "break", "tool=nosuchtool", "kind=hang")
	says(t, 1, `tool: there is no "nosuchtool"`, "do", dir, "edit", "mac={faults: [{tool: nosuchtool, kind: hang}]}")
	m, err := macsim.Open(dir)
	if err != nil || len(m.Faults) > 0 {
		t.Errorf("%v, %v", m.Faults, err)
	}
}

// Every command says the same of a folder without a Mac.
func TestNoMac(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, args := range [][]string{
		{"show", dir}, {"calls", dir}, {"calls", dir, "--json"}, {"do", dir, "restart"}, {"shell", dir}, {"record", dir, filepath.Join(dir, "r")},
	} {
		says(t, 1, "macsim: no simulated Mac in "+dir+"; see macsim up\n", args...)
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, tc := range []struct {
		args []string
		part string
	}{
		{[]string{"scenarios"}, `"name": "healthy",`},
		{[]string{"scenarios", "healthy"}, `"source": "#`},
		{[]string{"events"}, `"name": "login",`},
		{[]string{"up", dir, "-s", "healthy"}, `"version": "26.1"`},
		{[]string{"show", dir}, `"bootstrap": "volume, believed, server, valid"`},
		{[]string{"calls", dir}, "[]\n"},
	} {
		got := says(t, 0, "", append(tc.args, "--json")...)
		if !json.Valid([]byte(got)) || !strings.Contains(got, tc.part) || strings.Contains(got, "null") {
			t.Errorf("%q: got %s\nwant %s", tc.args, got, tc.part)
		}
	}
}

// A server that is not there is no mistake of the scenario, and the other way
// round.
func TestUnreachableServer(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	server := []string{"--mdm", "http://127.0.0.1:1/mdm", "--mdm-authority", filepath.Join(dir, "ca")}
	mac := filepath.Join(dir, "mac")
	says(t, 1, "macsim: with the server http://127.0.0.1:1/mdm: scenario healthy: line ", append([]string{"up", mac, "-s", "healthy"}, server...)...)
	says(t, 2, "no scenario", append([]string{"up", mac, "-s", "nonsense"}, server...)...)
}

func TestCompletion(t *testing.T) {
	t.Parallel()
	const dirs, nothing, files = ":16", ":4", ":0"
	for _, tc := range []struct {
		args  []string
		lines string // some of them
		end   string
	}{
		{[]string{"up", ""}, "", dirs},
		{[]string{"show", ""}, "", dirs},
		{[]string{"show", "mac", ""}, "", nothing},
		{[]string{"calls", ""}, "", dirs},
		{[]string{"authority", ""}, "", dirs},
		{[]string{"record", ""}, "", dirs},
		{[]string{"record", "mac", ""}, "", files},
		{[]string{"shell", ""}, "", dirs},
		{[]string{"shell", "mac", ""}, "", files},
		{[]string{"do", ""}, "", dirs},
		{[]string{"do", "mac", "log"}, "login\nlogout\n", nothing},
		{[]string{"do", "mac", "login", ""}, "user=\n", ":6"},
		{[]string{"do", "mac", "mend", ""}, "tool=\n", ":6"},
		{[]string{"do", "mac", "mend", "tool=x", ""}, "", ":6"},
		{[]string{"do", "mac", "nonsense", ""}, "", nothing},
		{[]string{"scenarios", "heal"}, "healthy\n", nothing},
		{[]string{"events", ""}, "", nothing},
	} {
		var stdout bytes.Buffer
		runCommand(append([]string{"__complete"}, tc.args...), &stdout, new(bytes.Buffer))
		got := stdout.String()
		if !strings.Contains(got, tc.lines) || !strings.HasSuffix(got, tc.end+"\n") || tc.lines == "" && got != tc.end+"\n" {
			t.Errorf("%q: got\n%s\nwant\n%s%s", tc.args, got, tc.lines, tc.end)
		}
	}
}
