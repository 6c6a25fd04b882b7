package state

import (
	"bytes"
	"reflect"
	"testing"
	"time"
)

// full is a Mac that has something of everything which a quick form could lose.
func full(t *testing.T) Mac {
	t.Helper()
	m, err := Read("testdata/office.yaml")
	if err != nil {
		t.Fatal(err)
	}
	zero := 0
	then := m.Clone()
	m.Clock = time.Date(2026, 3, 9, 8, 7, 6, 5, time.UTC)
	m.Jobs = []Job{{Label: "ended well", LastExit: &zero}, {Label: "never ended", PID: 7, Running: true}}
	m.Faults = []Fault{{Tool: "last", Kind: Stale, Then: &then}, {Tool: "id", Kind: Slow, Takes: Duration(time.Second)}}
	m.Files = []File{{Path: "/opt/agent", Mode: 0o755, Modified: m.Clock.In(time.FixedZone("", 3600))}}
	m.Sessions = []Session{{User: "clerk", Line: "console", In: m.Clock}}
	m.Accounts[0].Password, m.Accounts[1].Password = "", "ü\u2028"
	return m
}

// What is read fast is what the text says.
func TestQuick(t *testing.T) {
	t.Parallel()
	m := full(t)
	text, quick := encoded(t, &m)
	want, err := Decode("text", text)
	if err != nil {
		t.Fatal(err)
	}
	got, ok := DecodeQuick(quick, text)
	if !ok || !reflect.DeepEqual(inUTC(got), inUTC(want)) {
		t.Errorf("got %t\n%+v\nwant\n%+v", ok, got, want)
	}
}

func encoded(t *testing.T, m *Mac) (text, quick []byte) {
	t.Helper()
	text, err := m.Encode()
	if err != nil {
		t.Fatal(err)
	}
	quick, err = m.EncodeQuick(text)
	if err != nil {
		t.Fatal(err)
	}
	return text, quick
}

// inUTC drops how a zone is kept, which is not the same in two zones that are.
func inUTC(m Mac) Mac {
	for i := range m.Files {
		m.Files[i].Modified = m.Files[i].Modified.UTC()
	}
	return m
}

// Anything that is not the form of this very text is not read.
func TestQuickIsRefused(t *testing.T) {
	t.Parallel()
	m := full(t)
	text, quick := encoded(t, &m)
	other := bytes.Replace(text, []byte("OFFICE01"), []byte("OFFICE02"), 1)
	for name, tc := range map[string]struct{ quick, text []byte }{
		"nothing":             {nil, text},
		"cut off":             {quick[:len(quick)-1], text},
		"cut off at the seal": {quick[:32], text},
		"a bit of it turned":  {append(bytes.Clone(quick[:len(quick)-1]), quick[len(quick)-1]^1), text},
		"an edited text":      {quick, other},
		"a longer text":       {quick, append(bytes.Clone(text), '\n')},
	} {
		if _, ok := DecodeQuick(tc.quick, tc.text); ok {
			t.Errorf("%s: was read", name)
		}
	}
}

// gob loses a pointer to a zero value: a type with a pointer in it must say how
// it is written.
func TestPointersOfAMac(t *testing.T) {
	t.Parallel()
	var got []string
	collectPointers(reflect.TypeFor[Mac](), map[reflect.Type]bool{}, &got)
	want := []string{"Job.LastExit", "Fault.Then"} // Job writes itself, and no Mac is zero
	if !reflect.DeepEqual(got, want) {
		t.Errorf("pointers are %q, want %q", got, want)
	}
}

func collectPointers(t reflect.Type, seen map[reflect.Type]bool, found *[]string) {
	switch {
	case t.Kind() == reflect.Slice:
		collectPointers(t.Elem(), seen, found)
		return
	case t.Kind() != reflect.Struct || seen[t] || t.PkgPath() == "time":
		return
	}
	seen[t] = true
	for field := range t.Fields() {
		if field.Type.Kind() == reflect.Pointer {
			*found = append(*found, t.Name()+"."+field.Name)
		}
		collectPointers(field.Type, seen, found)
	}
}

// The shape tells two types apart by a field's name or type, however deep.
func TestShape(t *testing.T) {
	t.Parallel()
	type inner struct{ A int }
	type renamed struct{ B int }
	type other struct{ A string }
	seen := map[string]bool{}
	for _, of := range []reflect.Type{
		reflect.TypeFor[struct{ X []inner }](), reflect.TypeFor[struct{ X []renamed }](), reflect.TypeFor[struct{ X []other }](),
		reflect.TypeFor[struct{ Y []inner }](), reflect.TypeFor[struct{ X *inner }](), reflect.TypeFor[Mac](),
	} {
		var b bytes.Buffer
		writeShape(&b, of, map[reflect.Type]bool{})
		if seen[b.String()] {
			t.Errorf("%s: the same as another: %s", of, &b)
		}
		seen[b.String()] = true
	}
}
