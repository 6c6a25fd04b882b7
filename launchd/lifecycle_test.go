//go:build !darwin

package launchd_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kardianos/service"

	"github.com/tokenward/tokenward/internal/macsim/state"
	"github.com/tokenward/tokenward/internal/paths"
	"github.com/tokenward/tokenward/internal/rootfile"
	"github.com/tokenward/tokenward/internal/run"
	"github.com/tokenward/tokenward/launchd"
)

func TestLife(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"10.15.7", "11.7", "13.4", "26.1"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { life(t, newMac(t, version)) })
		})
	}
}

func life(t *testing.T, m *mac) {
	t.Helper()
	s := m.service(t, 0)
	if status, err := s.Status(); !errors.Is(err, service.ErrNotInstalled) || status != service.StatusUnknown {
		t.Errorf("before: %v, %v", status, err)
	}
	if err := s.Start(); !errors.Is(err, service.ErrNotInstalled) {
		t.Errorf("start of nothing: %v", err)
	}
	done(t, s.Stop())
	done(t, s.Uninstall())
	m.is(t, false, false, false)

	done(t, s.Install())
	m.is(t, true, true, true)
	m.ends(t, state.Duration(3*time.Second))
	if status, err := s.Status(); err != nil || status != service.StatusRunning {
		t.Errorf("installed: %v, %v", status, err)
	}
	m.steps, m.verbs = nil, nil
	done(t, s.Install())
	if got := m.changed(); len(got) != 0 || !slices.Equal(m.steps, []string{"nothing", "runs"}) {
		t.Errorf("installed twice: ran %v, did %v", got, m.steps)
	}
	done(t, s.Restart())
	m.is(t, true, true, true)
	done(t, s.Stop())
	m.is(t, true, false, false)
	if status, err := s.Status(); err != nil || status != service.StatusStopped {
		t.Errorf("stopped: %v, %v", status, err)
	}
	done(t, s.Stop())
	done(t, s.Restart())
	m.is(t, true, true, true)
	done(t, s.Start())
	done(t, s.Uninstall())
	m.is(t, false, false, false)
}

// The library's own functions work with it.
func TestControl(t *testing.T) { //nolint:paralleltest // the library keeps one system for the whole process
	m := newMac(t, "")
	service.ChooseSystem(launchd.System{Job: launchd.AgentJob(paths.Paths{}), Paths: m.paths, Run: m, Context: t.Context()})
	if service.Platform() != "darwin-launchd" {
		t.Errorf("the platform is %s", service.Platform())
	}
	if _, err := service.New(nil, &service.Config{Name: "com.example.other"}); err == nil {
		t.Error("another's job was taken")
	}
	p := &program{}
	s, err := service.New(p, &service.Config{Name: paths.Label, Option: service.KeyValue{"RunWait": func() {}}})
	done(t, err)
	for _, action := range []string{"install", "stop", "start", "restart"} {
		done(t, service.Control(s, action))
	}
	m.is(t, true, true, true)
	done(t, service.Control(s, "uninstall"))
	m.is(t, false, false, false)
	if err := s.Run(); err != nil || *p != (program{1, 1}) {
		t.Errorf("Run = %v, %+v", err, *p)
	}
	if without, err := service.New(p, &service.Config{Name: paths.Label}); err != nil || without.Run() == nil {
		t.Errorf("runs without RunWait (%v)", err)
	}
}

type program struct{ started, stopped int }

func (p *program) Start(service.Service) error { p.started++; return nil }
func (p *program) Stop(service.Service) error  { p.stopped++; return nil }

// An upgrade waits until the job that is there has ended.
func TestUpgradeOfASlowDaemon(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"10.15.7", "13.4", "26.1"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				m := newMac(t, version)
				done(t, m.service(t, 0).Install())
				m.ends(t, state.Duration(9*time.Second))
				done(t, m.service(t, 7).Install())
				m.is(t, true, true, true)
				if !m.holds(t, 7) {
					t.Error("the former property list is there")
				}
			})
		})
	}
}

// Somebody else's bootout is still going on: bootstrap is tried until launchd takes
// the job.
func TestBootstrapWhileBootoutIsEnding(t *testing.T) {
	t.Parallel()
	for _, refused := range []run.Result{
		{Exit: 5, Stderr: []byte("Bootstrap failed: 5: Input/output error\n")},
		{Exit: 37, Stderr: []byte("Bootstrap failed: 37: Operation already in progress\n")},
	} {
		synctest.Test(t, func(t *testing.T) {
			m := newMac(t, "")
			began := time.Now()
			m.meddle = func(args []string) (run.Result, bool) {
				return refused, args[0] == "bootstrap" && time.Since(began) < 5*time.Second
			}
			done(t, m.service(t, 0).Install())
			m.is(t, true, true, true)
			if !slices.Equal(m.steps, []string{"wrote", "waiting", "loaded", "runs"}) {
				t.Errorf("did %v", m.steps)
			}
		})
	}
}

// A job that launchd does not take leaves nothing behind, or what was there before.
func TestInstallIsUndone(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		before func(*testing.T, *mac)
		loaded bool
	}{
		{"nothing before", func(*testing.T, *mac) {}, false},
		{"another job before", func(t *testing.T, m *mac) { t.Helper(); done(t, m.service(t, 7).Install()) }, true},
		{"a stopped job before", func(t *testing.T, m *mac) {
			t.Helper()
			done(t, m.service(t, 7).Install())
			done(t, m.service(t, 7).Stop())
		}, false},
		{"a job that others may write before", func(t *testing.T, m *mac) {
			t.Helper()
			put(t, m.paths.Job(), "<plist/>", 0o666)
		}, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				m := newMac(t, "")
				tc.before(t, m)
				former := m.holds(t, 7)
				m.meddle = func(args []string) (run.Result, bool) {
					return run.Result{Exit: 5, Stderr: []byte("Bootstrap failed: 5: Input/output error\n")}, args[0] == "bootstrap" && m.holds(t, 5)
				}
				err := m.service(t, 0).Install()
				if err == nil || !strings.Contains(err.Error(), "launchctl bootstrap: exit code 5: Bootstrap failed: 5") {
					t.Errorf("Install = %v", err)
				}
				m.is(t, former, tc.loaded, tc.loaded)
				if m.holds(t, 7) != former {
					t.Error("the former property list is not there")
				}
				m.heal(t)
				done(t, m.service(t, 0).Install())
				m.is(t, true, true, true)
			})
		})
	}
}

// A label that was disabled is enabled, and is disabled again where the install
// fails.
func TestDisabledLabel(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"12.6", "13.4", "26.1"} {
		synctest.Test(t, func(t *testing.T) {
			m := newMac(t, version)
			m.change(t, func(s *state.Mac) {
				s.Jobs = append(s.Jobs, state.Job{Label: paths.Label, Disabled: true, Unloaded: true})
			})
			m.meddle = func(args []string) (run.Result, bool) { return run.Result{Exit: 1}, args[0] == "bootstrap" }
			if err := m.service(t, 0).Install(); err == nil {
				t.Error("installed")
			}
			m.is(t, false, false, false)
			if jobs := m.Mac().Jobs; len(jobs) == 0 || !jobs[len(jobs)-1].Disabled {
				t.Errorf("it is enabled: %+v", jobs)
			}
			m.heal(t)
			done(t, m.service(t, 0).Install())
			m.is(t, true, true, true)
			m.change(t, func(s *state.Mac) { s.Jobs[len(s.Jobs)-1].Disabled = true })
			done(t, m.service(t, 0).Install()) // it is loaded, and would not be after a restart
			if m.Mac().Jobs[0].Disabled {
				t.Error("it is still disabled")
			}
		})
	}
}

// What others could change is never started as root.
func TestUntrustedPlaces(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(t *testing.T, p paths.Paths) error{
		"no program":                 func(_ *testing.T, p paths.Paths) error { return os.Remove(p.Program()) },
		"a program for all to write": func(_ *testing.T, p paths.Paths) error { return os.Chmod(p.Program(), 0o777) },
		"no program to execute":      func(_ *testing.T, p paths.Paths) error { return os.Chmod(p.Program(), 0o644) },
		"a link for a program": func(_ *testing.T, p paths.Paths) error {
			return errors.Join(os.Rename(p.Program(), p.Program()+".x"), os.Symlink(p.Program()+".x", p.Program()))
		},
		"a folder for all to write": func(_ *testing.T, p paths.Paths) error {
			dir := strings.TrimSuffix(p.Job(), "/"+paths.Label+".plist")
			return errors.Join(os.MkdirAll(dir, 0o700), os.Chmod(dir, 0o777))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMac(t, "")
			if err := spoil(t, m.paths); err != nil {
				t.Fatal(err)
			}
			if err := m.service(t, 0).Install(); err == nil {
				t.Error("installed")
			}
			m.is(t, false, false, false)
			if len(m.changed()) > 0 {
				t.Errorf("ran %v", m.verbs)
			}
		})
	}
}

// Where others may write beside the job nothing is touched, not even a daemon that
// runs: a new job could not be read back.
func TestUntrustedFolderOfARunningDaemon(t *testing.T) {
	t.Parallel()
	m := newMac(t, "")
	done(t, m.service(t, 7).Install())
	done(t, os.Chmod(filepath.Dir(m.paths.Job()), 0o777))
	m.verbs = nil
	if err := m.service(t, 0).Install(); !errors.Is(err, rootfile.ErrUntrusted) {
		t.Errorf("Install = %v", err)
	}
	if len(m.verbs) > 0 || !m.holds(t, 7) {
		t.Errorf("ran %v", m.verbs)
	}
	m.is(t, true, true, true)
}

// A link at the place of the job is replaced, and where it leads nothing changes.
func TestLinkAtTheJob(t *testing.T) {
	t.Parallel()
	m := newMac(t, "")
	elsewhere := m.paths.Root() + "/elsewhere"
	put(t, elsewhere, "mine", 0o644)
	put(t, m.paths.Job(), "", 0o644)
	if err := errors.Join(os.Remove(m.paths.Job()), os.Symlink(elsewhere, m.paths.Job())); err != nil {
		t.Fatal(err)
	}
	done(t, m.service(t, 0).Install())
	m.is(t, true, true, true)
	if text, err := rootfile.Read(elsewhere, 100); err != nil || string(text) != "mine" {
		t.Errorf("it became %q, %v", text, err)
	}
}

// A program that ends at once is installed, and said not to run.
func TestInstalledAndDown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newMac(t, "")
		m.meddle = func(args []string) (run.Result, bool) {
			_, loaded, _ := m.truth(t)
			text := "system/dev.tokenward.agent = {\n\tstate = spawn scheduled\n\tlast exit code = 1\n}\n"
			return run.Result{Stdout: []byte(text)}, args[0] == "print" && loaded
		}
		err := m.service(t, 0).Install()
		if !errors.Is(err, launchd.ErrDown) || !strings.Contains(err.Error(), `"spawn scheduled"`) {
			t.Errorf("Install = %v", err)
		}
		m.is(t, true, true, true)
	})
}

// A job that launchd has taken and not started is given a push.
func TestJobThatIsNotSpawned(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newMac(t, "")
		idle := true
		m.meddle = func(args []string) (run.Result, bool) {
			idle = idle && args[0] != "kickstart"
			_, loaded, _ := m.truth(t)
			text := "system/dev.tokenward.agent = {\n\tstate = not running\n\n\tlast exit code = (never exited)\n}\n"
			return run.Result{Stdout: []byte(text)}, args[0] == "print" && loaded && idle
		}
		done(t, m.service(t, 0).Install())
		if !slices.Contains(m.verbs, "kickstart") {
			t.Errorf("ran %v", m.verbs)
		}
	})
}

// An install that is interrupted is undone nevertheless.
func TestInterruptedInstall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newMac(t, "")
		ctx, cancel := context.WithCancel(t.Context())
		m.meddle = func(args []string) (run.Result, bool) {
			if args[0] == "bootstrap" {
				cancel()
			}
			return run.Result{Exit: 5}, args[0] == "bootstrap"
		}
		s, err := launchd.System{Job: launchd.AgentJob(paths.Paths{}), Paths: m.paths, Run: m, Context: ctx}.Service(nil, nil)
		done(t, err)
		if err := s.Install(); !errors.Is(err, context.Canceled) {
			t.Errorf("Install = %v", err)
		}
		m.is(t, false, false, false)
	})
}

// launchd has the job, and its file is gone.
func TestLoadedWithoutAFile(t *testing.T) {
	t.Parallel()
	m := newMac(t, "")
	s := m.service(t, 0)
	done(t, s.Install())
	done(t, os.Remove(m.paths.Job()))
	if state := s.Look(t.Context()); state.Installed || !state.Loaded || state.Unknown != nil {
		t.Errorf("%+v", state)
	}
	done(t, s.Uninstall())
	m.is(t, false, false, false)
}
