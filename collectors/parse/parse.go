// Package parse turns what Apple's tools print into facts: bytes in, a value or
// an error out, no clock, no file, no program.
//
// A parser reads the format and never guesses. Text that no transcript shows is
// [ErrUnreadable], and so is text that says two things at once, for a part of
// what these tools print comes from users: a full name may hold line breaks and
// a sentence that looks like the tool's own.
package parse

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/tokenward/tokenward/internal/pattern"
)

// ErrUnreadable means that the text is not what this tool is known to print.
var ErrUnreadable = errors.New("unreadable output")

func unreadable(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrUnreadable, fmt.Sprintf(format, args...))
}

// longestLine is more than any of these tools prints in a line, and little enough
// for an expression to look at.
const longestLine = 64 << 10

// lines splits a tool's output into lines without their ends. Empty output, and
// output with NUL bytes or endless lines, is no text of these tools.
func lines(out []byte) ([]string, error) {
	if bytes.IndexByte(out, 0) >= 0 {
		return nil, unreadable("it holds NUL bytes")
	}
	if len(bytes.TrimSpace(out)) == 0 {
		return nil, unreadable("it is empty")
	}
	text := strings.ReplaceAll(string(out), "\r\n", "\n")
	split := strings.Split(strings.ReplaceAll(text, "\r", "\n"), "\n")
	for i, line := range split {
		if len(line) > longestLine {
			return nil, unreadable("a line of %d bytes", len(line))
		}
		split[i] = strings.TrimRight(line, " \t")
	}
	return split, nil
}

// once keeps a value that may be said more than once, but only in one way.
type once[T comparable] struct {
	value T
	said  bool
}

func (o *once[T]) say(what string, v T) error {
	if o.said && o.value != v {
		return unreadable("it says two things about %s", what)
	}
	o.value, o.said = v, true
	return nil
}

// pointer is nil where nothing was said.
func (o *once[T]) pointer() *T {
	if !o.said {
		return nil
	}
	v := o.value
	return &v
}

// logPrefix is how NSLog begins a line: date, time, program[process:thread].
// Seen from macOS 10.13 to 26; early releases omit the date in some messages.
var logPrefix = pattern.Lazy(`^(?:\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ )?(\w+)\[\d+:[0-9a-fx]+\] ?`)

// clip shortens text from outside for an error message and shows its control
// characters.
func clip(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return fmt.Sprintf("%q", s)
}
