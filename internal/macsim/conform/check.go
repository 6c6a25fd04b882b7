package conform

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Seen is what a check judges: the outputs of the case's steps, in order.
type Seen struct {
	Before Facts // when the program began
	Facts  Facts // after a restart in between, anew
	Names  Names
	runs   [][]Run
}

// out is the output of a step; of one that was skipped, nothing.
func (s *Seen) out(step int) Output {
	if len(s.runs[step]) == 0 {
		return Output{}
	}
	return s.runs[step][0].Output
}

// answer is a person's.
func (s *Seen) answer(step int) string {
	if len(s.runs[step]) == 0 {
		return ""
	}
	return s.runs[step][0].Answer
}

func holds() Finding { return Finding{Verdict: Holds} }

func differs(format string, values ...any) Finding {
	return Finding{Differs, fmt.Sprintf(format, values...)}
}

// holdsIf holds or says what is otherwise.
func holdsIf(condition bool, format string, values ...any) Finding {
	if condition {
		return holds()
	}
	return differs(format, values...)
}

// every is the first check that does not hold, or that all do.
func every(checks ...Check) Check {
	return func(s *Seen) Finding {
		for _, check := range checks {
			if f := check(s); f.Verdict != Holds {
				return f
			}
		}
		return holds()
	}
}

// Exit codes that a check may want besides a number.
const (
	anyExit     = -1
	failureExit = -2
)

// prints wants an exit code, and that both streams are as a whole of a shape. A
// shape is a regular expression; an empty one is an empty stream.
func prints(step, exit int, stdout, stderr string) Check {
	return func(s *Seen) Finding { return shaped(s.out(step), exit, stdout, stderr) }
}

// ends wants an exit code alone.
func ends(step, exit int) Check { return prints(step, exit, anything, anything) }

// anything is the shape of all texts.
const anything = `.*`

func shaped(out Output, exit int, stdout, stderr string) Finding {
	switch {
	case exit == failureExit && out.Exit == 0:
		return differs("it ends with exit code 0")
	case exit >= 0 && out.Exit != exit:
		return differs("it ends with exit code %d and not %d", out.Exit, exit)
	case !whole(stdout).MatchString(out.Stdout):
		return differs("standard output is not of the shape %s", stdout)
	case !whole(stderr).MatchString(out.Stderr):
		return differs("the error stream is not of the shape %s", stderr)
	}
	return holds()
}

// whole compiles a shape of a whole text.
func whole(shape string) *regexp.Regexp { return regexp.MustCompile(`\A(?s:` + shape + `)\z`) }

// logged is the shape of a line of sysadminctl.
func logged(message string) string {
	return `\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} sysadminctl\[\d+:\d+\] ` + message + `\n`
}

// quote is the shape of exactly this text.
func quote(text string) string { return regexp.QuoteMeta(text) }

// says wants a text somewhere on either stream of the first step.
func says(shape string) Check {
	return func(s *Seen) Finding {
		out := s.out(0)
		return holdsIf(regexp.MustCompile(shape).MatchString(out.Stdout+out.Stderr), "it does not say %s", shape)
	}
}

// asFirst wants a step to give the same answer as the first one.
func asFirst(step int) Check {
	return func(s *Seen) Finding {
		x, y := s.out(0), s.out(step)
		switch {
		case x.Exit != y.Exit:
			return differs("the exit codes are %d and %d", x.Exit, y.Exit)
		case stampless(x.Stdout) != stampless(y.Stdout) || stampless(x.Stderr) != stampless(y.Stderr):
			return differs("the two answers are not the same")
		}
		return holds()
	}
}

// stampless covers the time and the process in lines of sysadminctl.
func stampless(text string) string {
	return regexp.MustCompile(`(?m)^\S+ \S+ sysadminctl\[\d+:\d+\] `).ReplaceAllString(text, "")
}

// enabled says what sysadminctl says of a token.
func enabled(out Output) bool {
	return strings.Contains(out.Stderr, "Secure token is ENABLED for user ")
}

// tokenIs wants sysadminctl's answer of a step.
func tokenIs(step int, on bool) Check {
	return func(s *Seen) Finding {
		if !strings.Contains(s.out(step).Stderr, "Secure token is ") {
			return differs("sysadminctl does not tell the status of the token")
		}
		return holdsIf(enabled(s.out(step)) == on, "the token is enabled: %v", !on)
	}
}

// attribute are the values of an attribute in an answer of dscl -plist.
func attribute(out Output, key string) []string {
	value, _ := readPlist(out.Stdout)
	d, _ := value.(map[string]any)
	return texts(d, key)
}

// tagIs wants a tag in a user's AuthenticationAuthority, or none.
func tagIs(step int, tag string, there bool) Check {
	return func(s *Seen) Finding {
		found := slices.Contains(attribute(s.out(step), "AuthenticationAuthority"), tag)
		return holdsIf(found == there, "AuthenticationAuthority has %s: %v", tag, found)
	}
}

// lines are the lines of a text.
func lines(text string) []string {
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}

// hasLine wants one whole line on standard output, or that there is none.
func hasLine(step int, shape string, there bool) Check {
	return func(s *Seen) Finding {
		found := slices.ContainsFunc(lines(s.out(step).Stdout), whole(shape).MatchString)
		return holdsIf(found == there, "a line %s is there: %v", shape, found)
	}
}

// cryptoUserIs wants a cryptographic user of that UUID in an answer of diskutil
// -plist, or none.
func cryptoUserIs(step int, uuid func(*Seen) string, there bool) Check {
	return func(s *Seen) Finding {
		wanted := uuid(s)
		found := slices.ContainsFunc(readCryptoUsers(s.out(step).Stdout), func(u CryptoUser) bool { return u.UUID == wanted })
		return holdsIf(found == there, "the cryptographic user is there: %v", found)
	}
}
