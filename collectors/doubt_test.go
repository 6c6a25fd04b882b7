package collectors_test

import (
	"bytes"
	"context"
	"slices"
	"testing"

	"github.com/tokenward/tokenward/health/evidence"
	"github.com/tokenward/tokenward/internal/macsim/state"
	"github.com/tokenward/tokenward/internal/run"
)

// The accounts that matter most are asked about, however many others there are.
func TestWhoMattersIsAskedFirst(t *testing.T) {
	t.Parallel()
	alias := []byte("kCGSSessionUserNameKey : bjørn.ås@corp.example.com")
	orphan := noConsole(load(t, "user-without-token"))
	orphan.OrphanCryptoUsers = []state.CryptoUser{{UUID: "9D2F0C44-3E0B-47F5-8A6B-5C1E7F2A0901", Type: state.LocalOpenDirectory}}
	for _, tc := range []struct {
		name string
		mac  run.Runner
		who  string
	}{
		{"a sole holder behind 19 disagreements", simulated(crowd(t, 20, func(i int, a *state.Account) { a.Token.CryptoUser = i == 19 })), "user0019"},
		{"a sole holder beside the key of a lost account", simulated(orphan), "itadmin"},
		{
			"a user at the console under another of his names",
			rewrite(simulated(load(t, "directory-user-with-odd-names")), run.Scutil, func(r run.Result) run.Result {
				r.Stdout = bytes.ReplaceAll(r.Stdout, []byte("kCGSSessionUserNameKey : bjørn.ås"), alias)
				return r
			}),
			"bjørn.ås",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			started := &asked{inner: tc.mac}
			take(t, started)
			if !slices.Contains(started.about(), tc.who) {
				t.Errorf("asked about %v, not about %s", started.about(), tc.who)
			}
		})
	}
}

func TestADeadlineIsATimeout(t *testing.T) {
	t.Parallel()
	s := take(t, answers(func(context.Context, run.Command) (run.Result, error) { return run.Result{}, context.DeadlineExceeded }))
	if s.OSVersion.State != evidence.Failed || s.OSVersion.Reason != evidence.Timeout {
		t.Errorf("got %s, %s", s.OSVersion.State, s.OSVersion.Reason)
	}
}

func TestThousandsOfAccountsAreReadable(t *testing.T) {
	t.Parallel()
	s := take(t, simulated(crowd(t, 2900, nil)))
	if accounts, ok := s.Directory.Known(); !ok || len(accounts) < 2900 {
		t.Errorf("%d accounts, %s %s", len(accounts), s.Directory.State, s.Directory.Reason)
	}
}
