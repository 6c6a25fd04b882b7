package macsim

import (
	"fmt"
	"path/filepath"

	"github.com/tokenward/tokenward/internal/macsim/mdm"
	"github.com/tokenward/tokenward/internal/macsim/state"
)

// RealServer is a management server outside the simulator that a Mac is to enrol
// with.
type RealServer struct {
	URL       string // where it takes check-ins
	Authority string // folder with the authority of the Macs' certificates
}

// MakeAuthority makes the authority of the Macs' certificates in a folder, if it
// is not there. The server must trust its ca.pem before a Mac enrols.
func MakeAuthority(dir string) error {
	return mdm.MakeAuthority(dir)
}

// PlayIn lets a scenario happen to the Mac that is to be laid out in dir, while
// it talks to a real server: the enrolments, escrows and renewals of its history
// are real ones. What a scenario says of the server's own mistakes does not count.
func PlayIn(dir string, s *Scenario, server RealServer) (state.Mac, error) {
	root, err := filepath.Abs(dir)
	if err != nil {
		return state.Mac{}, fmt.Errorf("play scenario: %w", err)
	}
	authority, err := filepath.Abs(server.Authority)
	if err != nil {
		return state.Mac{}, fmt.Errorf("play scenario: %w", err)
	}
	return s.play(func(m *state.Mac) error {
		m.Server = state.Server{Address: server.URL, Authority: authority, URL: m.Server.URL}
		return folder(root).attach(m)
	})
}
