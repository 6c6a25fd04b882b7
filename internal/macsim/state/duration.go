package state

import (
	"fmt"
	"time"

	"go.yaml.in/yaml/v3"
)

// Duration is a length of time that a scenario writes as 11s, 3h or 20d.
type Duration time.Duration

// UnmarshalYAML reads what [time.ParseDuration] reads, and days.
func (d *Duration) UnmarshalYAML(n *yaml.Node) error {
	var text string
	if err := n.Decode(&text); err != nil {
		return err
	}
	var days int
	if rest, err := fmt.Sscanf(text, "%dd", &days); err == nil && rest == 1 && text == fmt.Sprintf("%dd", days) {
		*d = Duration(time.Duration(days) * 24 * time.Hour)
		return nil
	}
	parsed, err := time.ParseDuration(text)
	if err != nil {
		return fmt.Errorf("line %d: %q is not a duration such as 11s, 3h or 20d", n.Line, text)
	}
	*d = Duration(parsed)
	return nil
}

// MarshalYAML writes what UnmarshalYAML reads.
func (d Duration) MarshalYAML() (any, error) { return time.Duration(d).String(), nil }
