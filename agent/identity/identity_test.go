package identity

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/tokenward/tokenward/internal/rootfile"
	"github.com/tokenward/tokenward/internal/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const server = "https://tokens.example.org"

var (
	mine  = Hardware{UUID: "0B6E6E1B-6C2C-5D0E-9D5C-3E9C6B1F0A03", Serial: "FVTEST0003"}
	other = Hardware{UUID: "7A1C7E0E-8B1D-4B53-9F4E-0D2B2B5A0302", Serial: "FVTEST0004"}
	noon  = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
)

func opened(t *testing.T, folder string) *Identity {
	t.Helper()
	i, err := Open(folder, server)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func bound(t *testing.T, folder string, h Hardware) *Identity {
	t.Helper()
	i := opened(t, folder)
	if _, err := i.Bind(h, noon); err != nil {
		t.Fatal(err)
	}
	return i
}

func active(t *testing.T, folder string) *Identity {
	t.Helper()
	i := bound(t, folder, mine)
	if err := i.Enrolled(i.current.name(), wire.EnrollAnswer{DeviceID: "d1", State: wire.EnrollActive}, noon); err != nil {
		t.Fatal(err)
	}
	return i
}

func TestKeysAreMadeOnce(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "identity")
	first := bound(t, folder, mine).current.name()
	for range 2 {
		if again := bound(t, folder, mine).current.name(); again != first {
			t.Errorf("another key: %s, %s", first, again)
		}
	}
	for path, want := range map[string]fs.FileMode{folder: 0o700, filepath.Join(folder, keyFile): 0o600} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: mode %v, %v", path, info.Mode(), err)
		}
	}
}

func TestUnknownHardwareIsNoOtherMac(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		made Hardware
		seen Hardware
		anew bool
	}{
		{"the same", mine, mine, false},
		{"in other letters", mine, Hardware{strings.ToLower(mine.UUID), mine.Serial}, false},
		{"nothing is known", mine, Hardware{}, false},
		{"only the serial is known", mine, Hardware{Serial: mine.Serial}, false},
		{"the serial was not known", Hardware{UUID: mine.UUID}, mine, false},
		{"another Mac", mine, other, true},
		{"another serial alone", mine, Hardware{mine.UUID, other.Serial}, true},
		{"another serial, and the hardware UUID is not known", mine, Hardware{Serial: other.Serial}, true},
		{"another Mac without a serial", mine, Hardware{UUID: other.UUID}, true},
		{"another board with the serial of the old one", mine, Hardware{other.UUID, mine.Serial}, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			before := bound(t, folder, tc.made).current.name()
			i := opened(t, folder)
			made, err := i.Bind(tc.seen, noon)
			if err != nil || made != tc.anew || (i.current.name() != before) != tc.anew {
				t.Fatalf("made %t, %v", made, err)
			}
			if why, _ := i.Origin(); (why == Moved) != tc.anew {
				t.Errorf("made because %s", why)
			}
			if !tc.anew && i.current.hardware.otherThan(mine) {
				t.Errorf("bound to %v", i.current.hardware)
			}
		})
	}
}

func TestNoKeysWithoutAMac(t *testing.T) {
	t.Parallel()
	i := opened(t, t.TempDir())
	made, err := i.Bind(Hardware{Serial: mine.Serial}, noon)
	if made || err != nil {
		t.Errorf("made %t, %v", made, err)
	}
	_, _, asked := i.Enrollment(noon)
	_, signed := i.Sign(nil, nil, noon)
	if !errors.Is(asked, ErrNone) || !errors.Is(signed, ErrNone) || !errors.Is(i.Rotate(noon), ErrNone) {
		t.Errorf("%v, %v", asked, signed)
	}
}

// A learned serial number is kept, and another Mac is noticed by it later.
func TestWhatIsLearnedOfTheMacIsKept(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	bound(t, folder, Hardware{UUID: mine.UUID})
	bound(t, folder, mine)
	if got := opened(t, folder).current.hardware; got != mine {
		t.Errorf("bound to %v", got)
	}
}

func TestKeysOfAnotherMacAreGoneOnceTheNewOnesAreEnrolled(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	active(t, folder)
	i := bound(t, folder, other)
	if state, _ := i.Standing(); state != "" || !exists(filepath.Join(folder, retiredFile)) {
		t.Errorf("state %q", state)
	}
	if err := i.Enrolled(i.current.name(), wire.EnrollAnswer{DeviceID: "d2", State: wire.EnrollPending}, noon); err != nil {
		t.Fatal(err)
	}
	if exists(filepath.Join(folder, retiredFile)) {
		t.Error("the keys of the other Mac are still there")
	}
}

func TestDamagedKeys(t *testing.T) {
	t.Parallel()
	flip := func(data []byte) []byte { data[30] ^= 1; return data }
	for _, tc := range []struct {
		name  string
		spoil func([]byte) []byte
		mode  fs.FileMode
	}{
		{"empty", func([]byte) []byte { return nil }, 0o600},
		{"half", func(d []byte) []byte { return d[:len(d)/2] }, 0o600},
		{"a flipped bit", flip, 0o600},
		{"zeros", func(d []byte) []byte { return make([]byte, len(d)) }, 0o600},
		{"too long", func(d []byte) []byte { return append(d, make([]byte, maxFile)...) }, 0o600},
		{"others could read it", func(d []byte) []byte { return d }, 0o644},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			before := active(t, folder).current.name()
			path := filepath.Join(folder, keyFile)
			data, err := os.ReadFile(path)
			if err := errors.Join(err, os.WriteFile(path, tc.spoil(data), 0o600), os.Chmod(path, tc.mode)); err != nil {
				t.Fatal(err)
			}
			i := bound(t, folder, mine)
			if why, _ := i.Origin(); i.current.name() == before || why != Damaged {
				t.Errorf("the damaged key goes on; made because %s", why)
			}
			if i.Damage() == nil || !strings.Contains(i.Damage().Error(), path) {
				t.Errorf("damage %v", i.Damage())
			}
			if !exists(filepath.Join(folder, damagedFile)) {
				t.Error("the damaged file was not kept")
			}
		})
	}
}

// A disk that does not answer, and a file of a later version, say nothing against the
// keys.
func TestKeysAreNotThrownAwayForTheDisk(t *testing.T) {
	t.Parallel()
	k, err := newKey(First, mine, noon)
	if err != nil {
		t.Fatal(err)
	}
	if !damaged(errDamaged) || !damaged(rootfile.ErrUntrusted) || damaged(&fs.PathError{Op: "read", Err: errors.New("input/output error")}) || damaged(errNewer) {
		t.Error("damage is mistaken")
	}
	data, err := encode(k)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := decode(resummed(bytes.Replace(data, []byte(`"version":1`), []byte(`"version":2`), 1))); !errors.Is(err, errNewer) {
		t.Errorf("a later version: %v", err)
	}
}

func TestNothingPrintsAKey(t *testing.T) {
	t.Parallel()
	i := bound(t, t.TempDir(), mine)
	s := stored{Seed: i.current.signing.Seed(), Sealing: i.current.sealing.String()}
	type holder struct {
		Key  *key
		Bare key
	}
	h := holder{i.current, *i.current}
	var shown strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		for _, v := range []any{i, i.current, *i.current, h, &h, s, &s, []*key{i.current}} {
			fmt.Fprintf(&shown, verb, v)
		}
	}
	data, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	shown.Write(data)
	seed := i.current.signing.Seed()
	for _, form := range []string{i.current.sealing.String(), strings.Trim(fmt.Sprint([]int{int(seed[0]), int(seed[1]), int(seed[2]), int(seed[3])}), "[]"), fmt.Sprintf("%x", seed), string(seed)} {
		if strings.Contains(shown.String(), form) {
			t.Errorf("a key shows in %s", &shown)
		}
	}
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
