package sqlite

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/tokenward/tokenward/internal/wire"
	"github.com/tokenward/tokenward/server/store"
)

// An entry is a report made ready by its caller, so that the writer, of which
// there is one, has nothing left to do but to write.
type entry struct {
	store.Report

	id, epoch uuid.UUID
	digest    [sha256.Size]byte
	payload   []byte   // nil for a heartbeat
	codes     []string // sorted
	findings  string   // JSON
	forecasts string   // JSON, names sorted
}

func (s *Store) entries(reports []store.Report) ([]entry, error) {
	all := make([]entry, len(reports))
	for i, r := range reports {
		e, err := s.entry(r)
		if err != nil {
			return nil, fmt.Errorf("report %d: %w", i, err)
		}
		all[i] = e
	}
	return all, nil
}

func (s *Store) entry(r store.Report) (entry, error) {
	e := entry{Report: r, digest: sha256.Sum256(r.Raw)}
	var err error
	if e.id, err = uuid.Parse(r.ID); err != nil {
		return entry{}, fmt.Errorf("report ID: %w", err)
	}
	if e.epoch, err = uuid.Parse(r.Epoch); err != nil {
		return entry{}, fmt.Errorf("epoch: %w", err)
	}
	if r.Kind != wire.Heartbeat {
		e.payload = s.packer.EncodeAll(r.Raw, nil)
	}
	if r.Kind != wire.Snapshot || r.Findings == nil {
		e.Findings = []store.Finding{}
	}
	e.codes = codesOf(e.Findings)
	text, err := json.Marshal(e.Findings)
	if err != nil {
		return entry{}, err
	}
	e.findings = string(text)
	e.forecasts, err = answersOf(r)
	return e, err
}

// answersOf writes the same answers always the same, so that the row can tell
// whether they changed.
func answersOf(r store.Report) (string, error) {
	if r.Kind != wire.Snapshot || len(r.Forecasts) == 0 {
		return "{}", nil
	}
	text, err := json.Marshal(r.Forecasts)
	return string(text), err
}

func codesOf(findings []store.Finding) []string {
	codes := make([]string, len(findings))
	for i, f := range findings {
		codes[i] = f.Code
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

func joinCodes(codes []string) string { return strings.Join(codes, " ") }

func splitCodes(text string) []string {
	if text == "" {
		return []string{}
	}
	return strings.Split(text, " ")
}
