package config_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tokenward/tokenward/agent/config"
	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/secret"
)

// leaves maps the path of every key that the type has to the type of its value.
func leaves(t reflect.Type, path string, into map[string]reflect.Type) {
	for f := range t.Fields() {
		at := strings.TrimPrefix(path+"."+f.Tag.Get("mapstructure"), ".")
		if f.Type.Kind() == reflect.Struct && f.Type != reflect.TypeFor[secret.Text]() {
			leaves(f.Type, at, into)
			continue
		}
		into[at] = f.Type
	}
}

func kindOf(k config.Key) reflect.Type {
	return map[config.Kind]reflect.Type{
		config.Text: reflect.TypeFor[string](), config.Number: reflect.TypeFor[int](), config.Duration: reflect.TypeFor[time.Duration](),
		config.Secret: reflect.TypeFor[secret.Text](), config.Texts: reflect.TypeFor[[]string](), config.Table: reflect.TypeFor[map[health.Code]health.Severity](),
	}[k.Kind]
}

// The list of keys and the type that holds their values cannot differ.
func TestEveryFieldHasItsKey(t *testing.T) {
	t.Parallel()
	fields := map[string]reflect.Type{}
	leaves(reflect.TypeFor[config.Config](), "", fields)
	for _, k := range config.Keys() {
		field, there := fields[k.Path]
		delete(fields, k.Path)
		switch {
		case !there:
			t.Errorf("%s: the configuration has no such field, or it is described twice", k.Path)
		case k.Kind == config.Choice && (field.Kind() != reflect.String || len(k.Choices) < 2):
			t.Errorf("%s: a %s with the choices %q", k.Path, field, k.Choices)
		case k.Kind == config.Records:
			checkFields(t, k, field)
		case k.Kind != config.Choice && kindOf(k) != field:
			t.Errorf("%s is a %s, and its field a %s", k.Path, k.Kind, field)
		}
	}
	for path := range fields {
		t.Errorf("%s is described nowhere", path)
	}
}

func checkFields(t *testing.T, k config.Key, field reflect.Type) {
	t.Helper()
	var want, got []string
	for f := range field.Elem().Fields() {
		name := f.Tag.Get("mapstructure") + f.Tag.Get("json")
		want = append(want, name+" "+strings.ToUpper(name[:1])+name[1:])
	}
	for _, f := range k.Fields {
		got = append(got, f.Name+" "+f.Plist)
		if f.Title == "" || f.Kind == "" {
			t.Errorf("%s.%s is not described", k.Path, f.Name)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("%s: sections of %v, want %v", k.Path, got, want)
	}
}

// Names in profiles stand in consoles of many servers: they follow one rule, and are
// never changed.
func TestNamesOfKeys(t *testing.T) {
	t.Parallel()
	initials := map[string]string{"url": "URL", "ca": "CA"}
	seen := map[string]bool{}
	for _, k := range config.Keys() {
		var want strings.Builder
		for word := range strings.FieldsFuncSeq(k.Path, func(r rune) bool { return r == '.' || r == '_' }) {
			if whole := initials[word]; whole != "" {
				want.WriteString(whole)
				continue
			}
			want.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
		if k.Plist != want.String() || seen[k.Plist] || strings.HasPrefix(k.Plist, "Payload") {
			t.Errorf("%s is %s in a property list, want %s, once", k.Path, k.Plist, &want)
		}
		variable := strings.ToUpper(strings.ReplaceAll(k.Path, ".", "_"))
		if seen[variable] {
			t.Errorf("%s: another key has the same variable", k.Path)
		}
		seen[k.Plist], seen[variable] = true, true
	}
}

func TestEveryKeyIsDescribed(t *testing.T) {
	t.Parallel()
	for _, k := range config.Keys() {
		bounded := k.Kind == config.Number || k.Kind == config.Duration || k.Kind == config.Text || k.Kind == config.Secret
		if k.Title == "" || !strings.HasSuffix(k.Text, ".") || k.Who == "" || k.Since == "" || (bounded && k.High <= k.Low) {
			t.Errorf("%+v", k)
		}
		if (k.Kind == config.Number) != (k.Unit != "") || (k.File != strings.HasSuffix(k.Path, "_file")) {
			t.Errorf("%s: unit %q, a path: %v", k.Path, k.Unit, k.File)
		}
	}
}

// What decides whom the agent believes is out of reach of whoever may write a file.
func TestWhoMaySetWhat(t *testing.T) {
	t.Parallel()
	managed := []string{"enrollment.secret", "orders.operators", "orders.approvals"}
	for _, k := range config.Keys() {
		section, _, _ := strings.Cut(k.Path, ".")
		careful := slices.Contains([]string{"server", "enrollment", "remediation", "orders", "privacy"}, section)
		switch {
		case slices.Contains(managed, k.Path) != (k.Who == config.ManagedOnly):
			t.Errorf("%s may be set by %s", k.Path, k.Who)
		case careful == (k.Who == config.Anybody):
			t.Errorf("%s may be set by %s", k.Path, k.Who)
		case careful && config.FromEnvironment.Sets(k):
			t.Errorf("the environment sets %s", k.Path)
		case k.Who == config.ManagedOnly && (config.FromFile.Sets(k) || config.FromPreferences.Sets(k) || config.FromFlag.Sets(k)):
			t.Errorf("something else than a profile sets %s", k.Path)
		}
	}
}
