package main

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

const (
	// glance is how often the terminal is looked at.
	glance = 5 * time.Millisecond
	// quietEnd is how long nothing new has come when a text that ends as questions
	// do is taken for one, and quiet of any other text.
	quietEnd = 30 * time.Millisecond
	quiet    = time.Second
)

// typist sits at the terminal of a tool and types an answer after each question:
// not before it, since what was typed earlier is thrown away when a password is
// asked for.
type typist struct {
	master  *os.File
	shown   capped
	stderr  *capped // some tools ask there
	last    string  // answer
	read    int     // how much of what is shown is answered
	readErr int
}

// runAtTerminal runs a tool at a terminal of its own, and returns what that has
// shown. Both streams stay what they are.
func runAtTerminal(cmd *exec.Cmd, answers []string, stderr *capped) (string, error) {
	master, slave, err := openTerminal()
	if err != nil {
		return "", fmt.Errorf("open a terminal: %w", err)
	}
	defer master.Close()
	cmd.Stdin = slave
	cmd.SysProcAttr.Setctty = true // of the standard input
	err = cmd.Start()
	_ = slave.Close() // the tool has it
	if err != nil {
		return "", err
	}
	t := &typist{master: master, stderr: stderr}
	ended, drained := make(chan struct{}), make(chan struct{})
	go t.watch(drained)
	typed := make(chan struct{})
	go func() {
		defer close(typed)
		t.answer(answers, ended)
	}()
	err = cmd.Wait()
	close(ended)
	<-typed
	select {
	case <-drained:
	case <-time.After(waitDelay): // on some systems the end of a terminal is never told
	}
	return strings.ReplaceAll(t.shown.String(), "\r\n", "\n"), err
}

// watch reads what the terminal shows until it is gone.
func (t *typist) watch(drained chan<- struct{}) {
	defer close(drained)
	for buffer := make([]byte, 4096); ; {
		n, err := t.master.Read(buffer)
		_, _ = t.shown.Write(buffer[:n])
		if err != nil {
			return
		}
	}
}

// answer types the answers, each after a question, until the tool ends.
func (t *typist) answer(answers []string, ended <-chan struct{}) {
	for _, answer := range answers {
		if !t.waitForQuestion(ended) {
			return
		}
		t.read, t.readErr, t.last = len(t.shown.String()), len(t.stderr.String()), answer
		if _, err := t.master.WriteString(answer + "\n"); err != nil {
			return
		}
	}
}

// waitForQuestion returns false where the tool has ended without one.
func (t *typist) waitForQuestion(ended <-chan struct{}) bool {
	before, since := "", time.Now()
	for {
		select {
		case <-ended:
			return false
		case <-time.After(glance):
		}
		shown, onStderr := t.news()
		if now := shown + onStderr; now != before {
			before, since = now, time.Now()
			continue
		}
		waited := time.Since(since)
		if (isQuestion(shown) || isQuestion(onStderr)) && waited > quietEnd || shown != "" && waited > quiet {
			return true
		}
	}
}

// news are what has come since the last answer, but for its own echo.
func (t *typist) news() (shown, onStderr string) {
	shown = strings.TrimPrefix(t.shown.String()[t.read:], t.last)
	return strings.TrimSpace(shown), strings.TrimSpace(t.stderr.String()[t.readErr:])
}

// isQuestion knows a question by its end.
func isQuestion(text string) bool {
	return strings.HasSuffix(text, ":") || strings.HasSuffix(text, "?")
}
