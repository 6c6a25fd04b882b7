package config

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/tokenward/tokenward/internal/paths"
	"github.com/tokenward/tokenward/internal/rootfile"
)

// maxFile is the largest configuration that is read.
const maxFile = 1 << 20

// Sources are the places from which a configuration is put together.
type Sources struct {
	Paths   paths.Paths
	File    string    // the YAML file; empty: where it is on a Mac
	Named   bool      // somebody named the file, so it must be there
	Flags   []Setting // of the command line
	Environ []string  // NAME=VALUE, as os.Environ has them; only TOKENWARD_… is looked at
}

// Setting is one value from the command line.
type Setting struct {
	Section string // empty for a key at the top
	Key     string
	Value   any // of the type of the field; a duration may be a text
}

func (s Setting) path() string { return strings.TrimPrefix(s.Section+"."+s.Key, ".") }

func (s Sources) file() string { return cmp.Or(s.File, s.Paths.Config()) }

// Files are the files on which a configuration depends, whether they are there or
// not: a change of one of them is a reason to read it anew.
func Files(s Sources) []string {
	return []string{s.Paths.Managed(), s.Paths.Preferences(), s.file()}
}

// read reads every layer but the defaults, the weakest first.
func (s Sources) read() []*reading {
	return yielding([]*reading{
		fileReading(FromPreferences, s.Paths.Preferences(), false, (*reading).plist),
		fileReading(FromFile, s.file(), s.Named, (*reading).yaml),
		environment(s.Environ),
		flags(s.Flags),
		fileReading(FromManaged, s.Paths.Managed(), false, (*reading).plist),
	})
}

// fileReading reads a file if nobody but root, or whoever runs the program, could
// have written it. One that is missing says nothing.
func fileReading(layer Layer, path string, needed bool, parse func(*reading, []byte)) *reading {
	r := newReading(layer, path)
	data, err := rootfile.Read(path, maxFile)
	switch {
	case errors.Is(err, fs.ErrNotExist) && !needed:
	case err != nil:
		text := strings.TrimPrefix(err.Error(), "read "+path+": ")
		r.bad = append(r.bad, Problem{Path: path, Text: text, cause: err})
	default:
		parse(r, data)
	}
	return r
}

// flags takes the values of the command line, which have their types.
func flags(settings []Setting) *reading {
	r := newReading(FromFlag, "")
	for _, s := range settings {
		path := s.path()
		k, known := KeyOf(path)
		if !known {
			r.complain(0, path, "there is no such key")
			continue
		}
		value := s.Value
		if d, is := value.(time.Duration); is {
			value = d.String()
		}
		if number, is := value.(int); is {
			value = int64(number)
		}
		walk{reading: r}.leaf(k, nodeOf(value, nil, ""), path)
	}
	return r
}

const (
	variablePrefix = "TOKENWARD_"
	ofTheTests     = variablePrefix + "FAULT_"      // read by programs that a crash test built
	transcripts    = variablePrefix + "TRANSCRIPTS" // read by the tests of the parsers
)

// environment takes every variable that begins as ours do. Under launchd nobody sets
// one: it is for labs and containers. A name that is no key is a mistake, as in a
// file. So is an empty value: whether it means nothing or "not set" nobody can tell.
func environment(environ []string) *reading {
	r := newReading(FromEnvironment, "")
	byName := map[string]Key{}
	for _, k := range Keys() {
		byName[variablePrefix+strings.ToUpper(strings.ReplaceAll(k.Path, ".", "_"))] = k
	}
	set := map[string]bool{}
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		if !strings.HasPrefix(name, variablePrefix) || strings.HasPrefix(name, ofTheTests) || name == transcripts {
			continue
		}
		k, known := byName[name]
		switch {
		case set[name]:
			r.complain(0, name, "it is set twice")
		case !known:
			r.complain(0, name, "no key has such a name in the environment%s", suggestion(name, byName))
		case value == "":
			r.complain(0, name, "it is set and empty; unset it, or give it a value")
		case !r.layer.Sets(k):
			r.complain(0, name, "%s", r.layer.refusal(k))
		default:
			walk{reading: r}.variable(k, name, value)
		}
		set[name] = true
	}
	return r
}

func unknownKeys(all []*reading) (found []Problem) {
	for _, r := range all {
		found = append(found, r.unknown...)
	}
	return found
}

func badKeys(all []*reading) (found []Problem) {
	for _, r := range all {
		found = append(found, r.bad...)
	}
	return found
}

// sectioned puts flat keys into the sections that the Config type has.
func sectioned(values map[string]any) map[string]any {
	nested := map[string]any{}
	for _, path := range slices.Sorted(maps.Keys(values)) {
		section, key, below := strings.Cut(path, ".")
		if !below {
			nested[path] = values[path]
			continue
		}
		in, there := nested[section].(map[string]any)
		if !there {
			in = map[string]any{}
			nested[section] = in
		}
		in[key] = values[path]
	}
	return nested
}

// wrapped is an error with the operation first.
func wrapped(problems []Problem) error {
	errs := make([]error, len(problems))
	for i, p := range problems {
		errs[i] = p
	}
	return fmt.Errorf("configuration: %w", errors.Join(errs...))
}

// Typed checks what somebody typed who starts a daemon by hand: flags, the
// environment, and a file that they named. They are there to be told.
func Typed(s Sources) error {
	all := []*reading{environment(s.Environ), flags(s.Flags)}
	if s.Named {
		all = append([]*reading{fileReading(FromFile, s.file(), true, (*reading).yaml)}, all...)
	}
	problems := badKeys(all)
	if len(problems) == 0 {
		_, wrong := merge(all)
		problems = placed(all, wrong)
	}
	if len(problems) == 0 {
		return nil
	}
	return wrapped(problems)
}
