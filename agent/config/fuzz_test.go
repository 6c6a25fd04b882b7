package config_test

import (
	"os"
	"testing"

	"github.com/tokenward/tokenward/agent/config"
	"github.com/tokenward/tokenward/internal/plistx"
)

// FuzzExamine reads anything as what a profile lays down, in every form. What is taken
// is valid, says the same when it is written and read again, and is remembered as it
// was.
func FuzzExamine(f *testing.F) {
	for _, path := range []string{"testdata/managed.binary.plist", "../../docs/examples/dev.tokenward.agent.plist", "../../docs/examples/tokenward.mobileconfig", "../../docs/examples/config.yaml"} {
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte("<plist><dict><key>DeviceName</key><string>a&#x85;&#x2028;\u00a0 b </string></dict></plist>"))
	f.Add([]byte("<plist><dict><key>DeviceName</key><string>\\u0000 'x': [ ] # \U0001F600\ufeff</string></dict></plist>"))
	f.Add([]byte("<plist><dict><key>DeviceName</key><string>  &#9;a&#10;&#13;b&lt;&amp;  </string><key>ServiceAccounts</key><array><string/></array></dict></plist>"))
	f.Fuzz(func(t *testing.T, data []byte) {
		d := config.Examine("f", data, config.FromManaged, today())
		if err := d.Config.Validate(); err != nil {
			t.Fatalf("taken, and not valid: %v", err)
		}
		if len(d.Problems) > 0 || len(d.Keys) == 0 {
			return
		}
		again, err := plistx.Encode(d.Settings())
		if err != nil {
			t.Fatal(err)
		}
		back := config.Examine("f", again, config.FromManaged, today())
		if changes := config.Difference(d.Config, back.Config); len(back.Problems) > 0 || len(changes) > 0 {
			t.Errorf("written and read again: %v, %+v", back.Problems, changes)
		}
		checkRemembered(t, d)
	})
}

func checkRemembered(t *testing.T, d config.Draft) {
	t.Helper()
	after, err := config.Remembered(d.Loaded())
	if err != nil {
		t.Fatalf("what was kept cannot be read: %v", err)
	}
	for _, change := range config.Difference(d.Config, after) {
		if k, _ := config.KeyOf(change.Key); k.Who != config.ManagedOnly {
			t.Errorf("remembered otherwise: %+v", change)
		}
	}
}
