package config

import (
	"reflect"
	"slices"
)

// exclusive are keys of which one configuration can hold one: two ways to say the
// same.
func exclusive() [][2]string {
	return [][2]string{{"server.ca", "server.ca_file"}, {"enrollment.secret", "enrollment.secret_file"}}
}

// yielding has a layer that says a thing in one of two ways take the other way from
// the layers below it: it replaces what they say, as if they had said it in the same
// way. Both in one layer stay, and are a mistake of that layer.
func yielding(all []*reading) []*reading {
	for _, pair := range exclusive() {
		strongest := -1
		for i, r := range slices.Backward(all) {
			if r.says(pair[0]) || r.says(pair[1]) {
				strongest = i
				break
			}
		}
		for i := range strongest {
			delete(all[i].values, pair[0])
			delete(all[i].values, pair[1])
		}
	}
	return all
}

// says: an empty text says nothing of its own, and leaves the other way to whoever
// uses that.
func (r *reading) says(path string) bool {
	v, set := r.values[path]
	return set && !reflect.ValueOf(v).IsZero()
}
