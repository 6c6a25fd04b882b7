package macsim

import (
	"testing"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// newOffice is a small Mac that the tests lay out; each changes what it is about.
func newOffice(t testing.TB) *state.Mac {
	t.Helper()
	m, err := state.Read("state/testdata/office.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return &m
}

const (
	profilesPath    = "usr/bin/profiles"
	sysadminctlPath = "usr/sbin/sysadminctl"
)

func opened(t *testing.T, dir string) state.Mac {
	t.Helper()
	m, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return m
}
