package tool

import (
	"errors"
	"strings"
)

// Input is where a tool gets what it was not given as an argument.
type Input interface {
	// Ask puts a question. It returns ErrNoTerminal where there is nobody to
	// ask, and io.EOF where the answer has ended.
	Ask(q Question) (string, error)
	// All reads standard input to its end.
	All() (string, error)
}

// Question is one prompt of a tool.
type Question struct {
	Prompt string // printed as it is, without a newline
	Hidden bool   // the answer is not shown while it is typed
	Pipe   bool   // a line of standard input will do where there is no terminal
	Limit  int    // bytes that the tool takes at most at a terminal; 0: any
}

// Why there is no answer.
var (
	ErrNoTerminal = errors.New("there is no terminal to ask on")
	ErrTooLong    = errors.New("more than the tool takes")
)

// Script is an Input whose answers are known beforehand. It is used once.
type Script struct {
	Answers *[]string // at a terminal, in order; nil: there is no terminal
	Stdin   string
}

// Ask gives the next answer.
func (s Script) Ask(q Question) (string, error) {
	if s.Answers == nil {
		return "", ErrNoTerminal
	}
	if len(*s.Answers) == 0 {
		return "", errors.New("nobody answers any more")
	}
	answer := (*s.Answers)[0]
	*s.Answers = (*s.Answers)[1:]
	if q.Limit > 0 && len(answer) > q.Limit {
		return "", ErrTooLong
	}
	return answer, nil
}

// All gives the standard input.
func (s Script) All() (string, error) { return strings.Clone(s.Stdin), nil }

// ask puts a question with the limit of readpassphrase, 128 bytes. observed.
func (c *Call) ask(prompt string, hidden bool) (string, error) {
	return c.Input.Ask(Question{Prompt: prompt, Hidden: hidden, Limit: 128})
}
