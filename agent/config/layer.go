package config

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// Layer is where a value comes from.
type Layer string

// The layers, the weakest first.
const (
	FromDefault     Layer = "default"
	FromPreferences Layer = "preferences" // /Library/Preferences
	FromFile        Layer = "file"        // YAML
	FromEnvironment Layer = "environment"
	FromFlag        Layer = "flag"
	FromManaged     Layer = "managed" // what the MDM server sent: nothing overrides it

	// FromCaution is no layer that anybody writes: the strictest value, while a layer holds
	// a mistake.
	FromCaution Layer = "caution"
)

// Layers lists them, the weakest first.
func Layers() []Layer {
	return []Layer{FromDefault, FromPreferences, FromFile, FromEnvironment, FromFlag, FromManaged}
}

// Sets says whether a value of the key counts in a layer.
func (l Layer) Sets(k Key) bool {
	switch k.Who {
	case ManagedOnly:
		return l == FromManaged
	case Root:
		return l != FromEnvironment
	case Anybody:
	}
	return l != FromEnvironment || k.Kind.Scalar()
}

// refusal says why a value does not count where it stands.
func (l Layer) refusal(k Key) string {
	switch {
	case k.Kind == Secret:
		return "the secret counts only in managed preferences; name a file of mode 0600 with enrollment.secret_file instead"
	case k.Who == ManagedOnly:
		return "it counts only in managed preferences, in a profile of the MDM server"
	case !k.Kind.Scalar():
		return "a list has no place in the environment"
	}
	return "it has no place in the environment; set it in a profile, in a file that root owns or by a flag"
}

// name is what a key is called in a layer. The path may go on below the key, as in
// policy.mutes[0].until.
func (l Layer) name(path string) string {
	base, rest, indexed := strings.Cut(path, "[")
	if indexed {
		rest = "[" + rest
	}
	k, known := KeyOf(base)
	switch {
	case !known:
		return path
	case l == FromManaged || l == FromPreferences:
		return k.Plist + rest
	case l == FromEnvironment:
		return cmp.Or(k.Variable(), path)
	}
	return path
}

// Problem is something that is wrong with a configuration.
type Problem struct { //nolint:errname // it is told as it is far more often than it is an error
	Path string // of the file; empty where the value stands in none
	Line int    // 0: not known, as in a binary property list
	Key  string // as it is written there; empty: the file as a whole
	Text string

	cause error
}

// Unwrap returns the error of a file that could not be read.
func (p Problem) Unwrap() error { return p.cause }

// Error is the problem in one line, of characters that steer no terminal: names of
// keys and files are somebody else's.
func (p Problem) Error() string {
	var b strings.Builder
	b.WriteString(cmp.Or(p.Path, "configuration"))
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d", p.Line)
	}
	if p.Key != "" {
		b.WriteString(": " + clip(p.Key))
	}
	b.WriteString(": " + p.Text)
	return legible(b.String())
}

// clip shortens a name that is none of ours.
func clip(name string) string {
	const longest = 256
	if len(name) > longest {
		return strings.ToValidUTF8(name[:longest], "") + "…"
	}
	return name
}

// legible escapes what is not printed as it is: control characters, ends of lines, and
// the marks that turn the direction of writing.
func legible(text string) string {
	if !strings.ContainsFunc(text, illegible) {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if illegible(r) {
			b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

func illegible(r rune) bool { return !unicode.IsPrint(r) }

// reading is what one layer says.
type reading struct {
	layer   Layer
	path    string         // of the file; empty where there is none
	inYAML  bool           // its keys have the names of the YAML file, whatever the layer
	values  map[string]any // by key, each of the type of its field
	lines   map[string]int // of the keys
	bad     []Problem      // because of which nothing of it counts
	unknown []Problem      // keys of a newer profile, which are passed over
}

func newReading(layer Layer, path string) *reading {
	return &reading{layer: layer, path: path, values: map[string]any{}, lines: map[string]int{}}
}

func (r *reading) complain(line int, key, format string, args ...any) {
	r.bad = append(r.bad, Problem{Path: r.path, Line: line, Key: key, Text: fmt.Sprintf(format, args...)})
}

func (r *reading) name(path string) string {
	if r.inYAML {
		return path
	}
	return r.layer.name(path)
}

// keep takes a value, if its key may be set here.
func (r *reading) keep(k Key, line int, v any) {
	if !r.layer.Sets(k) {
		r.complain(line, r.name(k.Path), "%s", r.layer.refusal(k))
		return
	}
	r.values[k.Path], r.lines[k.Path] = v, line
}
