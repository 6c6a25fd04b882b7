package config

import (
	"bytes"
	"maps"
	"slices"
	"time"

	"github.com/tokenward/tokenward/internal/plistx"
)

// Form is how a draft is written.
type Form string

// The forms.
const (
	YAML        Form = "YAML"
	XMLPlist    Form = "XML property list"
	BinaryPlist Form = "binary property list"
	Profile     Form = "configuration profile"
)

// Draft is a configuration that somebody wrote and no Mac uses yet.
type Draft struct {
	Form     Form
	Config   Config    // the defaults where there are problems
	Problems []Problem // everything that is wrong, unknown keys too
	Keys     []string  // those that are set, in the order of [Keys]
}

// Examine reads a draft of any form as if it stood in a layer, and says everything
// that is wrong with it. Without a layer, YAML is the file's and anything else what a
// profile lays down. The name is for the problems.
func Examine(name string, data []byte, layer Layer, now time.Time) Draft {
	form := formOf(data)
	switch {
	case layer == "" && form == YAML:
		layer = FromFile
	case layer == "":
		layer = FromManaged
	}
	r := newReading(layer, name)
	switch {
	case len(data) > maxFile:
		r.complain(0, "", "larger than %d bytes", maxFile)
	case signedCMS(data):
		form = Profile
		r.complain(0, "", "it is signed; look at the profile that it was made from, or at what security cms -D -i prints of it")
	case form == Profile:
		r.profile(data)
	case form == YAML:
		r.yaml(data)
	default:
		r.plist(data)
	}
	return draftOf(r, form, now)
}

func draftOf(r *reading, form Form, now time.Time) Draft {
	all := []*reading{r}
	c, wrong := merge(all)
	wrong = append(wrong, c.Policy.tooLong(now)...)
	d := Draft{Form: form, Config: c, Problems: slices.Concat(r.bad, placed(all, wrong), r.unknown)}
	if len(r.bad)+len(wrong) > 0 {
		d.Config = Default()
	}
	for _, k := range Keys() {
		if _, set := r.values[k.Path]; set {
			d.Keys = append(d.Keys, k.Path)
		}
	}
	slices.SortStableFunc(d.Problems, func(a, b Problem) int { return a.Line - b.Line })
	return d
}

func formOf(data []byte) Form {
	switch {
	case bytes.HasPrefix(data, []byte("bplist")):
		if isProfile(data) {
			return Profile
		}
		return BinaryPlist
	case !isXML(data):
		return YAML
	case isProfile(data):
		return Profile
	}
	return XMLPlist
}

// signedCMS: DER begins with a sequence.
func signedCMS(data []byte) bool { return len(data) > 1 && data[0] == 0x30 && data[1] >= 0x80 }

// isProfile: a profile has a list of payloads, and our settings have no such key.
func isProfile(data []byte) bool {
	var top map[string]any
	if plistx.Decode(data, &top) != nil {
		return false
	}
	_, payloads := top["PayloadContent"]
	return payloads
}

// Settings are the values that a draft sets, by their names in a property list. A
// secret stands in them in the clear.
func (d Draft) Settings() map[string]any {
	settings := map[string]any{}
	for _, path := range d.Keys {
		k, _ := KeyOf(path)
		settings[k.Plist] = Encoded(valueAt(d.Config, path))
	}
	return settings
}

// Secret says whether a secret is among the values.
func (d Draft) Secret() bool { return !d.Config.Enrollment.Secret.Empty() }

// Draft is what is not a default in a configuration that was loaded, to be made a
// profile of.
func (l Loaded) Draft() Draft {
	d := Draft{Config: l.Config}
	set := maps.Clone(l.Layers)
	for _, k := range Keys() {
		if layer, there := set[k.Path]; there && layer != FromDefault {
			d.Keys = append(d.Keys, k.Path)
		}
	}
	return d
}
