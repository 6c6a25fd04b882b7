package macsim

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// ParseEvent makes an event from its name and fields of the form key=value. A
// value that begins with a brace or a bracket is YAML; every other one is taken
// as it is.
func ParseEvent(name string, fields []string) (state.Event, error) {
	event, err := state.NewEvent(name)
	if err != nil {
		return nil, err
	}
	mapping := yaml.Node{Kind: yaml.MappingNode}
	for _, field := range fields {
		key, text, ok := strings.Cut(field, "=")
		if !ok {
			return nil, fmt.Errorf("%s: %q is not of the form key=value; its keys are %s", name, field, strings.Join(state.EventFields(event), ", "))
		}
		value, err := valueOf(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", name, key, err)
		}
		mapping.Content = append(mapping.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: key}, value)
	}
	if err := state.DecodeNode(&mapping, event); err != nil {
		return nil, fmt.Errorf("%s: %w; its keys are %s", name, err, strings.Join(state.EventFields(event), ", "))
	}
	return event, nil
}

func valueOf(text string) (*yaml.Node, error) {
	if text == "" {
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str"}, nil
	}
	if text[0] != '{' && text[0] != '[' {
		return &yaml.Node{Kind: yaml.ScalarNode, Value: text}, nil
	}
	var parsed yaml.Node
	if err := yaml.Unmarshal([]byte(text), &parsed); err != nil {
		return nil, err
	}
	return parsed.Content[0], nil
}
