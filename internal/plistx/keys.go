package plistx

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
)

// keys watches over what the decoder does not: it keeps the last of two values
// that stand under one key, and forgets a key that has none. Whoever reads a
// document with another decoder could be told something else by it.
//
// It notes the keys of the dictionaries that are open, so that an ordinary
// document costs no memory.
type keys struct {
	open  []element
	names [][]byte // of all dictionaries that are open, the innermost last
}

// element is one that has begun and not ended.
type element struct {
	dict, key bool
	waits     bool // a dictionary in which a value is due
	first     int  // where a dictionary's own names begin
	many      map[string]struct{}
}

// begin takes the name of an element.
func (k *keys) begin(name string) error {
	is := element{dict: name == "dict", key: name == "key", first: len(k.names)}
	if len(k.open) > 0 {
		within := &k.open[len(k.open)-1]
		switch {
		case within.key:
			return broken("a key holds an element")
		case !within.dict:
		case is.key && within.waits:
			return broken("a key without a value")
		case !is.key && !within.waits:
			return broken("a value without a key")
		default:
			within.waits = is.key
		}
	}
	k.open = append(k.open, is)
	return nil
}

// end takes the text of the innermost element, which ends. The text of a key must
// stay as it is for as long as the document is read.
func (k *keys) end(text []byte) error {
	last := len(k.open) - 1
	if last < 0 {
		return nil // the end of another one, which the decoder refuses
	}
	ended := k.open[last]
	k.open = k.open[:last]
	switch {
	case ended.dict && ended.waits:
		return broken("a key without a value")
	case ended.dict:
		k.names = k.names[:ended.first]
	case ended.key && last > 0 && k.open[last-1].dict:
		return k.name(&k.open[last-1], text)
	}
	return nil
}

// fewKeys are compared with each other; more are looked up.
const fewKeys = 16

// name notes a key of the dictionary.
func (k *keys) name(in *element, name []byte) error {
	own := k.names[in.first:]
	if in.many == nil && len(own) == fewKeys {
		in.many = map[string]struct{}{}
		for _, n := range own {
			in.many[string(n)] = struct{}{}
		}
	}
	if in.many != nil {
		if _, twice := in.many[string(name)]; twice {
			return errTwice(name)
		}
		in.many[string(name)] = struct{}{}
		return nil
	}
	if slices.ContainsFunc(own, func(n []byte) bool { return string(n) == string(name) }) {
		return errTwice(name)
	}
	k.names = append(k.names, name)
	return nil
}

// A TwiceError is a key that stands in a dictionary twice. It is an ErrUnsafe.
type TwiceError struct {
	Key  string
	Line int // of the second one, in an XML document; 0: not known

	at int // its end, as an offset in the document
}

func errTwice(name []byte) error { return &TwiceError{Key: clip(string(name))} }

func (e *TwiceError) Error() string {
	return fmt.Sprintf("%v: the key %q stands there twice", ErrUnsafe, e.Key)
}

// Unwrap returns ErrUnsafe.
func (e *TwiceError) Unwrap() error { return ErrUnsafe }

// placed notes where in the document the error is, if it has a place.
func placed(err error, at int) error {
	if twice, ok := errors.AsType[*TwiceError](err); ok {
		twice.at = at
	}
	return err
}

// lined turns that place into a line of the whole text, in which the document
// starts there.
func lined(err error, text []byte, start int) error {
	if twice, ok := errors.AsType[*TwiceError](err); ok {
		twice.Line = 1 + bytes.Count(text[:start+twice.at], []byte("\n"))
	}
	return err
}
