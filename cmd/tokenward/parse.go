package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tokenward/tokenward/collectors/parse"
)

// maxInput is more than any of the tools prints.
const maxInput = 64 << 20

func (a *app) parseCommand() *cobra.Command {
	var stream string
	var exit int
	c := &cobra.Command{
		Use:   "parse ID [FILE|-]",
		Short: "Read one tool's output and print it as JSON",
		Long: "Reads what one of Apple's tools printed, from a file or from standard input, and prints one\n" +
			"JSON object. What cannot be read is never guessed: exit code 65 and {\"error\": \"…\"}.\n\n" +
			"The parsers:\n  " + strings.Join(parserIDs(), "\n  "),
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) < 1 || len(args) > 2 {
				return usage(errors.New("name a parser and, if it is not standard input, a file; see tokenward parse --help"))
			}
			return nil
		},
		ValidArgs: parserIDs(),
		RunE: func(_ *cobra.Command, args []string) error {
			if stream != "" && stream != "stdout" && stream != "stderr" {
				return usage(fmt.Errorf("--stream is %q, not stdout or stderr", stream))
			}
			p, err := parse.ByID(args[0])
			if err != nil {
				return usage(fmt.Errorf("%w; there are: %s", err, strings.Join(parserIDs(), ", ")))
			}
			data, err := a.input(args[1:])
			if err != nil {
				return err
			}
			return a.parsed(p.Read(data))
		},
	}
	// Every parser reads the text alone, whichever stream it came on: the two
	// flags are part of the interface for callers that know more.
	c.Flags().StringVar(&stream, "stream", "", "where the text came from: `stdout or stderr`")
	c.Flags().IntVar(&exit, "exit", 0, "the tool's exit status")
	return c
}

func parserIDs() []string {
	var ids []string
	for _, p := range parse.Parsers() {
		ids = append(ids, p.ID)
	}
	return ids
}

func (a *app) input(args []string) ([]byte, error) {
	in := a.in
	if len(args) == 1 && args[0] != "-" {
		f, err := os.Open(args[0])
		if err != nil {
			return nil, fmt.Errorf("parse: %w", err)
		}
		defer f.Close()
		in = f
	}
	data, err := io.ReadAll(io.LimitReader(in, maxInput+1))
	if err != nil {
		return nil, fmt.Errorf("parse: %w", err)
	}
	if len(data) > maxInput {
		return nil, &codeError{exitUnreadable, fmt.Errorf("parse: more than %d bytes", maxInput)}
	}
	return data, nil
}

// parsed prints the value, or the error in its place: whoever asked for JSON
// gets JSON.
func (a *app) parsed(v any, err error) error {
	if err == nil {
		return a.printJSON(v)
	}
	if err := a.printJSON(map[string]string{"error": err.Error()}); err != nil {
		return err
	}
	return &codeError{code: exitUnreadable}
}
