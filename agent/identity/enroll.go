package identity

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/tokenward/tokenward/internal/wallclock"
	"github.com/tokenward/tokenward/internal/wire"
)

// anotherAgain is how long after a key was made because the server did not want the
// former one no further one is made: a server that revokes everything must not fill its
// own list of pending enrolments, nor wear out this disk.
const anotherAgain = 24 * time.Hour

// enrollment is what a server said about a key. It counts for that key at that server
// alone, so a crash between the key and this file loses no more than an answer that
// can be asked for again.
type enrollment struct {
	Server     string           `json:"server"`
	SigningKey string           `json:"signing_key"`
	DeviceID   string           `json:"device_id"`
	State      wire.EnrollState `json:"state"`
	At         time.Time        `json:"at"`
}

// readState returns nothing where the file is missing or broken: the server is asked
// again.
func (i *Identity) readState() enrollment {
	var s enrollment
	data, err := i.from.ReadSecret(i.path(stateFile), maxFile)
	if err != nil || json.Unmarshal(data, &s) != nil {
		return enrollment{}
	}
	return s
}

// standing is the state of the present key at the present server.
func (i *Identity) standing() enrollment {
	if i.current == nil || i.state.SigningKey != i.current.name() || i.state.Server != i.server {
		return enrollment{}
	}
	return i.state
}

// keep has what the server said count from now on, and writes it down. It counts where
// it could not be written as well: a disk that is full is drained by sending, and after
// a restart the server is asked again.
func (i *Identity) keep(s enrollment) {
	i.state = s
	i.writeState()
}

// writeState writes down what the server said, and removes what was put aside until it
// knew the key that is there now.
func (i *Identity) writeState() {
	data, err := json.Marshal(i.state)
	if err == nil {
		err = i.disk.write(i.path(stateFile), append(data, '\n'))
	}
	if err == nil && i.standing().State != "" {
		err = i.tidy()
	}
	if err != nil {
		err = fmt.Errorf("identity: %w", err)
	}
	i.unkept = err
}

// Unkept is why what the server said could not be written down, nil if it is. It counts
// all the same, until the next start.
func (i *Identity) Unkept() error {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.unkept
}

// Enrollment returns the public keys about which the server is to be asked, and
// whether it is to be asked at all. Where the present key is active, it is about the
// one that takes its place; where it is revoked, about a new one, once there may be
// one. It fails with ErrNone where there are no keys.
func (i *Identity) Enrollment(now time.Time) (request wire.EnrollRequest, wanted bool, err error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.current == nil {
		return wire.EnrollRequest{}, false, ErrNone
	}
	if i.unkept != nil {
		i.writeState()
	}
	if i.standing().State == wire.EnrollRevoked {
		if err := i.another(Revoked, now); err != nil {
			return wire.EnrollRequest{}, false, err
		}
	}
	k := i.current
	switch state := i.standing().State; {
	case i.next != nil:
		k = i.next
	case state == wire.EnrollActive || state == wire.EnrollRevoked:
		return wire.EnrollRequest{}, false, nil
	}
	return wire.EnrollRequest{SigningKey: k.name(), Recipient: k.recipient()}, true, nil
}

// Enrolled keeps what the server answered about a key. A key that takes the place of
// another does so when it is active. An answer about a key that is not there any more
// is forgotten.
func (i *Identity) Enrolled(signingKey string, answer wire.EnrollAnswer, now time.Time) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	if answer.State != wire.EnrollActive {
		answer.State = wire.EnrollPending // nothing may rest on a word that is not known
	}
	if i.next != nil && i.next.name() == signingKey && answer.State == wire.EnrollActive {
		if err := i.replace(); err != nil {
			return err
		}
	}
	if i.current == nil || i.current.name() != signingKey {
		return nil
	}
	said := enrollment{Server: i.server, SigningKey: signingKey, DeviceID: answer.DeviceID, State: answer.State}
	if same := i.standing(); same.DeviceID == said.DeviceID && same.State == said.State {
		return nil
	}
	said.At = now.UTC()
	i.keep(said)
	return nil
}

// tidy removes what was put aside.
func (i *Identity) tidy() (err error) {
	for _, name := range []string{retiredFile, damagedFile} {
		if i.has(name) {
			err = errors.Join(err, i.disk.remove(i.path(name)))
		}
	}
	return err
}

// Refused keeps what a server's problem says about a key: after [wire.ProblemRevoked]
// it is never used again and a new one takes its place, at most one in a day; after
// [wire.ProblemPending] it waits; after any other it has to be enrolled again.
func (i *Identity) Refused(signingKey, problem string, now time.Time) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.next != nil && i.next.name() == signingKey {
		if problem == wire.ProblemRevoked {
			return i.giveUpNext()
		}
		return nil
	}
	if i.current == nil || i.current.name() != signingKey {
		return nil
	}
	said := enrollment{Server: i.server, SigningKey: signingKey, DeviceID: i.standing().DeviceID, At: now.UTC()}
	switch problem {
	case wire.ProblemRevoked:
		said.State = wire.EnrollRevoked
		i.keep(said)
		return i.another(Revoked, now)
	case wire.ProblemPending:
		said.State = wire.EnrollPending
	}
	if said.State == i.standing().State {
		return nil
	}
	i.keep(said)
	return nil
}

// Disowned is for a server that has a key for that of another Mac, and says so where the
// key is to be enrolled: asking again would not change that. A new key takes its place,
// at most one in a day. A rotation to such a key is given up.
func (i *Identity) Disowned(signingKey string, now time.Time) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	switch {
	case i.next != nil && i.next.name() == signingKey:
		return i.giveUpNext()
	case i.current != nil && i.current.name() == signingKey:
		return i.another(Disowned, now)
	}
	return nil
}

// giveUpNext ends a rotation that the server refuses for good.
func (i *Identity) giveUpNext() error {
	if err := i.disk.remove(i.path(nextFile)); err != nil {
		return fmt.Errorf("identity: %w", err)
	}
	i.next.wipe()
	i.next = nil
	return nil
}

// another makes the key that takes the place of one that the server does not want. Where
// one is waiting for that already, the server may have revoked the old one because it
// knows the new one.
func (i *Identity) another(why Why, now time.Time) error {
	if i.next != nil {
		return i.replace()
	}
	unwanted := i.current.why == Revoked || i.current.why == Disowned
	if unwanted && !wallclock.Elapsed(i.current.made, now, anotherAgain) {
		return nil
	}
	return i.renew(why, i.current.hardware, now)
}
