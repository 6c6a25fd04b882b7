package macsim

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/tokenward/tokenward/internal/macsim/tool"
)

// console is the terminal and the standard input of a process. It behaves as
// readpassphrase does: the question goes to the terminal, echo is off before it
// appears, and what was typed earlier is thrown away.
type console struct {
	stdin  *bufio.Reader
	piped  bool // there is something on standard input besides a terminal
	stderr io.Writer
}

func newConsole(stdin io.Reader, stderr io.Writer) *console {
	return &console{bufio.NewReader(stdin), isPiped(stdin), stderr}
}

// isPiped says whether a stream is a pipe or a file.
func isPiped(stdin io.Reader) bool {
	file, ok := stdin.(*os.File)
	if !ok {
		return stdin != nil
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice == 0
}

// Ask asks on the terminal. A tool that takes a pipe too takes it first: it asks
// on standard error, and reads a line of standard input.
func (c *console) Ask(q tool.Question) (string, error) {
	if !q.Pipe || !c.piped {
		tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
		if err != nil {
			return "", tool.ErrNoTerminal
		}
		defer tty.Close()
		return askOn(tty, q)
	}
	if _, err := io.WriteString(c.stderr, q.Prompt); err != nil {
		return "", err
	}
	line, err := c.stdin.ReadString('\n')
	if err != nil && line == "" {
		return "", err
	}
	return strings.TrimSuffix(line, "\n"), nil
}

// All reads the rest of standard input.
func (c *console) All() (string, error) {
	all, err := io.ReadAll(c.stdin)
	return string(all), err
}

func askOn(tty *os.File, q tool.Question) (answer string, err error) {
	if q.Hidden {
		restore, err := silence(int(tty.Fd()))
		if err != nil {
			return "", fmt.Errorf("turn echo off: %w", err)
		}
		defer func() {
			_, _ = io.WriteString(tty, "\n") // as the newline that was typed was not shown
			restore()
		}()
	}
	if _, err := io.WriteString(tty, q.Prompt); err != nil {
		return "", err
	}
	answer, err = readLine(tty)
	if err == nil && q.Limit > 0 && len(answer) > q.Limit {
		return "", tool.ErrTooLong
	}
	return answer, err
}

// readLine reads byte by byte, so that what comes after the line is left for the
// next question.
func readLine(r io.Reader) (string, error) {
	var line []byte
	for one := make([]byte, 1); ; {
		n, err := r.Read(one)
		switch {
		case n == 1 && one[0] == '\n':
			return string(line), nil
		case n == 1:
			line = append(line, one[0])
		case errors.Is(err, io.EOF) && len(line) > 0:
			return string(line), nil
		case err != nil:
			return "", err
		}
	}
}

// silence turns echo off, waits until all output is out, and forgets what was
// typed so far.
func silence(fd int) (restore func(), err error) {
	before, err := unix.IoctlGetTermios(fd, getTermios)
	if err != nil {
		return nil, err
	}
	quiet := *before
	quiet.Lflag &^= unix.ECHO
	if err := unix.IoctlSetTermios(fd, setTermiosAndFlush, &quiet); err != nil {
		return nil, err
	}
	return func() { _ = unix.IoctlSetTermios(fd, setTermios, before) }, nil
}
