//go:build !darwin

package launchd_test

import (
	"errors"
	"io/fs"
	"os"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/kardianos/service"
	"github.com/tokenward/tokenward/internal/rootfile"

	"github.com/tokenward/tokenward/internal/paths"
	"github.com/tokenward/tokenward/launchd"
)

// A package lays its files and runs the install again: launchd must not go on with
// the program and the job of before.
func TestInstallAfterThePackageLaidNewFiles(t *testing.T) {
	t.Parallel()
	reloaded := []string{"stale", "unloaded", "loaded", "runs"}
	for _, tc := range []struct {
		name string
		lay  func(t *testing.T, m *mac)
		want []string
	}{
		{"nothing new", func(*testing.T, *mac) {}, []string{"nothing", "runs"}},
		{"a new program", func(t *testing.T, m *mac) { t.Helper(); put(t, m.paths.Program(), "newer", 0o755) }, reloaded},
		{"a new program and a new job", func(t *testing.T, m *mac) {
			t.Helper()
			done(t, m.service(t, 0).Uninstall())
			done(t, m.service(t, 7).Install()) // the former package
			m.lay(t)
			put(t, m.paths.Program(), "newer", 0o755)
		}, reloaded},
		{"a new job alone", func(t *testing.T, m *mac) {
			t.Helper()
			done(t, m.service(t, 0).Uninstall())
			done(t, m.service(t, 7).Install())
			m.lay(t)
		}, reloaded},
		{"the same files again", func(t *testing.T, m *mac) {
			t.Helper()
			m.lay(t)
			put(t, m.paths.Program(), "program", 0o755)
		}, []string{"nothing", "runs"}},
		{"the memory is gone", func(t *testing.T, m *mac) { t.Helper(); done(t, os.Remove(m.paths.Loaded())) }, reloaded},
		{"the memory is damaged", func(t *testing.T, m *mac) { t.Helper(); put(t, m.paths.Loaded(), "x", 0o600) }, reloaded},
		{"others may write the memory", func(t *testing.T, m *mac) { t.Helper(); done(t, os.Chmod(m.paths.Loaded(), 0o666)) }, reloaded},
		{"a restart in between", func(t *testing.T, m *mac) { t.Helper(); done(t, m.service(t, 0).Restart()) }, []string{"nothing", "runs"}},
		{"a stop and a start in between", func(t *testing.T, m *mac) {
			t.Helper()
			done(t, m.service(t, 0).Stop())
			put(t, m.paths.Program(), "newer", 0o755)
			done(t, m.service(t, 0).Start())
		}, []string{"nothing", "runs"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				m := newMac(t, "")
				done(t, m.service(t, 0).Install())
				tc.lay(t, m)
				m.steps = nil
				done(t, m.service(t, 0).Install())
				if !slices.Equal(m.steps, tc.want) {
					t.Errorf("did %v, want %v", m.steps, tc.want)
				}
				m.is(t, true, true, true)
				m.steps = nil
				done(t, m.service(t, 0).Install())
				if !slices.Equal(m.steps, []string{"nothing", "runs"}) {
					t.Errorf("once more: did %v", m.steps)
				}
			})
		})
	}
}

// lay puts the property list where the package puts it.
func (m *mac) lay(t testing.TB) {
	t.Helper()
	text, err := launchd.AgentJob(paths.Paths{}).Encode()
	done(t, err)
	put(t, m.paths.Job(), string(text), 0o644)
}

// What launchd no longer has is not remembered.
func TestUninstallForgets(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*launchd.Service) error{"stop": (*launchd.Service).Stop, "uninstall": (*launchd.Service).Uninstall} {
		m := newMac(t, "")
		done(t, m.service(t, 0).Install())
		if info, err := os.Stat(m.paths.Loaded()); err != nil || info.Mode().Perm() != 0o600 {
			t.Fatalf("%v, %v", info, err)
		}
		done(t, end(m.service(t, 0)))
		if _, err := os.Stat(m.paths.Loaded()); err == nil {
			t.Errorf("%s: it is remembered", name)
		}
	}
}

// starting is a disk on which a daemon starts just before a file is put in its place,
// and clears its folder of what is half written.
type starting struct {
	unsynced

	state string
}

func (d starting) Rename(from, to string) error {
	if err := rootfile.Sweep(d.state); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return d.unsynced.Rename(from, to)
}

// The daemon that an install starts does not take away what the install remembers.
func TestADaemonThatStartsLeavesTheMemory(t *testing.T) {
	t.Parallel()
	m := newMac(t, "")
	s, err := launchd.System{
		Job: launchd.AgentJob(paths.Paths{}), Paths: m.paths, Run: m, Context: t.Context(), Disk: starting{state: m.paths.State()},
	}.Service(nil, &service.Config{Name: paths.Label})
	done(t, err)
	done(t, s.Install())
	if _, err := os.Stat(m.paths.Loaded()); err != nil {
		t.Error(err)
	}
}
