package main

import (
	"context"
	"fmt"
	"os"

	"github.com/tokenward/tokenward/internal/macsim"
	"github.com/tokenward/tokenward/internal/macsim/conform"
	"github.com/tokenward/tokenward/internal/macsim/state"
)

// stage is a simulated Mac in a folder of its own, and the person at it.
type stage struct {
	dir, exe string
	mac      state.Mac // as it is at the beginning
}

var _ conform.Person = (*stage)(nil)

func newStage(scenario string) (*stage, error) {
	m, err := macsim.Load(scenario)
	if err != nil {
		return nil, err
	}
	exe, err := os.Executable()
	if err != nil {
		return nil, failure{fmt.Errorf("find this program: %w", err)}
	}
	dir, err := os.MkdirTemp("", "realmac-")
	if err != nil {
		return nil, failure{err}
	}
	s := &stage{dir: dir, exe: exe, mac: m}
	if err := s.reset(); err != nil {
		s.close()
		return nil, failure{err}
	}
	return s, nil
}

// reset lays the Mac out as it was at the beginning.
func (s *stage) reset() error { return macsim.Layout(s.dir, s.mac.Clone(), s.exe) }

func (s *stage) close() { _ = os.RemoveAll(s.dir) } // a folder in the temporary one

// Do plays it.
func (s *stage) Do(_ context.Context, d conform.Deed) (answer string, err error) {
	err = macsim.Change(s.dir, func(m *state.Mac) error {
		answer, err = d.Play(m)
		return err
	})
	return answer, err
}
