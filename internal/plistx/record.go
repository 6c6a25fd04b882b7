package plistx

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// A recordReader reads one dictionary of lists of strings, the shape in which
// dscl prints a record, without building a tree of it first: a Mac prints
// hundreds of them at every check. Whatever is not exactly of that shape, or
// holds what only the real decoder knows how to read, is left to that one.
type recordReader struct {
	rest []byte
	ok   bool
}

// plainRecord reads an element that was found in a checked document. ok is false
// where it is to be decoded in the usual way.
func plainRecord(element []byte) (record map[string][]string, ok bool) {
	if !plainText(element) {
		return nil, false
	}
	r := recordReader{rest: element, ok: true}
	r.tag("<dict>")
	record = map[string][]string{}
	for r.ok && !r.at("</dict>") {
		key := r.text("<key>", "</key>")
		record[key] = r.list()
	}
	r.tag("</dict>")
	return record, r.ok && len(bytes.Trim(r.rest, " \t\n")) == 0
}

// plainText says whether XML reads these bytes as they are, but for entities.
func plainText(data []byte) bool {
	for _, c := range data {
		if c < ' ' && c != '\t' && c != '\n' {
			return false
		}
	}
	return utf8.Valid(data) && !bytes.Contains(data, []byte("]]>")) &&
		!bytes.Contains(data, []byte("\uFFFE")) && !bytes.Contains(data, []byte("\uFFFF"))
}

func (r *recordReader) list() []string {
	r.tag("<array>")
	list := []string{}
	for r.ok && !r.at("</array>") {
		list = append(list, r.text("<string>", "</string>"))
	}
	r.tag("</array>")
	return list
}

func (r *recordReader) skipBlanks() { r.rest = bytes.TrimLeft(r.rest, " \t\n") }

func (r *recordReader) at(tag string) bool {
	r.skipBlanks()
	return bytes.HasPrefix(r.rest, []byte(tag))
}

func (r *recordReader) tag(tag string) {
	if r.ok = r.ok && r.at(tag); r.ok {
		r.rest = r.rest[len(tag):]
	}
}

// text reads an element that holds text alone.
func (r *recordReader) text(begin, end string) string {
	r.tag(begin)
	next := bytes.IndexByte(r.rest, '<')
	if !r.ok || next < 0 || !bytes.HasPrefix(r.rest[next:], []byte(end)) {
		r.ok = false
		return ""
	}
	text := string(r.rest[:next])
	r.rest = r.rest[next+len(end):]
	if strings.IndexByte(text, '&') < 0 {
		return text
	}
	return r.unescape(text)
}

// unescape reads the entities that Apple's tools write.
func (r *recordReader) unescape(text string) string {
	var out strings.Builder
	for {
		before, after, found := strings.Cut(text, "&")
		out.WriteString(before)
		if !found {
			return out.String()
		}
		name, rest, ended := strings.Cut(after, ";")
		c, known := map[string]byte{"lt": '<', "gt": '>', "amp": '&', "quot": '"', "apos": '\''}[name]
		if !ended || !known {
			r.ok = false
			return ""
		}
		out.WriteByte(c)
		text = rest
	}
}
