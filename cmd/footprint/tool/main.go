// Command tool stands for every tool of a simulated Mac, for measurements: it
// prints what was written down for exactly its arguments, and does nothing else.
// The tools of cmd/macsim think before they answer, which would be measured too.
package main

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"strings"
)

// unknown is the exit status where no answer was written down.
const unknown = 70

func main() { os.Exit(answer(os.Args, os.Stdout, os.Stderr)) }

// answer finds the file of these arguments beside the tool. Its first line holds
// the exit status and how long the standard output is, which follows it.
func answer(argv []string, stdout, stderr io.Writer) int {
	hash := fnv.New64a()
	_, _ = io.WriteString(hash, strings.Join(argv[1:], "\x00")) // a hash takes everything
	data, err := os.ReadFile(fmt.Sprintf("%s.answers/%x", argv[0], hash.Sum64()))
	if err != nil {
		data, err = os.ReadFile(argv[0] + ".answers/any") // of a tool that answers everything alike
	}
	line, rest, ok := bytes.Cut(data, []byte("\n"))
	var exit, length int
	if n, _ := fmt.Sscan(string(line), &exit, &length); err != nil || !ok || n != 2 || length > len(rest) {
		return missed(argv)
	}
	_, _ = stdout.Write(rest[:length])
	_, _ = stderr.Write(rest[length:])
	return exit
}

// missed leaves a mark for whoever measures: a figure made with tools that do not
// answer is none.
func missed(argv []string) int {
	_ = os.WriteFile(argv[0]+".missed", []byte(strings.Join(argv, " ")+"\n"), 0o600)
	return unknown
}
