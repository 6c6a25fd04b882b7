package conform

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
)

// canaries are what a report must never hold.
func canaries() (*Facts, *Names, []string) {
	f := &Facts{
		Serial: "C02SECRET123", HardwareUUID: "0B6E6E1B-6C2C-5D0E-9D5C-3E9C6B1F0A99", Server: "https://mdm.acme.example:8443/in?k=v",
		People: []Record{
			{Name: "jokafor", OtherNames: []string{"Jo.Okafor@acme.example"}, RealName: "Joséphine O'Kafor & Söhne", GUID: "6A1C7E0E-8B1D-4B53-9F4E-0D2B2B5A0101"},
			{Name: "lee", RealName: "Lee Enabled User"},
		},
	}
	n := &Names{AdminPassword: "Sesame-4711", TestPassword: "Roses-4712", NewPassword: "Tulip-4713"}
	return f, n, []string{
		"jokafor", "JOKAFOR", "Okafor", "Kafor", "Joséphine", `Jos\U00e9phine`, "Söhne", "lee", "acme", "8443", "C02SECRET", "0B6E6E1B", "6A1C7E0E",
		"0D2B2B5A0101", "Sesame", "Roses", "Tulip", "ABCD-EFGH", "F00DFACE", "4af3", "192.168", "corp.example", "CORP", "a1:b2",
	}
}

func TestRedaction(t *testing.T) {
	t.Parallel()
	f, n, secrets := canaries()
	text := strings.Join([]string{
		"Secure token is ENABLED for user Joséphine O'Kafor & Söhne", "jokafor,6A1C7E0E-8B1D-4B53-9F4E-0D2B2B5A0101", "/Users/jokafor (JOKAFOR) <string>Joséphine O&#39;Kafor &amp; Söhne</string>",
		`"Jos\U00e9phine O'Kafor & S\U00f6hne"`, "Jo.Okafor@acme.example lee:lee", "MDM server: https://mdm.acme.example:8443/in?k=v", "host mdm.acme.example:8443", "serial C02SECRET123, 0b6e6e1b-6c2c-5d0e-9d5c-3e9c6b1f0a99",
		"Sesame-4711 Roses-4712 Tulip-4713", "Recovery key = 'ABCD-EFGH-1234-5678-9ABC-DEF0'", ";Kerberosv5;;jokafor@LKDC:SHA1.F00DFACEF00DFACEF00DFACEF00DFACEF00DFACE;LKDC:SHA1.F00DFACEF00DFACEF00DFACEF00DFACEF00DFACE;",
		";LocalCachedUser;/Active Directory/CORP/corp.example.com:jokafor:6A1C7E0E-8B1D-4B53-9F4E-0D2B2B5A0101", ";Kerberosv5;;jokafor@CORP.EXAMPLE.COM;CORP.EXAMPLE.COM;", ";NetLogon;jokafor;CORP",
		"ECID 0x4af3deadbeef00112233", "192.168.1.7", "a1:b2:c3:d4:e5:f6",
	}, "\n")
	got := NewRedactor(f, n).Redact(text)
	for _, secret := range secrets {
		if strings.Contains(got, secret) {
			t.Errorf("%q is still there:\n%s", secret, got)
		}
	}
}

// What every Mac has and what Apple says stays as it is.
func TestRedactionKeepsTheRest(t *testing.T) {
	t.Parallel()
	f, n, _ := canaries()
	r := NewRedactor(f, n)
	for _, text := range []string{
		"+-- EBC6C064-0000-11AA-AA11-00306543ECAC", "+-- 2457711A-523C-4604-B75A-F48A571D5036", "GeneratedUID: FFFFEEEE-DDDD-CCCC-BBBB-AAAA00000000", "ABCDEFAB-CDEF-ABCD-EFAB-CDEF00000050",
		"Secure token is ENABLED for user", "fleeing sleet", `"http://www.apple.com/DTDs/PropertyList-1.0.dtd"`, "ProductVersion:\t\t15.7.1", ";ShadowHash;HASHLIST:<SALTED-SHA512-PBKDF2>",
	} {
		if got := r.Redact(text); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
	if a, b := r.Redact("6A1C7E0E-8B1D-4B53-9F4E-0D2B2B5A0101"), r.Redact("6A1C7E0E-8B1D-4B53-9F4E-0D2B2B5A0102"); a == b || !strings.HasPrefix(a, "GUID") {
		t.Errorf("two GUIDs became %s and %s", a, b)
	}
}

// No report of any simulated Mac tells whose it is, even if all of it is shown.
func TestReportsTellNobody(t *testing.T) {
	t.Parallel()
	all := offices(t)
	for i, name := range slices.Sorted(maps.Keys(all)) {
		if i%20 != 0 && !strings.Contains(name, "names") {
			continue // each takes a moment
		}
		o := all[name]
		s, _ := o.suite()
		var results []Result
		for _, c := range Of(ReadOnly) {
			result := s.Run(t.Context(), c)
			if result.Verdict == Holds {
				result.Verdict = Differs
			}
			results = append(results, result)
		}
		report := NewReport(s, ReadOnly, results)
		var text strings.Builder
		if err := report.WriteText(&text); err != nil {
			t.Fatal(err)
		}
		plain, err := json.Marshal(report)
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range telling(&o) {
			if holdsWord(text.String()+string(plain), secret) {
				t.Errorf("%s: %q is in the report", name, secret)
			}
		}
	}
}

// telling are the names and numbers of a Mac, but for words that stand in the
// claims themselves.
func telling(o *office) []string {
	secrets := []string{o.facts.Serial, o.facts.HardwareUUID, o.facts.Server}
	for _, r := range o.facts.People {
		secrets = append(secrets, r.Name, r.GUID)
		secrets = append(secrets, r.OtherNames...)
		if r.RealName != r.Name {
			secrets = append(secrets, r.RealName)
		}
	}
	claims := ""
	for _, c := range Of(ReadOnly) {
		claims += c.Claim + c.Question
	}
	return slices.DeleteFunc(secrets, func(s string) bool { return s == "" || isOrdinary(s) || holdsWord(claims, s) })
}

func holdsWord(text, word string) bool { return replaceWord(text, word, "\x00") != text }
