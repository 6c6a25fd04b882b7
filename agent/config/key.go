package config

import (
	"reflect"
	"slices"
	"strings"
)

// Kind is what a value looks like.
type Kind string

// The kinds.
const (
	Text     Kind = "text"
	Choice   Kind = "choice"   // one of a few texts
	Number   Kind = "number"   // whole
	Duration Kind = "duration" // a text such as 90s or 15m
	Secret   Kind = "secret"   // a text that is shown nowhere
	Code     Kind = "code"     // of a condition
	Day      Kind = "day"      // 2027-01-31, or a date in a property list
	Texts    Kind = "texts"    // a list
	Records  Kind = "records"  // a list of sections, each with the key's fields
	Table    Kind = "table"    // codes of conditions with a severity each
)

// Scalar says whether one text can hold a value of the kind.
func (k Kind) Scalar() bool { return k != Texts && k != Records && k != Table }

// Who may set a key.
type Who string

const (
	// Anybody may set it who starts the program: in files, by flags, in the environment.
	Anybody Who = "anybody"
	// Root may set it: in files that root owns, and by the flags of the process, which are
	// those of whoever runs it; the daemon's are in a file that root owns. Not in the
	// environment, which sudo and launchctl can be made to pass on from somebody else.
	Root Who = "root"
	// ManagedOnly is what counts in managed preferences alone.
	ManagedOnly Who = "managed"
)

// Key is one setting. The list of them is the one place where a setting is
// described; everything that others read is made from it.
type Key struct {
	Path    string // as in the YAML file, with a dot: server.url
	Plist   string // as in a property list and in a profile
	Kind    Kind
	Title   string
	Text    string // one or two sentences
	Choices []string
	Low     int64  // of a number; of a duration in nanoseconds
	High    int64  // the same; of a text its longest length in bytes
	Unit    string // of a number
	File    bool   // a path on this Mac
	Who     Who
	Since   string // the version that brought it
	Fields  []Field
}

// Field is one value in a section of a list.
type Field struct {
	Name, Plist string
	Kind        Kind
	Title       string
	Choices     []string
	Needed      bool
}

// Variable is the key's name in the environment; empty where none is read.
func (k Key) Variable() string {
	if k.Who != Anybody || !k.Kind.Scalar() {
		return ""
	}
	return variablePrefix + strings.ToUpper(strings.ReplaceAll(k.Path, ".", "_"))
}

// KeyOf finds a key by its path.
func KeyOf(path string) (Key, bool) { return keyBy(func(k Key) bool { return k.Path == path }) }

func keyBy(is func(Key) bool) (Key, bool) {
	all := Keys()
	i := slices.IndexFunc(all, is)
	if i < 0 {
		return Key{}, false
	}
	return all[i], true
}

// field finds the value of a key in a configuration.
func field(c reflect.Value, path string) reflect.Value {
	for name := range strings.SplitSeq(path, ".") {
		c = c.FieldByIndex(fieldIndex(c.Type(), name))
	}
	return c
}

func fieldIndex(t reflect.Type, name string) []int {
	for f := range t.Fields() {
		if keyName(f) == name {
			return f.Index
		}
	}
	return nil // no key has such a path: a test walks the type beside the list
}

// keyName is what a field is called in a file. Labels are a type of the report and
// carry JSON names.
func keyName(f reflect.StructField) string {
	if name := f.Tag.Get("mapstructure"); name != "" {
		return name
	}
	return f.Tag.Get("json")
}

// ValueOf is the value of a key, of the type of its field.
func ValueOf(c Config, k Key) any { return valueAt(c, k.Path) }

func valueAt(c Config, path string) any { return field(reflect.ValueOf(c), path).Interface() }

// typeAt is the type of a key's value.
func typeAt(path string) reflect.Type { return field(reflect.ValueOf(Config{}), path).Type() }
