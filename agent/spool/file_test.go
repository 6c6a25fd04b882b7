package spool

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
)

func sample() header {
	return header{Kind: audit, ID: "id", Epoch: "0198c0de-0000-7000-8000-000000000000", Seq: maxSeq, Made: 1_767_323_045_000, Clock: 86_400_000}
}

func TestFileShowsEveryDamage(t *testing.T) {
	t.Parallel()
	body := []byte(`{"a":1}` + "\n")
	whole, err := encode(sample(), body)
	if err != nil {
		t.Fatal(err)
	}
	h, back, err := decode(whole)
	want := sample()
	if want.Length = len(body); err != nil || h != want || !bytes.Equal(back, body) {
		t.Fatalf("read back %+v, %q, %v", h, back, err)
	}
	if len(whole) != headerSize+len(body) || whole[headerSize-1] != '\n' {
		t.Errorf("the header has another length: %q", whole)
	}
	damaged := func(data []byte) {
		if _, _, err := decode(data); !errors.Is(err, errNoReport) {
			t.Fatalf("%q was read, %v", data, err)
		}
	}
	for bit := range 8 * len(whole) {
		flipped := bytes.Clone(whole)
		flipped[bit/8] ^= 1 << (bit % 8)
		damaged(flipped)
	}
	for length := range whole {
		damaged(whole[:length])
		damaged(append(bytes.Clone(whole[:length]), make([]byte, len(whole)-length)...))
	}
	damaged(append(bytes.Clone(whole), ' '))
}

// A checksum shows what happened by chance, not what somebody made.
func TestFileThatIsSealedAndNoReport(t *testing.T) {
	t.Parallel()
	pad := func(line string) []byte {
		room := headerSize - len(sealOf(reportForm, nil)) - 1
		return seal(reportForm, []byte(line+strings.Repeat(" ", room-len(line))+"\n{}"))
	}
	for _, tc := range []struct {
		name string
		data []byte
		want bool
	}{
		{"a report", pad(`{"length":2,"kind":"report","report_id":"a"}`), true},
		{"another length", pad(`{"length":3,"kind":"report","report_id":"a"}`), false},
		{"no ID", pad(`{"length":2,"kind":"report"}`), false},
		{"no JSON", pad(`hello`), false},
		{"no header", seal(reportForm, []byte("{}")), false},
		{"a short header", seal(reportForm, []byte("{\"length\":2,\"report_id\":\"a\"}\n{}")), false},
		{"another form", seal("tokenward-report/2", pad(`{}`)), false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if _, _, err := decode(tc.data); (err == nil) != tc.want {
				t.Errorf("decode = %v", err)
			}
		})
	}
}

func TestHeaderThatDoesNotFit(t *testing.T) {
	t.Parallel()
	h := sample()
	h.ID = strings.Repeat("x", headerSize)
	if _, err := encode(h, nil); err == nil {
		t.Error("no error")
	}
}

func FuzzDecode(f *testing.F) {
	for _, body := range []string{"", "{}", `{"report_id":"a"}`} {
		data, err := encode(sample(), []byte(body))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		// What is sealed right is met as well, and not by chance alone.
		for _, file := range [][]byte{data, seal(reportForm, data)} {
			h, body, err := decode(file)
			if err != nil {
				if !errors.Is(err, errNoReport) || body != nil {
					t.Fatalf("%q, %v", body, err)
				}
				continue
			}
			if h.Length != len(body) || h.ID == "" || !bytes.HasSuffix(file, body) || len(file) != headerSize+len(body) {
				t.Fatalf("%+v, %q", h, body)
			}
		}
		if whole, err := encode(sample(), data); err != nil {
			t.Fatal(err)
		} else if _, body, err := decode(whole); err != nil || !bytes.Equal(body, data) {
			t.Fatalf("%q came back as %q, %v", data, body, err)
		}
	})
}

func FuzzReadBook(f *testing.F) {
	text, err := pageOf(1, ledger{Epoch: sample().Epoch, Done: 3})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte(`{"turn":2,"epoch":"","done":4}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		sealed := seal(ledgerForm, data)
		padding := make([]byte, max(0, copySize-len(sealed)))
		for _, file := range [][]byte{data, sealed, slices.Concat(sealed, padding, text)} {
			b, l, ok := readBook(file)
			if ok != (b != book{}) || !l.valid() {
				t.Fatalf("%+v, %+v, %t", b, l, ok)
			}
		}
	})
}
