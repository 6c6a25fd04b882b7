package parse

import (
	"strings"
	"unicode/utf8"

	"github.com/tokenward/tokenward/internal/pattern"
)

// A property list of the old style of NeXT, as a program prints it that describes
// a dictionary of Foundation: mdmclient's answers and fdesetup showdeferralinfo.
// observed (10.15, 12.1, 13.3.1, 15.5): the form; documented (CFOldStylePList.c):
// what a word without quotes may hold.
//
//	Daemon response: {
//	    QueryResponses =     {
//	        EACSPreflight = "System is not sealed";
//	        PushToken = {length = 32, bytes = 0x068b4535 172f7bd3 ... 38625271 61731ac3};
//	        Usernames =         (
//	            ada
//	        );
//	    };
//	}
//	Agent response: (null)

// An oldValue is a string, an oldData, an oldList or an oldDictionary. Numbers
// and booleans are strings: the text does not tell them apart.
type oldValue any

// oldData is binary data. Of its bytes nothing is kept: the text leaves the middle
// out.
type oldData struct{ empty bool }

type oldList []oldValue

type oldDictionary map[string]oldValue

// The limits of a property list of this kind. A real answer is nested four deep
// and has some hundred values.
const (
	oldMostBytes  = 1 << 20
	oldMostDepth  = 16
	oldMostValues = 20_000
)

const oldKey = `(?:[\w.$/:-]+|"(?:[^"\\\n]|\\.)*")`

var (
	// An opening may have a name before it, as in "Daemon response: {". Headers
	// of other kinds are no opening.
	oldOpening    = pattern.Lazy(`^(?:[A-Z][A-Za-z ]*: )?\{`)
	oldAssignment = pattern.Lazy(`^[ \t]*` + oldKey + `[ \t]*=(?:[ \t]|$)`)
	oldWord       = pattern.Lazy(`^[\w.$/:-]+`)
	oldQuoted     = pattern.Lazy(`^"((?:[^"\\\n]|\\.)*)"`)
	// documented (NSData): since 10.15 the length and the two ends, before it all
	// bytes between angle brackets.
	oldBytes   = pattern.Lazy(`^(?:\{length = \d+, bytes = 0x[0-9a-f ]*(?:\.\.\. ?[0-9a-f ]+)?\}|<[0-9a-f ]*>)`)
	oldNoBytes = pattern.Lazy(`^(?:\{length = 0+, bytes = 0x *\}|< *>)$`)
)

// oldStyle reads the one dictionary in a tool's output. Lines before it and after
// it are skipped. Assignments without braces around them, such as one line of an
// answer, are a dictionary's body and go on to the end. It is unreadable if the
// dictionary is cut off, holds anything but values, has a key twice, or is
// followed by another.
func oldStyle(out []byte) (oldDictionary, error) {
	all, err := lines(out)
	if err != nil {
		return nil, err
	}
	if len(out) > oldMostBytes || !utf8.Valid(out) {
		return nil, unreadable("it is too long, or no text")
	}
	for n, line := range all {
		if opening := oldOpening.FindString(line); opening != "" {
			return oldFramed(strings.Join(all[n:], "\n")[len(opening):])
		}
		if oldAssignment.MatchString(line) {
			s := oldScanner{rest: strings.Join(all[n:], "\n")}
			return s.body("")
		}
	}
	return nil, unreadable("no property list")
}

// oldFramed reads a dictionary from behind its brace. An answer of the agent of
// the user who is logged in may follow that of the daemon, and is not
// read. community: that it can be there.
func oldFramed(text string) (oldDictionary, error) {
	s := oldScanner{rest: text}
	d, err := s.body("}")
	if err != nil {
		return nil, err
	}
	line, more, _ := strings.Cut(s.rest, "\n")
	if strings.TrimSpace(line) != "" {
		return nil, unreadable("behind the property list stands %s", clip(line))
	}
	for line := range strings.SplitSeq(more, "\n") {
		if strings.HasPrefix(line, "Agent response: ") {
			break
		}
		if oldOpening.MatchString(line) || oldAssignment.MatchString(line) {
			return nil, unreadable("a second property list")
		}
	}
	return d, nil
}

// oldScanner reads values from the beginning of what is left of a text.
type oldScanner struct {
	rest   string
	depth  int
	values int
}

// body reads assignments up to the closing brace, or to the end where the body
// has no braces.
func (s *oldScanner) body(closing string) (oldDictionary, error) {
	d := oldDictionary{}
	for !s.takes(closing) {
		key, err := s.text()
		if err != nil {
			return nil, err
		}
		if !s.takes("=") {
			return nil, s.unexpected()
		}
		value, err := s.value()
		if err != nil {
			return nil, err
		}
		if _, twice := d[key]; twice { // no dictionary has a key twice
			return nil, unreadable("%s stands twice", clip(key))
		}
		if !s.takes(";") {
			return nil, s.unexpected()
		}
		d[key] = value
	}
	return d, nil
}

// list reads the items up to the closing parenthesis. No comma stands after the
// last of them.
func (s *oldScanner) list() (oldList, error) {
	items := oldList{}
	if s.takes(")") {
		return items, nil
	}
	for {
		item, err := s.value()
		if err != nil {
			return nil, err
		}
		items = append(items, item)
		switch {
		case s.takes(")"):
			return items, nil
		case !s.takes(","):
			return nil, s.unexpected()
		}
	}
}

func (s *oldScanner) value() (oldValue, error) {
	s.depth++
	defer func() { s.depth-- }()
	if s.values++; s.depth > oldMostDepth || s.values > oldMostValues {
		return nil, unreadable("a property list that is too deep or too long")
	}
	s.skipSpace()
	if data := oldBytes.FindString(s.rest); data != "" {
		s.rest = s.rest[len(data):]
		return oldData{empty: oldNoBytes.MatchString(data)}, nil
	}
	switch {
	case s.takes("{"):
		return s.body("}")
	case s.takes("("):
		return s.list()
	}
	return s.text()
}

// text reads a word, or what stands in quotes.
func (s *oldScanner) text() (string, error) {
	s.skipSpace()
	if word := oldWord.FindString(s.rest); word != "" {
		s.rest = s.rest[len(word):]
		return word, nil
	}
	m := oldQuoted.FindStringSubmatch(s.rest)
	if m == nil {
		return "", s.unexpected()
	}
	s.rest = s.rest[len(m[0]):]
	return unescape(m[1])
}

// takes passes a mark over if it is next. The empty mark is the end.
func (s *oldScanner) takes(mark string) bool {
	s.skipSpace()
	if mark == "" {
		return s.rest == ""
	}
	rest, found := strings.CutPrefix(s.rest, mark)
	s.rest = rest
	return found
}

func (s *oldScanner) skipSpace() { s.rest = strings.TrimLeft(s.rest, " \t\n") }

func (s *oldScanner) unexpected() error {
	if s.rest == "" {
		return unreadable("a property list that is cut off")
	}
	line, _, _ := strings.Cut(s.rest, "\n")
	return unreadable("in a property list stands %s", clip(line))
}
