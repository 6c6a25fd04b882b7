package plistx

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
)

const head = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
`

func record(name string) string {
	return "\t<dict>\n\t\t<key>Name</key>\n\t\t<array>\n\t\t\t<string>" + name + "</string>\n\t\t</array>\n\t</dict>\n"
}

// documents are seeds for the fuzzer and cases for the tests, by what is special.
func documents() map[string]string {
	return map[string]string{
		"two records":             head + "<array>\n" + record("a&amp;b") + record("ÄÖ") + "</array>\n</plist>\n",
		"without a prologue":      "<plist><array>" + record("a") + "</array></plist>",
		"an empty array":          head + "<array/>\n</plist>",
		"an array with nothing":   head + "<array></array></plist>",
		"a dictionary":            head + record("a") + "</plist>",
		"mixed items":             head + "<array><string>x</string>" + record("a") + "</array></plist>",
		"a comment":               head + "<array><!-- </array></plist> -->" + record("a") + "</array></plist>",
		"an end in a comment":     head + "<array><dict><!--</dict></array>--><key>Name</key><array/></dict></array></plist>",
		"CDATA":                   head + "<array><dict><key>Name</key><array><string><![CDATA[</string>]]></string></array></dict></array></plist>",
		"quotes in a tag":         head + `<array a=">">` + record("a") + `</array></plist>`,
		"text between":            head + "<array>hello" + record("a") + "</array></plist>",
		"entities":                head + "<array>" + record("&lt;a&gt; &amp;&quot;&apos; &#65;&#x42;") + record("&nbsp;") + "</array></plist>",
		"no records":              head + "<array><dict/><dict></dict><dict><key>a</key><array/></dict><dict><key>b</key><array></array></dict></array></plist>",
		"blanks that count":       head + "<array>" + record("  a\n b ") + record("") + "</array></plist>",
		"the same key twice":      head + "<array><dict><key>a</key><array><string>1</string></array><key>a</key><array><string>2</string></array></dict></array></plist>",
		"a record with a number":  head + "<array><dict><key>a</key><array><integer>1</integer></array></dict></array></plist>",
		"a string for a list":     head + "<array><dict><key>a</key><string>1</string></dict></array></plist>",
		"a key without a value":   head + "<array><dict><key>a</key></dict></array></plist>",
		"an end of CDATA":         head + "<array>" + record("]]>") + "</array></plist>",
		"returns in a string":     head + "<array>" + record("a\r\nb\rc") + "</array></plist>",
		"no character":            head + "<array>" + record("\uFFFE") + record("\uFFFF") + "</array></plist>",
		"two values":              head + "<array>" + record("a") + "</array><array>" + record("b") + "</array></plist>",
		"another end":             head + "<array>" + record("a") + "</dict></plist>",
		"another end inside":      head + "<array><dict></array></array></plist>",
		"another end of the root": head + "<array>" + record("a") + "</array></array>",
		"cut off":                 head + "<array>" + record("a"),
		"cut off in a tag":        head + "<array>" + record("a") + "</arr",
		"something after it":      head + "<array>" + record("a") + "</array></plist>\nFinished\n",
		"a blank in an end":       head + "<array>" + record("a") + "</array ></plist>",
		"bytes that are no text":  head + "<array>" + record("\xff\x01") + "</array></plist>",
	}
}

type named struct {
	Name []string `plist:"Name"`
}

// The quick look finds what the slow one finds, or leaves the document to it.
func checkSkim(t *testing.T, data []byte) {
	t.Helper()
	found, plain, err := outlineOf(data)
	if !plain {
		return
	}
	document, slow := walkXML(data)
	switch {
	case err == nil && slow == nil && len(document) != found.end:
		t.Errorf("it ends at %d, want %d", found.end, len(document))
	case err == nil && errors.Is(slow, ErrUnsafe) && strings.Contains(slow.Error(), "deeper"), err == nil && slow != nil && strings.Contains(slow.Error(), "expands"):
		t.Errorf("it lets through what the slow look finds: %v", slow)
	case err != nil && slow == nil:
		t.Errorf("it refuses what the slow look lets through: %v", err)
	}
}

// Element by element, a document says what it says as a whole.
func checkEach(t *testing.T, data []byte) {
	t.Helper()
	var each []named
	got := DecodeEach(data, func(v named) error {
		each = append(each, v)
		return nil
	})
	var whole []named
	want := Decode(data, &whole)
	if (got == nil) != (want == nil) {
		t.Fatalf("DecodeEach = %v, Decode = %v", got, want)
	}
	if got == nil && len(each)+len(whole) > 0 && !reflect.DeepEqual(each, whole) {
		t.Errorf("DecodeEach gives %v, Decode %v", each, whole)
	}
	checkRecords(t, data)
}

// Records are read in a way of their own, and say the same.
func checkRecords(t *testing.T, data []byte) {
	t.Helper()
	var each []map[string][]string
	got := DecodeEach(data, func(r map[string][]string) error {
		each = append(each, r)
		return nil
	})
	var whole []map[string][]string
	want := Decode(data, &whole)
	if (got == nil) != (want == nil) {
		t.Fatalf("DecodeEach = %v, Decode = %v", got, want)
	}
	if got == nil && len(each)+len(whole) > 0 && !sameRecords(each, whole) {
		t.Errorf("DecodeEach gives %q, Decode %q", each, whole)
	}
}

// sameRecords takes a list without anything in it for none.
func sameRecords(a, b []map[string][]string) bool {
	return slices.EqualFunc(a, b, func(x, y map[string][]string) bool { return maps.EqualFunc(x, y, slices.Equal) })
}

func TestSkim(t *testing.T) {
	t.Parallel()
	for name, text := range documents() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checkSkim(t, []byte(text))
			checkEach(t, []byte(text))
			for cut := range len(text) {
				checkSkim(t, []byte(text[:cut]))
				checkEach(t, []byte(text[:cut]))
			}
		})
	}
}

// What Apple's tools print takes the quick way.
func TestPlainDocumentsAreSkimmed(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{"two records": true, "an empty array": true, "a dictionary": true, "a comment": false, "CDATA": false, "two values": false} {
		if _, plain, err := outlineOf([]byte(documents()[name])); plain != want || (plain && err != nil) {
			t.Errorf("%s: plain %v, %v", name, plain, err)
		}
	}
}

func TestSkimHasLimits(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"deep":           "<plist>" + strings.Repeat("<array>", maxDepth) + strings.Repeat("</array>", maxDepth) + "</plist>",
		"many":           "<plist><array>" + strings.Repeat("<true/>", maxNodes+1) + "</array></plist>",
		"deep, no end":   "<plist>" + strings.Repeat("<array>", 1<<20),
		"deep, in steps": "<plist>" + strings.Repeat("<array><true/>", maxDepth) + strings.Repeat("</array>", maxDepth) + "</plist>",
	} {
		if _, plain, err := outlineOf([]byte(text)); !plain || !errors.Is(err, ErrUnsafe) {
			t.Errorf("%s: plain %v, %v", name, plain, err)
		}
	}
}

func TestDecodeEachEndsAtTheFirstError(t *testing.T) {
	t.Parallel()
	stop, calls := errors.New("stop"), 0
	err := DecodeEach([]byte(documents()["two records"]), func(named) error {
		calls++
		return stop
	})
	if !errors.Is(err, stop) || calls != 1 {
		t.Errorf("%v after %d calls", err, calls)
	}
}

func FuzzSkim(f *testing.F) {
	for _, text := range documents() {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		checkSkim(t, data)
		checkEach(t, data)
	})
}

// BenchmarkDecode reads thousands of records, as a whole and one by one.
func BenchmarkDecode(b *testing.B) {
	var text strings.Builder
	text.WriteString(head + "<array>\n")
	for i := range 2000 {
		text.WriteString(record(fmt.Sprintf("user%04d", i)))
	}
	text.WriteString("</array>\n</plist>\n")
	data := []byte(text.String())
	b.Run("check", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, _, _ = checkXML(data)
		}
	})
	b.Run("check token by token", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, _ = walkXML(data)
		}
	})
	b.Run("whole", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var all []named
			_ = Decode(data, &all)
		}
	})
	b.Run("each", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_ = DecodeEach(data, func(named) error { return nil })
		}
	})
	b.Run("each record", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_ = DecodeEach(data, func(map[string][]string) error { return nil })
		}
	})
}
