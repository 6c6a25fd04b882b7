package ingest

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/klauspost/compress/zstd"

	"github.com/tokenward/tokenward/internal/wire"
	"github.com/tokenward/tokenward/server/problem"
)

// The limits of a request. The first one holds for the bytes on the wire, before
// anything unpacks them. An agent sends reports of up to [wire.MaxReport] bytes
// together, or one; twice that leaves room for what is around them, and for an
// encoding that makes random bytes longer.
const (
	MaxEncoded = MaxDecoded
	MaxDecoded = 2 * wire.MaxReport
	MaxReports = 100
)

const encodings = "gzip, zstd, identity"

// readBatch returns the reports of a request as the device wrote them. All its
// errors are *problem.Error: 400, 408, 413 or 415.
func readBatch(w http.ResponseWriter, r *http.Request) ([]json.RawMessage, error) {
	if r.ContentLength > MaxEncoded {
		return nil, tooLarge("the body", MaxEncoded)
	}
	sent := &source{ReadCloser: http.MaxBytesReader(w, r.Body, MaxEncoded)}
	body, err := decoder(sent, r.Header.Get("Content-Encoding"))
	if sent.broken {
		return nil, problem.BrokenOff()
	}
	if err != nil {
		if refused := (*problem.Error)(nil); errors.As(err, &refused) && refused.Status == http.StatusUnsupportedMediaType {
			w.Header().Set("Accept-Encoding", encodings)
		}
		return nil, err
	}
	defer func() { _ = body.Close() }() // was only read
	text, err := io.ReadAll(io.LimitReader(body, MaxDecoded+1))
	if sent.broken {
		return nil, problem.BrokenOff()
	}
	if err != nil {
		return nil, unreadable(err)
	}
	if len(text) > MaxDecoded {
		return nil, tooLarge("the decoded body", MaxDecoded)
	}
	return decodeBatch(text)
}

// decoder unpacks a body. What it returns must be read through a limit, since a
// few bytes can unpack to any number.
func decoder(body io.ReadCloser, encoding string) (io.ReadCloser, error) {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "", "identity":
		return body, nil
	case "gzip":
		z, err := gzip.NewReader(body)
		if err != nil {
			return nil, unreadable(err)
		}
		return z, nil
	case "zstd":
		z, err := zstd.NewReader(body, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
			zstd.WithDecoderMaxWindow(MaxDecoded))
		if err != nil {
			return nil, unreadable(err)
		}
		return z.IOReadCloser(), nil
	}
	return nil, &problem.Error{
		Status: http.StatusUnsupportedMediaType,
		Detail: "the content encoding is not one of " + encodings,
	}
}

// decodeBatch divides a batch without looking into its reports.
func decodeBatch(text []byte) ([]json.RawMessage, error) {
	var batch struct {
		Reports *[]json.RawMessage `json:"reports"`
	}
	if err := json.Unmarshal(text, &batch); err != nil || batch.Reports == nil {
		return nil, &problem.Error{
			Status: http.StatusBadRequest, Type: wire.ProblemReports,
			Detail: `the body is not a JSON object with a list "reports"`,
		}
	}
	if len(*batch.Reports) > MaxReports {
		return nil, &problem.Error{
			Status: http.StatusRequestEntityTooLarge,
			Detail: fmt.Sprintf("a batch has at most %d reports", MaxReports),
		}
	}
	return *batch.Reports, nil
}

// source is what comes over the network. It notes when that broke off, which a decoder
// cannot tell from an encoding that is broken.
type source struct {
	io.ReadCloser

	broken bool
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.ReadCloser.Read(p)
	if err != nil && !errors.Is(err, io.EOF) && !errors.As(err, new(*http.MaxBytesError)) {
		s.broken = true
	}
	return n, err
}

// unreadable tells a body that is too long from one whose encoding is broken.
func unreadable(err error) error {
	if long := (*http.MaxBytesError)(nil); errors.As(err, &long) {
		return tooLarge("the body", MaxEncoded)
	}
	if errors.Is(err, zstd.ErrWindowSizeExceeded) || errors.Is(err, zstd.ErrDecoderSizeExceeded) {
		return tooLarge("the decoded body", MaxDecoded)
	}
	return &problem.Error{Status: http.StatusBadRequest, Type: wire.ProblemReports, Detail: "the body cannot be decoded to its end"}
}

func tooLarge(what string, limit int) error { //nolint:unparam // the two limits are equal by chance
	return &problem.Error{
		Status: http.StatusRequestEntityTooLarge,
		Detail: fmt.Sprintf("%s is longer than %d bytes", what, limit),
	}
}
