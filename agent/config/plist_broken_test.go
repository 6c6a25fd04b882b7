//go:build !darwin

package config_test

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"github.com/tokenward/tokenward/agent/config"
	"github.com/tokenward/tokenward/internal/plistx"
)

// What is wrong with a property list as such is told with its line, and without what
// stands in it: a decoder's own words may quote a secret.
func TestWhereAPlistIsBroken(t *testing.T) {
	t.Parallel()
	const secret = "<key>EnrollmentSecret</key>"
	for _, tc := range []struct {
		name, content string
		line          int
		key, problem  string
	}{
		{"a key twice", dict(text("DeviceName", "a") + "\n" + text("DeviceName", "b")), 4, "DeviceName", "the key stands twice"},
		{"a key twice in a mute", dict("<key>PolicyMutes</key><array>\n<dict>" + text("Code", "VO_NONE") + "\n" + text("Code", "ST_PHANTOM") + "</dict></array>"), 5, "Code", "the key stands twice"},
		{"no value at the end", dict(text("DeviceName", "a") + "\n<key>ServerURL</key>"), 4, "ServerURL", "the key has no value"},
		{"no value in the middle", dict("<key>ServerURL</key>\n" + text("DeviceName", "a")), 3, "ServerURL", "the key has no value"},
		{"no value in a list", dict("<key>DeviceLabels</key><array>\n<dict><key>Value</key></dict></array>"), 4, "Value", "the key has no value"},
		{"a text before it", "hello\n" + dict(text("DeviceName", "a")+text("DeviceName", "b")), 1, "", "something stands before the property list"},
		{"another document before it", "<plist><dict>" + text("DeviceName", "a") + "</dict></plist>\n<?xml version=\"1.0\"?>" + dict(text("DeviceName", "b")), 1, "", "something stands before the property list"},
		{"an element that does not end", dict("\n" + secret + "<string>hunter2</strin>"), 4, "", "it is no XML from here on"},
		{"an ampersand", dict("\n" + secret + "<string>a&hunter2;b</string>"), 4, "", "& is written &amp;"},
		{"a number that is none", dict("\n" + secret + "<integer>hunter2</integer>"), 4, "EnrollmentSecret", "no <integer>"},
		{"a number with a fraction in a list", dict("<key>ServiceAccounts</key><array>\n<integer>1</integer><integer>hunter2</integer></array>"), 4, "ServiceAccounts[1]", "no <integer>"},
		{"a real that is none", dict("\n" + secret + "<real>hunter2</real>"), 4, "EnrollmentSecret", "no <real>"},
		{"a date that is none", dict("\n" + secret + "<date>hunter2</date>"), 4, "EnrollmentSecret", "no <date>"},
		{"data that are none", dict(secret + "<data>hunter2!</data>"), 0, "", "not a property list"},
		{"an element of another kind", dict(secret + "<hunter2/>"), 0, "", "not a property list"},
		{"a text alone", "<plist><string>hunter2</string></plist>", 0, "", "not a property list"},
		{"cut off", "<plist><dict>\n<key>Interval</key>\n<string>", 3, "", "ends too early"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			m := newMac(t)
			lay(t, m.Managed(), tc.content)
			l := config.Current(m.sources(), today())
			if l.From != config.Defaults || len(l.Problems) == 0 {
				t.Fatalf("%s: %v", l.From, l.Problems)
			}
			p := l.Problems[0]
			if p.Path != m.Managed() || p.Line != tc.line || p.Key != tc.key || !strings.Contains(p.Text, tc.problem) {
				t.Errorf("%q, want line %d, %q: … %q", p.Error(), tc.line, tc.key, tc.problem)
			}
			if strings.Contains(fmt.Sprint(l.Problems), "hunter2") {
				t.Errorf("it quotes the document: %v", l.Problems)
			}
		})
	}
}

// All that is wrong is told at once, and a document that is built to do harm costs
// little.
func TestScansAreBounded(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("k", 200_000)
	for name, content := range map[string]string{
		"deep":       "<plist>" + strings.Repeat("<array>", 100_000),
		"long keys":  dict("<key>" + long + "</key><array>" + strings.Repeat("<true/>", 50_000) + "</array>"),
		"many pairs": dict(strings.Repeat("<key>a</key>", 50_000)),
	} {
		d := config.Examine("f", []byte(content), "", today())
		if len(d.Problems) == 0 || len(d.Problems) > 200 {
			t.Errorf("%s: %d problems", name, len(d.Problems))
		}
	}
	for _, p := range config.Examine("f", []byte(dict("<key>"+long+"</key><key>ServerURL</key>"+text(long+"2", ""))), "", today()).Problems {
		if len(p.Error()) > 1000 {
			t.Error("a problem is as long as the document")
		}
	}
}

// binaryDict is a binary property list of one dictionary, each of its entries an
// object of its own. See Apple's CFBinaryPList.c.
func binaryDict(entries ...[2]string) []byte {
	objects := []string{string([]byte{0xd0 | byte(len(entries))})}
	for i := range entries {
		objects[0] += string([]byte{byte(1 + i)})
	}
	for i := range entries {
		objects[0] += string([]byte{byte(1 + len(entries) + i)})
	}
	for _, column := range []int{0, 1} {
		for _, e := range entries {
			objects = append(objects, e[column])
		}
	}
	out := []byte("bplist00")
	var table []byte
	for _, o := range objects {
		table = append(table, byte(len(out)))
		out = append(out, o...)
	}
	trailer := make([]byte, 32)
	trailer[6], trailer[7] = 1, 1
	binary.BigEndian.PutUint64(trailer[8:], uint64(len(objects)))
	binary.BigEndian.PutUint64(trailer[24:], uint64(len(out)))
	return append(append(out, table...), trailer...)
}

func binaryText(text string) string {
	return string([]byte{0x5f, 0x10, byte(len(text))}) + text
}

func TestBinaryPlists(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		data []byte
		want string
	}{
		{"good", binaryDict([2]string{binaryText("DeviceName"), binaryText("Desk")}), ""},
		{"a number", binaryDict([2]string{binaryText("ScheduleBatteryLow"), "\x10\x1e"}), ""},
		{"a negative number", binaryDict([2]string{binaryText("ScheduleBatteryLow"), "\x13\xff\xff\xff\xff\xff\xff\xff\xfb"}), "ScheduleBatteryLow: -5 is not between 0 and 100"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			d := config.Examine("f", tc.data, "", today())
			if d.Form != config.BinaryPlist || (len(d.Problems) == 0) != (tc.want == "") || (tc.want != "" && !strings.Contains(d.Problems[0].Error(), tc.want)) {
				t.Errorf("%s: %v, want %q", d.Form, d.Problems, tc.want)
			}
		})
	}
}

// Of two values under one key nobody knows which counts: a profile that says one thing
// to an admin's editor and another to the agent. The decoder itself has to refuse it,
// since a binary document has no lines to scan.
func TestAKeyTwiceInABinaryPlist(t *testing.T) {
	t.Parallel()
	data := binaryDict([2]string{binaryText("DeviceName"), binaryText("a")}, [2]string{binaryText("DeviceName"), binaryText("b")})
	var probe map[string]any
	if plistx.Decode(data, &probe) == nil {
		t.Skip("needs internal/plistx to refuse a key that stands twice in a binary document")
	}
	m := newMac(t)
	lay(t, m.Managed(), string(data))
	l := config.Current(m.sources(), today())
	if l.From != config.Defaults || len(l.Problems) != 1 || l.Config.Device.Name != "" {
		t.Errorf("%s, %q: %v", l.From, l.Config.Device.Name, l.Problems)
	}
}
