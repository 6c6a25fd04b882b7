package macsim

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/tokenward/tokenward/internal/macsim/state"
	"github.com/tokenward/tokenward/internal/macsim/tool"
	"github.com/tokenward/tokenward/internal/spelling"
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
		return nil, fmt.Errorf("%s: %s; its keys are %s", name, strings.TrimPrefix(err.Error(), "line 0: "), strings.Join(state.EventFields(event), ", "))
	}
	if err := checkEvent(event); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return event, nil
}

// ParseDuration reads a length of time as a scenario writes it, such as 30d.
func ParseDuration(text string) (time.Duration, error) {
	var d state.Duration
	if err := yaml.Unmarshal([]byte(text), &d); err != nil || text == "" {
		return 0, fmt.Errorf("%q is not a duration such as 11s, 3h or 20d", text)
	}
	return time.Duration(d), nil
}

// ParseTime reads a time as a scenario writes it.
func ParseTime(text string) (time.Time, error) {
	var at time.Time
	if err := yaml.Unmarshal([]byte(text), &at); err != nil || at.IsZero() {
		return time.Time{}, fmt.Errorf("%q is not a time such as 2026-03-01 or 2026-03-01T09:30:00Z", text)
	}
	return at, nil
}

// checkEvent refuses what the package state cannot know to be wrong, since it
// knows no tools.
func checkEvent(e state.Event) error {
	if b, ok := e.(*state.Break); ok {
		return checkFault(b.Fault)
	}
	return nil
}

func checkFaults(faults []state.Fault) error {
	for _, f := range faults {
		if err := checkFault(f); err != nil {
			return fmt.Errorf("faults: %w", err)
		}
	}
	return nil
}

// checkFault refuses a fault that no call can meet. Which arguments a tool knows
// it cannot tell: they are the first ones only.
func checkFault(f state.Fault) error {
	if f.Tool == "" {
		return nil // the package state says that better
	}
	t, ok := tool.ByName(f.Tool)
	if !ok {
		return fmt.Errorf("tool: there is no %q; %s", f.Tool, knownTools(f.Tool))
	}
	for i, arg := range f.Args {
		switch {
		case strings.ContainsRune(arg, 0):
			return fmt.Errorf("args: %q: no argument holds a zero byte", arg)
		case i == 0 && (arg == t.Name() || arg == t.Path):
			return fmt.Errorf("args: they begin behind the tool's name: without %s", arg)
		case i == 0 && severalWords(t, arg):
			return fmt.Errorf("args: %q is a single argument: write [%s]", arg, strings.Join(strings.Fields(arg), ", "))
		}
	}
	return nil
}

// severalWords says whether a tool's first argument is a whole command line in
// one. A path, and the text of a tool that takes one, may hold blanks.
func severalWords(t tool.Tool, arg string) bool {
	return len(strings.Fields(arg)) > 1 && !strings.Contains(arg, "/") && !slices.Contains([]string{"osascript", "logger", "dialog"}, t.Name())
}

// knownTools helps with a tool's name that is unknown: a path, or a slip.
func knownTools(name string) string {
	var names []string
	for _, t := range tool.All() {
		names = append(names, t.Name())
	}
	if near := spelling.Nearest(path.Base(name), names); near != "" {
		return fmt.Sprintf("is it %s?", near)
	}
	slices.Sort(names)
	return "there are " + strings.Join(names, ", ")
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
