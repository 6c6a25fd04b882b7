package redact

import (
	"bytes"
	"unicode/utf8"

	"github.com/tokenward/tokenward/internal/pattern"
)

// What parsers refuse by its size or its letters must be refused once it is
// shorter, too. The limits are those of collectors/parse.
const (
	longestLine       = 64 << 10
	longestDictionary = 1 << 20
	longestServer     = 4 << 10
)

// endless says whether a line is longer than any that a parser reads.
func endless(out []byte) bool {
	for len(out) > 0 {
		end := bytes.IndexAny(out, "\r\n")
		if end < 0 {
			end = len(out)
		}
		if end > longestLine {
			return true
		}
		out = out[min(end+1, len(out)):]
	}
	return false
}

// noDictionary is what no parser takes for a described dictionary.
func noDictionary(out []byte) bool { return len(out) > longestDictionary || !utf8.Valid(out) }

var serverLine = pattern.Lazy(`(?m)^MDM server:[ \t]*([^\r\n]*?)[ \t]*\r?$`)

// noEnrollment is an answer in which the server's address is endless.
func noEnrollment(out []byte) bool {
	for _, m := range serverLine.FindAllSubmatch(out, -1) {
		if len(m[1]) > longestServer {
			return true
		}
	}
	return false
}
