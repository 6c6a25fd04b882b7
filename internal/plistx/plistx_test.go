package plistx_test

import (
	"encoding/binary"
	"errors"
	"strings"
	"testing"

	"github.com/tokenward/tokenward/internal/plistx"
)

// document assembles a binary property list from raw objects, honest or not.
func document(objects, offsets []byte, refSize, count, root byte) []byte {
	out := append([]byte("bplist00"), objects...)
	table := len(out)
	out = append(out, offsets...)
	trailer := make([]byte, 32)
	trailer[6], trailer[7] = 1, refSize
	binary.BigEndian.PutUint64(trailer[8:], uint64(count))
	binary.BigEndian.PutUint64(trailer[16:], uint64(root))
	binary.BigEndian.PutUint64(trailer[24:], uint64(table))
	return append(out, trailer...)
}

// bomb is 27 arrays of two references each: 2^27 values in 150 bytes.
func bomb() []byte {
	var objects, offsets []byte
	for i := range byte(27) {
		offsets = append(offsets, byte(8+len(objects)))
		objects = append(objects, 0xA2, i+1, i+1)
	}
	offsets = append(offsets, byte(8+len(objects)))
	return document(append(objects, 0x09), offsets, 1, 28, 0)
}

// echo is one long string that an array refers to many times: few nodes, but
// each costs its whole length once decoded.
func echo() []byte {
	const length, times = 60_000, 20_000
	out := []byte("bplist00")
	out = append(out, 0x5f, 0x11, length>>8, length&0xff)
	out = append(out, strings.Repeat("x", length)...)
	array := len(out)
	out = append(out, 0xaf, 0x11, times>>8, times&0xff)
	out = append(out, make([]byte, times)...) // every reference is object 0
	table := len(out)
	out = append(out, 0, 0, 8, byte(array>>16), byte(array>>8), byte(array))
	trailer := make([]byte, 32)
	trailer[6], trailer[7] = 3, 1
	binary.BigEndian.PutUint64(trailer[8:], 2)
	binary.BigEndian.PutUint64(trailer[16:], 1)
	binary.BigEndian.PutUint64(trailer[24:], uint64(table))
	return append(out, trailer...)
}

func TestDecodeRefusesHostileDocuments(t *testing.T) {
	t.Parallel()
	for name, data := range map[string][]byte{
		"empty":                 nil,
		"a cycle":               document([]byte{0xA1, 0}, []byte{8}, 1, 1, 0),
		"a bomb of references":  bomb(),
		"an echo of one string": echo(),
		"root beyond the count": document([]byte{9}, []byte{8}, 1, 1, 1),
		"references of 9 bytes": document([]byte{0xA1, 0, 0, 0, 0, 0, 0, 0, 0, 0}, []byte{8}, 9, 1, 0),
		"a huge data object":    document([]byte{0x4f, 0x13, 0x7f, 255, 255, 255, 255, 255, 255, 255}, []byte{8}, 1, 1, 0),
		"a huge string":         document([]byte{0x6f, 0x13, 0xff, 255, 255, 255, 255, 255, 255, 255}, []byte{8}, 1, 1, 0),
		"data past its end":     document([]byte{0x4a, 1, 2}, []byte{8}, 1, 1, 0),
		"a 32-bit real":         document([]byte{0x22, 1, 2, 3, 4}, []byte{8}, 1, 1, 0),
		"deep XML":              []byte(`<plist version="1.0">` + strings.Repeat("<array>", 100_000)),
		"wide XML":              []byte(`<plist version="1.0"><array>` + strings.Repeat("<true/>", 300_000) + `</array></plist>`),
		"XML cut off":           []byte(`<?xml version="1.0"?><plist version="1.0"><dict><key>Users</key><array>`),
		"another root":          []byte(`<?xml version="1.0"?><html></html>`),
		"an external charset":   []byte(`<?xml version="1.0" encoding="UTF-7"?><plist></plist>`),
		"plain text":            []byte("Error: FileVault is Off.\n"),
		"too large":             append([]byte("<plist>"), make([]byte, plistx.MaxSize)...),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var v any
			if err := plistx.Decode(data, &v); !errors.Is(err, plistx.ErrUnsafe) {
				t.Errorf("Decode = %v, want ErrUnsafe", err)
			}
		})
	}
}

type users struct {
	Users []struct {
		UUID  string `plist:"APFSCryptoUserUUID"`
		Owner *bool  `plist:"VolumeOwner"`
	} `plist:"Users"`
}

const oneUser = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict><key>Users</key><array><dict>
<key>APFSCryptoUserUUID</key><string>ÄÖ-1</string><key>VolumeOwner</key><false/></dict></array></dict></plist>
`

func TestDecodeReadsWhatToolsPrint(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"plain":                     oneUser,
		"a warning before it":       "2026-01-02 diskutil[12:34] warning: something\n" + oneUser,
		"trailing lines":            oneUser + "Finished\n",
		"without the declaration":   "<plist" + strings.SplitN(oneUser, "<plist", 2)[1],
		"carriage returns from MDM": strings.ReplaceAll(oneUser, "\n", "\r\n"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got users
			if err := plistx.Decode([]byte(text), &got); err != nil {
				t.Fatal(err)
			}
			if len(got.Users) != 1 || got.Users[0].UUID != "ÄÖ-1" || got.Users[0].Owner == nil || *got.Users[0].Owner {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestDecodeReadsBinary(t *testing.T) {
	t.Parallel()
	// {"k": true}: a dictionary, a key, a value.
	data := document([]byte{0xD1, 1, 2, 0x51, 'k', 0x09}, []byte{8, 11, 13}, 1, 3, 0)
	var got struct {
		K bool `plist:"k"`
	}
	if err := plistx.Decode(data, &got); err != nil || !got.K {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestEncodeIsReadBack(t *testing.T) {
	t.Parallel()
	want := map[string]string{"Label": "dev.tokenward.agent", "odd": "a<b&c"}
	data, err := plistx.Encode(want)
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]string
	if err := plistx.Decode(data, &got); err != nil || got["odd"] != want["odd"] || len(got) != 2 {
		t.Errorf("got %v, %v", got, err)
	}
	if _, err := plistx.Encode(map[string]any{"k": nil}); err == nil {
		t.Error("Encode accepted a nil value")
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(oneUser))
	f.Add(bomb())
	f.Add(document([]byte{0xD1, 1, 2, 0x51, 'k', 0x09}, []byte{8, 11, 13}, 1, 3, 0))
	f.Fuzz(func(_ *testing.T, data []byte) {
		var v any
		if err := plistx.Decode(data, &v); err == nil {
			var u users
			_ = plistx.Decode(data, &u)
		}
	})
}
