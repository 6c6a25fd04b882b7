package identity

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"testing"

	"github.com/tokenward/tokenward/internal/rootfile"
	"github.com/tokenward/tokenward/internal/wire"
)

var errPower = errors.New("the power failed")

// dying is a disk of a Mac whose power fails at one step: before it, or right after.
type dying struct {
	files
	left  int
	after bool
	dead  bool
}

func (d *dying) step(do func() error) error {
	if d.dead {
		return errPower
	}
	if d.left--; d.left > 0 {
		return do()
	}
	d.dead = true
	if d.after {
		return errors.Join(do(), errPower)
	}
	return errPower
}

func (d *dying) write(path string, data []byte) error {
	return d.step(func() error { return d.files.write(path, data) })
}

func (d *dying) rename(from, to string) error {
	return d.step(func() error { return d.files.rename(from, to) })
}

func (d *dying) remove(path string) error {
	return d.step(func() error { return d.files.remove(path) })
}

// authority is a server that knows one active key of this Mac and takes another where
// the active one is there to vouch for it.
type authority struct{ active string }

// enrol answers a Mac, once more if it asks once more. vouched: the active key signed
// as well.
func (a *authority) enrol(request wire.EnrollRequest, vouched bool) wire.EnrollAnswer {
	state := wire.EnrollPending
	if request.SigningKey == a.active || vouched {
		a.active, state = request.SigningKey, wire.EnrollActive
	}
	return wire.EnrollAnswer{DeviceID: "d1", State: state}
}

func (a *authority) meet(i *Identity) error {
	request, asks, err := i.Enrollment(noon)
	if err != nil || !asks {
		return err
	}
	vouched := i.next != nil && i.current.name() == a.active
	return i.Enrolled(request.SigningKey, a.enrol(request, vouched), noon)
}

// Whatever step of a rotation the power fails at, the next start ends with a key that
// the server takes.
func TestPowerFailsDuringARotation(t *testing.T) {
	t.Parallel()
	eachStep(t, 10, func(t *testing.T, d *dying) bool {
		folder := t.TempDir()
		a := &authority{active: active(t, folder).current.name()}
		i, err := open(rootfile.Files{}, folder, server, d)
		if err == nil {
			err = i.Rotate(noon)
		}
		if err == nil {
			err = a.meet(i)
		}
		survived := err == nil && !d.dead
		i = opened(t, folder)
		if err := a.meet(i); err != nil {
			t.Fatal(err)
		}
		if state, _ := i.Standing(); i.current.name() != a.active || state != wire.EnrollActive || i.next != nil {
			t.Errorf("the server takes another key than the one there is; state %q", state)
		}
		return survived
	})
}

// hesitant is a disk that does the first renaming and says that it failed, as one does
// that could not sync the folder.
type hesitant struct {
	files
	done bool
}

func (h *hesitant) rename(from, to string) error {
	err := h.files.rename(from, to)
	if !h.done {
		h.done = true
		err = errors.Join(err, errPower)
	}
	return err
}

// A key of which it is not known whether it was put into its place takes it at the next
// try, and the daemon goes on without a restart.
func TestKeyThatMayBeInItsPlace(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	a := &authority{active: active(t, folder).current.name()}
	i, err := open(rootfile.Files{}, folder, server, &hesitant{})
	if err == nil {
		err = i.Rotate(noon)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := a.meet(i); !errors.Is(err, errPower) {
		t.Fatalf("the first try: %v", err)
	}
	if err := a.meet(i); err != nil {
		t.Fatal(err)
	}
	for name, i := range map[string]*Identity{"now": i, "after a restart": opened(t, folder)} {
		if state, _ := i.Standing(); i.current.name() != a.active || state != wire.EnrollActive || i.next != nil {
			t.Errorf("%s: the server takes another key than the one there is; state %q", name, state)
		}
	}
}

// Whatever step the power fails at, a disk in another Mac ends with keys of that Mac,
// and a first start with one pair.
func TestPowerFailsWhileKeysAreMade(t *testing.T) {
	t.Parallel()
	for _, moved := range []bool{false, true} {
		t.Run(fmt.Sprint("moved ", moved), func(t *testing.T) {
			t.Parallel()
			eachStep(t, 10, func(t *testing.T, d *dying) bool {
				folder, before := t.TempDir(), ""
				if moved {
					before = active(t, folder).current.name()
				}
				i, err := open(rootfile.Files{}, folder, server, d)
				if err == nil {
					_, err = i.Bind(other, noon)
				}
				survived := err == nil && !d.dead
				i = bound(t, folder, other)
				if i.current.name() == before || i.current.hardware != other || i.next != nil || i.Damage() != nil {
					t.Errorf("bound to %v", i.current.hardware)
				}
				if again := bound(t, folder, other); again.current.name() != i.current.name() || again.current.recipient() != i.current.recipient() {
					t.Error("the keys are not kept")
				}
				return survived
			})
		})
	}
}

// A revoked key never signs again, whatever step the power fails at after that was
// noted.
func TestPowerFailsAfterARevocation(t *testing.T) {
	t.Parallel()
	eachStep(t, 12, func(t *testing.T, d *dying) bool {
		folder := t.TempDir()
		before := active(t, folder).current.name()
		i, err := open(rootfile.Files{}, folder, server, d)
		if err == nil {
			err = i.Refused(before, wire.ProblemRevoked, noon)
		}
		survived := err == nil && !d.dead
		i = opened(t, folder)
		if state, _ := i.Standing(); i.current.name() == before && state == wire.EnrollActive {
			if d.after || d.left > 0 {
				t.Error("the revocation is forgotten although it was noted")
			}
			return survived // it was not: the server says it again
		}
		if request, asks, err := i.Enrollment(noon); err != nil || !asks || request.SigningKey == before {
			t.Errorf("asks %t, %v", asks, err)
		}
		return survived
	})
}

// eachStep lets the power fail at every step in turn, until one try survives.
func eachStep(t *testing.T, most int, try func(*testing.T, *dying) (survived bool)) {
	t.Helper()
	for _, after := range []bool{false, true} {
		for n := 1; ; n++ {
			if n > most {
				t.Fatalf("still dying at step %d", n)
			}
			var survived bool
			t.Run(fmt.Sprintf("step %d after %t", n, after), func(t *testing.T) {
				survived = try(t, &dying{left: n, after: after})
			})
			if survived {
				if n == 1 {
					t.Fatal("no step was tried")
				}
				break
			}
		}
	}
}

// resummed gives a changed file the sum that it would have.
func resummed(data []byte) []byte {
	line := data[:len(data)-2*sha256.Size-2]
	return fmt.Appendf(nil, "%s\n%x\n", line, sha256.Sum256(line))
}

func FuzzDecode(f *testing.F) {
	k, err := newKey(First, mine, noon)
	if err != nil {
		f.Fatal(err)
	}
	whole, err := encode(k)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole[:len(whole)-66])
	f.Add([]byte(`{"version":1,"signing_seed":"AAAA"}`))
	f.Add([]byte(`[]`))
	f.Fuzz(func(t *testing.T, line []byte) {
		data := fmt.Appendf(nil, "%s\n%x\n", line, sha256.Sum256(line))
		k, err := decode(data)
		if (k == nil) == (err == nil) {
			t.Fatalf("%v, %v", k, err)
		}
		if err == nil && (len(k.name()) != 44 || k.recipient() == "") {
			t.Error("a key that is none")
		}
	})
}
