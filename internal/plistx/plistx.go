// Package plistx reads property lists that the agent does not trust, and writes
// its own.
//
// The decoder behind it can be made to overflow the stack, to panic or to ask
// for gigabytes by a file of a few dozen bytes, and the agent reads files that
// users control. So the shape of a document is checked first, with every
// expanded byte charged to a budget, and only then decoded. Decode into typed
// targets: the decoder's untyped form loses the sign of integers.
package plistx

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/groob/plist"
)

// The limits of a document.
const (
	MaxSize  = 16 << 20 // bytes of the document itself
	maxDepth = 64
	maxNodes = 200_000  // values, each counted as often as it is referred to
	maxBytes = 64 << 20 // bytes of all strings and data, counted the same way
)

// ErrUnsafe means that a document is broken, or built to do harm.
var ErrUnsafe = errors.New("unsafe property list")

// Decode reads an XML or binary property list into v, a pointer to a typed
// value. Text before an XML document is skipped, since some tools print a
// warning first. It is safe for any input and for concurrent use.
func Decode(data []byte, v any) error {
	if len(data) > MaxSize {
		return fmt.Errorf("%w: %d bytes", ErrUnsafe, len(data))
	}
	if bytes.HasPrefix(data, []byte("bplist")) {
		if err := checkBinary(data); err != nil {
			return err
		}
		return decodeChecked(data, v)
	}
	document, inner, err := checkXML(data)
	if err != nil || (inner != nil && readPlain(inner, v)) {
		return err
	}
	return decodeChecked(document, v)
}

// DecodeEach reads a property list that is an array, one element after the
// other, and calls each with every one of them: of a long list, no more than one
// element has to be held at a time. Otherwise it is [Decode]. It ends at the
// first error of each.
func DecodeEach[T any](data []byte, each func(T) error) error {
	if start := documentStart(data); start >= 0 && len(data) <= MaxSize && !bytes.HasPrefix(data, []byte("bplist")) {
		document := data[start:]
		if found, plain, err := outlineOf(document); plain {
			if err != nil {
				return err
			}
			if found.array {
				return decodeItems(document, found.items, each)
			}
		}
	}
	var all []T
	if err := Decode(data, &all); err != nil {
		return err
	}
	for _, v := range all {
		if err := each(v); err != nil {
			return err
		}
	}
	return nil
}

// decodeItems decodes elements that were found in a checked document, each as a
// document of its own.
func decodeItems[T any](document []byte, items []span, each func(T) error) error {
	var one []byte
	for _, item := range items {
		var v T
		if err := decodeItem(document[item.from:item.to], &v, &one); err != nil {
			return err
		}
		if err := each(v); err != nil {
			return err
		}
	}
	return nil
}

// decodeItem decodes one element into v. The buffer is used again for the next.
func decodeItem(element []byte, v any, buffer *[]byte) error {
	if record, ok := v.(*map[string][]string); ok {
		if *record, ok = plainRecord(element); ok {
			return nil
		}
		*record = nil
	}
	if readPlain(element, v) {
		return nil
	}
	*buffer = append(append(append((*buffer)[:0], "<plist>"...), element...), "</plist>"...)
	return decodeChecked(*buffer, v)
}

// decodeChecked turns a panic of the decoder into an error: the checks leave
// none that is known, and a daemon must survive the one that is not.
func decodeChecked(data []byte, v any) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w: the decoder gave up: %v", ErrUnsafe, r)
		}
	}()
	if err := plist.Unmarshal(data, v); err != nil {
		return fmt.Errorf("decode property list: %w", err)
	}
	return nil
}

// Encode writes v as an XML property list, indented with tabs as Apple's tools
// do. Nil pointers and nil values inside maps are errors.
func Encode(v any) (out []byte, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("encode property list: %v", r)
		}
	}()
	out, err = plist.MarshalIndent(v, "\t")
	if err != nil {
		return nil, fmt.Errorf("encode property list: %w", err)
	}
	return out, nil
}
