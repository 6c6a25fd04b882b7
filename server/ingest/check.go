package ingest

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/wire"
	"github.com/tokenward/tokenward/server/store"
)

const (
	maxName     = 255 // characters of a text that a list shows
	maxHash     = 128 // bytes of a state hash
	maxCodes    = 256 // different codes in a report
	maxEchoed   = 64  // bytes of an ID that is no ID
	majorWanted = "1"
)

// envelope is what of a report is checked. All else stays in the raw bytes, so
// that a later agent may write there what this server does not know.
type envelope struct {
	Schema        string         `json:"schema"`
	SchemaVersion string         `json:"schema_version"`
	ReportID      string         `json:"report_id"`
	Kind          wire.Kind      `json:"kind"`
	Epoch         string         `json:"epoch"`
	Seq           uint64         `json:"seq"`
	Agent         wire.Agent     `json:"agent"`
	Device        device         `json:"device"`
	ObservedAt    time.Time      `json:"observed_at"`
	Verdict       health.Verdict `json:"verdict"`
	StateHash     string         `json:"state_hash"`
	Findings      []finding      `json:"findings"`
	Forecasts     []forecast     `json:"forecasts"`
}

type device struct {
	Serial       string  `json:"serial"`
	HardwareUUID string  `json:"hardware_uuid"`
	Name         string  `json:"name"`
	Model        string  `json:"model"`
	OS           wire.OS `json:"os"`
}

type finding struct {
	Code     string `json:"code"`
	Title    string `json:"title"`
	Severity string `json:"severity"`
	CausedBy string `json:"caused_by"`
	Muted    string `json:"muted"`
}

// names are how a device spells what a report is called by.
type names struct{ report, hardwareUUID string }

// check turns the bytes of a report into one for the store. The text of an error is
// told to the device.
func check(raw json.RawMessage) (store.Report, names, error) {
	var e envelope
	if len(raw) > wire.MaxReport {
		return store.Report{}, names{report: idOf(raw)}, fmt.Errorf("the report is longer than %d bytes", wire.MaxReport)
	}
	if err := json.Unmarshal(raw, &e); err != nil {
		return store.Report{}, names{report: idOf(raw)}, structureError(err)
	}
	if err := e.check(); err != nil {
		return store.Report{}, names{report: clip(e.ReportID, maxEchoed)}, err
	}
	return e.report(raw), names{e.ReportID, e.Device.HardwareUUID}, nil
}

func (e *envelope) check() error {
	major, _, _ := strings.Cut(e.SchemaVersion, ".")
	switch {
	case e.Schema != wire.ReportSchema:
		return fmt.Errorf("schema is not %s", wire.ReportSchema)
	case major != majorWanted:
		return fmt.Errorf("schema_version is not %s.x", majorWanted)
	case !isUUID(e.ReportID):
		return errors.New("report_id is not a UUID")
	case e.Kind != wire.Snapshot && e.Kind != wire.Heartbeat && e.Kind != wire.Audit:
		return errors.New("kind is not snapshot, heartbeat or audit")
	case !isUUID(e.Epoch):
		return errors.New("epoch is not a UUID")
	case e.Seq < 1 || e.Seq > math.MaxInt64:
		return errors.New("seq is not a number from 1")
	}
	return e.checkState()
}

func (e *envelope) checkState() error {
	// A year of five digits, which a zone can make of 9999, has no RFC 3339 form.
	if year := e.ObservedAt.UTC().Year(); year < 1 || year > 9999 {
		return errors.New("observed_at is not in the years 1 to 9999")
	}
	if len(e.StateHash) > maxHash || e.StateHash == "" && e.Kind != wire.Audit {
		return fmt.Errorf("state_hash is not a text of 1 to %d bytes", maxHash)
	}
	codes := map[string]bool{}
	for i, f := range e.Findings {
		if !store.Code(f.Code) {
			return fmt.Errorf("findings[%d].code is not a code", i)
		}
		codes[f.Code] = true
	}
	if len(codes) > maxCodes {
		return fmt.Errorf("there are more than %d codes of findings", maxCodes)
	}
	return nil
}

func (e *envelope) report(raw []byte) store.Report {
	d := e.Device
	return store.Report{
		ID: strings.ToLower(e.ReportID), Kind: e.Kind, Epoch: strings.ToLower(e.Epoch), Seq: e.Seq,
		Device: store.Identity{
			ID: e.key(), Serial: text(d.Serial), Name: text(d.Name), Model: text(d.Model),
			OSVersion: text(d.OS.Version), OSBuild: text(d.OS.Build), AgentVersion: text(e.Agent.Version),
		},
		Verdict: e.Verdict, StateHash: text(e.StateHash), Findings: shown(e.Findings), Forecasts: foreseen(e.Forecasts),
		ObservedAt: e.ObservedAt.UTC(), Raw: raw,
	}
}

// key names the device: by its hardware UUID, else by its serial, else by the
// epoch. It stands in URLs, so a value that cannot is no better than none.
func (e *envelope) key() string {
	for _, key := range []string{strings.ToLower(e.Device.HardwareUUID), e.Device.Serial} {
		if isKey(key) {
			return key
		}
	}
	return strings.ToLower(e.Epoch)
}

// isKey keeps out what a path would give a meaning: a leading dot, a slash.
func isKey(s string) bool {
	for i, c := range []byte(s) {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !letter && (i == 0 || c != '.' && c != '_' && c != '-') {
			return false
		}
	}
	return s != "" && len(s) <= 64
}

// shown returns each code once, as a list shows them: what counts before what is
// muted, causes before what they explain, the more severe first.
func shown(all []finding) []store.Finding {
	all = slices.Clone(all)
	slices.SortFunc(all, func(a, b finding) int {
		return cmp.Or(
			cmp.Compare(min(len(a.Muted), 1), min(len(b.Muted), 1)),
			cmp.Compare(min(len(a.CausedBy), 1), min(len(b.CausedBy), 1)),
			cmp.Compare(weight(b.Severity), weight(a.Severity)),
			cmp.Compare(a.Code, b.Code),
		)
	})
	seen, out := map[string]bool{}, []store.Finding{}
	for _, f := range all {
		if !seen[f.Code] {
			seen[f.Code] = true
			out = append(out, store.Finding{Code: f.Code, Title: text(f.Title), Severity: text(f.Severity), Muted: f.Muted != ""})
		}
	}
	return out
}

// weight orders severities. One that is not known stands between the known
// ones that matter and those that do not.
func weight(severity string) int {
	switch severity {
	case health.Critical.String():
		return 5
	case health.High.String():
		return 4
	case health.Medium.String():
		return 3
	case health.Low.String():
		return 1
	case health.Info.String():
		return 0
	}
	return 2
}

// idOf finds the ID of a report that is broken elsewhere, so that the device
// learns which one it is.
func idOf(raw []byte) string {
	var e struct {
		ReportID json.RawMessage `json:"report_id"`
	}
	var id string
	if json.Unmarshal(raw, &e) != nil || json.Unmarshal(e.ReportID, &id) != nil {
		return ""
	}
	return clip(id, maxEchoed)
}

// structureError says where a report has the wrong shape, without the words of
// the decoder, which name Go types.
func structureError(err error) error {
	if at := (*json.UnmarshalTypeError)(nil); errors.As(err, &at) && at.Field != "" {
		return fmt.Errorf("%q does not have the type of the schema", at.Field)
	}
	return errors.New("the report does not have the form of the schema")
}

// isUUID asks for the form with hyphens; the parser knows others.
func isUUID(s string) bool { return len(s) == 36 && uuid.Validate(s) == nil }

// text makes a text fit for a column.
func text(s string) string { return strings.ReplaceAll(clip(s, maxName), "\x00", "\uFFFD") }

// clip cuts a text to n characters.
func clip(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}
