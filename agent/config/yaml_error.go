package config

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// syntaxError says where a document stops being YAML, and why. The library says the
// line in its text, and not always; 0 is for a line that nobody knows. What it says of
// an anchor quotes the document, where a secret may begin with *.
func syntaxError(data []byte, err error) (line int, text string) {
	text = strings.TrimPrefix(err.Error(), "yaml: ")
	if _, after, is := strings.Cut(text, "anchor '"); is {
		name, _, _ := strings.Cut(after, "' ")
		return onlyLine(data, "*"+name), noAnchors + "; a text that begins with * or & stands in quotes"
	}
	if found := regexp.MustCompile(`^line ([0-9]+): (.*)$`).FindStringSubmatch(text); found != nil {
		line, _ = strconv.Atoi(found[1])
		return line, "it is not YAML: " + found[2]
	}
	return unreadable(data), "it is not YAML: " + text
}

// onlyLine is the line on which something stands, if it stands on one alone.
func onlyLine(data []byte, what string) (line int) {
	n := 0
	for l := range bytes.Lines(data) {
		n++
		if !bytes.Contains(l, []byte(what)) {
			continue
		}
		if line != 0 {
			return 0
		}
		line = n
	}
	return line
}

// unreadable is the line of the first character that YAML cannot have; without one it
// is the first, which is the line that the library leaves out.
func unreadable(data []byte) int {
	n := 0
	for l := range bytes.Lines(data) {
		n++
		if !utf8.Valid(l) || bytes.ContainsFunc(l, unprintable) {
			return n
		}
	}
	return 1
}
