package plistx_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/tokenward/tokenward/internal/plistx"
)

// pair is {key: true, key: true} with keys that are these objects.
func pair(first, second []byte) []byte {
	objects := []byte{0xD2, 1, 2, 3, 3}
	offsets := []byte{8, byte(8 + len(objects))}
	objects = append(objects, first...)
	offsets = append(offsets, byte(8+len(objects)))
	objects = append(objects, second...)
	offsets = append(offsets, byte(8+len(objects)))
	return document(append(objects, 0x09), offsets, 1, 4, 0)
}

// dict is a dictionary in an array, with what Apple's tools write before it or
// with a comment, which has the document read token by token.
func dict(inner string) map[string][]byte {
	text := "<plist><array><dict>" + inner + "</dict></array></plist>"
	return map[string][]byte{"plain": []byte(text), "with a comment": []byte(strings.Replace(text, "<array>", "<array><!-- -->", 1))}
}

// many is a dictionary with that many keys, and one more.
func many(count int, last string) string {
	var text strings.Builder
	for i := range count {
		fmt.Fprintf(&text, "<key>k%d</key><dict><key>k</key><true/></dict>", i)
	}
	return text.String() + "<key>" + last + "</key><true/>"
}

// Two decoders may choose different values, and a key without a value is one that
// somebody meant to set.
func TestDecodeRefusesWhatHasTwoMeanings(t *testing.T) {
	t.Parallel()
	for name, inner := range map[string]string{
		"a key twice":                        "<key>a</key><true/><key>a</key><false/>",
		"a key twice, apart":                 "<key>a</key><true/><key>b</key><true/><key>a</key><false/>",
		"a key twice, of many":               many(100, "k3"),
		"the latest key twice, of many":      many(100, "k99"),
		"a key twice, the limit":             many(16, "k15"),
		"a key twice, around a dictionary":   "<key>a</key><dict><key>b</key><true/></dict><key>a</key><true/>",
		"a key twice, inside a value":        "<key>a</key><array><dict><key>b</key><true/><key>b</key><true/></dict></array>",
		"a key twice, one with a reference":  "<key>a</key><true/><key>&#97;</key><false/>",
		"a key twice, one as CDATA":          "<key>a</key><true/><key><![CDATA[a]]></key><false/>",
		"a key twice, one with a comment":    "<key>ab</key><true/><key>a<!-- -->b</key><false/>",
		"a key twice, one with an attribute": `<key>a</key><true/><key x="1">a</key><false/>`,
		"a key twice, one in a namespace":    "<key>a</key><true/><x:key>a</x:key><false/>",
		"a key twice, by its line ends":      "<key>a\nb</key><true/><key>a\r\nb</key><false/>",
		"an empty key twice":                 "<key></key><true/><key/><false/>",
		"a key without a value":              "<key>a</key>",
		"the last key without a value":       "<key>a</key><true/><key>b</key>",
		"a key before a key":                 "<key>a</key><key>b</key><true/>",
		"a key with an element":              "<key>a<true/></key><true/>",
		"a value without a key":              "<true/>",
	} {
		for form, data := range dict(inner) {
			t.Run(name+", "+form, func(t *testing.T) {
				t.Parallel()
				refused(t, data)
			})
		}
	}
	ascii, wide := []byte{0x51, 'k'}, []byte{0x61, 0, 'k'}
	for name, data := range map[string][]byte{
		"a key twice":                   pair(ascii, ascii),
		"a key twice, in two encodings": pair(ascii, wide),
		"the same object twice":         document([]byte{0xD2, 1, 1, 2, 2, 0x51, 'k', 0x09}, []byte{8, 13, 15}, 1, 3, 0),
		"a key that is a number":        pair([]byte{0x10, 1}, ascii),
	} {
		t.Run("binary: "+name, func(t *testing.T) {
			t.Parallel()
			refused(t, data)
		})
	}
}

func refused(t *testing.T, data []byte) {
	t.Helper()
	var whole any
	if err := plistx.Decode(data, &whole); !errors.Is(err, plistx.ErrUnsafe) {
		t.Errorf("Decode = %v, %v, want ErrUnsafe", whole, err)
	}
	err := plistx.DecodeEach(data, func(map[string][]string) error { return nil })
	if !errors.Is(err, plistx.ErrUnsafe) {
		t.Errorf("DecodeEach = %v, want ErrUnsafe", err)
	}
}

func TestDecodeTakesKeysThatDiffer(t *testing.T) {
	t.Parallel()
	for name, inner := range map[string]string{
		"none":                      "",
		"of many":                   many(100, "k100"),
		"the limit":                 many(16, "k16"),
		"by case":                   "<key>a</key><true/><key>A</key><true/>",
		"by a blank":                "<key>a</key><true/><key> a</key><true/>",
		"the same, one inside":      "<key>a</key><dict><key>a</key><true/></dict>",
		"the same, side by side":    "<key>a</key><dict><key>c</key><true/></dict><key>b</key><dict><key>c</key><true/></dict>",
		"the same, in a list":       "<key>a</key><array><dict><key>c</key><true/></dict><dict><key>c</key><true/></dict></array>",
		"the word key as a value":   "<key>key</key><string>key</string>",
		"empty values of each kind": "<key>a</key><string/><key>b</key><array/><key>c</key><dict/>",
	} {
		for form, data := range dict(inner) {
			t.Run(name+", "+form, func(t *testing.T) {
				t.Parallel()
				var all []map[string]any
				if err := plistx.Decode(data, &all); err != nil || len(all) != 1 {
					t.Errorf("got %v, %v", all, err)
				}
			})
		}
	}
	var got map[string]bool
	if err := plistx.Decode(pair([]byte{0x51, 'k'}, []byte{0x61, 1, 'k'}), &got); err != nil || len(got) != 2 {
		t.Errorf("binary: got %v, %v", got, err)
	}
}

func TestTheSecondKeyHasALine(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		data string
		line int
	}{
		"plain":          {"<plist>\n<dict>\n<key>a</key><true/>\n<key>a</key><true/></dict></plist>", 4},
		"with a comment": {"<plist><!-- -->\n<dict>\n<key>a</key><true/>\n<key>a</key><true/></dict></plist>", 4},
		"after warnings": {"one\ntwo\n<plist>\n<dict><key>a</key><true/>\n<key>a</key><true/></dict></plist>", 5},
		"binary":         {string(pair([]byte{0x51, 'a'}, []byte{0x51, 'a'})), 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var v any
			twice, ok := errors.AsType[*plistx.TwiceError](plistx.Decode([]byte(c.data), &v))
			if !ok || twice.Key != "a" || twice.Line != c.line {
				t.Errorf("got %+v, want line %d", twice, c.line)
			}
		})
	}
}
