package parse_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/tokenward/tokenward/collectors/parse"
	"github.com/tokenward/tokenward/internal/plistx"
)

// uuid makes the GeneratedUID of the nth account.
func uuid(n int) string { return fmt.Sprintf("%08X-8B1D-4B53-9F4E-%012X", 2654435761*uint32(n+1), n) }

// directory is what dscl prints of that many people and the system's accounts.
func directory(tb testing.TB, people int) []byte {
	tb.Helper()
	const systemAccounts = 110
	var records []map[string][]string
	for i := range systemAccounts {
		name := fmt.Sprintf("_service%03d", i)
		records = append(records, map[string][]string{
			"dsAttrTypeStandard:GeneratedUID":     {fmt.Sprintf("FFFFEEEE-DDDD-CCCC-BBBB-AAAA%08X", i)},
			"dsAttrTypeStandard:NFSHomeDirectory": {"/var/empty"},
			"dsAttrTypeStandard:RealName":         {"Service Number " + name},
			"dsAttrTypeStandard:RecordName":       {name, "com.apple." + name},
			"dsAttrTypeStandard:UniqueID":         {fmt.Sprint(i)},
			"dsAttrTypeStandard:UserShell":        {"/usr/bin/false"},
		})
	}
	for i := range people {
		name := fmt.Sprintf("user%04d", i)
		records = append(records, map[string][]string{
			"dsAttrTypeStandard:AuthenticationAuthority": {
				";ShadowHash;HASHLIST:<SALTED-SHA512-PBKDF2,SRP-RFC5054-4096-SHA512-PBKDF2>",
				";Kerberosv5;;" + name + "@LKDC:SHA1.0123456789ABCDEF;LKDC:SHA1.0123456789ABCDEF;", ";SecureToken;",
			},
			"dsAttrTypeStandard:GeneratedUID":     {uuid(i)},
			"dsAttrTypeStandard:NFSHomeDirectory": {"/Users/" + name},
			"dsAttrTypeStandard:RealName":         {"User Number " + name},
			"dsAttrTypeStandard:RecordName":       {name},
			"dsAttrTypeStandard:UniqueID":         {fmt.Sprint(501 + i)},
			"dsAttrTypeStandard:UserShell":        {"/bin/zsh"},
		})
	}
	return document(tb, records)
}

func document(tb testing.TB, v any) []byte {
	tb.Helper()
	out, err := plistx.Encode(v)
	if err != nil {
		tb.Fatal(err)
	}
	return out
}

// BenchmarkDirectoryUsers reads the accounts of a whole Mac: people beside the
// hundred accounts of macOS itself. Its floor is one walk over the same text.
func BenchmarkDirectoryUsers(b *testing.B) {
	for _, people := range []int{5, 100, 2000} {
		b.Run(fmt.Sprintf("accounts=%d/ours", people), func(b *testing.B) {
			measure(b, directory(b, people), func(out []byte) error {
				_, err := parse.DirectoryUsers(out)
				return err
			})
		})
		b.Run(fmt.Sprintf("accounts=%d/floor", people), func(b *testing.B) {
			measure(b, directory(b, people), walk)
		})
	}
}

// measure reads the same text again and again.
func measure(b *testing.B, out []byte, read func([]byte) error) {
	b.Helper()
	b.SetBytes(int64(len(out)))
	b.ReportAllocs()
	for b.Loop() {
		if err := read(out); err != nil {
			b.Fatal(err)
		}
	}
}

// walk looks at every token of an XML document and keeps none.
func walk(out []byte) error {
	d := xml.NewDecoder(bytes.NewReader(out))
	for {
		if _, err := d.RawToken(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

func BenchmarkDiskutilListCryptoUsers(b *testing.B) {
	type user struct {
		Type  string `plist:"APFSCryptoUserType"`
		UUID  string `plist:"APFSCryptoUserUUID"`
		Owner bool   `plist:"VolumeOwner"`
	}
	for _, people := range []int{5, 100, 2000} {
		var list struct{ Users []user }
		text := fmt.Sprintf("Cryptographic users for disk3s1s1 (%d found)\n", people)
		for i := range people {
			list.Users = append(list.Users, user{"LocalOpenDirectory", uuid(i), true})
			text += "|\n+-- " + uuid(i) + "\n|   Type: Local Open Directory User\n|   Volume Owner: Yes\n"
		}
		for form, out := range map[string][]byte{"plist": document(b, list), "text": []byte(text)} {
			b.Run(fmt.Sprintf("%s/accounts=%d", form, people), func(b *testing.B) {
				measure(b, out, func(out []byte) error {
					_, err := parse.DiskutilListCryptoUsers(out)
					return err
				})
			})
		}
	}
}

// BenchmarkParsers reads the longest readable case of every parser.
func BenchmarkParsers(b *testing.B) {
	all := cases(b)
	for _, p := range parse.Parsers() {
		var longest string
		for name, c := range all {
			if strings.HasPrefix(name, p.ID+".") && c[0] != "unreadable" && len(c[1]) > len(longest) {
				longest = c[1]
			}
		}
		b.Run(p.ID, func(b *testing.B) {
			measure(b, []byte(longest), func(out []byte) error {
				_, err := p.Read(out)
				return err
			})
		})
	}
}
