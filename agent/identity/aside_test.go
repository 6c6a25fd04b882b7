package identity

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/tokenward/tokenward/internal/rootfile"
	"github.com/tokenward/tokenward/internal/wire"
)

// enrolledAs lets the server know the present key.
func enrolledAs(t *testing.T, i *Identity, state wire.EnrollState) {
	t.Helper()
	if err := i.Enrolled(i.current.name(), wire.EnrollAnswer{DeviceID: "d1", State: state}, noon); err != nil {
		t.Fatal(err)
	}
}

// The private keys of another Mac, and a damaged file of keys, go once the server knows
// the key that is there now; where the power failed before, at the next start.
func TestWhatWasPutAsideGoes(t *testing.T) {
	t.Parallel()
	for _, name := range []string{retiredFile, damagedFile} {
		for _, tc := range []struct {
			name string
			said wire.EnrollState
			gone bool
		}{{"not asked", "", false}, {"pending", wire.EnrollPending, true}, {"active", wire.EnrollActive, true}} {
			t.Run(name+" "+tc.name, func(t *testing.T) {
				t.Parallel()
				folder := t.TempDir()
				path := filepath.Join(folder, name)
				i := bound(t, folder, mine)
				put := func() {
					t.Helper()
					if err := os.WriteFile(path, []byte("private"), 0o600); err != nil {
						t.Fatal(err)
					}
				}
				put()
				if tc.said != "" {
					enrolledAs(t, i, tc.said)
				}
				if exists(path) == tc.gone {
					t.Errorf("after the answer it is there: %t", exists(path))
				}
				put() // as if the power had failed before it was removed
				if i = opened(t, folder); exists(path) == tc.gone || i.Unkept() != nil {
					t.Errorf("after the next start it is there: %t, %v", exists(path), i.Unkept())
				}
			})
		}
	}
}

// counting is a disk that counts what is written, and can be full.
type counting struct {
	files
	written []string
	full    error
}

func (c *counting) write(path string, data []byte) error {
	c.written = append(c.written, filepath.Base(path))
	if c.full != nil && filepath.Base(path) == stateFile {
		return c.full
	}
	return c.files.write(path, data)
}

func on(t *testing.T, folder string, d disk) *Identity {
	t.Helper()
	i, err := open(rootfile.Files{}, folder, server, d)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func TestFullDiskDoesNotUndoAnAnswer(t *testing.T) {
	t.Parallel()
	folder, full := t.TempDir(), errors.New("no space left")
	bound(t, folder, mine)
	d := &counting{full: full}
	i := on(t, folder, d)
	enrolledAs(t, i, wire.EnrollActive)
	if state, id := i.Standing(); state != wire.EnrollActive || id != "d1" || !errors.Is(i.Unkept(), full) || wanted(t, i, noon) {
		t.Errorf("state %q of %q, %v", state, id, i.Unkept())
	}
	if state, _ := opened(t, folder).Standing(); state != "" {
		t.Errorf("on the disk: %q", state)
	}
	d.full = nil
	if wanted(t, i, noon); i.Unkept() != nil {
		t.Errorf("there is room, and it is not written: %v", i.Unkept())
	}
	if state, _ := opened(t, folder).Standing(); state != wire.EnrollActive {
		t.Errorf("on the disk: %q", state)
	}
}

// A key that is revoked is not used again, whether that could be written down or not.
func TestFullDiskDoesNotUndoARevocation(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	before := active(t, folder).current.name()
	i := on(t, folder, &counting{full: errors.New("no space left")})
	if err := i.Refused(before, wire.ProblemRevoked, noon); err != nil {
		t.Fatal(err)
	}
	if i.current.name() == before || opened(t, folder).current.name() == before {
		t.Error("the revoked key goes on")
	}
}

// A Mac that waits asks every hour, and its disk is left in peace.
func TestSameAnswerIsWrittenOnce(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	bound(t, folder, mine)
	d := &counting{}
	i := on(t, folder, d)
	for range 3 {
		enrolledAs(t, i, wire.EnrollPending)
	}
	for range 3 {
		if err := i.Refused(i.current.name(), wire.ProblemPending, noon); err != nil {
			t.Fatal(err)
		}
	}
	if !slices.Equal(d.written, []string{stateFile}) {
		t.Errorf("written: %q", d.written)
	}
	if err := i.Enrolled(i.current.name(), wire.EnrollAnswer{DeviceID: "d2", State: wire.EnrollPending}, noon); err != nil || len(d.written) != 2 {
		t.Errorf("written: %q, %v", d.written, err)
	}
	enrolledAs(t, i, wire.EnrollActive)
	if len(d.written) != 3 {
		t.Errorf("written: %q", d.written)
	}
}

func TestDisownedKey(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	i := bound(t, folder, mine)
	first := i.current.name()
	if err := i.Disowned("another key", noon); err != nil || i.current.name() != first {
		t.Errorf("a word about another key counts, %v", err)
	}
	if err := i.Disowned(first, noon); err != nil {
		t.Fatal(err)
	}
	second := i.current.name()
	if why, _ := i.Origin(); second == first || why != Disowned || i.current.hardware != mine {
		t.Errorf("made because %s for %v", why, i.current.hardware)
	}
	if err := i.Disowned(second, noon.Add(23*time.Hour)); err != nil || i.current.name() != second {
		t.Errorf("another key within the day, %v", err)
	}
	if err := i.Disowned(second, noon.Add(24*time.Hour)); err != nil || i.current.name() == second {
		t.Errorf("no other key after a day, %v", err)
	}
}

func TestDisownedRotationIsGivenUp(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	i := active(t, folder)
	before := i.current.name()
	if err := i.Rotate(noon); err != nil {
		t.Fatal(err)
	}
	if err := i.Disowned(i.next.name(), noon); err != nil {
		t.Fatal(err)
	}
	if i.current.name() != before || i.next != nil || wanted(t, i, noon) || exists(filepath.Join(folder, nextFile)) {
		t.Error("the rotation goes on")
	}
}

// The former key is gone from memory as well.
func TestFormerKeyIsWiped(t *testing.T) {
	t.Parallel()
	i := active(t, t.TempDir())
	former := i.current
	if err := i.Rotate(noon); err != nil {
		t.Fatal(err)
	}
	next := i.next
	if err := i.Enrolled(next.name(), wire.EnrollAnswer{DeviceID: "d1", State: wire.EnrollActive}, noon); err != nil {
		t.Fatal(err)
	}
	if slices.ContainsFunc(former.signing, func(b byte) bool { return b != 0 }) {
		t.Error("the former key is still in memory")
	}
	if err := i.Rotate(noon); err != nil {
		t.Fatal(err)
	}
	given := i.next
	if err := i.Refused(given.name(), wire.ProblemRevoked, noon); err != nil {
		t.Fatal(err)
	}
	if slices.ContainsFunc(given.signing, func(b byte) bool { return b != 0 }) {
		t.Error("the key that was given up is still in memory")
	}
}

// For a folder that others may write to, nobody's keys are thrown away: nothing is
// opened, and nothing is changed.
func TestFolderThatCannotBeTrusted(t *testing.T) {
	t.Parallel()
	above := t.TempDir()
	folder := filepath.Join(above, "identity")
	active(t, folder)
	before, err := os.ReadFile(filepath.Join(folder, keyFile))
	if err := errors.Join(err, os.Chmod(above, 0o777)); err != nil {
		t.Fatal(err)
	}
	if i, err := Open(folder, server); !errors.Is(err, rootfile.ErrUntrusted) {
		t.Errorf("opened: %v, %v", i, err)
	}
	after, err := os.ReadFile(filepath.Join(folder, keyFile))
	if err != nil || string(after) != string(before) || exists(filepath.Join(folder, damagedFile)) {
		t.Errorf("the key was touched: %v", err)
	}
	if err := os.Chmod(above, 0o700); err != nil {
		t.Fatal(err)
	}
	if i := opened(t, folder); i.Damage() != nil {
		t.Errorf("damage %v", i.Damage())
	}
}
