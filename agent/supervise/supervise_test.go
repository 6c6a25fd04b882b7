package supervise_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/tokenward/tokenward/agent/supervise"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var errBroken = errors.New("broken")

// until is a part that works until its context ends, and then takes a while.
func until(name string, after time.Duration) supervise.Part {
	return supervise.Part{Name: name, Run: func(ctx context.Context) error {
		<-ctx.Done()
		time.Sleep(after)
		return ctx.Err()
	}}
}

func part(name string, run func(context.Context) error) supervise.Part {
	return supervise.Part{Name: name, Run: run}
}

func TestEnds(t *testing.T) {
	t.Parallel()
	const within = 4 * time.Second
	broken := part("control", func(context.Context) error { time.Sleep(time.Minute); return errBroken })
	for _, tc := range []struct {
		name  string
		parts []supervise.Part
		want  string
		took  time.Duration // counted from the start; they are asked to end after an hour
	}{
		{"asked to", []supervise.Part{until("a", 0), until("b", time.Second)}, "", time.Hour + time.Second},
		{"one fails", []supervise.Part{until("a", 0), broken}, "control: broken", time.Minute},
		{"one ends by itself", []supervise.Part{until("a", 0), part("b", func(context.Context) error { return nil })}, "b: it ended although nobody had asked it to", 0},
		{"one is stuck", []supervise.Part{until("a", 0), until("slow", 10*time.Second)}, "slow did not end within 4s", time.Hour + within},
		{"one fails, one is stuck", []supervise.Part{until("slow", 10*time.Second), broken}, "control: broken\nslow did not end within 4s", time.Minute + within},
		{"two fail", []supervise.Part{broken, part("b", func(ctx context.Context) error { <-ctx.Done(); return errBroken })}, "control: broken", time.Minute},
		{"none", nil, "", time.Hour},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
				defer cancel()
				began := time.Now()
				err := supervise.Run(ctx, supervise.Options{Within: within}, tc.parts...)
				if got := text(err); got != tc.want || time.Since(began) != tc.took {
					t.Errorf("Run = %q after %s, want %q after %s", got, time.Since(began), tc.want, tc.took)
				}
				time.Sleep(time.Minute) // who was stuck ends
			})
		})
	}
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestFailureNamesItsPart(t *testing.T) {
	t.Parallel()
	err := supervise.Run(t.Context(), supervise.Options{Within: time.Second}, part("uplink", func(context.Context) error { return errBroken }))
	var failed *supervise.PartError
	if !errors.As(err, &failed) || failed.Part != "uplink" || !errors.Is(err, errBroken) {
		t.Errorf("Run = %v", err)
	}
}

// A panic is what failed, also where those that it stops have ended before it is told.
func TestPanicIsNamedAndNotWhatItStops(t *testing.T) {
	t.Parallel()
	ended := make(chan struct{})
	err := supervise.Run(t.Context(), supervise.Options{Within: time.Second, Crashed: func(supervise.Panic) { <-ended }},
		part("uplink", func(ctx context.Context) error { defer close(ended); <-ctx.Done(); return ctx.Err() }),
		part("schedule", func(context.Context) error { panic("no") }))
	var failed *supervise.PartError
	if !errors.As(err, &failed) || failed.Part != "schedule" || !errors.Is(err, supervise.ErrPanic) {
		t.Errorf("Run = %v", err)
	}
}

// A panic is told once, holds nothing that the program held, and says where it was.
func TestPanicBecomesARecord(t *testing.T) {
	t.Parallel()
	const secret = "hunter2 of lea"
	for _, tc := range []struct {
		name  string
		throw func()
		what  string
	}{
		{"a text", func() { panic(secret) }, "string"},
		{"an error", func() { panic(errors.New(secret)) }, "*errors.errorString"},
		{"an index", func() { _ = []string{secret}[len(secret)] }, "runtime error: index out of range [14] with length 1"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var told []supervise.Panic
			err := supervise.Run(t.Context(), supervise.Options{Within: time.Second, Crashed: func(p supervise.Panic) { told = append(told, p) }},
				until("a", 0), part("schedule", func(context.Context) error { thrower(tc.throw); return nil }))
			var failed *supervise.PartError
			if !errors.As(err, &failed) || failed.Part != "schedule" || !errors.Is(err, supervise.ErrPanic) {
				t.Fatalf("Run = %v", err)
			}
			if len(told) != 1 || told[0].Part != "schedule" || told[0].What != tc.what {
				t.Fatalf("told %+v", told)
			}
			stack := strings.Join(told[0].Stack, "\n")
			if !strings.Contains(stack, "supervise_test.thrower supervise_test.go:") || strings.Contains(stack, "gopanic") {
				t.Errorf("the stack does not lead there:\n%s", stack)
			}
			if strings.Contains(stack+told[0].What+err.Error(), secret) {
				t.Errorf("a value is in it: %+v, %v", told[0], err)
			}
		})
	}
}

//go:noinline
func thrower(throw func()) { throw() }

// Others are asked to end before the record is written, which may be slow.
func TestPanicEndsTheOthersFirst(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		order := make(chan string, 2)
		o := supervise.Options{Within: 4 * time.Second, Crashed: func(supervise.Panic) {
			time.Sleep(time.Second)
			order <- "told"
		}}
		_ = supervise.Run(t.Context(), o, part("a", func(ctx context.Context) error {
			<-ctx.Done()
			order <- "ended"
			return nil
		}), part("b", func(context.Context) error { panic(1) }))
		if first, second := <-order, <-order; first != "ended" || second != "told" {
			t.Errorf("%s, %s", first, second)
		}
	})
}

// A panic in the course of an orderly end is a failure as well.
func TestPanicAtTheEnd(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := supervise.Run(ctx, supervise.Options{Within: time.Second}, until("a", 0), part("b", func(ctx context.Context) error {
		<-ctx.Done()
		panic("late")
	}))
	if !errors.Is(err, supervise.ErrPanic) || !strings.HasPrefix(text(err), "b: ") {
		t.Errorf("Run = %v", err)
	}
}

// The stack begins at the function that panicked, and holds nothing of what caught it.
func TestStackBeginsAtThePanic(t *testing.T) {
	t.Parallel()
	var told supervise.Panic
	func() {
		defer supervise.Recover("x", func(p supervise.Panic) { told = p })
		sink(0)
	}()
	if len(told.Stack) < 2 || !strings.Contains(told.Stack[0], "supervise_test.sink supervise_test.go:") || !strings.Contains(told.Stack[1], "TestStackBeginsAtThePanic") {
		t.Errorf("the stack is %q", told.Stack)
	}
}

func TestDeepStackIsBounded(t *testing.T) {
	t.Parallel()
	var told supervise.Panic
	func() {
		defer supervise.Recover("deep", func(p supervise.Panic) { told = p })
		sink(1000)
	}()
	if len(told.Stack) == 0 || len(told.Stack) > 40 {
		t.Errorf("%d lines", len(told.Stack))
	}
}

func sink(n int) int {
	if n == 0 {
		panic("down")
	}
	return sink(n-1) + 1
}
