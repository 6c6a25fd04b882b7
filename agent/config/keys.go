package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/spelling"
)

// checkKeys walks the document beside the Config type, so that every complaint
// can name its line.
func checkKeys(path string, data []byte) error {
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var document yaml.Node
	if err := decoder.Decode(&document); err != nil {
		if errors.Is(err, io.EOF) {
			return nil // an empty file, or one of comments
		}
		return fmt.Errorf("configuration %s: %w", path, err)
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return fmt.Errorf("configuration %s: it holds more than one document", path)
	}
	w := keyWalk{path: path}
	w.value(document.Content[0], "", reflect.TypeFor[Config]())
	return errors.Join(w.problems...)
}

type keyWalk struct {
	path     string
	problems []error
}

func (w *keyWalk) complain(n *yaml.Node, key, format string, args ...any) {
	if key == "" {
		key = "the document"
	}
	w.problems = append(w.problems, fmt.Errorf("%s:%d: %s: %s", w.path, n.Line, key, fmt.Sprintf(format, args...)))
}

const noAnchors = "anchors and aliases are not supported"

// value checks one node against the type of the field that it is for.
func (w *keyWalk) value(n *yaml.Node, key string, t reflect.Type) {
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		w.complain(n, key, noAnchors)
	case t == reflect.TypeFor[time.Duration]():
		w.duration(n, key)
	case t == reflect.TypeFor[time.Time]():
		w.day(n, key)
	case t == reflect.TypeFor[health.Code]():
		w.code(n, key)
	case t == reflect.TypeFor[health.Severity]():
		w.severity(n, key)
	case t.Kind() == reflect.Map:
		w.table(n, key, t)
	case t.Kind() == reflect.Struct:
		w.section(n, key, t)
	case t.Kind() == reflect.Slice:
		w.list(n, key, t)
	case t.Kind() == reflect.String:
		w.scalar(n, key, "!!str", "a text; put it in quotes")
	case t.Kind() == reflect.Int:
		w.scalar(n, key, "!!int", "a whole number")
	default:
		w.complain(n, key, "this version cannot read a %s", t)
	}
}

func (w *keyWalk) scalar(n *yaml.Node, key, tag, wanted string) {
	if n.Kind != yaml.ScalarNode || n.Tag != tag {
		w.complain(n, key, "%s is not %s", shown(n), wanted)
	}
}

func (w *keyWalk) duration(n *yaml.Node, key string) {
	if n.Kind == yaml.ScalarNode && n.Tag == "!!str" {
		if _, err := time.ParseDuration(n.Value); err == nil {
			return
		}
	}
	w.complain(n, key, "%s is not a duration such as 90s or 15m", shown(n))
}

func (w *keyWalk) list(n *yaml.Node, key string, t reflect.Type) {
	if n.Kind != yaml.SequenceNode {
		w.complain(n, key, "%s is not a list", shown(n))
		return
	}
	for i, item := range n.Content {
		w.value(item, fmt.Sprintf("%s[%d]", key, i), t.Elem())
	}
}

func (w *keyWalk) section(n *yaml.Node, key string, t reflect.Type) {
	if n.Kind != yaml.MappingNode {
		w.complain(n, key, "%s is not a section with keys below it", shown(n))
		return
	}
	fields := fieldsOf(t)
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, value := n.Content[i], n.Content[i+1]
		full := strings.TrimPrefix(key+"."+name.Value, ".")
		field, known := fields[name.Value]
		switch {
		case name.Kind == yaml.AliasNode || name.Anchor != "":
			w.complain(name, full, noAnchors)
		case !known:
			w.complain(name, full, "there is no such key%s", suggestion(name.Value, fields))
		case seen[name.Value]:
			w.complain(name, full, "the key stands twice")
		default:
			w.value(value, full, field)
		}
		seen[name.Value] = true
	}
}

// fieldsOf maps the keys of a section to the types of their values. Labels are
// a type of the report and carry JSON names.
func fieldsOf(t reflect.Type) map[string]reflect.Type {
	fields := map[string]reflect.Type{}
	for f := range t.Fields() {
		name := f.Tag.Get("mapstructure")
		if name == "" {
			name = f.Tag.Get("json")
		}
		fields[name] = f.Type
	}
	return fields
}

// suggestion offers a key that differs by little from one that does not exist.
func suggestion(name string, fields map[string]reflect.Type) string {
	best, distance := "", 3
	for known := range fields {
		if d := spelling.Distance(strings.ToLower(name), known); d < distance || (d == distance && known < best) {
			best, distance = known, d
		}
	}
	if best == "" {
		return ""
	}
	return "; did you mean " + best + "?"
}

func shown(n *yaml.Node) string {
	if n.Kind == yaml.ScalarNode {
		return fmt.Sprintf("%q", n.Value)
	}
	return "what stands there"
}
