package state

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
)

// Link is a management server outside the simulator. A Mac that has one asks it
// in place of its own [Server], whose faults and memory do not count then. The
// methods return [ErrRefused] where the server said no, and any other error
// where it could not be asked.
type Link interface {
	Enroll(Device) error // a first time or anew
	CheckOut(Device) error
	SetBootstrapToken(d Device, token []byte) error // nothing removes it
	GetBootstrapToken(Device) ([]byte, error)       // nothing: there is none
}

// ErrRefused is a server that answers with an error.
var ErrRefused = errors.New("the server refuses")

// Device is what a Mac says of itself to its server.
type Device struct {
	UDID, Serial, Name, Model, OSVersion, Build string
	Awaiting                                    bool
}

// Attach lets the Mac talk to a server from now on; nil ends it.
func (m *Mac) Attach(l Link) { m.link = l }

func (m *Mac) device() Device {
	return Device{
		UDID: m.HardwareUUID, Serial: m.Serial, Name: m.Model, Model: m.Model,
		OSVersion: m.OS.Version, Build: m.OS.Build, Awaiting: m.Enrollment.Awaiting,
	}
}

// BootstrapBytes is a generation of the Bootstrap Token as a server stores it.
func (m *Mac) BootstrapBytes(generation int) []byte {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s bootstrap token %d", m.HardwareUUID, generation))
	return sum[:]
}

// generationOf recognises a token: 0 for none, -1 for one that is not this Mac's.
func (m *Mac) generationOf(token []byte) int {
	if len(token) == 0 {
		return 0
	}
	for g := m.Bootstrap.Last; g > 0; g-- {
		if bytes.Equal(token, m.BootstrapBytes(g)) {
			return g
		}
	}
	return -1
}

// refusalOf tells a server that says no from one that says nothing.
func refusalOf(err error) Refusal {
	switch {
	case err == nil:
		return NotRefused
	case errors.Is(err, ErrRefused):
		return ServerRefused
	default:
		return ServerUnreachable
	}
}

// Refresh asks a real server what it has, so that [Mac.BootstrapValid] is true of
// it.
func (m *Mac) Refresh() {
	if m.link != nil && m.reachable() {
		_, _ = linked{m}.get() // where it does not say, what it was believed to have stays
	}
}

// linked is a real server. What it has is noted in the Mac too.
type linked struct{ m *Mac }

func (l linked) enroll() Refusal {
	why := refusalOf(l.m.link.Enroll(l.m.device()))
	l.m.Refresh()
	return why
}

func (l linked) set(generation int) Refusal {
	var token []byte
	if generation > 0 {
		token = l.m.BootstrapBytes(generation)
	}
	why := refusalOf(l.m.link.SetBootstrapToken(l.m.device(), token))
	if why == NotRefused {
		l.m.Server.Token = generation
	}
	return why
}

func (l linked) get() (int, Refusal) {
	token, err := l.m.link.GetBootstrapToken(l.m.device())
	if err != nil {
		return 0, refusalOf(err)
	}
	l.m.Server.Token = l.m.generationOf(token)
	return l.m.Server.Token, NotRefused
}
