package main

import (
	"errors"
	"fmt"

	"github.com/tokenward/tokenward/agent/control"
	"github.com/tokenward/tokenward/health"
)

// The exit codes, the same in every command. Scripts rely on them.
const (
	exitOK         = 0 // done, or healthy
	exitFailed     = 1
	exitUsage      = 2 // wrong usage or configuration
	exitDegraded   = 10
	exitCritical   = 11
	exitUnknown    = 12 // not enough evidence
	exitNoWay      = 20 // there is no safe way, or it is not safe
	exitUnreadable = 65
	exitNoDaemon   = 69
	exitNeedsRoot  = 77
)

// codeError is an error that decides how the program ends. An empty text means
// that everything was said already.
type codeError struct {
	code int
	err  error
}

func (e *codeError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit status %d", e.code)
	}
	return e.err.Error()
}

func (e *codeError) Unwrap() error { return e.err }

func usage(err error) error { return &codeError{exitUsage, err} }

// ended turns a verdict into the end of the program.
func ended(v health.Verdict) error {
	switch v {
	case health.VerdictOK:
		return nil
	case health.VerdictDegraded:
		return &codeError{code: exitDegraded}
	case health.VerdictCritical:
		return &codeError{code: exitCritical}
	case health.VerdictUnknown:
	}
	return &codeError{code: exitUnknown}
}

// advised turns an answer to "is it safe" or "is there a way" into the end of the
// program.
func advised(answer health.Tri) error {
	switch answer {
	case health.Yes:
		return nil
	case health.No:
		return &codeError{code: exitNoWay}
	case health.Unknown:
	}
	return &codeError{code: exitUnknown}
}

// codeOf returns the exit code for an error, and whether it must still be said.
func codeOf(err error) (code int, silent bool) {
	var coded *codeError
	switch {
	case err == nil:
		return exitOK, true
	case errors.As(err, &coded):
		return coded.code, coded.err == nil
	case errors.Is(err, control.ErrNotRunning):
		return exitNoDaemon, false
	case errors.Is(err, control.ErrDenied):
		return exitNeedsRoot, false
	}
	return exitFailed, false
}
