package launchd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
)

// former is what was there before an install.
type former struct {
	state    State
	text     []byte // nil: no property list, or none that may be trusted
	disabled bool   // the label was, and no longer is
}

// remember looks at what is there. Where launchd cannot be asked, nothing may be
// changed. A property list that others could have written is replaced and never
// put back.
func (s *Service) remember(ctx context.Context) (former, error) {
	state := s.Look(ctx)
	if state.Unknown != nil {
		return former{}, state.Unknown
	}
	text, err := s.files().Read(s.file(), maxJob)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		text = nil
	case err != nil && state.Installed:
		s.did("distrusted", "What is there is replaced: "+err.Error()+".")
		text = nil
	case err != nil:
		return former{}, err
	}
	return former{state: state, text: text}, nil
}

// undo brings back what was there before. It works on when the install was
// interrupted, and what it cannot undo is an error that says so.
func (s *Service) undo(ctx context.Context, before *former) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), longest)
	defer cancel()
	if err := s.restore(ctx, before); err != nil {
		return fmt.Errorf("what was there before could not be brought back: %w", err)
	}
	s.did("undone", "What was there before the install is there again.")
	return nil
}

func (s *Service) restore(ctx context.Context, before *former) error {
	now := s.Look(ctx)
	if now.Unknown != nil {
		return now.Unknown
	}
	there, err := s.files().Read(s.file(), maxJob)
	same := err == nil && before.text != nil && bytes.Equal(there, before.text)
	if now.Loaded && (!same || !before.state.Loaded) {
		if err := s.unload(ctx); err != nil {
			return err
		}
		now.Loaded = false
	}
	if !same {
		if err := s.putBack(before.text); err != nil {
			return err
		}
	}
	if before.state.Loaded && before.text != nil && !now.Loaded {
		if err := s.load(ctx); err != nil {
			return err
		}
	}
	if before.disabled {
		return s.launchctl.change(ctx, "disable", target(s.label()))
	}
	return nil
}

// putBack writes the former property list, or removes ours where there was none.
func (s *Service) putBack(text []byte) error {
	if text != nil {
		return s.write(text)
	}
	if err := s.files().Remove(s.file()); err != nil {
		return err
	}
	s.did("removed", "Removed "+s.file()+".")
	return nil
}
