package plistx

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
)

// budget is what a document may still cost.
type budget struct {
	nodes int
	bytes uint64
}

func newBudget() *budget { return &budget{nodes: maxNodes, bytes: maxBytes} }

func (b *budget) node(size uint64) error {
	b.nodes--
	if b.nodes < 0 || size > b.bytes {
		return fmt.Errorf("%w: it expands to too much", ErrUnsafe)
	}
	b.bytes -= size
	return nil
}

// checkXML returns the document without what a tool printed before it, and of a
// plain one what the root element holds, else nil. The root element must be
// closed: a cut-off document is not a short answer.
func checkXML(data []byte) (document, inner []byte, err error) {
	start := documentStart(data)
	if start < 0 {
		return nil, nil, fmt.Errorf("%w: no document in it", ErrUnsafe)
	}
	text := data
	data = data[start:]
	if found, plain, err := outlineOf(data); plain {
		return data[:found.end], data[found.inner.from:found.inner.to], lined(err, text, start)
	}
	document, err = walkXML(data)
	return document, nil, lined(err, text, start)
}

// walkXML checks a document token by token.
func walkXML(data []byte) ([]byte, error) {
	w := xmlWalk{budget: newBudget()}
	d := xml.NewDecoder(bytes.NewReader(data))
	d.CharsetReader = func(charset string, _ io.Reader) (io.Reader, error) {
		return nil, fmt.Errorf("%w: its character set is %q", ErrUnsafe, charset)
	}
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("%w: it ends too early", ErrUnsafe)
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrUnsafe, err)
		}
		done, err := w.token(token)
		if err != nil {
			return nil, placed(err, int(d.InputOffset()))
		}
		if done {
			return data[:d.InputOffset()], nil
		}
	}
}

// documentStart finds the XML declaration, or the plist element where there is
// none, and steps over the warning lines that a tool may have printed.
func documentStart(data []byte) int {
	for _, mark := range []string{"<?xml", "<!DOCTYPE plist", "<plist"} {
		if i := bytes.Index(data, []byte(mark)); i >= 0 {
			return i
		}
	}
	return -1
}

type xmlWalk struct {
	budget *budget
	depth  int
	keys   keys
	text   []byte // of the innermost element
}

// token charges one token; done is true at the end of the root element.
func (w *xmlWalk) token(token xml.Token) (done bool, err error) {
	switch t := token.(type) {
	case xml.StartElement:
		return false, w.begins(t.Name.Local)
	case xml.CharData:
		w.text = append(w.text, t...)
		text := bytes.TrimSpace(t)
		if len(text) == 0 {
			return false, nil // the indentation is not kept
		}
		return false, w.budget.node(uint64(len(text)))
	case xml.EndElement:
		text := w.text
		w.text = nil // it may be a key, which is kept
		w.depth--
		return w.depth == 0, w.keys.end(text)
	}
	return false, nil
}

func (w *xmlWalk) begins(name string) error {
	if w.depth == 0 && name != "plist" {
		return fmt.Errorf("%w: its root is <%s>", ErrUnsafe, clip(name))
	}
	w.depth++
	if w.depth > maxDepth {
		return fmt.Errorf("%w: deeper than %d", ErrUnsafe, maxDepth)
	}
	w.text = w.text[:0]
	if err := w.keys.begin(name); err != nil {
		return err
	}
	return w.budget.node(0)
}

func clip(s string) string {
	if len(s) > 32 {
		return s[:32] + "…"
	}
	return s
}
