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
func (w *keyWalk) table(n *yaml.Node, key string, t reflect.Type) {
	if n.Kind != yaml.MappingNode {
		w.complain(n, key, "%s is not a section with codes below it", shown(n))
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, value := n.Content[i], n.Content[i+1]
		full := key + "." + name.Value
		if seen[name.Value] {
			w.complain(name, full, "the key stands twice")
		}
		seen[name.Value] = true
		w.value(name, full, t.Key())
		w.value(value, full, t.Elem())
	}
}

// code is one of a condition, in capitals.
func (w *keyWalk) code(n *yaml.Node, key string) {
	if n.Kind != yaml.ScalarNode || n.Tag != "!!str" {
		w.complain(n, key, "%s is not the code of a condition", shown(n))
		return
	}
	if _, known := health.RuleOf(health.Code(n.Value)); known {
		return
	}
	hint := ""
	if near := nearestCode(n.Value); near != "" {
		hint = "; did you mean " + near + "?"
	}
	w.complain(n, key, "%q is not the code of a condition%s", n.Value, hint)
}

func nearestCode(written string) string {
	rules := health.Rules()
	codes := make([]string, 0, len(rules))
	for i := range rules {
		codes = append(codes, string(rules[i].Code))
	}
	return spelling.Nearest(strings.ToUpper(written), codes)
}

func (w *keyWalk) severity(n *yaml.Node, key string) {
	if n.Kind == yaml.ScalarNode && n.Tag == "!!str" {
		if new(health.Severity).UnmarshalText([]byte(n.Value)) == nil {
			return
		}
	}
	w.complain(n, key, "%s is none of info, low, medium, high, critical", shown(n))
}

// day is a date, with quotes or without.
func (w *keyWalk) day(n *yaml.Node, key string) {
	if n.Kind == yaml.ScalarNode {
		if _, err := time.Parse(time.DateOnly, n.Value); err == nil {
			return
		}
	}
	w.complain(n, key, "%s is not a day such as 2027-01-31", shown(n))
}
