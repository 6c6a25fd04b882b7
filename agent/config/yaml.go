package config

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v3"
)

// yaml reads a document of nested sections. JSON is one, too.
func (r *reading) yaml(data []byte) {
	r.inYAML = true
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var document yaml.Node
	if err := decoder.Decode(&document); err != nil {
		if !errors.Is(err, io.EOF) { // an empty file, or one of comments
			line, text := syntaxError(data, err)
			r.complain(line, "", "%s", text)
		}
		return
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		r.complain(0, "", "it holds more than one document")
		return
	}
	w := walk{reading: r}
	w.section(document.Content[0], "", reflect.TypeFor[Config]())
}

// section reads the keys of a section, and those of the sections in it.
func (w walk) section(n *yaml.Node, key string, t reflect.Type) {
	if n.Kind == yaml.AliasNode || n.Anchor != "" {
		w.complainAt(n, key, noAnchors)
		return
	}
	fields := w.fieldsOf(t)
	w.names(n, key, fields, func(name string, value *yaml.Node, full string) {
		k, leaf := KeyOf(full)
		if !leaf {
			w.section(value, full, t.FieldByIndex(fields[name]).Type)
			return
		}
		w.leaf(k, value, full)
	})
}

// leaf reads the value of one key. A value that cannot be read is not kept.
func (w walk) leaf(k Key, n *yaml.Node, name string) {
	to := reflect.New(typeAt(k.Path)).Elem()
	before := len(w.bad)
	w.value(n, name, to)
	if len(w.bad) == before {
		w.keep(k, n.Line, to.Interface())
	}
}

// variable reads a value from the environment by the kind of its key.
func (w walk) variable(k Key, name, text string) {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text}
	if k.Kind == Number && strings.Trim(text, "-0123456789") == "" {
		n.Tag = "!!int"
	}
	w.leaf(k, n, name)
}
