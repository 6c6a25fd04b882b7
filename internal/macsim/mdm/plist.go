package mdm

import (
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"strings"
)

// dict is a property list's dictionary, in order.
type dict []entry

type entry struct {
	key   string
	value any // string, bool or []byte
}

// document is the dictionary as a property list.
func (d dict) document() []byte {
	var b strings.Builder
	b.WriteString(xml.Header + `<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">` +
		"\n<plist version=\"1.0\"><dict>\n")
	for _, e := range d {
		b.WriteString("<key>" + escaped(e.key) + "</key>")
		switch v := e.value.(type) {
		case bool:
			fmt.Fprintf(&b, "<%t/>\n", v)
		case []byte:
			b.WriteString("<data>" + base64.StdEncoding.EncodeToString(v) + "</data>\n")
		default:
			b.WriteString("<string>" + escaped(fmt.Sprint(v)) + "</string>\n")
		}
	}
	b.WriteString("</dict></plist>\n")
	return []byte(b.String())
}

func escaped(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a strings.Builder takes everything
	return b.String()
}

// dataOf reads one value of data from a dictionary; nothing where it is not
// there.
func dataOf(document []byte, key string) ([]byte, error) {
	var list struct {
		Dict struct {
			Items []struct {
				XMLName xml.Name
				Text    string `xml:",chardata"`
			} `xml:",any"`
		} `xml:"dict"`
	}
	if err := xml.Unmarshal(document, &list); err != nil {
		return nil, fmt.Errorf("read the server's answer: %w", err)
	}
	items := list.Dict.Items
	for i := 0; i+1 < len(items); i += 2 {
		if items[i].XMLName.Local != "key" || items[i].Text != key {
			continue
		}
		if items[i+1].XMLName.Local != "data" {
			return nil, errors.New("read the server's answer: " + key + " is no data")
		}
		return base64.StdEncoding.DecodeString(strings.Join(strings.Fields(items[i+1].Text), ""))
	}
	return nil, nil
}
