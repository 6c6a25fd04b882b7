package redact

import (
	"bytes"
	"encoding/xml"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tokenward/tokenward/internal/pattern"
	"github.com/tokenward/tokenward/internal/run"
)

// leftovers are the names that were met, by their first words: the last look at
// what is passed on finds those that stand where none should. Words of the tools
// and pseudonyms are none, whoever is called so.
type leftovers map[string][]string

const shortestLeftover = 4

// leftovers are looked for only once every name was met.
func (b *book) leftovers() leftovers {
	all := leftovers{}
	for _, names := range b.given {
		for name := range names {
			all.add(name)
			var escaped bytes.Buffer
			if err := xml.EscapeText(&escaped, []byte(name)); err == nil && escaped.String() != name {
				all.add(escaped.String())
			}
		}
	}
	for first := range all { // the longest first, so that none hides behind its beginning
		slices.SortFunc(all[first], func(a, b string) int { return len(b) - len(a) })
	}
	return all
}

func (l leftovers) add(name string) {
	name = strings.TrimFunc(name, func(r rune) bool { return !inWord(r) })
	if utf8.RuneCountInString(name) < shortestLeftover || madeUp.MatchString(name) || toolsOwn(name) {
		return
	}
	first := strings.ToLower(name[:wordEnd(name)])
	if !slices.Contains(l[first], name) {
		l[first] = append(l[first], name)
	}
}

// madeUp is what stands for a name.
var madeUp = pattern.Lazy(`^(?:_?person\d+|Person (?:named )?\d+|group\d+|host-\d+(?:\.example)?|word-?\d+|SERIAL\d+|computer-\d+|\d+|(?i:00000000-0000-4000-8000-[0-9A-F]{12}))$`)

// toolsOwn says whether a name has no word but those of the tools, and numbers.
func toolsOwn(name string) bool {
	for _, word := range strings.FieldsFunc(name, func(r rune) bool { return !inWord(r) }) {
		if !toolNumber.MatchString(word) && !strings.Contains(toolWords, " "+strings.ToLower(word)+" ") {
			return false
		}
	}
	return true
}

// toolNumber is a number, a build, a device or a model, as tools print them.
var toolNumber = pattern.Lazy(`^(?i:\d+|0x[0-9a-f]+|\d{1,3}[a-z]\d{1,7}[a-z]?|\d{1,8}e|disk\d+(?:s\d+)*|ttys?\w{1,3}|en\d+|i?Mac(?:Book)?(?:Air|Pro|mini)?\d+|VirtualMac\d+|J\d{3}\w{0,4})$`)

func inWord(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

func wordEnd(s string) int {
	if end := strings.IndexFunc(s, func(r rune) bool { return !inWord(r) }); end >= 0 {
		return end
	}
	return len(s)
}

func (l leftovers) from(t run.Transcript) run.Transcript {
	t.Out, t.Err = l.replaced(t.Out), l.replaced(t.Err)
	return t
}

// replaced leaves UUIDs alone, whose groups may read as a name.
func (l leftovers) replaced(out []byte) []byte {
	if len(l) == 0 || len(out) == 0 {
		return out
	}
	var b strings.Builder
	text, at := string(out), 0
	for _, place := range fiveGroups.FindAllStringIndex(text, -1) {
		if n := place[1] - place[0]; n < 30 || n > 40 {
			continue
		}
		l.write(&b, text[at:place[0]])
		b.WriteString(text[place[0]:place[1]])
		at = place[1]
	}
	l.write(&b, text[at:])
	return []byte(b.String())
}

func (l leftovers) write(b *strings.Builder, text string) {
	for text != "" {
		end := wordEnd(text)
		if end == 0 {
			_, size := utf8.DecodeRuneInString(text)
			b.WriteString(text[:size])
			text = text[size:]
			continue
		}
		name := l.begins(text, end)
		if name > 0 {
			b.WriteString(placeholder)
			text = text[name:]
			continue
		}
		b.WriteString(text[:end])
		text = text[end:]
	}
}

// begins returns how long the name is that the text begins with, 0 without one.
func (l leftovers) begins(text string, firstWord int) int {
	for _, name := range l[strings.ToLower(text[:firstWord])] {
		if len(text) < len(name) || !strings.EqualFold(text[:len(name)], name) {
			continue
		}
		if next, _ := utf8.DecodeRuneInString(text[len(name):]); len(text) == len(name) || !inWord(next) {
			return len(name)
		}
	}
	return 0
}
