package web

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/tokenward/tokenward/internal/wire"
)

// fact is one line of the table of facts.
type fact struct {
	wire.Fact

	Name, Value string
	Known       bool // there is something to say beside "unknown"
}

func facts(all map[string]wire.Fact) []fact {
	lines := []fact{}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		value, known := value(all[name])
		lines = append(lines, fact{all[name], name, value, known})
	}
	return lines
}

// value says what is known of a fact, and whether anything is. A value counts
// only where one was observed, whatever stands in the report, and that there is
// none is known only where a tool has said so.
func value(f wire.Fact) (string, bool) {
	switch f.Status {
	case "observed":
		return written(f.Value), f.Value != nil
	case "absent", "unsupported":
		return f.Status, true
	}
	return "", false
}

func written(v any) string {
	switch v := v.(type) {
	case bool:
		if v {
			return "yes"
		}
		return "no"
	case string:
		return v
	}
	text, err := json.Marshal(v)
	if err != nil {
		return "unreadable"
	}
	return clip(string(text), maxText)
}
