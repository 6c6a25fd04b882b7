package conform

import (
	"encoding/xml"
	"errors"
	"fmt"
	"strings"
)

// element is one element of an XML property list.
type element struct {
	XMLName  xml.Name
	Text     string    `xml:",chardata"`
	Children []element `xml:",any"`
}

// readPlist reads the value of a property list: a map, a list, a text or a truth
// value. That is all that the questions here are answered with.
func readPlist(text string) (any, error) {
	var root element
	if err := xml.NewDecoder(strings.NewReader(text)).Decode(&root); err != nil {
		return nil, fmt.Errorf("read property list: %w", err)
	}
	if root.XMLName.Local != "plist" || len(root.Children) != 1 {
		return nil, errors.New("read property list: it has not one value")
	}
	return root.Children[0].value(), nil
}

func (e element) value() any {
	switch e.XMLName.Local {
	case "dict":
		d := map[string]any{}
		for i := 0; i+1 < len(e.Children); i += 2 {
			d[e.Children[i].Text] = e.Children[i+1].value()
		}
		return d
	case "array":
		items := make([]any, 0, len(e.Children))
		for _, c := range e.Children {
			items = append(items, c.value())
		}
		return items
	case "true", "false":
		return e.XMLName.Local == "true"
	default:
		return e.Text
	}
}

// dicts are the dictionaries of a list.
func dicts(list any) []map[string]any {
	items, _ := list.([]any)
	var found []map[string]any
	for _, item := range items {
		if d, ok := item.(map[string]any); ok {
			found = append(found, d)
		}
	}
	return found
}

// texts are the values of an attribute in dscl's form, with or without the
// prefix.
func texts(d map[string]any, key string) []string {
	var list []any
	for _, prefix := range []string{"dsAttrTypeStandard:", "dsAttrTypeNative:", ""} {
		if found, ok := d[prefix+key].([]any); ok {
			list = found
			break
		}
	}
	var values []string
	for _, v := range list {
		if s, ok := v.(string); ok {
			values = append(values, s)
		}
	}
	return values
}

func firstText(d map[string]any, key string) string {
	if values := texts(d, key); len(values) > 0 {
		return values[0]
	}
	return ""
}
