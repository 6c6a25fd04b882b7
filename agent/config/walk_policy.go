package config

import (
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
		k, v := reflect.New(to.Type().Key()).Elem(), reflect.New(to.Type().Elem()).Elem()
		w.value(name, full, k)
		w.value(value, full, v)
		entries.SetMapIndex(k, v)
	}
	to.Set(entries)
}

// code is one of a condition, in capitals.
func (w walk) code(n *yaml.Node, key string, to reflect.Value) {
	if n.Kind != yaml.ScalarNode || n.Tag != "!!str" {
		w.complainAt(n, key, "%s is not the code of a condition", shown(n))
		return
	}
	if _, known := health.RuleOf(health.Code(n.Value)); known {
		to.SetString(n.Value)
		return
	}
	hint := ""
	if near := nearestCode(n.Value); near != "" {
		hint = "; did you mean " + near + "?"
	}
	w.complainAt(n, key, "%q is not the code of a condition%s", n.Value, hint)
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
