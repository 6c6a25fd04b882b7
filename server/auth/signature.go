package auth

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/tokenward/tokenward/internal/reqsign"
	"github.com/tokenward/tokenward/internal/wire"
	"github.com/tokenward/tokenward/server/problem"
)

// signature is what a signature says of itself.
type signature struct {
	label   string
	created time.Time
	nonce   string
	keyID   string
}

// The form of a Signature-Input, to the letter: the components in their order, then
// created, nonce, keyid and tag. RFC 9421 allows a lot more: components twice or with
// parameters, labels twice, algorithms by name. No agent of ours writes any of that,
// and what is not let in needs no thought about how a library reads it.
var inputForm = regexp.MustCompile(
	`^(tokenward|previous)=\("` + strings.Join(reqsign.Components(), `" "`) + `"\)` +
		`;created=([1-9][0-9]{0,11});nonce="([0-9A-Za-z+/=_-]{16,64})";keyid="([0-9a-f]{64})";tag="` + reqsign.Tag + `"$`)

var (
	bytesForm  = regexp.MustCompile(`^(tokenward|previous)=:[0-9A-Za-z+/]{86}==:$`)
	digestForm = regexp.MustCompile(`^sha-256=:[0-9A-Za-z+/]{43}=:$`)
)

// readSignatures reads what the header says about the signatures of these labels, in
// their order, the first of which must be there. Nothing of it is true yet.
func readSignatures(h http.Header, labels ...string) ([]signature, error) {
	input, err := onlyValue(h, "Signature-Input")
	if err != nil {
		return nil, err
	}
	text, err := onlyValue(h, "Signature")
	if err != nil {
		return nil, err
	}
	inputs, texts := strings.Split(input, ", "), strings.Split(text, ", ")
	if len(inputs) > len(labels) || len(inputs) != len(texts) {
		return nil, unsigned("the request has another number of signatures than it should")
	}
	all := make([]signature, len(inputs))
	for i, label := range labels[:len(inputs)] {
		found, value := inputForm.FindStringSubmatch(inputs[i]), bytesForm.FindStringSubmatch(texts[i])
		if found == nil || value == nil || found[1] != label || value[1] != label {
			return nil, unsigned("Signature-Input and Signature do not have the form that docs/reporting.md gives")
		}
		created, err := strconv.ParseInt(found[2], 10, 64)
		if err != nil {
			return nil, unsigned("created is not a time")
		}
		all[i] = signature{label: label, created: time.Unix(created, 0), nonce: found[3], keyID: found[4]}
	}
	return all, nil
}

// onlyValue returns the value of a header that has to be there once: of several, one
// reader takes the first and the next one the last.
func onlyValue(h http.Header, name string) (string, error) {
	values := h.Values(name)
	if len(values) != 1 || values[0] == "" {
		return "", unsigned("the request needs one " + name + " and no more: this server wants signed requests")
	}
	return values[0], nil
}

func unsigned(detail string) error {
	return &problem.Error{Status: http.StatusUnauthorized, Type: wire.ProblemSignature, Detail: detail}
}

// inTime refuses a signature of another time. A Mac whose clock is wrong learns from
// the Date of the answer by how much.
func (s signature) inTime(w http.ResponseWriter, now time.Time) error {
	if d := now.Sub(s.created); d <= reqsign.Window && d >= -reqsign.Window {
		return nil
	}
	w.Header().Set("Date", now.UTC().Format(http.TimeFormat))
	return &problem.Error{
		Status: http.StatusUnauthorized, Type: wire.ProblemClock,
		Detail: "the request was signed at " + s.created.UTC().Format(time.RFC3339) + ", and the server has " + now.UTC().Format(time.RFC3339),
	}
}
