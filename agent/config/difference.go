package config

import (
	"encoding/json"
	"reflect"
)

// Change is one key whose value is another one than before.
type Change struct {
	Key     string
	Was, Is string // as text; a list as JSON; a secret as its placeholder
}

// Difference lists what has changed, in the order of [Keys]. Whether a secret
// changed is told, never from what to what.
func Difference(before, after Config) []Change {
	changes := []Change{}
	for _, k := range Keys() {
		was, is := valueAt(before, k.Path), valueAt(after, k.Path)
		if !reflect.DeepEqual(Encoded(was), Encoded(is)) {
			changes = append(changes, Change{Key: k.Path, Was: OneLine(was), Is: OneLine(is)})
		}
	}
	return changes
}

// OneLine is a value as text: a list or a table as JSON, a secret as its placeholder.
func OneLine(v any) string {
	switch p := Plain(v).(type) {
	case string:
		return p
	default:
		data, err := json.Marshal(p)
		if err != nil {
			return err.Error()
		}
		return string(data)
	}
}
