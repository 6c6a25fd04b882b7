package spool

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// A report's file is a header of one line, always as long, and the bytes that
// are sent, unchanged. The name says the number and the kind, so that neither a
// start nor a full spool has to read the files.
const (
	headerSize = 512 // bytes, padded with blanks
	reportForm = "tokenward-report/1"
	maxSeq     = 1 << 53 // what a JSON number holds exactly in every language
)

// kind says what is in a file; it is also the ending of its name.
type kind string

const (
	report kind = "report"
	audit  kind = "audit" // what an action did: never dropped for reports
	former kind = "json"  // of an agent before this form: the report alone
)

// header is the first line of a report's file.
type header struct {
	Length int    `json:"length"` // of what follows the header, in bytes
	Kind   kind   `json:"kind"`
	ID     string `json:"report_id"`
	Epoch  string `json:"epoch"`
	Seq    uint64 `json:"seq"`
	Made   int64  `json:"made_ms"`  // by the clock of the Mac, since 1970
	Clock  int64  `json:"clock_ms"` // by the clock of the spool: see ticks
}

// errNoReport: this will never become a report, however often it is read.
var errNoReport = errors.New("not the report that its name says")

// encode makes the content of a file.
func encode(h header, body []byte) ([]byte, error) {
	h.Length = len(body)
	line, err := json.Marshal(h)
	if err != nil {
		return nil, err
	}
	room := headerSize - len(sealOf(reportForm, nil)) - len("\n")
	if len(line) > room {
		return nil, fmt.Errorf("the header has %d bytes, at most %d fit", len(line), room)
	}
	text := make([]byte, 0, room+1+len(body))
	text = append(text, line...)
	text = append(text, strings.Repeat(" ", room-len(line))...)
	text = append(text, '\n')
	return seal(reportForm, append(text, body...)), nil
}

// decode is the reverse. Whatever was not written by encode, or is not whole, is
// errNoReport.
func decode(data []byte) (header, []byte, error) {
	text, ok := unseal(reportForm, data)
	line, body, cut := bytes.Cut(text, []byte{'\n'})
	var h header
	if !ok || !cut || len(data)-len(body) != headerSize || json.Unmarshal(line, &h) != nil || h.Length != len(body) || h.ID == "" {
		return header{}, nil, errNoReport
	}
	return h, body, nil
}

// decodeFormer reads a file without a header. When it was made is not known.
func decodeFormer(data []byte) (header, error) {
	h := header{Length: len(data), Kind: former}
	var envelope envelope
	if json.Unmarshal(data, &envelope) != nil || envelope.ID == "" {
		return header{}, errNoReport
	}
	h.ID, h.Epoch, h.Seq = envelope.ID, envelope.Epoch, envelope.Seq
	return h, nil
}

// envelope is what the spool must know of a report's JSON.
type envelope struct {
	ID    string `json:"report_id"`
	Epoch string `json:"epoch"`
	Seq   uint64 `json:"seq"`
}

func nameOf(seq uint64, k kind) string { return fmt.Sprintf("%020d.%s", seq, k) }

// parseName reads the number and the kind in the name of a report; ok is false
// for what is no name of a report, or holds a number that is never given.
func parseName(name string) (seq uint64, k kind, ok bool) {
	digits, ending, _ := strings.Cut(name, ".")
	switch k = kind(ending); k {
	case report, audit, former:
	default:
		return 0, "", false
	}
	seq, err := strconv.ParseUint(digits, 10, 64)
	return seq, k, err == nil && len(digits) == 20 && seq > 0 && seq <= maxSeq
}
