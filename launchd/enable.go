package launchd

import "context"

// enable takes the label from the list of those that launchd does not load, where
// it is or may be on it. It says whether the label was known to be there.
// documented: the list outlives the job and a restart; a management tool or an
// admin puts a label there.
func (s *Service) enable(ctx context.Context) (was bool, err error) {
	disabled, known := s.launchctl.disabled(ctx, s.label())
	if known && !disabled {
		return false, nil
	}
	if err := s.launchctl.change(ctx, "enable", target(s.label())); err != nil {
		return disabled, err
	}
	if still, known := s.launchctl.disabled(ctx, s.label()); known && still {
		return disabled, &RefusedError{Verb: "enable", Said: "the label is still disabled"}
	}
	if disabled {
		s.did("enabled", "The label was disabled; launchd may load it again.")
	}
	return disabled, nil
}
