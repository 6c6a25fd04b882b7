//go:build !darwin

package config_test

import (
	"os"
	"testing"

	"github.com/tokenward/tokenward/agent/config"
)

// FuzzPlist lays anything down as a profile's settings: what loads is valid, every
// value has a layer, and what is kept can be read again.
func FuzzPlist(f *testing.F) {
	for _, path := range []string{"testdata/managed.binary.plist", "../../docs/examples/dev.tokenward.agent.plist", "../../docs/examples/tokenward.mobileconfig"} {
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte(dict(text("DeviceName", "a&#x85;&#x2028;\u00a0 b "))))
	f.Add([]byte(dict(text("DeviceName", "\\u0000 'x': [ ] # 😀\ufeff"))))
	m := newMac(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		config.Examine("f", data, "", today())
		lay(t, m.Managed(), string(data))
		lay(t, m.Config(), "")
		_ = os.Remove(m.LastConfig())
		l := config.Current(m.sources(), today())
		if err := l.Config.Validate(); err != nil {
			t.Fatalf("in force, and not valid: %v", err)
		}
		for _, k := range config.Keys() {
			if l.Layers[k.Path] == "" {
				t.Errorf("%s comes from nowhere", k.Path)
			}
		}
		if l.From == config.Fresh {
			checkKept(t, m, l)
		}
	})
}

// checkKept spoils the profile: what is in force then is what was.
func checkKept(t *testing.T, m mac, before config.Loaded) {
	t.Helper()
	if err := config.Keep(m.Paths, before); err != nil {
		t.Fatal(err)
	}
	lay(t, m.Managed(), "<plist>")
	after := config.Current(m.sources(), today())
	if after.From != config.LastGood {
		t.Fatalf("what was kept cannot be read: %v", after.Problems)
	}
	for _, change := range config.Difference(before.Config, after.Config) {
		if k, _ := config.KeyOf(change.Key); k.Who != config.ManagedOnly {
			t.Errorf("kept otherwise: %+v", change)
		}
	}
}
