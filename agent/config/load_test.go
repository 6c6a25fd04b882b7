package config_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/tokenward/tokenward/agent/config"
	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/rootfile"
	"github.com/tokenward/tokenward/internal/wire"
)

// fataler is a test, a benchmark or a fuzz target.
type fataler interface {
	Helper()
	TempDir() string
	Fatal(args ...any)
}

// file writes a configuration and returns its path.
func file(t fataler, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestStrictness holds mistakes that a lenient reader would turn into a silent
// default, or into something else than was meant.
func TestStrictness(t *testing.T) {
	t.Parallel()
	const notAText, notADuration, anchors = "is not a text; put it in quotes", "is not a duration such as 90s or 15m", "anchors and aliases are not supported"
	for _, tc := range []struct {
		name, content string
		line          int
		key, problem  string
	}{
		{"a typo", "intervall: 5m\n", 1, "intervall", "there is no such key; did you mean interval?"},
		{"a typo in a section", "server:\n  urll: https://s.example\n", 2, "server.urll", "did you mean url?"},
		{"a typo in a list", "device:\n  labels:\n  - {key: a, value: b}\n  - {kye: a}\n", 4, "device.labels[1].kye", "did you mean key?"},
		{"nothing like it", "colour: blue\n", 1, "colour", "there is no such key"},
		{"another case", "Interval: 5m\n", 1, "Interval", "did you mean interval?"},
		{"another case in a section", "server: {URL: https://s.example}\n", 1, "server.URL", "did you mean url?"},
		{"another case in a list", "device: {labels: [{Key: a}]}\n", 1, "device.labels[0].Key", "did you mean key?"},
		{"a dotted key", "server.url: https://s.example\n", 1, "server.url", "there is no such key"},
		{"twice", "interval: 5m\nsplay: 1m\ninterval: 6m\n", 3, "interval", "the key stands twice"},
		{"twice in a section", "log:\n  level: info\n  level: debug\n", 3, "log.level", "the key stands twice"},
		{"a section twice", "log: {level: info}\nlog: {level: debug}\n", 2, "log", "the key stands twice"},
		{"a bare number", "interval: 30\n", 1, "interval", `"30" ` + notADuration},
		{"zero", "splay: 0\n", 1, "splay", notADuration},
		{"a number in quotes", "interval: '30'\n", 1, "interval", notADuration},
		{"a unit that is none", "interval: 1 day\n", 1, "interval", notADuration},
		{"no duration", "interval:\n", 1, "interval", notADuration},
		{"a list of durations", "interval: [5m]\n", 1, "interval", notADuration},
		{"a number for a text", "device:\n  name: 1\n", 2, "device.name", `"1" ` + notAText},
		{"yes for a text", "device: {name: true}\n", 1, "device.name", notAText},
		{"nothing for a text", "device: {name: null}\n", 1, "device.name", notAText},
		{"a date for a text", "device: {name: 2026-01-02}\n", 1, "device.name", notAText},
		{"bytes for a text", "device: {name: !!binary aGVsbG8=}\n", 1, "device.name", notAText},
		{"a section for a text", "device: {name: {first: a}}\n", 1, "device.name", notAText},
		{"a number in a list of texts", "service_accounts: [a, 1]\n", 1, "service_accounts[1]", notAText},
		{"a text for a list", "service_accounts: a, b\n", 1, "service_accounts", `"a, b" is not a list`},
		{"nothing for a list", "service_accounts:\n", 1, "service_accounts", "is not a list"},
		{"a map for a list", "device:\n  labels: {a: b}\n", 2, "device.labels", "is not a list"},
		{"a text for a number", "spool: {max_reports: '5'}\n", 1, "spool.max_reports", "is not a whole number"},
		{"a fraction", "spool: {max_reports: 1.5}\n", 1, "spool.max_reports", "is not a whole number"},
		{"a size with a unit", "spool: {max_bytes: 64MB}\n", 1, "spool.max_bytes", "is not a whole number"},
		{"an empty section", "server:\n", 1, "server", "is not a section with keys below it"},
		{"null for a section", "server: null\n", 1, "server", "is not a section"},
		{"a scalar for a section", "server: https://s.example\n", 1, "server", "is not a section"},
		{"a list for a section", "server: [url]\n", 1, "server", "is not a section"},
		{"a list for everything", "- interval\n", 1, "the document", "is not a section"},
		{"a text for everything", "interval\n", 1, "the document", "is not a section"},
		{"an anchor", "interval: &a 5m\n", 1, "interval", anchors},
		{"an alias", "interval: &a 5m\nsplay: *a\n", 2, "splay", anchors},
		{"an anchor at a key", "&splay interval: 5m\n", 1, "interval", anchors},
		{"a key that is an alias", "&splay interval: 5m\n*splay : 6m\n", 2, "splay", anchors},
		{"a merge", "server: {<<: {url: x}}\n", 1, "server.<<", "there is no such key"},
		{"a key that is a list", "? [interval]\n: 5m\n", 1, "", "there is no such key"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			path := file(t, tc.content)
			_, err := config.Load(config.Sources{File: path, Named: true})
			place := fmt.Sprintf("%s:%d: %s", path, tc.line, tc.key)
			if err == nil || !strings.Contains(err.Error(), place) || !strings.Contains(err.Error(), tc.problem) {
				t.Errorf("Load = %v\nwant %s: … %s", err, place, tc.problem)
			}
		})
	}
}

func TestAllProblemsAreReportedAtOnce(t *testing.T) {
	t.Parallel()
	path := file(t, "intervall: 5m\nsplay: 30\nlog:\n  level: 1\n")
	_, err := config.Load(config.Sources{File: path, Named: true})
	for _, want := range []string{path + ":1: intervall", path + ":2: splay", path + ":4: log.level"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in: %v", want, err)
		}
	}
}

func TestBrokenFiles(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, content, want string }{
		{"bad YAML", "interval: [\n", ":1: it is not YAML: "},
		{"bad YAML further down", "interval: 5m\ndevice:\n  name: 'x\n", ":3: it is not YAML: "},
		{"a tab", "server:\n\turl: x\n", ":2: it is not YAML: "},
		{"no text", "interval: 5m\nsplay: \xff\xff\n", ":2: it is not YAML: "},
		{"a control character", "interval: 5m\n\ndevice: {name: \x01}\n", ":3: it is not YAML: "},
		{"a colon too many", "interval: 5m: hunter2\n", ":1: it is not YAML: "},
		{"an escape that is none", "interval: 5m\ndevice: {name: \"hunter2\\q\"}\n", ":2: it is not YAML: "},
		{"an unknown anchor", "interval: 5m\nenrollment: {secret_file: *hunter2}\n", ":2: anchors and aliases are not supported"},
		{"an unknown anchor that stands twice", "# *hunter2\ndevice: {name: *hunter2}\n", "yaml: anchors and aliases are not supported"},
		{"a tag that is none", "interval: !x!hunter2 5m\n", ":1: it is not YAML: "},
		{"a second document", "interval: 5m\n---\nsplay: 1m\n", "more than one document"},
		{"a second document that is broken", "interval: 5m\n---\n[\n", "more than one document"},
		{"larger than is read", "#" + strings.Repeat("x", 1<<20), "larger than"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			path := file(t, tc.content)
			_, err := config.Load(config.Sources{File: path, Named: true})
			if err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), tc.want) || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("Load = %v, want %q", err, tc.want)
			}
		})
	}
}

func TestFilesThatSayNothing(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, content string }{
		{"empty", ""},
		{"blank", "\n\n"},
		{"only comments", "# interval: 5m\n# splay: 1m\n"},
		{"an empty map", "{}\n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c, err := config.Load(config.Sources{File: file(t, tc.content), Named: true})
			if err != nil || !reflect.DeepEqual(c, config.Default()) {
				t.Errorf("Load = %+v, %v; want the defaults", c, err)
			}
		})
	}
}

func TestFilesThatAreNotTrusted(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		change func(path string) error
		want   error
	}{
		{"a link", func(path string) error {
			if err := os.Rename(path, path+".real"); err != nil {
				return err
			}
			return os.Symlink(path+".real", path)
		}, rootfile.ErrUntrusted},
		{"writable by the group", func(path string) error { return os.Chmod(path, 0o660) }, rootfile.ErrUntrusted},
		{"in a folder for all", func(path string) error { return os.Chmod(filepath.Dir(path), 0o777) }, rootfile.ErrUntrusted},
		{"missing, but named", os.Remove, fs.ErrNotExist},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			path := file(t, "interval: 5m\n")
			if err := tc.change(path); err != nil {
				t.Fatal(err)
			}
			_, err := config.Load(config.Sources{File: path, Named: true})
			if !isError(err, tc.want) || !strings.Contains(err.Error(), filepath.Dir(path)) {
				t.Errorf("Load = %v, want %v", err, tc.want)
			}
		})
	}
}

func TestMissingFileIsAnEmptyOne(t *testing.T) {
	t.Parallel()
	c, err := config.Load(config.Sources{File: filepath.Join(t.TempDir(), "no", "config.yaml"), Flags: []config.Setting{{Section: "log", Key: "level", Value: "warn"}}})
	want := config.Default()
	want.Log.Level = "warn"
	if err != nil || !reflect.DeepEqual(c, want) {
		t.Errorf("Load = %+v, %v; want the defaults and the setting", c, err)
	}
}

// everything sets every key to something else than its default.
const everything = `
interval: 5m
splay: 2m
check_limit: 3m
tool_limit: 4s
service_accounts: [_Backup, "it admin", "a, b"]
policy:
  service_accounts: [Scanner]
  required_holders: [BreakGlass]
  recovery_keys: mdm
  severities: {ST_SOLE_HOLDER: low, FV_ON_NO_ESCROWED_PRK: high}
  mutes:
  - {code: VO_NONE, subject: 6A1C7E0E-8B1D-4B53-9F4E-0D2B2B5A0101, reason: "Goes back to the vendor", until: 2026-01-31}
  - {code: ST_PHANTOM, reason: Known, until: "2026-02-01"}
  least_holders: 2
  proof_age: 720h
device:
  name: Ada's Mac
  labels:
  - {key: Team.Name, value: "R&D: Berlin"}
  - {key: costCenter, value: "0042"}
  - {key: COSTCENTER, value: "yes"}
server:
  url: https://reports.example.com:8443/base
  token_file: /Library/Tokenward/Token
  ca_file: /Library/Tokenward/CA.pem
  timeout: 1m30s
  format: plain
  proxy: http://proxy.example.com:3128
  client_cert_file: /Library/Tokenward/Client.pem
  client_key_file: /Library/Tokenward/Client.key
enrollment:
  secret_file: /Library/Tokenward/Secret
privacy:
  names: hashed
schedule:
  battery_low: 30
  battery_factor: 6
spool:
  max_reports: 7
  max_bytes: 2_097_152
  max_age: 48h
log:
  level: debug
  max_bytes: 1_048_576
  max_files: 3
remediation:
  level: ask
  actions: [{action: escrow, level: act}]
`

func TestEveryKeyCanBeSet(t *testing.T) {
	t.Parallel()
	got, err := config.Load(config.Sources{File: file(t, everything), Named: true})
	if err != nil {
		t.Fatal(err)
	}
	want := config.Config{
		Interval: 5 * time.Minute, Splay: 2 * time.Minute, CheckLimit: 3 * time.Minute, ToolLimit: 4 * time.Second,
		ServiceAccounts: []string{"_Backup", "it admin", "a, b"},
		Policy: config.Policy{
			ServiceAccounts: []string{"Scanner"}, RequiredHolders: []string{"BreakGlass"}, RecoveryKeys: "mdm",
			Severities: map[health.Code]health.Severity{"ST_SOLE_HOLDER": health.Low, "FV_ON_NO_ESCROWED_PRK": health.High},
			Mutes: []config.Mute{
				{Code: "VO_NONE", Subject: "6A1C7E0E-8B1D-4B53-9F4E-0D2B2B5A0101", Reason: "Goes back to the vendor", Until: time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC)},
				{Code: "ST_PHANTOM", Reason: "Known", Until: time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)},
			},
			LeastHolders: 2, ProofAge: 720 * time.Hour,
		},
		Device: config.Device{Name: "Ada's Mac", Labels: []wire.Label{{Key: "Team.Name", Value: "R&D: Berlin"}, {Key: "costCenter", Value: "0042"}, {Key: "COSTCENTER", Value: "yes"}}},
		Server: config.Server{
			URL: "https://reports.example.com:8443/base", TokenFile: "/Library/Tokenward/Token", CAFile: "/Library/Tokenward/CA.pem", Timeout: 90 * time.Second,
			Format: "plain", Proxy: "http://proxy.example.com:3128", ClientCertFile: "/Library/Tokenward/Client.pem", ClientKeyFile: "/Library/Tokenward/Client.key",
		},
		Enrollment:  config.Enrollment{SecretFile: "/Library/Tokenward/Secret"},
		Privacy:     config.Privacy{Names: "hashed"},
		Schedule:    config.Schedule{BatteryLow: 30, BatteryFactor: 6},
		Spool:       config.Spool{MaxReports: 7, MaxBytes: 2 << 20, MaxAge: 48 * time.Hour},
		Log:         config.Log{Level: "debug", MaxBytes: 1 << 20, MaxFiles: 3},
		Remediation: config.Remediation{Level: config.Ask, Actions: []config.ActionLevel{{Action: "escrow", Level: config.Act}}},
		Orders:      config.Default().Orders,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("Load = %+v\nwant %+v", got, want)
	}
	eachField(t, reflect.ValueOf(got), reflect.ValueOf(config.Default()), "")
}

// eachField fails for a field that still has its default: there is no test yet
// that it can be set.
func eachField(t *testing.T, got, byDefault reflect.Value, path string) {
	t.Helper()
	for i := range got.NumField() {
		name := path + got.Type().Field(i).Name
		switch g, d := got.Field(i), byDefault.Field(i); {
		case name == "Server.CA", name == "Enrollment.Secret", strings.HasPrefix(name, "Orders."): // not beside their files, or in managed preferences alone
		case g.Kind() == reflect.Struct:
			eachField(t, g, d, name+".")
		case reflect.DeepEqual(g.Interface(), d.Interface()):
			t.Errorf("%s keeps its default: set it in this test", name)
		}
	}
}

func TestSettingsStandAboveTheFile(t *testing.T) {
	t.Parallel()
	path := file(t, everything)
	got, err := config.Load(config.Sources{File: path, Named: true, Flags: []config.Setting{
		{Key: "interval", Value: "7m"},
		{Key: "splay", Value: 8 * time.Second},
		{Section: "device", Key: "name", Value: "Flag"},
		{Section: "server", Key: "url", Value: ""},
		{Section: "spool", Key: "max_reports", Value: 9},
	}})
	want, fileErr := config.Load(config.Sources{File: path, Named: true})
	want.Interval, want.Splay, want.Device.Name, want.Server.URL, want.Spool.MaxReports = 7*time.Minute, 8*time.Second, "Flag", "", 9
	if err != nil || fileErr != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("Load = %+v, %v\nwant %+v, %v", got, err, want, fileErr)
	}
}

func TestSettingsAreCheckedToo(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name    string
		setting config.Setting
		want    string
	}{
		{"an unknown key", config.Setting{Key: "intervall", Value: "5m"}, "intervall"},
		{"an unknown section", config.Setting{Section: "servers", Key: "url", Value: "x"}, "servers"},
		{"a bare number", config.Setting{Key: "interval", Value: 30}, `"30" is not a duration`},
		{"no duration", config.Setting{Key: "interval", Value: "soon"}, "soon"},
		{"a number for a text", config.Setting{Section: "device", Key: "name", Value: 1}, "name"},
		{"a text for a number", config.Setting{Section: "spool", Key: "max_reports", Value: "1"}, "max_reports"},
		{"out of range", config.Setting{Key: "interval", Value: "1ms"}, "interval: 1ms"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := config.Load(config.Sources{File: file(t, ""), Named: true, Flags: []config.Setting{tc.setting}})
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("Load = %v, want %q", err, tc.want)
			}
		})
	}
}

// FuzzLoad checks that a file is refused or understood, and that what is
// understood validates.
func FuzzLoad(f *testing.F) {
	for _, seed := range []string{
		"", everything, "interval: &a 5m\nsplay: *a\n", "? [a]\n: b\n", "&splay interval: 5m\n*splay : 6m\n", "---\n...\n---\n",
		"spool: {max_reports: 18446744073709551615}\n", "device: {labels: [{key: a}, {}]}\n", "!!map {}\n", "interval: !!str 5m\n", "log: {level: |\n  info}\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		c, err := config.Load(config.Sources{File: file(t, string(content)), Named: true})
		if err != nil {
			return
		}
		if err := c.Validate(); err != nil {
			t.Errorf("accepted, and not valid: %v", err)
		}
	})
}
