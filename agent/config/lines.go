package config

import (
	"bytes"
	"encoding/xml"
	"fmt"
)

// linesOf says on which line of an XML property list which value stands, by its place:
// /PolicyMutes/0/Until. It looks at a document that was decoded already, so it is whole
// and no deeper than is allowed. Of a binary one there are no lines.
func linesOf(data []byte) map[string]int {
	s := lineScan{found: map[string]int{}}
	if !isXML(data) {
		return s.found
	}
	d := xml.NewDecoder(bytes.NewReader(data))
	for {
		token, err := d.Token()
		if err != nil {
			return s.found
		}
		line, _ := d.InputPos()
		s.token(token, line)
	}
}

// container is a dictionary or an array that is open.
type container struct {
	at   string
	dict bool
	next string // the key whose value comes, or the index
	n    int
}

type lineScan struct {
	found map[string]int
	open  []container
	key   bool // inside of a key
}

func (s *lineScan) token(token xml.Token, line int) {
	switch t := token.(type) {
	case xml.StartElement:
		s.start(t.Name.Local, line)
	case xml.CharData:
		if s.key && len(s.open) > 0 {
			s.open[len(s.open)-1].next += string(t)
		}
	case xml.EndElement:
		s.end(t.Name.Local)
	}
}

func (s *lineScan) start(name string, line int) {
	at := ""
	if len(s.open) > 0 {
		top := &s.open[len(s.open)-1]
		if name == "key" {
			s.key, top.next = true, ""
			return
		}
		if !top.dict {
			top.next = fmt.Sprint(top.n)
			top.n++
		}
		at = top.at + "/" + top.next
		s.found[at] = line
	}
	if name == "dict" || name == "array" {
		s.open = append(s.open, container{at: at, dict: name == "dict"})
	}
}

func (s *lineScan) end(name string) {
	switch {
	case len(s.open) == 0:
	case name == "dict" || name == "array":
		s.open = s.open[:len(s.open)-1]
	case name == "key":
		s.key = false
	}
}
