package macsim

import "github.com/tokenward/tokenward/internal/macsim/state"

// probe stands for a real server while a tool is tried on a copy of the Mac: it
// says yes to everything, has what the server is believed to have, and notes
// whether it was asked at all.
type probe struct {
	has   []byte
	empty bool
	asked bool
}

var _ state.Link = (*probe)(nil)

// Enroll says yes.
func (p *probe) Enroll(state.Device) error {
	p.asked = true
	return nil
}

// CheckOut says yes.
func (p *probe) CheckOut(state.Device) error {
	p.asked = true
	return nil
}

// SetBootstrapToken says yes.
func (p *probe) SetBootstrapToken(state.Device, []byte) error {
	p.asked = true
	return nil
}

// GetBootstrapToken gives what the server is believed to have.
func (p *probe) GetBootstrapToken(state.Device) ([]byte, error) {
	p.asked = true
	if p.empty {
		return nil, nil
	}
	return p.has, nil
}
