// Package identity keeps what a server and an operator know this Mac by: the key
// that signs its requests, the key to which secrets for it are sealed, and how far
// the server enrolled them.
//
// The private keys never leave the package. They belong to one Mac: with the disk of
// another one they are put aside and new ones are made. Which Mac it is the caller
// says, and "not known" is never taken for "another one".
package identity

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/tokenward/tokenward/internal/rootfile"
	"github.com/tokenward/tokenward/internal/wire"
)

// The files of the folder. Only the first two are ever signed with.
const (
	keyFile     = "key"
	nextFile    = "key.next"    // takes the place of the first
	retiredFile = "key.retired" // of another Mac, or revoked; gone once the new one is enrolled
	damagedFile = "key.damaged"
	stateFile   = "enrollment.json"
)

// ErrNone means that there are no keys yet: they are made when it is known for which
// Mac.
var ErrNone = errors.New("this Mac has no identity yet")

// Hardware says which Mac the keys are for. What is not known is empty.
type Hardware struct {
	UUID   string
	Serial string
}

// otherThan says whether both are known and differ.
func (h Hardware) otherThan(known Hardware) bool {
	return differ(h.UUID, known.UUID) || differ(h.Serial, known.Serial)
}

func differ(a, b string) bool { return a != "" && b != "" && !strings.EqualFold(a, b) }

// with fills in what is not known.
func (h Hardware) with(more Hardware) Hardware {
	if h.UUID == "" {
		h.UUID = more.UUID
	}
	if h.Serial == "" {
		h.Serial = more.Serial
	}
	return h
}

// Identity is the keys of this Mac and their enrolment at one server. It is safe for
// concurrent use; one process at a time may have it open.
type Identity struct {
	folder string
	server string
	from   rootfile.Files
	disk   disk

	mu      sync.Mutex
	current *key // nil before the first Bind
	next    *key // nil, or to be enrolled in its place
	state   enrollment
	damage  error
	unkept  error // of the last try to write down what the server said
}

// Open reads the identity in a folder, which it makes, and finishes what was under
// way when the power failed. server is the URL for which the enrolment counts. Keys
// that are damaged, or that others could have read, are put aside; see Damage.
func Open(folder, server string) (*Identity, error) {
	return OpenOn(rootfile.Files{}, folder, server)
}

// OpenOn is Open on a disk.
func OpenOn(on rootfile.Files, folder, server string) (*Identity, error) {
	return open(on, folder, server, files{on})
}

func open(from rootfile.Files, folder, server string, d disk) (*Identity, error) {
	if err := trustedFolder(from, folder); err != nil {
		return nil, fmt.Errorf("identity: %w", err)
	}
	i := &Identity{folder: folder, server: server, from: from, disk: d}
	if err := i.load(); err != nil {
		return nil, fmt.Errorf("identity: %w", err)
	}
	i.state = i.readState()
	if i.standing().State != "" {
		i.unkept = i.tidy() // the power may have failed before
	}
	return i, nil
}

// trustedFolder tells a folder that cannot be trusted from a file in it: for the
// folder nobody's keys are thrown away.
func trustedFolder(on rootfile.Files, folder string) error {
	if err := errors.Join(on.PrivateFolder(folder), on.Sweep(folder)); err != nil {
		return err
	}
	_, err := on.ReadSecret(filepath.Join(folder, "nothing"), 1)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func (i *Identity) load() (err error) {
	if i.current, err = i.readKey(keyFile); err != nil {
		return err
	}
	if i.next, err = i.readKey(nextFile); err != nil {
		return err
	}
	if i.next != nil && (i.current == nil || i.next.why != Rotated) {
		return i.replace() // it was on its way
	}
	return nil
}

// readKey returns nothing where there is no key, or none any more. An error is one of
// the disk, or a file of a later version: then the keys may still be good.
func (i *Identity) readKey(name string) (*key, error) {
	k, err := readKey(i.from, i.path(name))
	switch {
	case err == nil:
		return k, nil
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil //nolint:nilnil // there is none, which is no error
	case !damaged(err):
		return nil, err
	}
	i.damage = errors.Join(i.damage, err)
	return nil, i.disk.rename(i.path(name), i.path(damagedFile))
}

// Bind says which Mac this is, as far as that is known, and returns whether keys were
// made: the first ones, or those of another Mac than the keys there were. It must be
// called before anything is signed, and whenever more is known.
func (i *Identity) Bind(seen Hardware, now time.Time) (made bool, err error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	switch {
	case i.current == nil && seen.UUID == "":
		return false, nil
	case i.current == nil:
		return true, i.renew(i.reason(), seen, now)
	case seen.otherThan(i.current.hardware):
		return true, i.renew(Moved, seen, now)
	}
	return false, i.learn(seen)
}

// learn keeps what was not known of the Mac when the key was made.
func (i *Identity) learn(seen Hardware) error {
	known := i.current.hardware.with(seen)
	if known == i.current.hardware {
		return nil
	}
	more := *i.current
	more.hardware = known
	if err := i.write(keyFile, &more); err != nil {
		return err
	}
	i.current = &more
	return nil
}

func (i *Identity) reason() Why {
	if i.damage != nil || i.has(damagedFile) {
		return Damaged
	}
	return First
}

// renew makes keys and puts them in the place of those that are there. At every step
// there is one whole key file, the old or the new.
func (i *Identity) renew(why Why, hardware Hardware, now time.Time) error {
	fresh, err := newKey(why, hardware, now)
	if err != nil {
		return err
	}
	if err := i.write(nextFile, fresh); err != nil {
		return err
	}
	i.next = fresh
	return i.replace()
}

// replace puts the next key in the place of the present one. One that was rotated out
// is gone; any other is kept aside until the new one is enrolled.
func (i *Identity) replace() error {
	if i.current != nil && i.next.why != Rotated {
		if err := i.write(retiredFile, i.current); err != nil {
			return err
		}
	}
	if err := i.place(); err != nil {
		return err
	}
	if i.current != nil {
		i.current.wipe()
	}
	i.current, i.next = i.next, nil
	return nil
}

// place moves the file of the next key. A try before this one may have moved it already
// and failed to make that last; then it is written.
func (i *Identity) place() error {
	if !i.has(nextFile) {
		return i.write(keyFile, i.next)
	}
	if err := i.disk.rename(i.path(nextFile), i.path(keyFile)); err != nil {
		return fmt.Errorf("identity: %w", err)
	}
	return nil
}

// Rotate makes the keys that are to take the place of the present ones. They do when
// the server says that they are active; until then the present ones sign. Where a
// rotation is under way already, it does nothing.
func (i *Identity) Rotate(now time.Time) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.current == nil {
		return ErrNone
	}
	if i.next != nil {
		return nil
	}
	fresh, err := newKey(Rotated, i.current.hardware, now)
	if err != nil {
		return err
	}
	if err := i.write(nextFile, fresh); err != nil {
		return err
	}
	i.next = fresh
	return nil
}

// Origin says why the present keys were made, and when: what a finding about a moved
// disk, a damaged file or a revoked key rests on. Without keys it is empty.
func (i *Identity) Origin() (Why, time.Time) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.current == nil {
		return "", time.Time{}
	}
	return i.current.why, i.current.made
}

// Damage is what was wrong with the files that Open put aside, nil if nothing was.
func (i *Identity) Damage() error { return i.damage }

// Standing says how far the server enrolled the present key, and what it calls this
// Mac. The state is empty where the server has not said.
func (i *Identity) Standing() (state wire.EnrollState, deviceID string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	s := i.standing()
	return s.State, s.DeviceID
}

// Format writes a placeholder for every verb.
func (i *Identity) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, placeholder) }

func (i *Identity) path(name string) string { return filepath.Join(i.folder, name) }
