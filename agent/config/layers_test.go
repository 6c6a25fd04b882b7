//go:build !darwin

package config_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tokenward/tokenward/agent/config"
	"github.com/tokenward/tokenward/internal/paths"
	"github.com/tokenward/tokenward/internal/plistx"
)

// mac is a Mac on which files can be laid down.
type mac struct{ paths.Paths }

func newMac(t fataler) mac {
	t.Helper()
	return mac{paths.Under(t.TempDir())}
}

func (m mac) sources() config.Sources { return config.Sources{Paths: m.Paths} }

func lay(t fataler, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// dict is an XML property list with those elements.
func dict(elements string) string {
	return "<plist version=\"1.0\">\n<dict>\n" + elements + "\n</dict>\n</plist>\n"
}

func text(name, value string) string {
	return "<key>" + name + "</key><string>" + value + "</string>"
}

func key(t fataler, path string) config.Key {
	t.Helper()
	k, known := config.KeyOf(path)
	if !known {
		t.Fatal("no key " + path)
	}
	return k
}

// samples are two values for each of some keys of every kind, as a file has them.
func samples() map[string][2]any {
	return map[string][2]any{
		"interval": {"5m", "7m"}, "service_accounts": {[]any{"a"}, []any{"b", "c"}}, "policy.severities": {map[string]any{"VO_NONE": "low"}, map[string]any{"ST_PHANTOM": "high"}},
		"device.name": {"A", "B"}, "device.labels": {[]any{map[string]any{"key": "k", "value": "v"}}, []any{}}, "server.url": {"https://a.example", "https://b.example"},
		"schedule.battery_low": {1, 2}, "log.level": {"warn", "error"}, "remediation.level": {"advise", "act"}, "policy.mutes": {[]any{}, []any{map[string]any{"code": "VO_NONE", "reason": "r", "until": "2027-01-31"}}},
		"orders.operators": {[]any{}, []any{map[string]any{"name": "ada", "key": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}}}, "enrollment.secret": {"s1", "s2"},
	}
}

// capitalised gives the sections of a list the names that they have in property lists.
func capitalised(v any) any {
	items, is := v.([]any)
	if !is {
		return v
	}
	out := []any{}
	for _, item := range items {
		if record, is := item.(map[string]any); is {
			named := map[string]any{}
			for name, value := range record {
				named[strings.ToUpper(name[:1])+name[1:]] = value
			}
			item = named
		}
		out = append(out, item)
	}
	return out
}

// assignment says which layer sets which key to which of its samples.
type assignment map[config.Layer]map[string]any

func (a assignment) lay(t fataler, m mac) config.Sources {
	t.Helper()
	s := m.sources()
	for layer, path := range map[config.Layer]string{config.FromPreferences: m.Preferences(), config.FromManaged: m.Managed()} {
		values := map[string]any{}
		for k, v := range a[layer] {
			values[key(t, k).Plist] = capitalised(v)
		}
		data, err := plistx.Encode(values)
		if err != nil {
			t.Fatal(err)
		}
		lay(t, path, string(data))
	}
	var file strings.Builder
	for _, k := range slices.Sorted(maps.Keys(a[config.FromFile])) {
		section, name, below := strings.Cut(k, ".")
		if !below {
			fmt.Fprintf(&file, "%s: %s\n", k, flow(a[config.FromFile][k]))
			continue
		}
		if !strings.Contains(file.String(), "\n"+section+":\n") {
			fmt.Fprintf(&file, "\n%s:\n", section)
		}
		fmt.Fprintf(&file, "  %s: %s\n", name, flow(a[config.FromFile][k]))
	}
	lay(t, m.Config(), file.String())
	for k, v := range a[config.FromEnvironment] {
		s.Environ = append(s.Environ, fmt.Sprintf("%s=%v", key(t, k).Variable(), v))
	}
	for k, v := range a[config.FromFlag] {
		section, name, below := strings.Cut(k, ".")
		if !below {
			section, name = "", k
		}
		s.Flags = append(s.Flags, config.Setting{Section: section, Key: name, Value: v})
	}
	return s
}

// flow is a value in the short form of YAML.
func flow(v any) string {
	switch v := v.(type) {
	case []any:
		parts := []string{}
		for _, item := range v {
			parts = append(parts, flow(item))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case map[string]any:
		parts := []string{}
		for _, k := range slices.Sorted(maps.Keys(v)) {
			parts = append(parts, k+": "+flow(v[k]))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case string:
		return fmt.Sprintf("%q", v)
	}
	return fmt.Sprint(v)
}

// Of any assignment of values to layers, the strongest layer that may set a key wins,
// and a list is taken whole.
func TestTheStrongestLayerWins(t *testing.T) {
	t.Parallel()
	names := slices.Sorted(maps.Keys(samples()))
	rapid.Check(t, func(r *rapid.T) {
		a, want, from := assignment{}, map[string]any{}, map[string]config.Layer{}
		for _, layer := range config.Layers()[1:] {
			a[layer] = map[string]any{}
			for _, name := range names {
				choice := rapid.IntRange(0, 2).Draw(r, string(layer)+" "+name)
				if choice == 0 || !layer.Sets(key(t, name)) {
					continue
				}
				v := samples()[name][choice-1]
				a[layer][name], want[name], from[name] = v, v, layer
			}
		}
		l := config.Current(a.lay(t, newMac(t)), today())
		if l.From != config.Fresh || len(l.Problems) > 0 {
			r.Fatalf("%v: %v", l.From, l.Problems)
		}
		checkAssigned(r, l, want, from)
	})
}

func checkAssigned(r *rapid.T, l config.Loaded, want map[string]any, from map[string]config.Layer) {
	for _, k := range config.Keys() {
		v, set := want[k.Path]
		layer := from[k.Path]
		if !set {
			v, layer = config.Plain(config.ValueOf(config.Default(), k)), config.FromDefault
		}
		got := config.Plain(config.ValueOf(l.Config, k))
		if k.Kind == config.Secret {
			got, v = l.Config.Enrollment.Secret.Open(), fmt.Sprint(v)
		}
		if !reflect.DeepEqual(got, v) || l.Layers[k.Path] != layer {
			r.Errorf("%s is %v from %s, want %v from %s", k.Path, got, l.Layers[k.Path], v, layer)
		}
	}
}

// A weaker layer cannot add to a table or a list that a profile sets.
func TestAForcedTableIsWhole(t *testing.T) {
	t.Parallel()
	m := newMac(t)
	lay(t, m.Managed(), dict("<key>PolicySeverities</key><dict><key>VO_NONE</key><string>high</string></dict><key>PolicyMutes</key><array/>"))
	lay(t, m.Config(), "policy:\n  severities: {ST_SOLE_HOLDER: info}\n  mutes: [{code: VO_NONE, reason: r, until: 2027-01-31}]\n")
	c, err := config.Load(m.sources())
	if err != nil || len(c.Policy.Severities) != 1 || len(c.Policy.Mutes) != 0 {
		t.Errorf("%v, %v", c.Policy, err)
	}
}

func TestWhereAKeyHasNoPlace(t *testing.T) {
	t.Parallel()
	const operators = "<key>OrdersOperators</key><array/>"
	for _, tc := range []struct {
		name string
		lay  func(m mac, s *config.Sources)
		want []string
	}{
		{"operators in a file", func(m mac, _ *config.Sources) { lay(t, m.Config(), "orders: {operators: []}\n") }, []string{"config.yaml:1: orders.operators", "only in managed preferences"}},
		{"operators in preferences", func(m mac, _ *config.Sources) { lay(t, m.Preferences(), dict(operators)) }, []string{"Preferences/dev.tokenward.agent.plist:3: OrdersOperators", "only in managed preferences"}},
		{"the secret in a file", func(m mac, _ *config.Sources) { lay(t, m.Config(), "enrollment: {secret: hunter2}\n") }, []string{"enrollment.secret", "secret_file"}},
		{"the secret in preferences", func(m mac, _ *config.Sources) { lay(t, m.Preferences(), dict(text("EnrollmentSecret", "hunter2"))) }, []string{"EnrollmentSecret", "secret_file"}},
		{"the secret as a flag", func(_ mac, s *config.Sources) {
			s.Flags = []config.Setting{{Section: "enrollment", Key: "secret", Value: "hunter2"}}
		}, []string{"enrollment.secret", "secret_file"}},
		{"the secret in the environment", func(_ mac, s *config.Sources) { s.Environ = []string{"TOKENWARD_ENROLLMENT_SECRET=hunter2"} }, []string{"TOKENWARD_ENROLLMENT_SECRET", "secret_file"}},
		{"a server in the environment", func(_ mac, s *config.Sources) { s.Environ = []string{"TOKENWARD_SERVER_URL=https://x.example"} }, []string{"TOKENWARD_SERVER_URL", "no place in the environment"}},
		{"a level in the environment", func(_ mac, s *config.Sources) { s.Environ = []string{"TOKENWARD_REMEDIATION_LEVEL=act"} }, []string{"no place in the environment"}},
		{"a list in the environment", func(_ mac, s *config.Sources) { s.Environ = []string{"TOKENWARD_SERVICE_ACCOUNTS=a"} }, []string{"a list has no place"}},
		{"a variable that is none", func(_ mac, s *config.Sources) { s.Environ = []string{"TOKENWARD_INTERVALL=5m"} }, []string{"TOKENWARD_INTERVALL", "did you mean TOKENWARD_INTERVAL?"}},
		{"an empty variable", func(_ mac, s *config.Sources) { s.Environ = []string{"TOKENWARD_DEVICE_NAME="} }, []string{"TOKENWARD_DEVICE_NAME", "set and empty"}},
		{"a variable without a value", func(_ mac, s *config.Sources) { s.Environ = []string{"TOKENWARD_DEVICE_NAME"} }, []string{"set and empty"}},
		{"a variable twice", func(_ mac, s *config.Sources) { s.Environ = []string{"TOKENWARD_SPLAY=1s", "TOKENWARD_SPLAY=2s"} }, []string{"set twice"}},
		{"a variable of the wrong kind", func(_ mac, s *config.Sources) { s.Environ = []string{"TOKENWARD_SCHEDULE_BATTERY_LOW=low"} }, []string{"TOKENWARD_SCHEDULE_BATTERY_LOW", "whole number"}},
		{"a variable out of range", func(_ mac, s *config.Sources) { s.Environ = []string{"TOKENWARD_SCHEDULE_BATTERY_LOW=101"} }, []string{"TOKENWARD_SCHEDULE_BATTERY_LOW", "not between"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			m := newMac(t)
			s := m.sources()
			tc.lay(m, &s)
			_, err := config.Load(s)
			for _, want := range tc.want {
				if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2") {
					t.Errorf("Load = %v, want %q", err, want)
				}
			}
		})
	}
}

func TestOtherVariablesAreNotOurs(t *testing.T) {
	t.Parallel()
	s := newMac(t).sources()
	s.Environ = []string{"PATH=/bin", "TOKENWARDEN=1", "tokenward_interval=1s", "TOKENWARD_FAULT_KILL_AT=3", "TOKENWARD_INTERVAL=6m"}
	if c, err := config.Load(s); err != nil || c.Interval != 6*time.Minute {
		t.Errorf("%v, %v", c.Interval, err)
	}
}

func TestFilesThatDecide(t *testing.T) {
	t.Parallel()
	m := newMac(t)
	s := m.sources()
	if got := config.Files(s); !slices.Equal(got, []string{m.Managed(), m.Preferences(), m.Config()}) {
		t.Errorf("%v", got)
	}
	s.File = "/elsewhere.yaml"
	if got := config.Files(s); got[2] != "/elsewhere.yaml" {
		t.Errorf("%v", got)
	}
}
