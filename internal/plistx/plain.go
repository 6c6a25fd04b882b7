package plistx

import (
	"bytes"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/groob/plist"
)

// A valueReader reads a plain document into typed values at once. The decoder
// makes a tree of tokens, of values and of maps before that, which for thousands
// of accounts is most of what a check allocates. Whatever it does not know, in the
// document or in the target, is left to the decoder, errors included.
type valueReader struct {
	recordReader
	names map[reflect.Type][]string
}

// readPlain reads the only value in the inner part of a checked document into v, a
// pointer. ok is false where it is to be decoded in the usual way; v is then as it
// was.
func readPlain(inner []byte, v any) (ok bool) {
	target := reflect.ValueOf(v)
	if target.Kind() != reflect.Pointer || target.IsNil() || !target.Elem().IsZero() || !plainText(inner) {
		return false
	}
	r := valueReader{recordReader{rest: inner, ok: true}, map[reflect.Type][]string{}}
	r.value(target.Elem())
	if r.ok && len(bytes.Trim(r.rest, " \t\n")) == 0 {
		return true
	}
	target.Elem().SetZero()
	return false
}

// value reads one element into v, which may be set.
func (r *valueReader) value(v reflect.Value) {
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	if own, ok := reflect.TypeAssert[plist.Unmarshaler](v.Addr()); ok {
		r.own(own)
		return
	}
	switch v.Kind() {
	case reflect.Struct, reflect.Map:
		r.dict(v)
	case reflect.Slice:
		r.array(v)
	case reflect.String:
		v.SetString(r.textOf("string"))
	case reflect.Bool:
		r.boolean(v)
	case reflect.Float64:
		v.SetFloat(r.float())
	case reflect.Int, reflect.Int64:
		v.SetInt(r.integer())
	default:
		r.ok = false
	}
}

// own lets a type read the element itself.
func (r *valueReader) own(v plist.Unmarshaler) {
	began := r.rest
	r.skip()
	if !r.ok {
		return
	}
	element := began[:len(began)-len(r.rest)]
	err := v.UnmarshalPlist(func(into any) error {
		if !readPlain(element, into) {
			return ErrUnsafe // it is said by the decoder, which tries next
		}
		return nil
	})
	r.ok = err == nil
}

func (r *valueReader) dict(v reflect.Value) {
	if r.empty("dict") {
		r.none(v)
		return
	}
	r.tag("<dict>")
	r.none(v)
	for r.ok && !r.at("</dict>") {
		r.entry(v, r.textOf("key"))
	}
	r.tag("</dict>")
}

// none makes the empty dictionary.
func (r *valueReader) none(v reflect.Value) {
	if v.Kind() == reflect.Map {
		r.ok = r.ok && v.Type().Key() == reflect.TypeFor[string]()
		v.Set(reflect.MakeMap(v.Type()))
	}
}

// entry reads the value that follows a key.
func (r *valueReader) entry(v reflect.Value, key string) {
	if !r.ok {
		return
	}
	if v.Kind() == reflect.Map {
		value := reflect.New(v.Type().Elem()).Elem()
		r.value(value)
		v.SetMapIndex(reflect.ValueOf(key), value)
		return
	}
	fields := r.fields(v.Type())
	if !r.ok {
		return
	}
	if i := slices.Index(fields, key); i >= 0 {
		r.value(v.Field(i))
		return
	}
	r.skip()
}

// fields are the names of a struct's fields. A struct that leaves a question open
// is for the decoder.
func (r *valueReader) fields(t reflect.Type) []string {
	names, known := r.names[t]
	if known {
		return names
	}
	for f := range t.Fields() {
		name := f.Tag.Get("plist")
		if f.Anonymous || !f.IsExported() || name == "" || name == "-" || strings.Contains(name, ",") {
			r.ok = false
		}
		names = append(names, name)
	}
	r.names[t] = names
	return names
}

func (r *valueReader) array(v reflect.Value) {
	v.Set(reflect.MakeSlice(v.Type(), 0, 0))
	if v.Type().Elem().Kind() == reflect.Uint8 {
		r.ok = false // data
		return
	}
	if r.empty("array") {
		return
	}
	r.tag("<array>")
	for r.ok && !r.at("</array>") {
		if v.Len() == v.Cap() {
			v.Grow(1)
		}
		v.SetLen(v.Len() + 1)
		r.value(v.Index(v.Len() - 1))
	}
	r.tag("</array>")
}

func (r *valueReader) boolean(v reflect.Value) {
	if r.empty("true") {
		v.SetBool(true)
		return
	}
	r.tag("<false/>")
}

// float reads a number without words, signs of infinity or other bases.
func (r *valueReader) float() float64 {
	text := r.textOf("real")
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || strings.Trim(text, "0123456789.eE+-") != "" {
		r.ok = false
	}
	return n
}

func (r *valueReader) integer() int64 {
	text := r.textOf("integer")
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || text[0] == '+' {
		r.ok = false
	}
	return n
}

// textOf reads an element of that name that holds text alone.
func (r *valueReader) textOf(name string) string {
	if r.empty(name) {
		return ""
	}
	return r.text("<"+name+">", "</"+name+">")
}

// empty steps over an element that holds nothing, if one of that name is next.
func (r *valueReader) empty(name string) bool {
	tag := "<" + name + "/>"
	if !r.ok || !r.at(tag) {
		return false
	}
	r.rest = r.rest[len(tag):]
	return true
}

// skip steps over an element that nobody asked for. It must be one that the
// decoder would read.
func (r *valueReader) skip() {
	r.skipBlanks()
	name, _, _ := bytes.Cut(r.rest[:min(len(r.rest), len("<integer>"))], []byte(">"))
	switch string(bytes.TrimSuffix(bytes.TrimPrefix(name, []byte("<")), []byte("/"))) {
	case "true", "false":
		r.ok = r.ok && (r.empty("true") || r.empty("false"))
	case "string":
		r.textOf("string")
	case "real":
		r.float()
	case "integer":
		r.integer()
	case "array":
		r.skipAll("array", r.skip)
	case "dict":
		r.skipAll("dict", func() {
			r.textOf("key")
			r.skip()
		})
	default:
		r.ok = false // data and dates among them
	}
}

func (r *valueReader) skipAll(name string, one func()) {
	if r.empty(name) {
		return
	}
	end := "</" + name + ">"
	r.tag("<" + name + ">")
	for r.ok && !r.at(end) {
		one()
	}
	r.tag(end)
}
