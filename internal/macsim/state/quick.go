package state

import (
	"bytes"
	"crypto/sha256"
	"encoding/gob"
	"encoding/json"
	"fmt"
	"reflect"
)

// EncodeQuick writes the Mac in a form that programs read fast, to be kept
// beside its text: what it reads to belongs to that very text, so that whoever
// edits the text is heard. The Mac must be what [Decode] makes of the text.
func (m *Mac) EncodeQuick(text []byte) ([]byte, error) {
	var form bytes.Buffer
	if err := gob.NewEncoder(&form).Encode(m); err != nil {
		return nil, fmt.Errorf("encode simulated Mac: %w", err)
	}
	seal := sealOf(text, form.Bytes())
	return append(seal[:], form.Bytes()...), nil
}

// DecodeQuick reads what EncodeQuick made of the Mac with this text. It is not ok
// where the text is another by now, or where the form is damaged or that of
// another version of this program; then the text has to be read.
func DecodeQuick(quick, text []byte) (m Mac, ok bool) {
	if len(quick) < sha256.Size {
		return Mac{}, false
	}
	form := quick[sha256.Size:]
	if seal := sealOf(text, form); !bytes.Equal(seal[:], quick[:sha256.Size]) {
		return Mac{}, false
	}
	if err := gob.NewDecoder(bytes.NewReader(form)).Decode(&m); err != nil {
		return Mac{}, false
	}
	return m, true
}

// sealOf binds a form to its text, and to the fields that a Mac has in this
// program.
func sealOf(text, form []byte) [sha256.Size]byte {
	h := sha256.New()
	var shape bytes.Buffer
	writeShape(&shape, reflect.TypeFor[Mac](), map[reflect.Type]bool{})
	for _, part := range [][]byte{shape.Bytes(), text, form} {
		fmt.Fprintf(h, "%d ", len(part))
		h.Write(part)
	}
	return [sha256.Size]byte(h.Sum(nil))
}

// writeShape writes the names and types of all fields of a type, each type once.
func writeShape(b *bytes.Buffer, t reflect.Type, written map[reflect.Type]bool) {
	b.WriteString(t.String())
	switch {
	case written[t] || t.PkgPath() == "time":
		return
	case t.Kind() == reflect.Slice || t.Kind() == reflect.Pointer:
		writeShape(b, t.Elem(), written)
		return
	case t.Kind() != reflect.Struct:
		return
	}
	written[t] = true
	for field := range t.Fields() {
		if field.IsExported() {
			b.WriteString("\n" + field.Name + " ")
			writeShape(b, field.Type, written)
		}
	}
}

// GobEncode writes a job without losing that it ended with 0, which gob would
// take for nothing.
func (j Job) GobEncode() ([]byte, error) {
	type plain Job
	return json.Marshal(plain(j))
}

// GobDecode reads what GobEncode writes.
func (j *Job) GobDecode(data []byte) error {
	type plain Job
	return json.Unmarshal(data, (*plain)(j))
}
