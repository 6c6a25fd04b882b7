package launchd

import (
	"context"
	"strings"

	"github.com/tokenward/tokenward/internal/run"
)

// domain is that of all daemons. documented: launchctl(1).
const domain = "system"

// launchctl is Apple's command, one method for each verb that is used. All errors
// are a *RefusedError, or the context's.
type launchctl struct{ run run.Runner }

// change runs a verb that changes something. That it succeeded is a claim.
func (l launchctl) change(ctx context.Context, verb string, args ...string) error {
	result, err := l.ask(ctx, verb, args...)
	if err == nil && result.Exit != 0 {
		return refusal(verb, result)
	}
	return err
}

// ask runs a verb whose exit code is for the caller to judge.
func (l launchctl) ask(ctx context.Context, verb string, args ...string) (run.Result, error) {
	result, err := l.run.Run(ctx, run.Command{Tool: run.Launchctl, Args: append([]string{verb}, args...)})
	if err != nil {
		return result, &RefusedError{Verb: verb, Exit: -1, Err: err}
	}
	return result, nil
}

// print asks for one job. It says no only where launchd has said no; any other
// answer that is none is an error.
func (l launchctl) print(ctx context.Context, label string) (loaded bool, p Process, err error) {
	result, err := l.ask(ctx, "print", target(label))
	switch {
	case err != nil:
		return false, Process{}, err
	case result.Exit == exitNoService:
		return false, Process{}, nil
	case result.Exit != 0:
		return false, Process{}, refusal("print", result)
	}
	text := string(result.Stdout)
	if !strings.HasPrefix(text, target(label)+" = {") {
		return false, Process{}, &RefusedError{Verb: "print", Err: errUnreadable}
	}
	return true, process(text), nil
}

// disabled asks whether the label is in the list of those that are not loaded. The
// answer is known only where the list is one.
func (l launchctl) disabled(ctx context.Context, label string) (disabled, known bool) {
	result, err := l.ask(ctx, "print-disabled", domain)
	text := string(result.Stdout)
	if err != nil || result.Exit != 0 || !strings.Contains(text, "disabled services = ") {
		return false, false
	}
	for line := range strings.Lines(text) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), " => ")
		if name == `"`+label+`"` {
			return value == "disabled" || value == "true", true // true: before 13
		}
	}
	return false, true
}

func target(label string) string { return domain + "/" + label }
