package tool

import "errors"

// notAsked is the end of a tool that got no answer to its question.
func notAsked(c *Call, exit int, err error) Reply {
	switch {
	case errors.Is(err, ErrTooLong):
		return unpublished(c, exit, "with a password that is too long")
	case errors.Is(err, ErrNoTerminal):
		return unpublished(c, exit, "without a terminal")
	}
	return unpublished(c, exit, "because nobody answers")
}
