package web

import (
	"bytes"
	"encoding/json"
	"unicode"

	"github.com/tokenward/tokenward/internal/wire"
)

const (
	maxText    = 1000 // characters of one text on a page
	maxEntries = 500  // entries of one list
)

// visible replaces, in a whole page, the characters that a reader cannot see or
// that turn the text after them around. The templates contain none of them, so
// there is one place to do it, which no template can forget.
func visible(page []byte) []byte {
	return bytes.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || r == '\u200d': // a joiner makes one emoji of several
			return r
		case r < ' ':
			return '\u2400' + r // the picture of that control character
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp):
			return unicode.ReplacementChar
		}
		return r
	}, page)
}

// read decodes a report for display. It returns as much as could be read, and
// whether that is all: the report passed the checks of its envelope only.
func read(raw []byte) (report wire.Report, whole bool) {
	var tree any
	numbers := json.NewDecoder(bytes.NewReader(raw))
	numbers.UseNumber() // a float would round a large seq
	if numbers.Decode(&tree) != nil {
		return report, false
	}
	tree, whole = bound(tree)
	short, err := json.Marshal(tree)
	if err != nil || json.Unmarshal(short, &report) != nil {
		return report, false
	}
	return report, whole
}

// bound cuts the texts and lists of a JSON tree, and says whether all fitted.
func bound(tree any) (any, bool) {
	whole := true
	switch v := tree.(type) {
	case string:
		short := clip(v, maxText)
		return short, short == v
	case []any:
		if len(v) > maxEntries {
			v, whole = v[:maxEntries], false
		}
		for i := range v {
			var fits bool
			v[i], fits = bound(v[i])
			whole = whole && fits
		}
		return v, whole
	case map[string]any:
		for key := range v {
			var fits bool
			v[key], fits = bound(v[key])
			whole = whole && fits
		}
	}
	return tree, whole
}

// clip cuts a text to n characters and marks the cut.
func clip(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i] + "…"
		}
		n--
	}
	return s
}
