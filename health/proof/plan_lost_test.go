package proof

import (
	"reflect"
	"strings"

	"github.com/tokenward/tokenward/health/evidence"
)

// shows is what a check sees of a Mac, without the one fact that it does not bring.
func (w *planWorld) shows() evidence.Snapshot {
	s := witness(&w.mac)
	if w.lost == 0 {
		return s
	}
	var all []reflect.Value
	observations(reflect.ValueOf(&s).Elem(), &all)
	o := all[w.lost%len(all)]
	o.SetZero()
	o.FieldByName("State").Set(reflect.ValueOf(evidence.Failed))
	o.FieldByName("Reason").Set(reflect.ValueOf(evidence.Unreadable))
	return s
}

// observations lists the facts of a snapshot.
func observations(v reflect.Value, all *[]reflect.Value) {
	if v.Kind() != reflect.Struct {
		return
	}
	if strings.HasPrefix(v.Type().Name(), "Obs[") {
		*all = append(*all, v)
		return
	}
	for _, field := range v.Fields() {
		observations(field, all)
	}
}
