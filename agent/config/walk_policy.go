package config

import (
	"fmt"
	"reflect"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/spelling"
)

// table is a section whose keys are codes.
func (w walk) table(n *yaml.Node, key string, to reflect.Value) {
	if n.Kind != yaml.MappingNode {
		w.complainAt(n, key, "%s is not a section with codes below it", shown(n))
		return
	}
	entries := reflect.MakeMap(to.Type())
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, value := n.Content[i], n.Content[i+1]
		full := key + "." + name.Value
		if seen[name.Value] {
			w.complainAt(name, full, "the key stands twice")
		}
		seen[name.Value] = true
		if w.newer(name, full) {
			continue
		}
		k, v := reflect.New(to.Type().Key()).Elem(), reflect.New(to.Type().Elem()).Elem()
		w.value(name, full, k)
		w.value(value, full, v)
		entries.SetMapIndex(k, v)
	}
	to.Set(entries)
}

// newer passes over the entry of a profile whose code this version does not know, as
// it does with a key: a condition of a later version must not cost an older one the
// whole profile.
func (w walk) newer(code *yaml.Node, key string) bool {
	if w.layer != FromManaged || code.Kind != yaml.ScalarNode || code.Tag != "!!str" || knownCode(code) {
		return false
	}
	w.unknown = append(w.unknown, Problem{
		Path: w.path, Line: code.Line, Key: key, Text: fmt.Sprintf("this version knows no condition %s, and passes over it%s", shown(code), codeHint(code)),
	})
	return true
}

// newerMute says whether an item of a list is a mute of such a condition.
func (w walk) newerMute(n *yaml.Node, key string, t reflect.Type) bool {
	if t != reflect.TypeFor[Mute]() || n.Kind != yaml.MappingNode {
		return false
	}
	name := "code"
	if w.plist {
		name = capital(name)
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return w.newer(n.Content[i+1], key+"."+name)
		}
	}
	return false
}

func knownCode(n *yaml.Node) bool {
	_, known := health.RuleOf(health.Code(n.Value))
	return known
}

// code is one of a condition, in capitals.
func (w walk) code(n *yaml.Node, key string, to reflect.Value) {
	switch {
	case n.Kind != yaml.ScalarNode || n.Tag != "!!str":
		w.complainAt(n, key, "%s is not the code of a condition", shown(n))
	case !knownCode(n):
		w.complainAt(n, key, "%s is not the code of a condition%s", shown(n), codeHint(n))
	default:
		to.SetString(n.Value)
	}
}

func codeHint(n *yaml.Node) string {
	if near := nearestCode(n.Value); near != "" {
		return "; did you mean " + near + "?"
	}
	return ""
}

func nearestCode(written string) string {
	rules := health.Rules()
	codes := make([]string, 0, len(rules))
	for i := range rules {
		codes = append(codes, string(rules[i].Code))
	}
	return spelling.Nearest(strings.ToUpper(written), codes)
}

func (w walk) severity(n *yaml.Node, key string, to reflect.Value) {
	if n.Kind == yaml.ScalarNode && n.Tag == "!!str" {
		var s health.Severity
		if s.UnmarshalText([]byte(n.Value)) == nil {
			to.Set(reflect.ValueOf(s))
			return
		}
	}
	w.complainAt(n, key, "%s is none of info, low, medium, high, critical", shown(n))
}

// day is a date, with quotes or without.
func (w walk) day(n *yaml.Node, key string, to reflect.Value) {
	if n.Kind == yaml.ScalarNode {
		if day, err := time.Parse(time.DateOnly, n.Value); err == nil {
			to.Set(reflect.ValueOf(day))
			return
		}
	}
	w.complainAt(n, key, "%s is not a day such as 2027-01-31", shown(n))
}
