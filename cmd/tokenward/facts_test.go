package main

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tokenward/tokenward/agent/control"
	"github.com/tokenward/tokenward/cmd/tokenward/internal/view"
	"github.com/tokenward/tokenward/internal/wire"
)

func someFacts() map[string]wire.Fact {
	return map[string]wire.Fact{
		"filevault.state": {Value: "on", Status: "observed"}, "filevault.users": {Value: 2, Status: "observed"},
		"filevault_like.other": {Status: "absent"}, "os.version": {Value: "15.1", Status: "observed"}, "peers": {Value: "", Status: "observed"},
	}
}

func TestWanted(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		names []string
		want  []string
		fails string // a part of the error
	}{
		{"all", nil, []string{"filevault.state", "filevault.users", "filevault_like.other", "os.version", "peers"}, ""},
		{"one", []string{"os.version"}, []string{"os.version"}, ""},
		{"one without a group", []string{"peers"}, []string{"peers"}, ""},
		{"a group", []string{"filevault"}, []string{"filevault.state", "filevault.users"}, ""},
		{"a group with its dot", []string{"filevault."}, []string{"filevault.state", "filevault.users"}, ""},
		{"two, one of them twice", []string{"os.version", "filevault", "filevault.state"}, []string{"filevault.state", "filevault.users", "os.version"}, ""},
		{"a group twice", []string{"filevault", "filevault"}, []string{"filevault.state", "filevault.users"}, ""},
		{"a group after all that is in it", []string{"filevault.state", "filevault.users", "filevault"}, []string{"filevault.state", "filevault.users"}, ""},
		{"a slip in a fact", []string{"filevault.stat"}, nil, "did you mean filevault.state?"},
		{"a slip in a group", []string{"filevualt"}, nil, "did you mean filevault?"},
		{"nothing like it", []string{"something else"}, nil, "lists them all"},
		{"a part of a name", []string{"file"}, nil, `no fact "file"`},
		{"nothing", []string{""}, nil, `no fact ""`},
		{"a dot", []string{"."}, nil, `no fact "."`},
		{"one that is, and one that is not", []string{"os.version", "nonsense.at.all"}, nil, "nonsense.at.all"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got, err := wanted(someFacts(), tc.names)
			if tc.fails != "" {
				if code, silent := codeOf(err); code != exitUsage || silent || !strings.Contains(err.Error(), tc.fails) {
					t.Errorf("%v, exit %d, silent %t", err, code, silent)
				}
				return
			}
			if names := slices.Sorted(maps.Keys(got)); err != nil || !slices.Equal(names, tc.want) {
				t.Errorf("%v, %v", names, err)
			}
		})
	}
}

// Who answered, and how old each answer is, is part of the list.
func TestListed(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	before, after := now.Add(-90*time.Second), now.Add(time.Minute)
	facts := map[string]wire.Fact{
		"os.version": {Value: "15.1", Status: "observed", Source: "sw_vers", ObservedAt: &before},
		"peers":      {Value: "", Status: "observed", ObservedAt: &after}, // a clock was set
		"device.sip": {Status: "not_observed"},
	}
	for from, daemon := range map[string]*wire.DaemonStatus{"command": nil, "daemon": {}} {
		data, err := json.Marshal(listed(view.Page{Report: wire.Report{Facts: facts, ObservedAt: before}, Daemon: daemon, Now: now}))
		if err != nil {
			t.Fatal(err)
		}
		var got struct {
			From       string
			ObservedAt time.Time `json:"observed_at"`
			Facts      map[string]struct {
				Value  any
				Status string
				AgeS   *int64 `json:"age_s"`
			}
		}
		if err := json.Unmarshal(data, &got); err != nil {
			t.Fatal(err)
		}
		if got.From != from || !got.ObservedAt.Equal(before) || len(got.Facts) != len(facts) {
			t.Errorf("%s", data)
		}
		if f := got.Facts["os.version"]; f.AgeS == nil || *f.AgeS != 90 || f.Value != "15.1" || f.Status != "observed" {
			t.Errorf("%s", data)
		}
		if f := got.Facts["peers"]; f.AgeS == nil || *f.AgeS != 0 || f.Value != "" {
			t.Errorf("%s", data)
		}
		if f := got.Facts["device.sip"]; f.AgeS != nil || f.Value != nil {
			t.Errorf("%s", data)
		}
	}
}

// Whoever typed facts is not told to type status.
func TestTheRefusalNamesTheCommand(t *testing.T) {
	t.Parallel()
	root := (&app{}).command()
	for _, name := range []string{"facts", "status"} {
		c, _, err := root.Find([]string{name})
		if err != nil {
			t.Fatal(err)
		}
		err = asRoot(c, control.ErrDenied)
		if code, _ := codeOf(err); code != exitNeedsRoot || !errors.Is(err, control.ErrDenied) || !strings.HasSuffix(err.Error(), "run sudo tokenward "+name) {
			t.Errorf("%s: %v, exit %d", name, err, code)
		}
	}
}
