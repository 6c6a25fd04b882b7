package macsim

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf16"
)

// mdmclient answers what a management server would be told about the device.
// A real one needs about eleven seconds for it.
//
// observed (13.3.1): header, form and keys, of which these are a part;
// inferred: that it answers the same on a Mac that is not enrolled.
func (m *Mac) mdmclient(c Call) Reply {
	if !c.is("QueryDeviceInformation") {
		return notSimulated(c)
	}
	profiles := 0
	if m.Enrollment.MDM != NotEnrolled {
		profiles = 1 // the enrolment itself
	}
	return printed(
		"=== CPF_GetInstalledProfiles === (<Device>)",
		fmt.Sprintf("Number of <Device> profiles found: %d (Filtered: 0)", profiles),
		"Daemon response: {",
		"\tQueryResponses =\t {",
		strings.Join(described(m.deviceInformation(), "\t\t"), "\n"),
		"\t};",
		"}",
		"Agent response: (null)",
	)
}

// deviceInformation holds the answers. documented: the names; EACSPreflight
// since 13.3; inferred: that the option follows what the server supports.
func (m *Mac) deviceInformation() dict {
	d := dict{
		"AwaitingConfiguration": false,
		"BuildVersion":          m.OS.Build,
		"IsAppleSilicon":        m.Chip == AppleSilicon,
		"IsSupervised":          m.supervised(),
		"Model":                 m.Model,
		"OSVersion":             m.OS.Version,
		"ProductName":           m.Model,
		"SerialNumber":          m.Serial,
		"UDID":                  m.HardwareUUID,
	}
	if m.EACSPreflight != "" && m.OS.atLeast(13, 3) {
		d["EACSPreflight"] = m.EACSPreflight
	}
	if m.Enrollment.MDM != NotEnrolled {
		d["MDMOptions"] = dict{"BootstrapTokenAllowed": m.Bootstrap.Supported}
	}
	return d
}

// supervised follows the way of enrolment. documented: Automated Device
// Enrollment always, a user-approved one since 11.
func (m *Mac) supervised() bool {
	return m.Enrollment.DEP || m.Enrollment.MDM == UserApproved && m.OS.atLeast(11)
}

// described is a dictionary in the old style of NeXT, without its braces.
// observed (13.3.1): tabs, also before an inner brace.
func described(d dict, indent string) []string {
	var lines []string
	for _, key := range slices.Sorted(maps.Keys(d)) {
		switch v := d[key].(type) {
		case bool:
			lines = append(lines, fmt.Sprintf("%s%s = %s;", indent, key, either(v, "1", "0")))
		case string:
			lines = append(lines, fmt.Sprintf("%s%s = %s;", indent, key, quoted(v)))
		case dict:
			lines = append(lines, indent+key+" ="+indent+" {")
			lines = append(lines, described(v, indent+"\t")...)
			lines = append(lines, indent+"};")
		}
	}
	return lines
}

// quoted puts a text in quotes unless it is all letters and digits. observed
// (13.3.1): a dot needs quotes; community: \U and UTF-16 beyond ASCII.
func quoted(s string) string {
	plain := s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	})
	if plain {
		return s
	}
	var b strings.Builder
	for _, unit := range utf16.Encode([]rune(s)) {
		switch {
		case unit == '"' || unit == '\\':
			b.WriteString(`\` + string(rune(unit)))
		case unit < 0x80:
			b.WriteByte(byte(unit))
		default:
			fmt.Fprintf(&b, `\U%04x`, unit)
		}
	}
	return `"` + b.String() + `"`
}
