package plistx

import (
	"reflect"
	"strings"
	"testing"
)

// number is a real or an integer, as in answers of dscl.
type number float64

func (n *number) UnmarshalPlist(decode func(any) error) error {
	var f float64
	if err := decode(&f); err == nil {
		*n = number(f)
		return nil
	}
	var i int64
	err := decode(&i)
	*n = number(i)
	return err
}

// answer has every kind of field that the agent reads into.
type answer struct {
	Text  string            `plist:"Text"`
	Yes   bool              `plist:"Yes"`
	Maybe *bool             `plist:"Maybe"`
	Count int               `plist:"Count"`
	Size  int64             `plist:"Size"`
	Real  float64           `plist:"Real"`
	Own   number            `plist:"Own"`
	List  []string          `plist:"List"`
	Parts *[]answer         `plist:"Parts"`
	Map   map[string]string `plist:"Map"`
}

// tagless leaves it to the decoder what its fields are called.
type tagless struct{ Text string }

// plainDocuments say everything that an answer may hold, and things that it may not.
func plainDocuments() map[string]string {
	entry := func(key, value string) string { return "<dict><key>" + key + "</key>" + value + "</dict>" }
	all := map[string]string{
		"everything": "<dict><key>Text</key><string>a &amp; b</string><key>Yes</key><true/><key>Maybe</key><false/><key>Count</key><integer>-3</integer>" +
			"<key>Size</key><integer>9000000000</integer><key>Real</key><real>1.5e3</real><key>Own</key><integer>7</integer>" +
			"<key>List</key><array><string>x</string><string/></array><key>Map</key><dict><key>k</key><string>v</string></dict>" +
			"<key>Parts</key><array><dict><key>Own</key><real>0.5</real></dict><dict/></array></dict>",
		"two values": "<dict/><dict/>", "nothing": "", "text": "hello", "an array": "<array/>",
	}
	for name, value := range map[string]string{
		"a string": "<string>s</string>", "an empty string": "<string></string>", "a short string": "<string/>", "a blank": "<string> </string>",
		"true": "<true/>", "a long true": "<true></true>", "true with text": "<true>x</true>", "an integer": "<integer>5</integer>",
		"a plus": "<integer>+5</integer>", "blanks": "<integer> 5 </integer>", "no integer": "<integer>5x</integer>", "none": "<integer/>",
		"a large integer": "<integer>9223372036854775808</integer>", "an integer too large": "<integer>99999999999999999999</integer>",
		"leading zeros": "<integer>-007</integer>", "a real": "<real>2.25</real>", "no number": "<real>nan</real>", "a short real": "<real/>",
		"hexadecimal": "<real>0x1p4</real>", "underlines": "<real>1_0</real>", "too large": "<real>1e999</real>", "data": "<data>AAEC</data>",
		"a date": "<date>2026-01-02T03:04:05Z</date>", "an array": "<array><string>a</string></array>", "an empty array": "<array></array>",
		"a short array": "<array/>", "mixed": "<array><string>a</string><integer>1</integer></array>", "a dict": "<dict><key>k</key><string>v</string></dict>",
		"a short dict": "<dict/>", "dicts": "<array><dict><key>Text</key><string>x</string></dict></array>", "unknown": "<foo/>", "another end": "<string>a</integer>",
		"text in a dict": "<dict>x</dict>", "text in an array": "<array>x</array>", "a key as a value": "<key>x</key>", "a reference": "<string>&#65;</string>",
		"a return": "<string>a\r\nb</string>", "an entity": "<string>&nbsp;</string>", "a bracket": "<string>a > b</string>", "an end of CDATA": "<string>]]></string>",
	} {
		for _, key := range []string{"Text", "Yes", "Maybe", "Count", "Size", "Real", "Own", "List", "Parts", "Map", "Other"} {
			all[name+" for "+key] = entry(key, value)
		}
	}
	return all
}

// checkPlain compares the two ways into one target.
func checkPlain[T any](t *testing.T, data []byte) {
	t.Helper()
	document, inner, err := checkXML(data)
	if err != nil || inner == nil {
		return
	}
	var quick, slow T
	read := readPlain(inner, &quick)
	if err := decodeChecked(document, &slow); read && (err != nil || !reflect.DeepEqual(quick, slow)) {
		t.Errorf("%s\ngot %+v, want %+v, %v", inner, quick, slow, err)
	}
	var none T
	if !read && !reflect.DeepEqual(quick, none) {
		t.Errorf("%s\nleft over: %+v", inner, quick)
	}
}

func checkAllPlain(t *testing.T, data []byte) {
	t.Helper()
	checkPlain[answer](t, data)
	checkPlain[tagless](t, data)
	checkPlain[[]answer](t, data)
	checkPlain[map[string]string](t, data)
	checkPlain[map[string][]string](t, data)
	checkPlain[map[string]any](t, data)
	checkPlain[[]byte](t, data)
	checkPlain[any](t, data)
}

func TestPlainReadingSaysTheSame(t *testing.T) {
	t.Parallel()
	for name, inner := range plainDocuments() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checkAllPlain(t, []byte("<plist>"+inner+"</plist>"))
			checkAllPlain(t, []byte(head+strings.ReplaceAll(inner, "><", ">\n\t<")+"\n</plist>\n"))
		})
	}
}

// What the agent reads most of takes the quick way.
func TestPlainReadingReadsEverything(t *testing.T) {
	t.Parallel()
	var got answer
	if !readPlain([]byte(plainDocuments()["everything"]), &got) {
		t.Fatal("it was left to the decoder")
	}
	if got.Own != 7 || got.Maybe == nil || *got.Maybe || len(*got.Parts) != 2 || (*got.Parts)[0].Own != 0.5 || got.Map["k"] != "v" {
		t.Errorf("got %+v", got)
	}
}

func FuzzPlain(f *testing.F) {
	for _, inner := range plainDocuments() {
		f.Add([]byte("<plist>" + inner + "</plist>"))
	}
	f.Fuzz(checkAllPlain)
}
