package launchd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tokenward/tokenward/internal/rootfile"
)

const (
	maxJob     = 1 << 20
	maxProgram = 256 << 20
	jobMode    = 0o644 // documented (launchctl(1)): neither group nor others may write it
)

// Install writes the job and has launchd run it. It may be called again: where all
// is as it should be, it changes nothing. Where launchd does not take the job, what
// was there before is there again.
func (s *Service) Install() error {
	ctx, cancel := s.bounded()
	defer cancel()
	text, err := s.system.Job.Encode()
	if err == nil {
		err = s.ready()
	}
	if err != nil {
		return fmt.Errorf("install: %w", err)
	}
	before, err := s.remember(ctx)
	if err != nil {
		return fmt.Errorf("install: %w", err)
	}
	if before.state.Loaded && bytes.Equal(before.text, text) {
		if !s.stale() {
			return s.installed(ctx, &before)
		}
		s.did("stale", "launchd may have taken the job from other files than are there now; it is loaded again.")
	}
	if err := s.replace(ctx, text, &before); err != nil {
		return errors.Join(fmt.Errorf("install: %w", err), s.undo(ctx, &before))
	}
	return named("install", s.up(ctx))
}

// installed is what is left to do where the job is loaded as it is to be.
func (s *Service) installed(ctx context.Context, before *former) error {
	s.did("nothing", "The job is installed and loaded already.")
	var err error
	if before.disabled, err = s.enable(ctx); err != nil {
		return fmt.Errorf("install: %w", err)
	}
	return named("install", s.up(ctx))
}

// ready checks the program that launchd is to start as root: where others could
// replace it, they would be root.
func (s *Service) ready() error {
	program := s.system.Paths.Program()
	if _, err := s.files().Read(program, maxProgram); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%s is not there: install the package, or put the program there", program)
		}
		return fmt.Errorf("the program: %w", err)
	}
	info, err := os.Lstat(program)
	if err != nil {
		return fmt.Errorf("the program: %w", err)
	}
	if info.Mode().Perm()&0o100 == 0 {
		return fmt.Errorf("the program: %s cannot be executed (mode %#o)", program, info.Mode().Perm())
	}
	if err := s.folderTrusted(); err != nil {
		return err
	}
	return s.files().PrivateFolder(s.system.Paths.Logs())
}

// folderTrusted checks the folder of all jobs before anything in it is changed, by
// asking for a file that is never there.
func (s *Service) folderTrusted() error {
	_, err := s.files().Read(s.file()+".none", maxJob)
	if errors.Is(err, rootfile.ErrUntrusted) {
		return err
	}
	return nil
}

// replace puts the new job into the place of whatever is there. The old job goes
// first: a crash in between leaves one that is not loaded, which a later install
// notices, and not one that is loaded from another file than is there.
func (s *Service) replace(ctx context.Context, text []byte, before *former) error {
	if before.state.Loaded {
		if err := s.unload(ctx); err != nil {
			return err
		}
	}
	if !bytes.Equal(before.text, text) {
		if err := s.write(text); err != nil {
			return err
		}
	}
	var err error
	if before.disabled, err = s.enable(ctx); err != nil {
		return err
	}
	return s.load(ctx)
}

// write puts a property list in its place and reads it back as launchd will look
// at it. It belongs to whoever runs this, who is root; documented (open(2)): a new
// file's group is that of its folder, which is wheel.
func (s *Service) write(text []byte) error {
	if err := os.MkdirAll(filepath.Dir(s.file()), 0o755); err != nil { //nolint:gosec // on a Mac always there, and for everybody to read
		return err
	}
	if err := s.files().Write(s.file(), text, jobMode); err != nil {
		return err
	}
	back, err := s.files().Read(s.file(), maxJob)
	if err != nil {
		return err
	}
	if !bytes.Equal(back, text) {
		return fmt.Errorf("%s was changed by somebody else at the same time", s.file())
	}
	s.did("wrote", "Wrote "+s.file()+".")
	return nil
}

func named(operation string, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", operation, err)
	}
	return nil
}
