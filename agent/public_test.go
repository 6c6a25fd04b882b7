//go:build !darwin

package agent

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/macsim/state"
	"github.com/tokenward/tokenward/internal/paths"
	"github.com/tokenward/tokenward/internal/rootfile"
	"github.com/tokenward/tokenward/internal/wire"
)

func TestEverybodyMayReadTheVerdict(t *testing.T) {
	t.Parallel()
	mac, root := healthy(t), t.TempDir()
	mac.escrow(false)
	a := opened(t, root, mac)
	r := checked(t, a, wire.Scheduled)
	public, err := ReadPublic(paths.Under(root))
	if err != nil {
		t.Fatal(err)
	}
	if public.Verdict != r.Verdict || !public.CheckedAt.Equal(r.ObservedAt) || public.NextCheck.Sub(r.ObservedAt) != a.configured().Interval {
		t.Errorf("it says %+v of a report of %v at %v", public, r.Verdict, r.ObservedAt)
	}
	for path, want := range map[string]fs.FileMode{a.paths.Public(): 0o755, a.paths.PublicStatus(): 0o644} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v; want mode %v", path, info.Mode(), err, want)
		}
	}
	data, err := os.ReadFile(a.paths.PublicStatus())
	if err != nil {
		t.Fatal(err)
	}
	private := []string{mac.sim.Serial, mac.sim.HardwareUUID, "Test Mac"}
	for _, account := range r.Accounts {
		private = append(private, account.Name, account.GUID)
	}
	for _, word := range private {
		if word != "" && strings.Contains(string(data), word) {
			t.Errorf("%q stands in %s", word, data)
		}
	}
	a.wish(wire.Next{CheckS: 7200})
	checked(t, a, wire.Scheduled)
	if public, err = ReadPublic(paths.Under(root)); err != nil || public.NextCheck.Sub(public.CheckedAt) != 2*time.Hour {
		t.Errorf("after the server's wish: %+v, %v", public, err)
	}
}

// What a crash left half written for everybody to see goes with the next check.
func TestThePublicFolderIsTidied(t *testing.T) {
	t.Parallel()
	p := paths.Under(t.TempDir())
	if err := rootfile.PublicFolder(p.Public()); err != nil {
		t.Fatal(err)
	}
	left := p.Public() + "/" + rootfile.TempPrefix + "1"
	writeFile(t, left, "half", 0o644)
	if err := writePublic(rootfile.Files{}, p, wire.PublicOf(wire.Report{}, time.Now())); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(left); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("it is still there: %v", err)
	}
}

// Whoever could write the file could tell people that all is well.
func TestPublicStatusIsTrustedOnlyFromRoot(t *testing.T) {
	t.Parallel()
	good, err := json.Marshal(wire.PublicOf(wire.Report{Verdict: health.VerdictOK}, time.Now()))
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name string
		make func(p paths.Paths) error
		want error // nil: any
	}{
		{"nothing there", func(paths.Paths) error { return nil }, fs.ErrNotExist},
		{"a file that others may write", func(p paths.Paths) error {
			return errors.Join(os.WriteFile(p.PublicStatus(), good, 0o600), os.Chmod(p.PublicStatus(), 0o666))
		}, rootfile.ErrUntrusted},
		{"a folder that others may write to", func(p paths.Paths) error {
			return errors.Join(os.WriteFile(p.PublicStatus(), good, 0o600), os.Chmod(p.Public(), 0o777))
		}, rootfile.ErrUntrusted},
		{"a link", func(p paths.Paths) error {
			return errors.Join(os.WriteFile(p.PublicStatus()+".real", good, 0o600), os.Symlink(p.PublicStatus()+".real", p.PublicStatus()))
		}, rootfile.ErrUntrusted},
		{"something else", func(p paths.Paths) error { return os.WriteFile(p.PublicStatus(), []byte(`{"verdict":"ok"}`), 0o600) }, nil},
		{"no JSON", func(p paths.Paths) error { return os.WriteFile(p.PublicStatus(), []byte("ok"), 0o600) }, nil},
		{"too long", func(p paths.Paths) error {
			return os.WriteFile(p.PublicStatus(), append(good, strings.Repeat(" ", 5<<10)...), 0o600)
		}, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p := paths.Under(t.TempDir())
			if err := errors.Join(rootfile.PublicFolder(p.Public()), tc.make(p)); err != nil {
				t.Fatal(err)
			}
			if public, err := ReadPublic(p); err == nil || (tc.want != nil && !errors.Is(err, tc.want)) || public != (wire.Public{}) {
				t.Errorf("ReadPublic = %+v, %v; want %v", public, err, tc.want)
			}
		})
	}
}

// What cannot be left for others keeps no check from ending.
func TestACheckGoesOnWithoutThePublicFolder(t *testing.T) {
	t.Parallel()
	a := opened(t, t.TempDir(), healthy(t))
	if err := os.WriteFile(a.paths.Public(), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	checked(t, a, wire.Scheduled)
}

func TestHistoryTellsWhatChanged(t *testing.T) {
	t.Parallel()
	mac, root := healthy(t), t.TempDir()
	a := opened(t, root, mac)
	checked(t, a, wire.Scheduled)
	if h := a.History(); len(h.Changes) != 0 || h.Last.IsZero() {
		t.Errorf("after the first check: %+v", h)
	}
	mac.change(func(m *state.Mac) { m.Bootstrap.Escrowed = false })
	checked(t, a, wire.Scheduled)
	kinds := map[health.ChangeKind]bool{}
	for _, c := range a.History().Changes {
		kinds[c.Kind] = true
	}
	if !kinds[health.EscrowChanged] || !kinds[health.FindingRaised] {
		t.Errorf("%+v", a.History().Changes)
	}
	ledger, err := ReadLedger(paths.Under(root))
	if err != nil || len(ledger.Changes) != len(a.History().Changes) {
		t.Errorf("without the daemon: %+v, %v", ledger.Changes, err)
	}
}

// What the daemon can write others can read, on a Mac with thousands of people too.
func TestLedgerOfManyAccountsIsRead(t *testing.T) {
	t.Parallel()
	p := paths.Under(t.TempDir())
	many := health.Ledger{Mac: health.Memory{At: time.Now(), Accounts: map[string]health.AccountMemory{}}}
	for i := range 12000 {
		many.Mac.Accounts[fmt.Sprintf("00000000-0000-4000-8000-%012d", i)] = health.AccountMemory{
			Name: fmt.Sprintf("p%d", i), Holder: health.No, Admin: health.No, PasswordSet: time.Now(), LastLogin: time.Now(),
		}
	}
	if err := os.MkdirAll(filepath.Dir(p.Ledger()), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := writeState(rootfile.Files{}, p.Ledger(), many); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(p.Ledger()); err != nil || info.Size() <= maxSmallFile {
		t.Fatalf("%v, %v", info, err)
	}
	if l, err := ReadLedger(p); err != nil || len(l.Mac.Accounts) != len(many.Mac.Accounts) {
		t.Errorf("%d accounts, %v", len(l.Mac.Accounts), err)
	}
}
