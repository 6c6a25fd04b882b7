package config_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/tokenward/tokenward/agent/config"
)

func profileOf(scope, payloads string) string {
	return "<plist><dict>\n<key>PayloadScope</key><string>" + scope + "</string>\n<key>PayloadContent</key><array>" + payloads + "</array>\n</dict></plist>"
}

func forced(settings string) string {
	return "<dict><key>PayloadType</key><string>com.apple.ManagedClient.preferences</string><key>PayloadContent</key><dict><key>dev.tokenward.agent</key><dict>" +
		"<key>Forced</key><array><dict><key>mcx_preference_settings</key><dict>\n" + settings + "\n</dict></dict></array></dict></dict></dict>"
}

const ofTheDomain = "<dict><key>PayloadType</key><string>dev.tokenward.agent</string><key>PayloadUUID</key><string>u</string><key>Interval</key><string>5m</string></dict>"

// Every mistake of a draft is told, each with its line and key.
func TestExamine(t *testing.T) {
	t.Parallel()
	const interval = "<key>Interval</key><string>5m</string>"
	for _, tc := range []struct {
		name, content string
		layer         config.Layer
		form          config.Form
		keys          string
		want          []string
	}{
		{"a file", "interval: 5m\n", "", config.YAML, "interval", nil},
		{"a file with mistakes", "intervall: 5m\nsplay: 5\nserver:\n  url: http://x.example\n", "", config.YAML, "server.url", []string{"f:1: intervall", "f:2: splay", "f:4: server.url: "}},
		{"operators in a file", "orders: {approvals: []}\n", "", config.YAML, "", []string{"f:1: orders.approvals: it counts only in managed"}},
		{"operators for a profile", "orders: {approvals: []}\n", config.FromManaged, config.YAML, "orders.approvals", nil},
		{"a mistake for a profile", "splay: -1s\n", config.FromManaged, config.YAML, "splay", []string{"f:1: splay: "}},
		{"a mute for ever", "policy: {mutes: [{code: VO_NONE, reason: r, until: 2099-01-31}]}\n", "", config.YAML, "policy.mutes", []string{"policy.mutes[0].until: 2099-01-31 is more than a year away"}},
		{"a property list", "<plist><dict>" + interval + "</dict></plist>", "", config.XMLPlist, "interval", nil},
		{"an unknown key", "<plist><dict>\n<key>Colour</key><string>blue</string></dict></plist>", "", config.XMLPlist, "", []string{"f:2: Colour: this version knows no such key"}},
		{"preferences", "<plist><dict><key>PayloadUUID</key><string>u</string></dict></plist>", config.FromPreferences, config.XMLPlist, "", []string{"PayloadUUID: there is no such key"}},
		{"a binary one that is broken", "bplist00 and no more", "", config.BinaryPlist, "", []string{"unsafe property list"}},
		{"a profile", profileOf("System", forced(interval)), "", config.Profile, "interval", nil},
		{"a profile of the domain", profileOf("System", ofTheDomain), "", config.Profile, "interval", nil},
		{"a profile among others", profileOf("System", "<dict><key>PayloadType</key><string>com.apple.dock</string></dict>"+ofTheDomain), "", config.Profile, "interval", nil},
		{"a profile for a user", profileOf("User", ofTheDomain), "", config.Profile, "interval", []string{"f:2: PayloadScope: it must be System"}},
		{"a mistake in a profile", profileOf("System", forced("<key>Interval</key><integer>5</integer>")), "", config.Profile, "", []string{"f:4: Interval: "}},
		{"two payloads", profileOf("System", forced(interval)+ofTheDomain), "", config.Profile, "interval", []string{"2 payloads have settings"}},
		{"another's profile", profileOf("System", ""), "", config.Profile, "", []string{"no payload of it has forced settings"}},
		{"a signed profile", "\x30\x82\x10\x00\x06\x09", "", config.Profile, "", []string{"it is signed"}},
		{"a large file", "#" + strings.Repeat("x", 1<<20), "", config.YAML, "", []string{"larger than"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			d := config.Examine("f", []byte(tc.content), tc.layer, today())
			if d.Form != tc.form || strings.Join(d.Keys, " ") != tc.keys || len(d.Problems) != len(tc.want) {
				t.Fatalf("%s, %q, %v", d.Form, d.Keys, d.Problems)
			}
			for i, want := range tc.want {
				if got := d.Problems[i].Error(); !strings.Contains(got, want) {
					t.Errorf("%s, want %s", got, want)
				}
			}
			if len(tc.want) > 0 && !strings.Contains(tc.want[0], "no such key") && !reflect.DeepEqual(d.Config, config.Default()) {
				t.Error("a draft with mistakes has values")
			}
		})
	}
}

func TestServerKeysFitTogether(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, server, want string }{
		{"a proxy", "{proxy: 'http://p.example:3128'}", ""},
		{"no proxy", "{proxy: none}", ""},
		{"a proxy with a password", "{proxy: 'http://a:hunter2@p.example'}", "server.proxy: "},
		{"another proxy", "{proxy: 'socks5://p.example'}", "server.proxy: "},
		{"a proxy with a path", "{proxy: 'http://p.example/x'}", "server.proxy: "},
		{"both authorities", "{ca: x, ca_file: /x}", "server.ca: server.ca_file is set as well"},
		{"no certificate", "{ca: x}", "certificates in PEM"},
		{"a certificate without its key", "{format: plain, client_cert_file: /c}", "server.client_cert_file"},
		{"a certificate for our server", "{client_cert_file: /c, client_key_file: /k}", "server.format plain"},
		{"a certificate and its key", "{format: plain, client_cert_file: /c, client_key_file: /k}", ""},
		{"another format", "{format: xml}", "server.format: "},
		{"a long path", "{ca_file: /" + strings.Repeat("x", 2000) + "}", "server.ca_file: 2001 bytes"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			d := config.Examine("f", []byte("server: "+tc.server+"\n"), "", today())
			all := ""
			for _, p := range d.Problems {
				all += p.Error()
			}
			if (all == "") != (tc.want == "") || !strings.Contains(all, tc.want) || strings.Contains(all, "hunter2") {
				t.Errorf("%s, want %s", all, tc.want)
			}
		})
	}
}

func TestOperatorsAreDistinct(t *testing.T) {
	t.Parallel()
	const a, b = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA="
	for _, tc := range []struct{ name, orders, want string }{
		{"two", "operators: [{name: ada, key: " + a + "}, {name: bob, key: " + b + "}], approvals: [{action: escrow, count: 2}]", ""},
		{"one key for two", "operators: [{name: ada, key: " + a + "}, {name: bob, key: " + a + "}]", "one operator would sign for two"},
		{"one name for two", "operators: [{name: ada, key: " + a + "}, {name: Ada, key: " + b + "}]", "stands twice"},
		{"no name", "operators: [{key: " + a + "}]", "orders.operators[0].name"},
		{"a short key", "operators: [{name: ada, key: AAEC}]", "orders.operators[0].key"},
		{"a key that is none", "operators: [{name: ada, key: '" + a[:43] + "!'}]", "orders.operators[0].key"},
		{"no approval", "operators: [{name: ada, key: " + a + "}], approvals: [{action: escrow, count: 0}]", "orders.approvals[0].count"},
		{"an action twice", "operators: [{name: ada, key: " + a + "}], approvals: [{action: escrow, count: 1}, {action: escrow, count: 1}]", "stands twice"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			d := config.Examine("f", []byte("orders: {"+tc.orders+"}\n"), config.FromManaged, today())
			if (len(d.Problems) == 0) != (tc.want == "") || (len(d.Problems) > 0 && !strings.Contains(d.Problems[0].Error(), tc.want)) {
				t.Errorf("%v, want %s", d.Problems, tc.want)
			}
			if tc.want == "" && (len(d.Config.Orders.Operators) != 2 || len(d.Config.Orders.Operators[1].PublicKey()) != 32) {
				t.Errorf("%v", d.Config.Orders)
			}
		})
	}
}
