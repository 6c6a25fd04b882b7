package publish

import (
	"encoding/json"

	"github.com/tokenward/tokenward/agent/config"
	"github.com/tokenward/tokenward/internal/paths"
)

const (
	durationPattern = `^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$`
	dayPattern      = `^[0-9]{4}-[0-9]{2}-[0-9]{2}$`
)

// schema is the part of JSON Schema that Jamf Pro's form understands
// (Jamf: "Computer Configuration Profiles", custom schema; it is the one of
// json-editor, with property_order and options).
type schema struct {
	Title       string            `json:"title,omitempty"`
	Description string            `json:"description,omitempty"`
	Order       int               `json:"property_order,omitempty"`
	AnyOf       []schema          `json:"anyOf,omitempty"`
	Type        string            `json:"type,omitempty"`
	Enum        []string          `json:"enum,omitempty"`
	Pattern     string            `json:"pattern,omitempty"`
	Minimum     *int64            `json:"minimum,omitempty"`
	Maximum     *int64            `json:"maximum,omitempty"`
	MaxLength   int64             `json:"maxLength,omitempty"`
	Items       *schema           `json:"items,omitempty"`
	Required    []string          `json:"required,omitempty"`
	Properties  map[string]schema `json:"properties,omitempty"`
	Others      any               `json:"additionalProperties,omitempty"`
	Options     map[string]any    `json:"options,omitempty"`
}

// Schema writes the JSON schema of the settings for Jamf Pro. Every key can be left
// unconfigured: a default that a form fills in would become a forced value.
func Schema() ([]byte, error) {
	top := schema{
		Title: "Tokenward (" + paths.Label + ")", Description: about, Type: "object",
		Properties: map[string]schema{}, Options: map[string]any{"remove_empty_properties": true},
	}
	for i, k := range config.Keys() {
		value := valueSchema(k)
		value.Title = "Configured"
		top.Properties[k.Plist] = schema{
			Title: k.Title, Description: k.Text, Order: 5 * (i + 1), AnyOf: []schema{{Title: "Not Configured", Type: "null"}, value},
			Options: map[string]any{"infoText": info(k)},
		}
	}
	data, err := json.MarshalIndent(top, "", "  ")
	return append(data, '\n'), err
}

func info(k config.Key) string {
	text := "Key " + k.Plist + ": " + bounds(k) + "."
	if v := config.OneLine(config.ValueOf(config.Default(), k)); defaultOf(k) != nil {
		text += " Default: " + v + "."
	}
	return text
}

func valueSchema(k config.Key) schema {
	switch k.Kind {
	case config.Number:
		return schema{Type: "integer", Minimum: &k.Low, Maximum: &k.High}
	case config.Duration:
		return schema{Type: "string", Pattern: durationPattern}
	case config.Choice:
		return schema{Type: "string", Enum: given(k.Choices)}
	case config.Texts:
		return schema{Type: "array", Items: &schema{Type: "string"}}
	case config.Records:
		return schema{Type: "array", Items: recordSchema(k.Fields)}
	case config.Table:
		return schema{Type: "object", Others: schema{Type: "string", Enum: severities()}}
	default:
		return schema{Type: "string", MaxLength: k.High}
	}
}

func recordSchema(fields []config.Field) *schema {
	record := &schema{Type: "object", Properties: map[string]schema{}, Others: false}
	for i, f := range fields {
		s := schema{Title: f.Title, Type: "string", Order: 5 * (i + 1), Enum: f.Choices}
		switch f.Kind {
		case config.Number:
			s.Type = "integer"
		case config.Day:
			s.Pattern = dayPattern
		default:
		}
		record.Properties[f.Plist] = s
		if f.Needed {
			record.Required = append(record.Required, f.Plist)
		}
	}
	return record
}
