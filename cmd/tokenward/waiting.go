package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"sync"

	"golang.org/x/term"

	"github.com/tokenward/tokenward/internal/run"
)

// waiting says on a terminal which tools the program waits for: one that asks the
// MDM server takes its time, and whoever waits shall know for what.
func (a *app) waiting(r run.Runner) run.Runner {
	if !isTerminal(a.err) {
		return r
	}
	return &waitingFor{Runner: r, say: a.progress, width: a.progressWidth(), running: nil}
}

// waitingFor is a runner that says which tools it waits for. It is safe for
// concurrent use.
type waitingFor struct {
	run.Runner

	say   func(text string) (done func())
	width int // of the line that is said

	mu      sync.Mutex
	running []string
}

// Run implements [run.Runner].
func (w *waitingFor) Run(ctx context.Context, c run.Command) (run.Result, error) {
	w.change(func(running []string) []string { return append(running, c.String()) })
	defer w.change(func(running []string) []string {
		i := slices.Index(running, c.String())
		return slices.Delete(running, i, i+1)
	})
	return w.Runner.Run(ctx, c)
}

// change shows the tool that has been running longest, and how many do.
func (w *waitingFor) change(how func(running []string) []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.running = how(w.running)
	w.say("")() // takes the line back
	if len(w.running) > 0 {
		w.say(waitingLine(w.running, w.width))
	}
}

// waitingLine begins with what may be all that fits: a line that wraps could not be
// taken back.
func waitingLine(running []string, width int) string {
	text := running[0] + ": waiting"
	if others := len(running) - 1; others > 0 {
		text += fmt.Sprintf(" for it and %d more", others)
	}
	most := max(width-len(" …"), 1) // in bytes: the last column stays empty
	if runes := []rune(text); len(runes) > most {
		text = string(runes[:most])
	}
	return text + " …"
}

// progressWidth is that of the terminal on which progress is shown.
func (a *app) progressWidth() int {
	const usual = 80
	file, ok := a.err.(*os.File)
	if !ok {
		return usual
	}
	width, _, err := term.GetSize(int(file.Fd()))
	if err != nil || width <= 0 {
		return usual
	}
	return width
}
