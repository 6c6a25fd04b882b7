// Package secret holds text that must not be seen: it prints, logs and encodes
// as a placeholder, and only [Text.Open] gives it away.
package secret

import (
	"fmt"
	"io"
)

const placeholder = "[secret]"

// Text is a secret. The zero value is empty.
type Text struct{ plain string }

// New keeps a text as a secret.
func New(plain string) Text { return Text{plain: plain} }

// Open returns the text. Every call of it is a place to look at in a review.
func (t Text) Open() string { return t.plain }

// Empty says whether there is anything to keep.
func (t Text) Empty() bool { return t.plain == "" }

// String returns the placeholder.
func (Text) String() string { return placeholder }

// GoString returns the placeholder.
func (Text) GoString() string { return placeholder }

// Format writes the placeholder for every verb.
func (Text) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, placeholder) }

// MarshalText writes the placeholder, in JSON and YAML as well.
func (Text) MarshalText() ([]byte, error) { return []byte(placeholder), nil }
