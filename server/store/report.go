package store

import (
	"time"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/wire"
)

// A Report is one report as the store takes it: what it must be found by, and
// the bytes. Whoever makes one has checked it; the store does not read Raw.
type Report struct {
	ID         string // UUID, lower case
	Kind       wire.Kind
	Epoch      string // UUID, lower case
	Seq        uint64 // 1 to math.MaxInt64
	Device     Identity
	Verdict    health.Verdict
	StateHash  string                // of a snapshot: its state; of a heartbeat: the state that still holds
	Findings   []Finding             // of a snapshot: each code once, in the order in which they are shown
	Forecasts  map[string]health.Tri // of a snapshot: what it foresees of the Mac as a whole, by name
	ObservedAt time.Time             // by the device's clock, which may be wrong; years 1 to 9999
	Raw        []byte                // the JSON, as the device wrote it
}

// Identity is what a report says of its Mac. Everything but ID may be empty,
// which means that it was not known, and then the store keeps what it had. Any
// text is valid UTF-8 without NUL.
type Identity struct {
	ID           string // the key of the device: letters, digits, '.', '_' and '-'
	Serial       string
	Name         string
	Model        string
	OSVersion    string
	OSBuild      string
	AgentVersion string
}

// A Finding is the little of a finding that a list shows.
type Finding struct {
	Code     string `json:"code"`
	Title    string `json:"title,omitempty"`
	Severity string `json:"severity,omitempty"`
	Muted    bool   `json:"muted,omitempty"` // it does not count wherever it was found
}

// An Outcome says what became of one report.
type Outcome uint8

// The outcomes. The zero value is none of them.
const (
	Stored   Outcome = iota + 1 // new, and now durable
	Repeated                    // was there already, with the same bytes
	Conflict                    // the ID is taken by other bytes; nothing was stored
)

// A Receipt is the answer to one call of Ingest.
type Receipt struct {
	Outcomes []Outcome // one a report, in the same order
	// SendFull says that the newest report of one of the devices names a state
	// of which the store has no snapshot.
	SendFull bool
}
