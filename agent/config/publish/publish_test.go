package publish_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/tokenward/tokenward/agent/config"
	"github.com/tokenward/tokenward/agent/config/publish"
	"github.com/tokenward/tokenward/internal/plistx"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const (
	examples      = "../../../docs/examples/"
	documentation = "../../../docs/configuration.md"
)

func today() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) }

func read(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func draft(t *testing.T, path string) config.Draft {
	t.Helper()
	d := config.Examine(path, read(t, path), "", today())
	if len(d.Problems) > 0 {
		t.Fatal(d.Problems)
	}
	return d
}

// The documentation says what the list of keys says.
func TestDocumentation(t *testing.T) {
	t.Parallel()
	page := string(read(t, documentation))
	before, rest, begins := strings.Cut(page, publish.TableBegin+"\n")
	_, after, ends := strings.Cut(rest, publish.TableEnd)
	if !begins || !ends {
		t.Fatal("the marks of the generated part are gone")
	}
	want := before + publish.TableBegin + "\n\n" + publish.Document() + "\n" + publish.TableEnd + after
	if *update {
		if err := os.WriteFile(documentation, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if page != want {
		t.Error("docs/configuration.md is not what the keys are: run this test with -update")
	}
}

// What a profile lays down is what was put into it.
func TestProfileIsReadBack(t *testing.T) {
	t.Parallel()
	d := draft(t, examples+"dev.tokenward.agent.plist")
	labels := publish.Labels{Organisation: "Example Ltd"}
	data, err := publish.Profile(d.Settings(), labels)
	if err != nil {
		t.Fatal(err)
	}
	back := config.Examine("profile", data, "", today())
	if len(back.Problems) > 0 || !reflect.DeepEqual(back.Config, d.Config) || !slices.Equal(back.Keys, d.Keys) {
		t.Errorf("%v, %+v", back.Problems, config.Difference(d.Config, back.Config))
	}
	again, err := publish.Profile(d.Settings(), labels)
	if err != nil || !bytes.Equal(again, data) {
		t.Errorf("the same settings give another profile: %v", err)
	}
	if !bytes.Equal(data, read(t, examples+"tokenward.mobileconfig")) {
		t.Error("docs/examples/tokenward.mobileconfig is another profile")
	}
}

// As macOS lays it down: the settings of the payload, and nothing else of it.
func TestProfileAsItIsLaidDown(t *testing.T) {
	t.Parallel()
	data, err := publish.Profile(map[string]any{"Interval": "5m"}, publish.Labels{Identifier: "com.example.tokenward", Name: "Example"})
	if err != nil {
		t.Fatal(err)
	}
	var p struct {
		Content []struct {
			Type    string `plist:"PayloadType"`
			UUID    string `plist:"PayloadUUID"`
			Content map[string]struct {
				Forced []struct {
					Settings map[string]string `plist:"mcx_preference_settings"`
				}
			} `plist:"PayloadContent"`
		} `plist:"PayloadContent"`
	}
	var top struct {
		Type       string `plist:"PayloadType"`
		Scope      string `plist:"PayloadScope"`
		UUID       string `plist:"PayloadUUID"`
		Identifier string `plist:"PayloadIdentifier"`
	}
	if err := plistx.Decode(data, &p); err != nil {
		t.Fatal(err)
	}
	if err := plistx.Decode(data, &top); err != nil {
		t.Fatal(err)
	}
	laid := p.Content[0].Content["dev.tokenward.agent"].Forced[0].Settings
	if top.Type != "Configuration" || top.Scope != "System" || top.Identifier != "com.example.tokenward" || !reflect.DeepEqual(laid, map[string]string{"Interval": "5m"}) {
		t.Errorf("%+v, %+v", top, p)
	}
	if len(top.UUID) != 36 || top.UUID == p.Content[0].UUID || top.UUID != strings.ToUpper(top.UUID) {
		t.Errorf("UUIDs %s and %s", top.UUID, p.Content[0].UUID)
	}
	if _, err := publish.Profile(nil, publish.Labels{}); err == nil {
		t.Error("a profile without a setting")
	}
}

// subkey is what the conventions of ProfileManifests ask of a key.
type subkey struct {
	Name    string   `plist:"pfm_name"`
	Title   string   `plist:"pfm_title"`
	Text    string   `plist:"pfm_description"`
	Type    string   `plist:"pfm_type"`
	Subkeys []subkey `plist:"pfm_subkeys"`
}

func (k subkey) check(t *testing.T, at string) {
	t.Helper()
	types := []string{"array", "boolean", "data", "date", "dictionary", "integer", "real", "string"}
	if k.Name == "" || k.Title == "" || !slices.Contains(types, k.Type) || (len(k.Subkeys) > 0) != (k.Type == "array" || k.Type == "dictionary") {
		t.Errorf("%s: %+v", at, k)
	}
	if k.Type == "array" && len(k.Subkeys) != 1 {
		t.Errorf("%s: a list of %d kinds", at, len(k.Subkeys))
	}
	for _, below := range k.Subkeys {
		below.check(t, at+"."+below.Name)
	}
}

func TestManifest(t *testing.T) {
	t.Parallel()
	data, err := publish.Manifest()
	if err != nil {
		t.Fatal(err)
	}
	var m struct {
		Domain  string    `plist:"pfm_domain"`
		Format  int       `plist:"pfm_format_version"`
		Version int       `plist:"pfm_version"`
		Changed time.Time `plist:"pfm_last_modified"`
		Keys    []subkey  `plist:"pfm_subkeys"`
	}
	if err := plistx.Decode(data, &m); err != nil {
		t.Fatal(err)
	}
	if m.Domain != "dev.tokenward.agent" || m.Format != 1 || m.Version < 1 || m.Changed.IsZero() {
		t.Errorf("%+v", m)
	}
	names := map[string]int{}
	for _, k := range m.Keys {
		k.check(t, k.Name)
		names[k.Name]++
	}
	for _, name := range []string{"PayloadDescription", "PayloadDisplayName", "PayloadIdentifier", "PayloadType", "PayloadUUID", "PayloadVersion", "PayloadOrganization"} {
		if names[name] != 1 {
			t.Errorf("%s stands %d times", name, names[name])
		}
	}
	for _, k := range config.Keys() {
		if names[k.Plist] != 1 {
			t.Errorf("%s stands %d times", k.Plist, names[k.Plist])
		}
	}
}

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	data, err := publish.Schema()
	if err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft7)
	if err := c.AddResource("tokenward.json", document); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("tokenward.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func instance(t *testing.T, settings map[string]any) any {
	t.Helper()
	data, err := json.Marshal(settings)
	if err != nil {
		t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// The schema takes what the agent takes, and finds what it can of the rest.
func TestSchema(t *testing.T) {
	t.Parallel()
	s := compiled(t)
	for _, path := range []string{"config.yaml", "dev.tokenward.agent.plist", "tokenward.mobileconfig"} {
		if err := s.Validate(instance(t, draft(t, examples+path).Settings())); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
	for _, tc := range []struct {
		name  string
		value any
	}{
		{"Interval", 900},
		{"Interval", "soon"},
		{"ScheduleBatteryLow", 101},
		{"ScheduleBatteryLow", "20"},
		{"LogLevel", "trace"},
		{"ServiceAccounts", "a"},
		{"DeviceLabels", []any{map[string]any{"key": "a"}}},
		{"PolicySeverities", map[string]any{"VO_NONE": "harmless"}},
		{"DeviceName", strings.Repeat("x", 129)},
		{"PolicyMutes", []any{map[string]any{"Code": "VO_NONE"}}},
	} {
		if s.Validate(instance(t, map[string]any{tc.name: tc.value})) == nil {
			t.Errorf("the schema takes %v for %s", tc.value, tc.name)
		}
	}
}

// A form that fills a default in would force it.
func TestSchemaForcesNothing(t *testing.T) {
	t.Parallel()
	data, err := publish.Schema()
	if err != nil || bytes.Contains(data, []byte(`"default"`)) {
		t.Errorf("%v, or a default in it", err)
	}
	s, none := compiled(t), map[string]any{}
	for _, k := range config.Keys() {
		none[k.Plist] = nil
	}
	if err := s.Validate(instance(t, none)); err != nil {
		t.Errorf("nothing configured: %v", err)
	}
}
