package config

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/tokenward/tokenward/internal/plistx"
)

// plist reads a property list, as a profile or the defaults command lays it down:
// one flat dictionary.
func (r *reading) plist(data []byte) {
	var dict map[string]any
	if err := plistx.Decode(data, &dict); err != nil {
		r.broken(err)
		return
	}
	lines := linesOf(data)
	r.settings(dict, lines, "")
}

// broken complains of a property list that is not read.
func (r *reading) broken(err error) {
	if twice, ok := errors.AsType[*plistx.TwiceError](err); ok {
		r.complain(twice.Line, twice.Key, "the key stands twice")
		return
	}
	r.complain(0, "", "%v", err)
}

// settings reads the dictionary of settings that stands at a place of a document.
// What the MDM client writes about the payload itself is none of ours. A key that is
// unknown in a profile may be one of a later version.
func (r *reading) settings(dict map[string]any, lines map[string]int, place string) {
	w := walk{reading: r, plist: true}
	for _, name := range slices.Sorted(maps.Keys(dict)) {
		at := place + "/" + name
		k, known := keyBy(func(k Key) bool { return k.Plist == name })
		switch {
		case known:
			w.leaf(k, nodeOf(dict[name], lines, at), name)
		case r.layer == FromManaged && strings.HasPrefix(name, "Payload"):
		case r.layer == FromManaged:
			r.unknown = append(r.unknown, Problem{Path: r.path, Line: lines[at], Key: name, Text: "this version knows no such key, and passes over it" + suggestion(name, plistNames())})
		default:
			r.complain(lines[at], name, "there is no such key%s", suggestion(name, plistNames()))
		}
	}
}

func plistNames() map[string]bool {
	names := map[string]bool{}
	for _, k := range Keys() {
		names[k.Plist] = true
	}
	return names
}

// nodeOf turns a value of a property list into the node that the same value in YAML
// would be.
func nodeOf(v any, lines map[string]int, at string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Line: lines[at]}
	switch v := v.(type) {
	case string:
		n.Tag, n.Value = "!!str", v
	case int64:
		n.Tag, n.Value = "!!int", strconv.FormatInt(v, 10)
	case uint64:
		n.Tag, n.Value = "!!int", signed(v)
	case bool:
		n.Tag, n.Value = "!!bool", strconv.FormatBool(v)
	case time.Time: // a day, at whatever hour the profile editor put it
		n.Tag, n.Value = "!!timestamp", v.UTC().Format(time.DateOnly)
	case []any:
		n.Kind, n.Tag = yaml.SequenceNode, "!!seq"
		for i, item := range v {
			n.Content = append(n.Content, nodeOf(item, lines, fmt.Sprintf("%s/%d", at, i)))
		}
	case map[string]any:
		n.Kind, n.Tag = yaml.MappingNode, "!!map"
		for _, name := range slices.Sorted(maps.Keys(v)) {
			below := at + "/" + name
			n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: name, Line: lines[below]}, nodeOf(v[name], lines, below))
		}
	default: // data, a real
		n.Kind, n.Tag = yaml.MappingNode, "!!binary"
	}
	return n
}

// signed reads a whole number of the decoder's untyped form, which shows the
// negative ones of a binary property list as very large.
func signed(v uint64) string { return strconv.FormatInt(int64(v), 10) }

func isXML(data []byte) bool { return bytes.HasPrefix(bytes.TrimSpace(data), []byte("<")) }
