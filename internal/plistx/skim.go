package plistx

import (
	"bytes"
	"fmt"
)

// skim checks the shape of a plain XML document without reading it: every "<" in
// one begins or ends an element. It never finds a document less deep than the
// decoder does, up to the place at which that one would give up: without
// comments, CDATA sections, instructions and quotes in tags there is nothing that
// only looks like an end. plain is false where there is any of these; the
// document is then read token by token.
//
// Apple's tools print plain documents, and thousands of accounts make megabytes.
type skim struct {
	data   []byte
	budget *budget
	depth  int
	at     int    // offset in data
	seen   bool   // a value in the root
	array  bool   // it is an array
	items  []span // what that holds
	keys   keys
}

// span is a part of a document, as offsets.
type span struct{ from, to int }

// outline is what was found: where the root element ends, and what it holds if
// that is an array.
type outline struct {
	end   int
	inner span // the root element without its tags
	items []span
	array bool
}

func outlineOf(data []byte) (found outline, plain bool, err error) {
	s := skim{data: data, budget: newBudget()}
	if !s.prologue() {
		return outline{}, false, nil
	}
	from := s.at
	for {
		done, plain, err := s.tag()
		if !plain || err != nil {
			return outline{}, plain, err
		}
		if done {
			return outline{s.at, span{from, s.at - len("</plist>")}, s.items, s.array}, true, nil
		}
	}
}

// prologue steps over the lines that Apple's tools put before the root element.
func (s *skim) prologue() bool {
	for _, line := range []string{
		`<?xml version="1.0" encoding="UTF-8"?>`,
		`<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">`,
	} {
		if bytes.HasPrefix(s.data[s.at:], []byte(line)) {
			s.at += len(line)
		}
		s.at += blanks(s.data[s.at:])
	}
	for _, root := range []string{`<plist version="1.0">`, `<plist>`} {
		if bytes.HasPrefix(s.data[s.at:], []byte(root)) {
			s.at, s.depth = s.at+len(root), 1
			return true
		}
	}
	return false
}

func blanks(data []byte) int { return len(data) - len(bytes.TrimLeft(data, " \t\r\n")) }

// holdsItems is the depth of a value in the root element.
const holdsItems = 2

// tag steps over some text and the tag after it.
func (s *skim) tag() (done, plain bool, err error) {
	start := bytes.IndexByte(s.data[s.at:], '<')
	if start < 0 {
		return false, true, fmt.Errorf("%w: it ends too early", ErrUnsafe)
	}
	whole := s.data[s.at : s.at+start]
	if text := bytes.Trim(whole, " \t\r\n"); len(text) > 0 {
		if s.depth <= holdsItems {
			return false, false, nil // text has no place there
		}
		if err := s.budget.node(uint64(len(text))); err != nil {
			return false, true, err
		}
	}
	s.at += start
	length := bytes.IndexByte(s.data[s.at:], '>')
	if length < 0 {
		return false, true, fmt.Errorf("%w: it ends too early", ErrUnsafe)
	}
	inner, from := s.data[s.at+1:s.at+length], s.at
	s.at += length + 1
	return s.named(inner, whole, from)
}

// named takes what stands in a tag, and the text before it.
func (s *skim) named(inner, text []byte, from int) (done, plain bool, err error) {
	if name, ends := bytes.CutPrefix(inner, []byte("/")); ends {
		if !plainName(name) || string(name) == "key" && bytes.ContainsAny(text, "&\r") {
			return false, false, nil // text that says something else than it shows
		}
		plain = s.ends(inner)
		return s.depth == 0, plain, placed(s.keys.end(text), s.at)
	}
	name, empty := bytes.CutSuffix(inner, []byte("/"))
	if !plainName(name) || empty && string(name) == "key" || s.depth == 1 && s.seen {
		return false, false, nil // the last of them is a second value
	}
	if err := s.keys.begin(string(name)); err != nil {
		return false, true, err
	}
	if err := s.begins(inner, from); err != nil || !empty {
		return false, true, err
	}
	return false, true, s.keys.end(nil)
}

// plainName says whether a tag holds the name of an element and nothing else.
func plainName(name []byte) bool {
	for _, c := range name {
		if c < 'a' || c > 'z' {
			return false
		}
	}
	return len(name) > 0
}

// begins takes the tag that begins an element.
func (s *skim) begins(inner []byte, from int) error {
	switch {
	case s.depth == 1:
		s.seen, s.array = true, string(inner) == "array"
	case s.depth == holdsItems && s.array:
		s.items = append(s.items, span{from, s.at})
	}
	if inner[len(inner)-1] != '/' {
		s.depth++
	}
	if s.depth > maxDepth {
		return fmt.Errorf("%w: deeper than %d", ErrUnsafe, maxDepth)
	}
	return s.budget.node(0)
}

// ends takes the tag that ends an element. The names of the outermost are
// compared here, those of all others by the decoder.
func (s *skim) ends(inner []byte) (plain bool) {
	s.depth--
	switch {
	case s.depth == 0:
		return string(inner) == "/plist"
	case s.depth == 1 && s.array:
		return string(inner) == "/array"
	case s.depth == holdsItems && s.array:
		s.items[len(s.items)-1].to = s.at
	}
	return true
}
