package tool

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A property list as Apple's tools print one: dict, list, string or bool.
//
// The agent's own encoder is not used, because the layout is part of what a
// simulated tool shows, and because a simulator that shared code with the
// reader would share its mistakes.
type (
	dict map[string]any
	list []any
)

// document is the whole XML document. observed (11): tabs, with the root not
// indented; inferred: keys always in order.
func document(root any) string {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
`)
	writeValue(&b, "", root)
	b.WriteString("</plist>\n")
	return b.String()
}

func writeValue(b *strings.Builder, indent string, v any) {
	switch v := v.(type) {
	case string:
		fmt.Fprintf(b, "%s<string>%s</string>\n", indent, escaped(v))
	case bool:
		fmt.Fprintf(b, "%s<%t/>\n", indent, v)
	case list:
		writeBlock(b, indent, "array", len(v), func(inner string) {
			for _, item := range v {
				writeValue(b, inner, item)
			}
		})
	case dict:
		writeBlock(b, indent, "dict", len(v), func(inner string) {
			for _, key := range slices.Sorted(maps.Keys(v)) {
				fmt.Fprintf(b, "%s<key>%s</key>\n", inner, escaped(key))
				writeValue(b, inner, v[key])
			}
		})
	}
}

func writeBlock(b *strings.Builder, indent, tag string, size int, inside func(indent string)) {
	if size == 0 {
		fmt.Fprintf(b, "%s<%s/>\n", indent, tag)
		return
	}
	fmt.Fprintf(b, "%s<%s>\n", indent, tag)
	inside(indent + "\t")
	fmt.Fprintf(b, "%s</%s>\n", indent, tag)
}

// escaped replaces the three characters that Apple's writer replaces.
func escaped(s string) string {
	if !strings.ContainsAny(s, "&<>") { // as almost always
		return s
	}
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}
