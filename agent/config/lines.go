package config

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"path"
	"strconv"
	"strings"
	"time"
)

// lined says on which line of an XML property list which value stands, by its place:
// /PolicyMutes/0/Until.
type lined struct {
	lines  map[string]int
	wrong  []Problem // what a decoder would pass over, or would not say the place of
	broken int       // the line on which it stops being XML; 0: on none
}

// The bounds of a scan, which looks at a document before anybody has checked it. What
// lies beyond them has no line.
const (
	deepest    = 64
	mostPlaces = 8 << 20 // bytes of all places
)

// linesOf looks at a document up to the end of its root element. Of a binary one
// there are no lines.
func linesOf(data []byte) lined {
	s := lineScan{found: lined{lines: map[string]int{}}, room: mostPlaces}
	if !isXML(data) {
		return s.found
	}
	d := xml.NewDecoder(bytes.NewReader(data))
	for {
		token, err := d.Token()
		line, _ := d.InputPos()
		if err != nil {
			s.found.broken = line
			return s.found
		}
		if s.token(token, line); s.ended || len(s.open) > deepest {
			return s.found
		}
	}
}

// container is a dictionary or an array that is open.
type container struct {
	at    string
	dict  bool
	next  string // the key whose value comes, or the index
	line  int    // of that key
	waits bool   // for that value
	n     int
	seen  map[string]bool
}

type lineScan struct {
	found lined
	open  []container
	depth int
	ended bool
	key   bool   // inside of a key
	text  string // of the innermost value, while it is one that is checked
	room  int    // for places
}

func (s *lineScan) token(token xml.Token, line int) {
	switch t := token.(type) {
	case xml.StartElement:
		s.depth++
		s.start(t.Name.Local, line)
	case xml.CharData:
		if s.key && len(s.open) > 0 {
			grow(&s.open[len(s.open)-1].next, string(t))
		} else {
			grow(&s.text, strings.TrimSpace(string(t)))
		}
	case xml.EndElement:
		s.depth--
		s.end(t.Name.Local, line)
		s.ended = s.depth == 0
	}
}

// grow adds to a text that may come in many pieces. A key or a number that is longer
// is none of ours.
func grow(text *string, by string) {
	const longest = 4096
	if len(*text) <= longest {
		*text += by
	}
}

func (s *lineScan) start(name string, line int) {
	s.text = ""
	at := ""
	if len(s.open) > 0 {
		top := &s.open[len(s.open)-1]
		if name == "key" {
			s.unpaired(top)
			s.key, top.next, top.line, top.waits = true, "", line, true
			return
		}
		if !top.dict {
			top.next = strconv.Itoa(top.n)
			top.n++
		}
		top.waits = false
		at = s.place(top, line)
	}
	if name == "dict" || name == "array" {
		s.open = append(s.open, container{at: at, dict: name == "dict", seen: map[string]bool{}})
	}
}

// place notes where a value stands, as long as there is room.
func (s *lineScan) place(in *container, line int) string {
	if s.room -= len(in.at) + len(in.next) + 1; s.room < 0 {
		return ""
	}
	at := in.at + "/" + in.next
	s.found.lines[at] = line
	return at
}

func (s *lineScan) end(name string, line int) {
	if len(s.open) == 0 {
		return
	}
	top := &s.open[len(s.open)-1]
	switch name {
	case "dict", "array":
		s.unpaired(top)
		s.open = s.open[:len(s.open)-1]
	case "key":
		s.key = false
		if top.seen[top.next] {
			s.wrong(line, top, "the key stands twice")
		}
		top.seen[top.next] = true
	case "integer", "real", "date":
		if !written(name, s.text) {
			s.wrong(line, top, fmt.Sprintf("what stands there is no <%s>", name))
		}
	}
	s.text = ""
}

// unpaired complains of a key that no value follows.
func (s *lineScan) unpaired(in *container) {
	if in.waits {
		s.wrong(in.line, in, "the key has no value")
	}
	in.waits = false
}

// written says whether the text of a value is what its element promises. The text is
// not shown: it may be a secret in the wrong place.
func written(element, text string) bool {
	var err error
	switch element {
	case "integer":
		if _, err = strconv.ParseInt(text, 10, 64); err != nil {
			_, err = strconv.ParseUint(text, 10, 64)
		}
	case "real":
		_, err = strconv.ParseFloat(text, 64)
	case "date":
		_, err = time.Parse(time.RFC3339, text)
	}
	return err == nil
}

// wrong notes a mistake at the present key or item of a container. Of very many, the
// first are enough.
func (s *lineScan) wrong(line int, in *container, what string) {
	const most = 100
	if len(s.found.wrong) == most {
		return
	}
	key := in.next
	if !in.dict {
		key = path.Base(in.at) + "[" + in.next + "]"
	}
	s.found.wrong = append(s.found.wrong, Problem{Line: line, Key: clip(key), Text: what})
}
