package config

import (
	"fmt"
	"reflect"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/secret"
	"github.com/tokenward/tokenward/internal/spelling"
)

// walk reads values beside the Config type, each strictly by the type of its
// field, so that every complaint can name its line. What stands in a property list
// comes as nodes as well: there is one way to read a value.
type walk struct {
	*reading
	plist bool // the names are those of property lists
}

func (w walk) complainAt(n *yaml.Node, key, format string, args ...any) {
	if key == "" {
		key = "the document"
	}
	w.complain(n.Line, key, format, args...)
}

const noAnchors = "anchors and aliases are not supported"

// value reads one node into a field.
func (w walk) value(n *yaml.Node, key string, to reflect.Value) {
	switch t := to.Type(); {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		w.complainAt(n, key, noAnchors)
	case t == reflect.TypeFor[time.Duration]():
		w.duration(n, key, to)
	case t == reflect.TypeFor[time.Time]():
		w.day(n, key, to)
	case t == reflect.TypeFor[health.Code]():
		w.code(n, key, to)
	case t == reflect.TypeFor[health.Severity]():
		w.severity(n, key, to)
	case t == reflect.TypeFor[secret.Text]():
		w.secret(n, key, to)
	case t.Kind() == reflect.Map:
		w.table(n, key, to)
	case t.Kind() == reflect.Struct:
		w.record(n, key, to)
	case t.Kind() == reflect.Slice:
		w.list(n, key, to)
	case t.Kind() == reflect.String:
		w.text(n, key, to)
	case t.Kind() == reflect.Int:
		w.number(n, key, to)
	default:
		w.complainAt(n, key, "this version cannot read a %s", t)
	}
}

func (w walk) scalar(n *yaml.Node, key, tag, wanted string) bool {
	if n.Kind == yaml.ScalarNode && n.Tag == tag {
		return true
	}
	if w.plist {
		wanted = strings.TrimSuffix(wanted, "; put it in quotes")
	}
	w.complainAt(n, key, "%s is not %s", shown(n), wanted)
	return false
}

// text takes what every form of a configuration can hold: YAML has no control
// characters, and none of our texts needs one.
func (w walk) text(n *yaml.Node, key string, to reflect.Value) {
	if !w.scalar(n, key, "!!str", "a text; put it in quotes") {
		return
	}
	if !utf8.ValidString(n.Value) || strings.ContainsFunc(n.Value, unprintable) {
		w.complainAt(n, key, "it holds a control character, or what is none at all")
		return
	}
	to.SetString(n.Value)
}

func unprintable(r rune) bool {
	return (unicode.IsControl(r) && !strings.ContainsRune("\t\n\r", r)) || r == '\uFEFF' || r == '\uFFFE' || r == '\uFFFF'
}

func (w walk) number(n *yaml.Node, key string, to reflect.Value) {
	if !w.scalar(n, key, "!!int", "a whole number") {
		return
	}
	var number int
	if err := n.Decode(&number); err != nil {
		w.complainAt(n, key, "%s is not a whole number of a size that can be read", shown(n))
		return
	}
	to.SetInt(int64(number))
}

func (w walk) duration(n *yaml.Node, key string, to reflect.Value) {
	if n.Kind == yaml.ScalarNode && n.Tag == "!!str" {
		if d, err := time.ParseDuration(n.Value); err == nil {
			to.SetInt(int64(d))
			return
		}
	}
	w.complainAt(n, key, "%s is not a duration such as 90s or 15m", shown(n))
}

// secret: a value that is none of the right type may be the secret all the same.
func (w walk) secret(n *yaml.Node, key string, to reflect.Value) {
	if n.Kind != yaml.ScalarNode || n.Tag != "!!str" {
		w.complainAt(n, key, "what stands there is not a text")
		return
	}
	to.Set(reflect.ValueOf(secret.New(n.Value)))
}

func (w walk) list(n *yaml.Node, key string, to reflect.Value) {
	if n.Kind != yaml.SequenceNode {
		w.complainAt(n, key, "%s is not a list", shown(n))
		return
	}
	items, kind := reflect.MakeSlice(to.Type(), 0, len(n.Content)), to.Type().Elem()
	for i, item := range n.Content {
		at, v := fmt.Sprintf("%s[%d]", key, i), reflect.New(kind).Elem()
		if w.newerMute(item, at, kind) {
			continue
		}
		w.value(item, at, v)
		items = reflect.Append(items, v)
	}
	to.Set(items)
}

// record is a section in a list.
func (w walk) record(n *yaml.Node, key string, to reflect.Value) {
	w.names(n, key, w.fieldsOf(to.Type()), func(name string, value *yaml.Node, full string) {
		w.value(value, full, to.FieldByIndex(w.fieldsOf(to.Type())[name]))
	})
}

// names calls each with every name of a section that is in the list, once, and
// complains of the others.
func (w walk) names(n *yaml.Node, key string, known map[string][]int, each func(name string, value *yaml.Node, full string)) {
	if n.Kind != yaml.MappingNode {
		w.complainAt(n, key, "%s is not a section with keys below it", shown(n))
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, value := n.Content[i], n.Content[i+1]
		full := strings.TrimPrefix(key+"."+name.Value, ".")
		_, there := known[name.Value]
		switch {
		case name.Kind == yaml.AliasNode || name.Anchor != "":
			w.complainAt(name, full, noAnchors)
		case name.Kind != yaml.ScalarNode || !there:
			w.complainAt(name, full, "there is no such key%s", suggestion(name.Value, known))
		case seen[name.Value]:
			w.complainAt(name, full, "the key stands twice")
		default:
			each(name.Value, value, full)
		}
		seen[name.Value] = true
	}
}

// fieldsOf maps the names of a section's keys to its fields.
func (w walk) fieldsOf(t reflect.Type) map[string][]int {
	fields := map[string][]int{}
	for f := range t.Fields() {
		name := keyName(f)
		if w.plist {
			name = capital(name)
		}
		fields[name] = f.Index
	}
	return fields
}

// capital is the name of a field in a property list.
func capital(name string) string { return strings.ToUpper(name[:1]) + name[1:] }

// suggestion offers a key that differs by little from one that does not exist.
func suggestion[V any](name string, known map[string]V) string {
	best, distance := "", 3
	for k := range known {
		if d := spelling.Distance(strings.ToLower(name), strings.ToLower(k)); d < distance || (d == distance && best != "" && k < best) {
			best, distance = k, d
		}
	}
	if best == "" {
		return ""
	}
	return "; did you mean " + best + "?"
}

func shown(n *yaml.Node) string {
	const longest = 80
	switch {
	case n.Kind != yaml.ScalarNode:
		return "what stands there"
	case len(n.Value) > longest:
		return fmt.Sprintf("%q", n.Value[:longest]+"…")
	}
	return fmt.Sprintf("%q", n.Value)
}
