//go:build !darwin

package config_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/tokenward/tokenward/agent/config"
)

// A property list is as strict as the file: types are not converted.
func TestPlistsAreStrict(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, content, key, problem string }{
		{"a number for a duration", "<key>Interval</key><integer>900</integer>", "Interval", `"900" is not a duration such as 90s or 15m`},
		{"a real for a number", "<key>ScheduleBatteryLow</key><real>20</real>", "ScheduleBatteryLow", "is not a whole number"},
		{"a text for a number", text("ScheduleBatteryLow", "20"), "ScheduleBatteryLow", `"20" is not a whole number`},
		{"yes for a text", "<key>DeviceName</key><true/>", "DeviceName", `"true" is not a text`},
		{"a number for a text", "<key>DeviceName</key><integer>7</integer>", "DeviceName", `"7" is not a text`},
		{"data for a text", "<key>DeviceName</key><data>aGk=</data>", "DeviceName", "is not a text"},
		{"a date for a text", "<key>DeviceName</key><date>2027-01-31T00:00:00Z</date>", "DeviceName", "is not a text"},
		{"a text for a list", text("ServiceAccounts", "a"), "ServiceAccounts", `"a" is not a list`},
		{"a number in a list", "<key>ServiceAccounts</key><array><string>a</string><integer>1</integer></array>", "ServiceAccounts[1]", `"1" is not a text`},
		{"a dictionary for a list", "<key>DeviceLabels</key><dict/>", "DeviceLabels", "is not a list"},
		{"a typo in a list", "<key>DeviceLabels</key><array><dict>" + text("Kye", "k") + "</dict></array>", "DeviceLabels[0].Kye", "did you mean Key?"},
		{"the name of the file in a list", "<key>DeviceLabels</key><array><dict>" + text("key", "k") + "</dict></array>", "DeviceLabels[0].key", "did you mean Key?"},
		{"a severity that is none", "<key>PolicySeverities</key><dict>" + text("VO_NONE", "lo") + "</dict>", "PolicySeverities.VO_NONE", "is none of info"},
		{"a number for a code", "<key>PolicyMutes</key><array><dict><key>Code</key><integer>5</integer></dict></array>", "PolicyMutes[0].Code", "is not the code of a condition"},
		{"twice", text("DeviceName", "a") + "\n" + text("DeviceName", "b"), "DeviceName", "the key stands twice"},
		{"out of range", "<key>ScheduleBatteryLow</key><integer>-5</integer>", "ScheduleBatteryLow", "-5 is not between"},
		{"a server in the clear", text("ServerURL", "http://s.example"), "ServerURL", "only https"},
		{"a control character", text("DeviceName", "a&#x85;b"), "DeviceName", "control character"},
		{"a secret that is none", "<key>EnrollmentSecret</key><integer>4711</integer>", "EnrollmentSecret", "what stands there is not a text"},
		{"an operator without a key", "<key>OrdersOperators</key><array><dict>" + text("Name", "ada") + "</dict></array>", "OrdersOperators[0].key", "Ed25519"},
		{"more approvals than operators", "<key>OrdersApprovals</key><array><dict>" + text("Action", "escrow") + "<key>Count</key><integer>1</integer></dict></array>", "OrdersApprovals[0].count", "names 0 operators"},
		{"no action", "<key>RemediationActions</key><array><dict>" + text("Action", "Es crow") + text("Level", "ask") + "</dict></array>", "RemediationActions[0].action", "is not the name of an action"},
		{"no level", text("RemediationLevel", "Act"), "RemediationLevel", "is none of"},
		{"no certificate", text("ServerCA", "-----BEGIN PRIVATE KEY-----"), "ServerCA", "certificates in PEM"},
		{"a folder of the daemon", text("ServerTokenFile", "token"), "ServerTokenFile", "no whole path"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			m := newMac(t)
			lay(t, m.Managed(), dict(tc.content))
			_, err := config.Load(m.sources())
			place := fmt.Sprintf("%s:%d: %s: ", m.Managed(), 3+strings.Count(tc.content, "\n"), tc.key)
			var managed *config.ManagedError
			if !errors.As(err, &managed) || !strings.Contains(err.Error(), place) || !strings.Contains(err.Error(), tc.problem) {
				t.Errorf("Load = %v\nwant %s… %s", err, place, tc.problem)
			}
			if err != nil && strings.Contains(err.Error(), "4711") {
				t.Errorf("the secret shows: %v", err)
			}
		})
	}
}

func TestBrokenPlists(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, content string }{
		{"empty", ""},
		{"no document", "hello"},
		{"an array", "<plist><array/></plist>"},
		{"cut off", "<plist><dict><key>Interval</key>"},
		{"deep", "<plist>" + strings.Repeat("<array>", 100)},
		{"a binary one that holds itself", "bplist00\xa1\x00" + strings.Repeat("\x00", 33)},
		{"large", "<plist><dict>" + strings.Repeat(" ", 1<<20) + "</dict></plist>"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			m := newMac(t)
			lay(t, m.Managed(), tc.content)
			l := config.Current(m.sources(), today())
			want := config.Default()
			want.Privacy.Names = config.Hashed
			if l.From != config.Defaults || len(l.Problems) != 1 || l.Problems[0].Path != m.Managed() || !reflect.DeepEqual(l.Config, want) {
				t.Errorf("%v: %v", l.From, l.Problems)
			}
		})
	}
}

// A newer profile must not darken a fleet.
func TestUnknownManagedKeysArePassedOver(t *testing.T) {
	t.Parallel()
	m := newMac(t)
	lay(t, m.Managed(), dict(text("PayloadUUID", "x")+text("PayloadDisplayName", "y")+text("Intervall", "5m")+"\n"+text("DeviceName", "Desk")))
	c, err := config.Load(m.sources())
	l := config.Current(m.sources(), today())
	if err != nil || c.Device.Name != "Desk" || l.From != config.Fresh || l.Config.Device.Name != "Desk" {
		t.Errorf("%v, %v: %v", err, l.From, l.Config.Device)
	}
	if len(l.Problems) != 1 || l.Problems[0].Key != "Intervall" || l.Problems[0].Line != 3 || !strings.Contains(l.Problems[0].Text, "did you mean Interval?") {
		t.Errorf("%v", l.Problems)
	}
	lay(t, m.Preferences(), dict(text("Intervall", "5m")))
	if _, err := config.Load(m.sources()); err == nil || !strings.Contains(err.Error(), "Intervall: there is no such key") {
		t.Errorf("in preferences: %v", err)
	}
}

// The same of a condition that a later version brings: its entry is left out, told, and
// nothing else of the profile is lost. In a file it stays a mistake.
func TestUnknownConditionsOfAProfileArePassedOver(t *testing.T) {
	t.Parallel()
	mute := func(code string) string {
		return "<dict>" + text("Code", code) + text("Reason", "r") + "<key>Until</key><date>2027-01-31T00:00:00Z</date></dict>"
	}
	m := newMac(t)
	lay(t, m.Managed(), dict(text("ServerURL", "https://s.example")+operator+
		"<key>PolicySeverities</key><dict>\n"+text("ST_NEWER", "whatever")+text("VO_NONE", "low")+"</dict>"+
		"<key>PolicyMutes</key><array>\n"+mute("VO_NNE")+mute("ST_PHANTOM")+"</array>"))
	l := config.Current(m.sources(), today())
	c, err := config.Load(m.sources())
	if err != nil || l.From != config.Fresh || l.Config.Server.URL == "" || len(l.Config.Orders.Operators) != 1 || len(c.Policy.Mutes) != 1 {
		t.Fatalf("%v, %s: %v", err, l.From, l.Problems)
	}
	if p := l.Config.Policy; len(p.Severities) != 1 || len(p.Mutes) != 1 || p.Mutes[0].Code != "ST_PHANTOM" {
		t.Errorf("%+v", p)
	}
	want := []string{
		m.Managed() + `:5: PolicyMutes[0].Code: this version knows no condition "VO_NNE", and passes over it; did you mean VO_NONE?`,
		m.Managed() + `:4: PolicySeverities.ST_NEWER: this version knows no condition "ST_NEWER", and passes over it`,
	}
	if len(l.Problems) != 2 || l.Problems[0].Error() != want[0] || l.Problems[1].Error() != want[1] {
		t.Errorf("%q", l.Problems)
	}
	lay(t, m.Preferences(), dict("<key>PolicyMutes</key><array>"+mute("VO_NNE")+"</array>"))
	if _, err := config.Load(m.sources()); err == nil || !strings.Contains(err.Error(), "did you mean VO_NONE?") {
		t.Errorf("in preferences: %v", err)
	}
}

// The same settings are read from an XML and from a binary property list.
func TestBothFormsOfPlists(t *testing.T) {
	t.Parallel()
	var all []config.Config
	for _, path := range []string{"testdata/managed.binary.plist", "../../docs/examples/dev.tokenward.agent.plist", "../../docs/examples/tokenward.mobileconfig"} {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		d := config.Examine(path, data, "", today())
		if len(d.Problems) > 0 || len(d.Keys) < 30 {
			t.Errorf("%s: %v, %d keys", path, d.Problems, len(d.Keys))
		}
		all = append(all, d.Config)
	}
	if !reflect.DeepEqual(all[0], all[1]) || !reflect.DeepEqual(all[0], all[2]) {
		t.Error("they differ")
	}
}

// A negative number of a binary property list is shown as the number that it is.
func TestNegativeNumbers(t *testing.T) {
	t.Parallel()
	const name = "ScheduleBatteryLow"
	binary := "bplist00\xd1\x01\x02\x5f\x10\x12" + name + "\x13\xff\xff\xff\xff\xff\xff\xff\xfb" + // {name: -5}
		"\x08\x0b\x20" + // where its three objects begin
		"\x00\x00\x00\x00\x00\x00\x01\x01\x00\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x29"
	for form, data := range map[string]string{"binary": binary, "XML": dict("<key>" + name + "</key><integer>-5</integer>")} {
		d := config.Examine("x.plist", []byte(data), config.FromManaged, today())
		if len(d.Problems) != 1 || d.Problems[0].Key != name || !strings.Contains(d.Problems[0].Text, "-5 is not between") {
			t.Errorf("%s: %v", form, d.Problems)
		}
	}
}

// What the example of a file says, the examples of the other forms say, but for what
// only a profile can.
func TestExamples(t *testing.T) {
	t.Parallel()
	read := func(name string) config.Draft {
		data, err := os.ReadFile(filepath.Join("../../docs/examples", name))
		if err != nil {
			t.Fatal(err)
		}
		return config.Examine(name, data, "", today())
	}
	file, profile := read("config.yaml"), read("tokenward.mobileconfig")
	if len(file.Problems) > 0 {
		t.Fatal(file.Problems)
	}
	for _, change := range config.Difference(file.Config, profile.Config) {
		if section, _, _ := strings.Cut(change.Key, "."); section != "orders" && section != "enrollment" {
			t.Errorf("%+v", change)
		}
	}
	for _, k := range config.Keys() {
		alternative := map[string]bool{"server.ca": true, "server.token_file": true, "server.client_cert_file": true, "server.client_key_file": true}
		if !alternative[k.Path] && !strings.Contains(strings.Join(append(file.Keys, profile.Keys...), " ")+" ", k.Path+" ") {
			t.Errorf("no example sets %s", k.Path)
		}
	}
}
