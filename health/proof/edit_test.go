package proof

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tokenward/tokenward/collectors"
	"github.com/tokenward/tokenward/health/evidence"
	"github.com/tokenward/tokenward/internal/macsim"
)

// editor changes the evidence of simulated Macs in places that bytes name: into
// other words that some Mac has there, other times, fewer or more records, other
// states. What comes of it no Mac need ever show.
type editor struct {
	macs  []evidence.Snapshot // one of each scenario, in the order of their names
	words map[string][]string // by place: what any Mac says there
}

func newEditor(tb testing.TB) *editor {
	tb.Helper()
	e := &editor{words: map[string][]string{}}
	for _, name := range macsim.Scenarios() {
		mac, err := macsim.Load(name)
		if err != nil {
			tb.Fatal(err)
		}
		asked := macsim.NewRunner(mac)
		seen := collectors.Take(tb.Context(), collectors.Mac{Run: asked, Files: asked, Net: asked, Privileged: true}, mac.Clock.Add(time.Hour), collectors.All())
		e.macs = append(e.macs, seen)
		for _, p := range e.places(&seen) {
			if p.value.Kind() == reflect.String {
				e.words[p.path] = append(e.words[p.path], p.value.String())
			}
		}
	}
	for path, words := range e.words {
		slices.Sort(words)
		e.words[path] = slices.Compact(words)
	}
	return e
}

// place is one value that can be changed, and where it stands.
type place struct {
	path  string
	value reflect.Value
}

func (e *editor) places(s *evidence.Snapshot) []place {
	var all []place
	below(reflect.ValueOf(s).Elem(), "", &all)
	return all
}

// below lists the places in a value. Of an observation neither when nor how it was
// made is changed, and no answer of sysadminctl: a map cannot be changed in place.
func below(v reflect.Value, path string, all *[]place) {
	switch v.Kind() {
	case reflect.Struct:
		if _, is := reflect.TypeAssert[time.Time](v); is {
			*all = append(*all, place{path, v})
			return
		}
		for i := range v.NumField() {
			name := v.Type().Field(i).Name
			if strings.HasPrefix(v.Type().Name(), "Obs[") && name != "State" && name != "Value" {
				continue
			}
			below(v.Field(i), path+"."+name, all)
		}
	case reflect.Slice:
		*all = append(*all, place{path, v})
		for i := range v.Len() {
			below(v.Index(i), path+"[]", all)
		}
	case reflect.Map:
	default:
		*all = append(*all, place{path, v})
	}
}

// changed is one of the Macs with as many changes as there are three bytes for
// each, twelve at most.
func (e *editor) changed(which byte, edits []byte) evidence.Snapshot {
	const most = 12
	s := e.macs[int(which)%len(e.macs)]
	copied := detached(reflect.ValueOf(s)).Interface().(evidence.Snapshot)
	for n := 0; n < most && len(edits) >= 3; n, edits = n+1, edits[3:] {
		all := e.places(&copied)
		e.change(&copied, all[(int(edits[0])<<8|int(edits[1]))%len(all)], edits[2])
	}
	return copied
}

func (e *editor) change(s *evidence.Snapshot, p place, b byte) {
	switch v := p.value; v.Kind() {
	case reflect.String:
		words := append([]string{"", "melting", "\x00"}, e.words[p.path]...)
		v.SetString(words[int(b)%len(words)])
	case reflect.Bool:
		v.SetBool(b%2 == 0)
	case reflect.Int:
		v.SetInt([]int64{-2, 0, 201, 300, 499, 500, 501, 502, 70123}[b%9])
	case reflect.Uint8:
		v.SetUint(uint64(b) % 6)
	case reflect.Float64:
		v.SetFloat(float64(b) - 1)
	case reflect.Pointer:
		is := b%3 == 0
		v.Set(reflect.ValueOf([]*bool{nil, &is, &is}[b%3]))
	case reflect.Slice:
		v.Set(longerOrShorter(v, int(b)))
	case reflect.Struct:
		v.Set(reflect.ValueOf([]time.Time{{}, s.TakenAt.Add(-time.Duration(b) * time.Hour), s.TakenAt.Add(time.Duration(b) * time.Minute)}[b%3]))
	default:
	}
}

// longerOrShorter is a list without one of its records, with one twice, or none.
func longerOrShorter(v reflect.Value, n int) reflect.Value {
	short := reflect.MakeSlice(v.Type(), 0, v.Len()+1)
	switch {
	case n%5 == 0 || v.Len() == 0:
		return reflect.Zero(v.Type())
	case n%5 == 1:
		short = reflect.AppendSlice(short, v)
		return reflect.Append(short, detached(v.Index(n%v.Len())))
	}
	i := n % v.Len()
	return reflect.AppendSlice(reflect.AppendSlice(short, v.Slice(0, i)), v.Slice(i+1, v.Len()))
}

// detached is a copy that shares nothing that an edit could reach.
func detached(v reflect.Value) reflect.Value {
	to := reflect.New(v.Type()).Elem()
	switch v.Kind() {
	case reflect.Struct:
		to.Set(v)
		if _, is := reflect.TypeAssert[time.Time](v); is {
			return to
		}
		for i := range v.NumField() {
			to.Field(i).Set(detached(v.Field(i)))
		}
	case reflect.Slice:
		if v.IsNil() {
			return v
		}
		to.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
		for i := range v.Len() {
			to.Index(i).Set(detached(v.Index(i)))
		}
	default:
		return v
	}
	return to
}
